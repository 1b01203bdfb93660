-- error: «{a}» tiene {v} m² de vegetación y solo {m2} m² de superficie
-- error: “{a}” has {v} m² of vegetation and only {m2} m² of area
-- remedio: Corrija la superficie con vegetación o el contorno.
-- remedy: Correct the planted area or the outline.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code),
                          'v', a.vegetated_m2, 'm2', a.area_m2) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.green_areas AS a
WHERE a.vegetated_m2 > a.area_m2 + 1
