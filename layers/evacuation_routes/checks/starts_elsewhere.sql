-- aviso: la vía «{a}» no empieza en el área «{b}» de donde dice venir
-- warning: route “{a}” does not start in zone “{b}”, where it says it comes from
-- remedio: Corrija el área de origen o el sentido del trazado.
-- remedy: Correct the zone of origin or the sense of the drawing.
WITH rule AS (SELECT 30.0 AS tolerance_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', a.from_zone) AS facts,
       start.geom AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN rule
CROSS JOIN LATERAL (SELECT ST_StartPoint(ST_GeometryN(a.geom, 1)) AS geom) AS start
WHERE a.from_zone IS NOT NULL
  AND NOT EXISTS (
      SELECT
      FROM layers.hazard_zones AS z
      WHERE z.code = a.from_zone
        AND ST_DWithin(z.geom, start.geom, rule.tolerance_m)
        AND a.valid_from < coalesce(z.valid_to, 'infinity')
        AND z.valid_from < coalesce(a.valid_to, 'infinity')
  )
