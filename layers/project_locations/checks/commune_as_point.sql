-- aviso: el lugar {code} «{a}» vale para toda la comuna y está dibujado como un punto
-- warning: place {code} “{a}” stands for the whole commune and is drawn as a point
-- remedio: Quite el punto: lo que vale para toda la comuna se lista y no se dibuja.
-- remedy: Remove the point: what stands for the whole commune is listed, not drawn.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.project_locations AS a
WHERE a."precision" = 'commune'
  AND ST_Dimension(a.geom) = 0
