-- aviso: el barrio «{a}» dice su población y no de qué año
-- warning: neighbourhood “{a}” tells its population and not of what year
-- remedio: Anote el año del censo o registro en «population_year».
-- remedy: Write the year of the census or register in “population_year”.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.neighbourhoods AS a
WHERE a.population IS NOT NULL
  AND a.population_year IS NULL
