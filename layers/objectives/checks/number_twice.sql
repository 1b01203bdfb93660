-- error: los objetivos {code} y {b} llevan el mismo número {n} de la misma estrategia
-- error: objectives {code} and {b} bear the same number {n} of the same strategy
-- remedio: Corrija el número de uno.
-- remedy: Correct the number of one.
SELECT a.id,
       jsonb_build_object('code', a.code, 'b', b.code, 'n', a.objective_no) AS facts,
       NULL::geometry AS spot
FROM layers.objectives AS a
JOIN layers.objectives AS b
  ON b.strategy_no = a.strategy_no
 AND b.objective_no = a.objective_no
 AND a.code < b.code
WHERE a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
