-- aviso: «{a}» está dos veces, a {m} m
-- warning: “{a}” is there twice, {m} m apart
-- remedio: Quite una de las dos.
-- remedy: Remove one of the two.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.code,
                          'm', round(ST_Distance(a.geom, b.geom)::numeric)) AS facts,
       a.geom AS spot
FROM layers.facilities AS a
JOIN layers.facilities AS b
  ON a.geom && ST_Expand(b.geom, 20)
 -- not «=», or the planner compares all pairs of a kind instead of asking the index
 AND a.kind IS NOT DISTINCT FROM b.kind
 AND lower(a.name) IS NOT DISTINCT FROM lower(b.name)
 AND a.code < b.code
WHERE ST_DWithin(a.geom, b.geom, 20)
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
