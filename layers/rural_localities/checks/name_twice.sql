-- aviso: la localidad «{a}» está dos veces, a {m} m
-- warning: locality “{a}” is there twice, {m} m apart
-- remedio: Deje una, o distíngalas por su nombre.
-- remedy: Keep one, or tell them apart by name.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.code,
                          'm', round(ST_Distance(a.geom, b.geom)::numeric)) AS facts,
       a.geom AS spot
FROM layers.rural_localities AS a
JOIN layers.rural_localities AS b
  ON lower(a.name) = lower(b.name)
 AND a.code < b.code
WHERE a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
