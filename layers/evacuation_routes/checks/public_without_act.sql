-- error: la vía «{a}» es pública y no tiene acto de aprobación
-- error: route “{a}” is public and has no approval act
-- remedio: Escriba el acto que la aprueba, o déjela interna o en borrador.
-- remedy: Write the act that approves it, or keep it internal or a draft.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code)) AS facts,
       ST_StartPoint(ST_GeometryN(a.geom, 1)) AS spot
FROM layers.evacuation_routes AS a
WHERE a.visibility = 'public'
  AND a.review_state = 'published'
  AND btrim(coalesce(a.approval_act, '')) = ''
