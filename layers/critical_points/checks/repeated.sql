-- aviso: «{a}» y «{b}» señalan lo mismo a {m} m
-- warning: “{a}” and “{b}” point at the same thing {m} m apart
-- remedio: Deje uno de los dos.
-- remedy: Keep one of the two.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.name,
                          'm', round(ST_Distance(a.geom, b.geom)::numeric)) AS facts,
       a.geom AS spot
FROM layers.critical_points AS a
JOIN layers.critical_points AS b
  ON a.geom && ST_Expand(b.geom, 20)
 -- not «=», or the planner compares all pairs of a kind instead of asking the index
 AND a.cause IS NOT DISTINCT FROM b.cause
 AND a.code < b.code
WHERE ST_DWithin(a.geom, b.geom, 20)
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
