-- aviso: «{a}» cruza «{b}» sin puente
-- warning: “{a}” crosses “{b}” without a bridge
-- remedio: Marque el tramo como puente, o corrija el trazado; un vado es una huella o un sendero.
-- remedy: Mark the stretch as a bridge, or correct the drawing; a ford is a track or a path.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.ref, a.class),
                          'b', coalesce(w.name, w.code)) AS facts,
       ST_PointOnSurface(ST_Intersection(a.geom, w.geom)) AS spot
FROM layers.roads AS a
JOIN layers.waterways AS w
  ON a.geom && w.geom
 AND ST_Crosses(a.geom, w.geom)
WHERE w.class = 'river'
  AND a.class NOT IN ('track', 'path')
  AND a.bridge IS NOT TRUE
  AND a.tunnel IS NOT TRUE
  AND a.valid_from < coalesce(w.valid_to, 'infinity')
  AND w.valid_from < coalesce(a.valid_to, 'infinity')
