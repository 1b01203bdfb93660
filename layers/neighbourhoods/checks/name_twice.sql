-- aviso: hay dos barrios llamados «{a}»
-- warning: two neighbourhoods are called “{a}”
-- remedio: Distíngalos por su nombre, o únalos si son el mismo.
-- remedy: Tell them apart by name, or join them if they are one.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', b.code) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.neighbourhoods AS a
JOIN layers.neighbourhoods AS b
  ON lower(a.name) = lower(b.name)
 AND a.code < b.code
WHERE a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
