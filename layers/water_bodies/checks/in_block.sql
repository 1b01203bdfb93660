-- aviso: el agua «{a}» cubre {m2} m² de la manzana {b}
-- warning: water “{a}” covers {m2} m² of block {b}
-- remedio: Corrija el contorno del agua o el de la manzana; una piscina o un tranque dentro puede quedar así.
-- remedy: Correct the outline of the water or of the block; a pool or pond inside may stay.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', b.code,
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.water_bodies AS a
JOIN layers.census_blocks AS b
  ON a.geom && b.geom
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE a.class NOT IN ('pool', 'reservoir')
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
