-- error: «{a}» se superpone con «{b}»
-- error: “{a}” overlaps “{b}”
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.name) AS facts,
       ST_PointOnSurface(ST_Intersection(a.geom, b.geom)) AS spot
FROM layers.quarters AS a
JOIN layers.quarters AS b ON a.code < b.code AND ST_Intersects(a.geom, b.geom)
WHERE ST_Area(ST_Intersection(a.geom, b.geom)) > 1
