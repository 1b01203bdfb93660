-- aviso: en la manzana {code} viven {a} personas en ninguna vivienda
-- warning: {a} people live in no dwelling in block {code}
-- remedio: Revise las dos cifras.
-- remedy: Look at both figures.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.population) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.census_blocks AS a
WHERE a.population > 0
  AND a.dwellings = 0
