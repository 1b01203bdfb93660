-- aviso: los barrios «{a}» y «{b}» se superponen en {m2} m²
-- warning: neighbourhoods “{a}” and “{b}” overlap by {m2} m²
-- remedio: Si los límites son esos, no hay nada que hacer; si no, corrija el trazado.
-- remedy: If those are the limits, there is nothing to do; else correct the drawing.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(b.name, b.code),
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.neighbourhoods AS a
JOIN layers.neighbourhoods AS b
  ON a.geom && b.geom
 AND a.id < b.id
 AND a.code <> b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
