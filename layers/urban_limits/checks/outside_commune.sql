-- aviso: {m2} m² de «{a}» quedan fuera de la comuna
-- warning: {m2} m² of “{a}” lie outside the commune
-- remedio: Corrija el trazado, o el límite comunal.
-- remedy: Correct the drawing, or the limit of the commune.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name,
                          'm2', round(ST_Area(beyond.geom)::numeric)) AS facts,
       ST_PointOnSurface(beyond.geom) AS spot
FROM layers.urban_limits AS a
CROSS JOIN LATERAL (
    SELECT coalesce(ST_Difference(a.geom, ST_Union(c.geom)), a.geom) AS geom
    FROM layers.commune AS c
    WHERE a.geom && c.geom
      AND a.valid_from < coalesce(c.valid_to, 'infinity')
      AND c.valid_from < coalesce(a.valid_to, 'infinity')
) AS beyond
WHERE EXISTS (SELECT FROM layers.commune)
  AND ST_Area(beyond.geom) > 1
