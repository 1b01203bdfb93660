-- aviso: los distritos censales «{a}» y «{b}» se superponen en {m2} m²
-- warning: census districts “{a}” and “{b}” overlap by {m2} m²
-- remedio: Corrija el límite común.
-- remedy: Correct the shared limit.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(b.name, b.code),
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.census_districts AS a
JOIN layers.census_districts AS b
  ON a.geom && b.geom
 AND a.id < b.id
 AND a.code <> b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
