-- error: la vía «{a}» se dice accesible y sube o baja por la escalera {b}
-- error: route “{a}” is said to be accessible and goes by the stairs {b}
-- remedio: Llévela por una rampa o una calle; con escalera escriba «no».
-- remedy: Take it by a ramp or a street; with stairs write “no”.
-- within a metre of the stairs: crossing them is no more than four metres
WITH rule AS (SELECT 1.0 AS beside_m, 4.0 AS crossing_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(r.name, r.code)) AS facts,
       ST_ClosestPoint(along.geom, ST_StartPoint(ST_GeometryN(a.geom, 1))) AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN rule
JOIN layers.roads AS r
  ON r.geom && ST_Expand(a.geom, rule.beside_m)
 AND r.class = 'steps'
CROSS JOIN LATERAL (
    SELECT ST_CollectionExtract(ST_Intersection(a.geom, ST_Buffer(r.geom, rule.beside_m)), 2) AS geom
) AS along
WHERE a.accessible IN ('yes', 'with_help')
  AND ST_Length(along.geom) > rule.crossing_m
  AND a.valid_from < coalesce(r.valid_to, 'infinity')
  AND r.valid_from < coalesce(a.valid_to, 'infinity')
