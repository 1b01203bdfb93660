-- error: la vía «{a}» sirve a una amenaza ({h}) que su punto de encuentro no atiende
-- error: route “{a}” serves a hazard ({h}) that its meeting point does not
-- remedio: Haga coincidir las amenazas de la vía y del punto, o separe la vía por amenaza.
-- remedy: Make the hazards of route and point agree, or split the route by hazard.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', p.code,
                          'codes', jsonb_build_object('h', unmet.hazards)) AS facts,
       ST_EndPoint(ST_GeometryN(a.geom, ST_NumGeometries(a.geom))) AS spot
FROM layers.evacuation_routes AS a
JOIN layers.meeting_points AS p
  ON p.code = a.to_point
CROSS JOIN LATERAL (
    SELECT jsonb_agg(asked.hazard) AS hazards
    FROM unnest(a.hazard) AS asked(hazard)
    WHERE asked.hazard <> ALL (p.hazard)
) AS unmet
WHERE unmet.hazards IS NOT NULL
  AND a.valid_from < coalesce(p.valid_to, 'infinity')
  AND p.valid_from < coalesce(a.valid_to, 'infinity')
