-- error: {code} «{a}» termina antes de empezar
-- error: {code} “{a}” ends before it starts
-- remedio: Corrija las fechas.
-- remedy: Correct the dates.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
WHERE a.planned_end < a.planned_start
   OR a.actual_end < a.actual_start
