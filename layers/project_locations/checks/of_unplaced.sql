-- error: el lugar {code} «{a}» es de la iniciativa {b}, que el plan no ubica
-- error: place {code} “{a}” is of initiative {b}, which the plan does not place
-- remedio: Quite el lugar, o diga en la iniciativa que tiene lugar propio.
-- remedy: Remove the place, or say in the initiative that it has a place of its own.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', i.code) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.project_locations AS a
JOIN layers.initiatives AS i
  ON i.code = a.initiative
WHERE (i.placement IN ('unplaced', 'outside')
       OR (i.placement = 'area' AND ST_Dimension(a.geom) = 0))
  AND a.valid_from < coalesce(i.valid_to, 'infinity')
  AND i.valid_from < coalesce(a.valid_to, 'infinity')
