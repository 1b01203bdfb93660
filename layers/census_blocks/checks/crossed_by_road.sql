-- aviso: «{b}» cruza la manzana {code} en {m} m
-- warning: “{b}” crosses block {code} for {m} m
-- remedio: Corrija el trazado de la manzana o el de la calle; un pasaje interior puede quedar así.
-- remedy: Correct the drawing of the block or of the street; a passage inside the block may stay.
SELECT a.id,
       jsonb_build_object('code', a.code, 'b', coalesce(r.name, r.ref, r.code),
                          'm', round(ST_Length(inside.geom)::numeric)) AS facts,
       ST_PointOnSurface(inside.geom) AS spot
FROM layers.census_blocks AS a
JOIN layers.roads AS r
  ON a.geom && r.geom
 AND ST_Crosses(r.geom, a.geom)
CROSS JOIN LATERAL (
    -- three metres inside: outlines and centre lines come of different surveys
    SELECT ST_CollectionExtract(ST_Intersection(r.geom, ST_Buffer(a.geom, -3)), 2) AS geom
) AS inside
WHERE r.class NOT IN ('path', 'footway', 'cycleway', 'steps', 'track', 'service', 'pedestrian')
  AND r.tunnel IS NOT TRUE
  AND ST_Length(inside.geom) > 1
  AND a.valid_from < coalesce(r.valid_to, 'infinity')
  AND r.valid_from < coalesce(a.valid_to, 'infinity')
