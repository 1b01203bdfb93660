-- aviso: «{a}» está dos veces en el mismo lugar ({code} y {b})
-- warning: “{a}” is there twice in the same place ({code} and {b})
-- remedio: Quite una de las dos.
-- remedy: Remove one of the two.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.ref, a.class), 'b', b.code) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.roads AS a
JOIN layers.roads AS b
  ON a.geom ~= b.geom
 AND a.code < b.code
WHERE ST_Equals(a.geom, b.geom)
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
