-- error: {code} «{a}» es una propuesta del plan y trae montos, fechas o avances, que el plan no da
-- error: {code} “{a}” is a proposal of the plan and carries money, dates or progress, which the plan does not give
-- remedio: Déjelos vacíos, o cambie el estado cuando la iniciativa se formule.
-- remedy: Leave them empty, or change the status once the initiative is being formulated.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
WHERE NOT a.invented
  AND a.status = 'propuesta'
  AND (a.cost_clp IS NOT NULL
       OR cardinality(a.funding_sources) > 0
       OR coalesce(a.planned_start, a.planned_end, a.actual_start, a.actual_end) IS NOT NULL
       OR coalesce(a.physical_progress_pct, a.financial_progress_pct) > 0)
