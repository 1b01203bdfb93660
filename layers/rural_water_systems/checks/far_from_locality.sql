-- aviso: «{a}» queda a {m} m de la localidad «{b}» que dice servir
-- warning: “{a}” lies {m} m from the locality “{b}” that it says it serves
-- remedio: Revise sus coordenadas, o el nombre de la localidad.
-- remedy: Check its coordinates, or the name of the locality.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', l.name,
                          'm', round(ST_Distance(a.geom, l.geom)::numeric)) AS facts,
       a.geom AS spot
FROM layers.rural_water_systems AS a
JOIN layers.rural_localities AS l
  ON lower(l.name) = lower(a.locality)
WHERE NOT ST_DWithin(a.geom, l.geom, 3000)
  AND a.valid_from < coalesce(l.valid_to, 'infinity')
  AND l.valid_from < coalesce(a.valid_to, 'infinity')
