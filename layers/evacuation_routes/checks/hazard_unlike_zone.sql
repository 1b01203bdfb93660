-- error: la vía «{a}» sale del área «{b}», cuya amenaza ({h}) no es de las suyas
-- error: route “{a}” leaves zone “{b}”, whose hazard ({h}) is none of its own
-- remedio: Corrija el área de origen o las amenazas de la vía.
-- remedy: Correct the zone of origin or the hazards of the route.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(z.name, z.code),
                          'codes', jsonb_build_object('h', jsonb_build_array(z.hazard))) AS facts,
       ST_StartPoint(ST_GeometryN(a.geom, 1)) AS spot
FROM layers.evacuation_routes AS a
JOIN layers.hazard_zones AS z
  ON z.code = a.from_zone
WHERE z.hazard <> ALL (a.hazard)
  AND a.valid_from < coalesce(z.valid_to, 'infinity')
  AND z.valid_from < coalesce(a.valid_to, 'infinity')
