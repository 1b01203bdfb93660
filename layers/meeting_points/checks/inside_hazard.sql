-- error: el punto de encuentro «{a}» está dentro del área «{b}» de su propia amenaza
-- error: meeting point “{a}” stands inside zone “{b}” of its own hazard
-- remedio: Mueva el punto, o quite esa amenaza de las que sirve.
-- remedy: Move the point, or take that hazard off those it serves.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'b', coalesce(z.name, z.code)) AS facts,
       a.geom AS spot
FROM layers.meeting_points AS a
JOIN layers.hazard_zones AS z
  ON a.geom && z.geom
 AND ST_Intersects(a.geom, z.geom)
WHERE z.hazard = ANY (a.hazard)
  AND a.valid_from < coalesce(z.valid_to, 'infinity')
  AND z.valid_from < coalesce(a.valid_to, 'infinity')
