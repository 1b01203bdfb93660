-- aviso: las zonas {a} y {b} del mismo instrumento se superponen en {m2} m²
-- warning: zones {a} and {b} of the same instrument overlap by {m2} m²
-- remedio: Revise el plano: un terreno tiene una sola zona en cada instrumento.
-- remedy: Look at the plan: a plot has one zone in each instrument.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.zone_code, 'b', b.zone_code,
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.zones AS a
JOIN layers.zones AS b
  ON a.geom && b.geom
 AND a.id < b.id
 AND a.code <> b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  -- not «=», or the planner compares all pairs of a kind instead of asking the index
  AND a.instrument IS NOT DISTINCT FROM b.instrument
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
