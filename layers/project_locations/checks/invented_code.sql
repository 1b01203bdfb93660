-- error: el lugar {code} «{a}»: los códigos DEMO- son de lugares de iniciativas inventadas, y solo de ellos
-- error: place {code} “{a}”: DEMO- codes are for places of invented initiatives, and for them alone
-- remedio: Corrija el código del lugar, o la iniciativa a la que pertenece.
-- remedy: Correct the code of the place, or the initiative it belongs to.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', i.code) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.project_locations AS a
JOIN layers.initiatives AS i
  ON i.code = a.initiative
WHERE (a.code LIKE 'DEMO-%') <> i.invented
  AND a.valid_from < coalesce(i.valid_to, 'infinity')
  AND i.valid_from < coalesce(a.valid_to, 'infinity')
