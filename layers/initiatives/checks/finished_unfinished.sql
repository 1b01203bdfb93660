-- aviso: {code} «{a}» está terminada con {p} % de avance físico
-- warning: {code} “{a}” is finished with a physical progress of {p} %
-- remedio: Corrija el estado o el avance.
-- remedy: Correct the status or the progress.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'p', a.physical_progress_pct) AS facts,
       NULL::geometry AS spot
FROM layers.initiatives AS a
WHERE a.status = 'terminada'
  AND a.physical_progress_pct < 100
