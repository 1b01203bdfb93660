-- aviso: la zona {a} sale {m2} m² del límite urbano
-- warning: zone {a} reaches {m2} m² beyond the urban limit
-- remedio: Revise el límite o la zona: deben venir del mismo instrumento.
-- remedy: Look at the limit or the zone: they should come from the same instrument.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.zone_code,
                          'm2', round(ST_Area(beyond.geom)::numeric)) AS facts,
       ST_PointOnSurface(beyond.geom) AS spot
FROM layers.zones AS a
CROSS JOIN LATERAL (
    SELECT coalesce(ST_Difference(a.geom, ST_Union(u.geom)), a.geom) AS geom
    FROM layers.urban_limits AS u
    WHERE u.kind = 'plan_regulador'
      AND u.geom && a.geom
      AND a.valid_from < coalesce(u.valid_to, 'infinity')
      AND u.valid_from < coalesce(a.valid_to, 'infinity')
) AS beyond
WHERE a.class IS DISTINCT FROM 'rural'
  AND EXISTS (SELECT FROM layers.urban_limits AS u WHERE u.kind = 'plan_regulador')
  AND ST_Area(beyond.geom) > 1
