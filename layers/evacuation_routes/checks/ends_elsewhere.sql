-- error: la vía «{a}» no termina en su punto de encuentro ni en una zona segura de su amenaza ({h})
-- error: route “{a}” ends neither at its meeting point nor in a safe zone of its hazard ({h})
-- remedio: Llévela hasta menos de 30 m del punto de encuentro, o hasta la zona segura; revise el sentido del trazado.
-- remedy: Take it to within 30 m of the meeting point, or into the safe zone; check the sense of the drawing.
-- each hazard of a route needs its own safe place; what a named point does not serve, hazard_unlike_point tells
WITH rule AS (SELECT 30.0 AS tolerance_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', a.to_point,
                          'codes', jsonb_build_object('h', unmet.hazards)) AS facts,
       finish.geom AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN rule
CROSS JOIN LATERAL (SELECT ST_EndPoint(ST_GeometryN(a.geom, ST_NumGeometries(a.geom))) AS geom) AS finish
CROSS JOIN LATERAL (
    SELECT jsonb_agg(asked.hazard) AS hazards
    FROM unnest(a.hazard) AS asked(hazard)
    WHERE NOT EXISTS (
          SELECT
          FROM layers.meeting_points AS p
          WHERE p.geom && ST_Expand(finish.geom, rule.tolerance_m)
            AND ST_DWithin(p.geom, finish.geom, rule.tolerance_m)
            AND p.code = coalesce(a.to_point, p.code)
            AND CASE WHEN a.to_point IS NULL THEN asked.hazard = ANY (p.hazard) ELSE a.hazard && p.hazard END
            AND a.valid_from < coalesce(p.valid_to, 'infinity')
            AND p.valid_from < coalesce(a.valid_to, 'infinity')
      )
      AND (a.to_point IS NOT NULL OR NOT EXISTS (
          SELECT
          FROM layers.safe_zones AS s
          WHERE s.geom && ST_Expand(finish.geom, rule.tolerance_m)
            AND ST_DWithin(s.geom, finish.geom, rule.tolerance_m)
            AND asked.hazard = ANY (s.hazard)
            AND a.valid_from < coalesce(s.valid_to, 'infinity')
            AND s.valid_from < coalesce(a.valid_to, 'infinity')
      ))
) AS unmet
WHERE unmet.hazards IS NOT NULL
