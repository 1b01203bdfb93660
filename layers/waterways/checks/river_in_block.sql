-- aviso: el río «{a}» pasa por dentro de la manzana {b} en {m} m
-- warning: river “{a}” runs inside block {b} for {m} m
-- remedio: Corrija el trazado del río o el de la manzana.
-- remedy: Correct the drawing of the river or of the block.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', b.code,
                          'm', round(ST_Length(inside.geom)::numeric)) AS facts,
       ST_PointOnSurface(inside.geom) AS spot
FROM layers.waterways AS a
JOIN layers.census_blocks AS b
  ON a.geom && b.geom
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 2) AS geom) AS inside
WHERE a.class = 'river'
  AND ST_Length(inside.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
