-- error: la vía «{a}» termina dentro del área «{b}» de su propia amenaza
-- error: route “{a}” ends inside zone “{b}” of its own hazard
-- remedio: Llévela fuera del área; revise el sentido del trazado.
-- remedy: Take it out of the zone; check the sense of the drawing.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(z.name, z.code)) AS facts,
       finish.geom AS spot
FROM layers.evacuation_routes AS a
CROSS JOIN LATERAL (SELECT ST_EndPoint(ST_GeometryN(a.geom, ST_NumGeometries(a.geom))) AS geom) AS finish
JOIN layers.hazard_zones AS z
  ON z.geom && finish.geom
 AND ST_Intersects(z.geom, finish.geom)
WHERE z.hazard = ANY (a.hazard)
  AND a.valid_from < coalesce(z.valid_to, 'infinity')
  AND z.valid_from < coalesce(a.valid_to, 'infinity')
