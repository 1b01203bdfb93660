-- aviso: las áreas «{a}» y «{b}», de la misma amenaza y nivel, se superponen en {m2} m²
-- warning: zones “{a}” and “{b}”, of the same hazard and level, overlap by {m2} m²
-- remedio: Únalas o recorte una.
-- remedy: Join them or cut one.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'b', coalesce(b.name, b.code),
                          'm2', round(ST_Area(shared.geom)::numeric)) AS facts,
       ST_PointOnSurface(shared.geom) AS spot
FROM layers.hazard_zones AS a
JOIN layers.hazard_zones AS b
  ON a.geom && b.geom
 AND a.id < b.id
 AND a.code <> b.code
CROSS JOIN LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS shared
WHERE ST_Intersects(a.geom, b.geom)
  AND ST_Area(shared.geom) > 1
  -- not «=», or the planner compares all pairs of a kind instead of asking the index
  AND a.hazard IS NOT DISTINCT FROM b.hazard
  AND a.level IS NOT DISTINCT FROM b.level
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
