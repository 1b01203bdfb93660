-- aviso: {code} «{a}» se dice ubicada y no tiene lugar
-- warning: {code} “{a}” is said to be placed and has no place
-- remedio: Agregue su lugar en project_locations, o diga que está por ubicar.
-- remedy: Add its place to project_locations, or say that it is to be placed.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
WHERE a.placement = 'placed'
  AND NOT EXISTS (
      SELECT
      FROM layers.project_locations AS l
      WHERE l.initiative = a.code
        AND a.valid_from < coalesce(l.valid_to, 'infinity')
        AND l.valid_from < coalesce(a.valid_to, 'infinity')
  )
