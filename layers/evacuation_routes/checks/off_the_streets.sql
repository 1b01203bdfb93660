-- error: la vía «{a}» va {m} m lejos de toda calle, pasaje o sendero registrado
-- error: route “{a}” runs {m} m away from every street, passage or path on record
-- remedio: Llévela por las calles; si el sendero existe, dibújelo antes en la capa de calles.
-- remedy: Take it along the streets; if the path exists, draw it first in the layer of roads.
-- a square is crossed without a path; more than that is no way on record
WITH rule AS (SELECT 15.0 AS beside_m, 100.0 AS most_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code),
                          'm', round(ST_Length(away.geom)::numeric)) AS facts,
       ST_StartPoint(away.geom) AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN rule
CROSS JOIN LATERAL (
    -- only what is near of a road that is long: a motorway has many thousand vertices elsewhere
    SELECT ST_Union(ST_Buffer(ST_ClipByBox2D(r.geom, ST_Expand(Box2D(a.geom), rule.beside_m)), rule.beside_m)) AS geom
    FROM layers.roads AS r
    WHERE r.geom && ST_Expand(a.geom, rule.beside_m)
      AND a.valid_from < coalesce(r.valid_to, 'infinity')
      AND r.valid_from < coalesce(a.valid_to, 'infinity')
) AS streets
CROSS JOIN LATERAL ST_Dump(a.geom) AS part
CROSS JOIN LATERAL ST_Dump(coalesce(ST_Difference(part.geom, streets.geom), part.geom)) AS away
WHERE ST_Length(away.geom) > rule.most_m
  -- where nobody has told a street there is nothing to hold a route against
  AND EXISTS (SELECT FROM layers.roads)
