-- aviso: hay dos elementos del mismo tipo a menos de medio metro ({code} y {b})
-- warning: two things of the same kind stand within half a metre ({code} and {b})
-- remedio: Quite uno de los dos.
-- remedy: Remove one of the two.
SELECT a.id,
       jsonb_build_object('code', a.code, 'b', b.code) AS facts,
       a.geom AS spot
FROM layers.street_assets AS a
JOIN layers.street_assets AS b
  ON a.geom && ST_Expand(b.geom, 0.5)
 -- not «=», or the planner compares all pairs of a kind instead of asking the index
 AND a.kind IS NOT DISTINCT FROM b.kind
 AND a.code < b.code
WHERE ST_DWithin(a.geom, b.geom, 0.5)
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
