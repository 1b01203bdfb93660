-- aviso: la vía «{a}» cruza «{b}» y no lo dice
-- warning: route “{a}” crosses “{b}” and does not say so
-- remedio: Marque «cruza el río».
-- remedy: Mark “crosses the river”.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(w.name, w.code)) AS facts,
       ST_PointOnSurface(ST_Intersection(a.geom, w.geom)) AS spot
FROM layers.evacuation_routes AS a
JOIN layers.waterways AS w
  ON a.geom && w.geom
 AND ST_Intersects(a.geom, w.geom)
WHERE a.crosses_river IS NOT TRUE
  AND w.class = 'river'
  AND a.valid_from < coalesce(w.valid_to, 'infinity')
  AND w.valid_from < coalesce(a.valid_to, 'infinity')
