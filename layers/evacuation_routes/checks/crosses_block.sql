-- error: la vía «{a}» atraviesa {m} m de la manzana {b}
-- error: route “{a}” goes through block {b} for {m} m
-- remedio: Llévela por la calle, un pasaje o una escalera.
-- remedy: Take it along the street, a passage or stairs.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', b.code,
                          'm', round(ST_Length(inside.geom)::numeric)) AS facts,
       ST_PointOnSurface(inside.geom) AS spot
FROM layers.evacuation_routes AS a
JOIN layers.census_blocks AS b
  ON a.geom && b.geom
 AND ST_Intersects(a.geom, b.geom)
CROSS JOIN LATERAL (
    -- half a metre inside, so that a route along the edge does not count
    SELECT ST_CollectionExtract(ST_Intersection(a.geom, ST_Buffer(b.geom, -0.5)), 2) AS geom
) AS inside
WHERE ST_Length(inside.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
