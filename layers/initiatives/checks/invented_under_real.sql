-- error: {code} «{a}» es {what} y depende de {b}, que no lo es
-- error: {code} “{a}” is {what} and belongs to {b}, which is not
-- remedio: Lo inventado no cuelga de lo que dice el plan, ni al revés: sus cifras se sumarían.
-- remedy: What is invented does not hang from what the plan says, nor the other way: their figures would add up.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', p.code,
                          'what', CASE WHEN a.invented THEN 'DEMO' ELSE 'PLADECO' END) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
JOIN layers.initiatives AS p
  ON p.code = a.parent
WHERE a.invented <> p.invented
  AND a.valid_from < coalesce(p.valid_to, 'infinity')
  AND p.valid_from < coalesce(a.valid_to, 'infinity')
