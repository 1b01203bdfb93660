-- aviso: la última inspección de «{a}» tiene fecha futura: {on}
-- warning: the last inspection of “{a}” is dated in the future: {on}
-- remedio: Corrija la fecha.
-- remedy: Correct the date.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'on', a.last_inspection) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.green_areas AS a
WHERE a.last_inspection > current_date + 1
