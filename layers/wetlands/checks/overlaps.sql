-- aviso: los humedales «{a}» y «{b}» se superponen en {m2} m²
-- warning: wetlands “{a}” and “{b}” overlap by {m2} m²
-- remedio: Deje uno, o recorte el otro.
-- remedy: Keep one, or cut the other.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(b.name, b.code),
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.wetlands AS a
JOIN layers.wetlands AS b
  ON a.geom && b.geom
 AND a.id < b.id
 AND a.code <> b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
