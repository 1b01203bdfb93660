-- error: la zona segura «{a}» se mete {m2} m² en el área «{b}» de su propia amenaza
-- error: safe zone “{a}” reaches {m2} m² into zone “{b}” of its own hazard
-- remedio: Recorte la zona segura, o quite esa amenaza de las que sirve.
-- remedy: Cut the safe zone, or take that hazard off those it serves.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(z.name, z.code),
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.safe_zones AS a
JOIN layers.hazard_zones AS z
  ON a.geom && z.geom
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, z.geom), 3) AS geom) AS shared
WHERE z.hazard = ANY (a.hazard)
  AND ST_Area(shared.geom) > 1
  AND a.valid_from < coalesce(z.valid_to, 'infinity')
  AND z.valid_from < coalesce(a.valid_to, 'infinity')
