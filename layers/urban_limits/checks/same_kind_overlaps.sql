-- aviso: los límites urbanos «{a}» y «{b}», según la misma fuente, se superponen en {m2} m²
-- warning: urban limits “{a}” and “{b}”, of the same origin, overlap by {m2} m²
-- remedio: Corrija uno: entre fuentes distintas pueden no coincidir, dentro de una no.
-- remedy: Correct one: different origins may disagree, one may not.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.name,
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.urban_limits AS a
JOIN layers.urban_limits AS b
  ON a.geom && b.geom
 -- not «=», or the planner compares all pairs of a kind instead of asking the index
 AND a.kind IS NOT DISTINCT FROM b.kind
 AND a.code < b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
