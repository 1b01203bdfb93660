-- error: la vía «{a}» va {m} m por la autopista {b}, donde no se camina
-- error: route “{a}” runs {m} m along motorway {b}, where nobody walks
-- remedio: Llévela por una calle o un sendero.
-- remedy: Take it along a street or a path.
WITH rule AS (SELECT 1.0 AS beside_m, 10.0 AS crossing_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(r.name, r.ref, r.code),
                          'm', round(ST_Length(along.geom)::numeric)) AS facts,
       ST_ClosestPoint(along.geom, ST_StartPoint(ST_GeometryN(a.geom, 1))) AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN rule
JOIN layers.roads AS r
  ON r.geom && ST_Expand(a.geom, rule.beside_m)
 AND r.class IN ('motorway', 'motorway_link')
CROSS JOIN LATERAL (
    SELECT ST_CollectionExtract(ST_Intersection(a.geom, ST_Buffer(r.geom, rule.beside_m)), 2) AS geom
) AS along
WHERE ST_Length(along.geom) > rule.crossing_m
  AND a.valid_from < coalesce(r.valid_to, 'infinity')
  AND r.valid_from < coalesce(a.valid_to, 'infinity')
