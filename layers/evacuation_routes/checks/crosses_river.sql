-- error: la vía «{a}» escapa del agua y cruza «{b}»
-- error: route “{a}” flees the water and crosses “{b}”
-- remedio: Ante una crecida o la rotura de un embalse se sale sin cruzar el río: lleve la vía a la terraza de su ribera.
-- remedy: In a flood or dam break people leave without crossing the river: take the route to the terrace of its own bank.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(w.name, w.code)) AS facts,
       ST_PointOnSurface(ST_Intersection(a.geom, w.geom)) AS spot
FROM layers.evacuation_routes AS a
JOIN layers.waterways AS w
  ON a.geom && w.geom
 AND ST_Intersects(a.geom, w.geom)
WHERE a.hazard && ARRAY['flood', 'dam_break']
  AND w.class = 'river'
  AND a.valid_from < coalesce(w.valid_to, 'infinity')
  AND w.valid_from < coalesce(a.valid_to, 'infinity')
