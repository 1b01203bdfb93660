-- aviso: el código censal {b} de «{a}» no es de esta comuna
-- warning: the census code {b} of “{a}” is not of this commune
-- remedio: Las cinco primeras cifras son las de la comuna.
-- remedy: The first five digits are those of the commune.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', a.ine_code) AS facts,
       a.geom AS spot
FROM layers.rural_localities AS a
WHERE EXISTS (SELECT FROM layers.commune)
  AND left(a.ine_code, 5) NOT IN (SELECT c.code FROM layers.commune AS c)
