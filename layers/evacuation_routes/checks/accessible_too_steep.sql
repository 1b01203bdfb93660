-- error: la vía «{a}» se dice accesible y tiene {s} % de pendiente o {w} m de ancho
-- error: route “{a}” is said to be accessible and has a slope of {s} % or a width of {w} m
-- remedio: Una ruta accesible tiene hasta 8 % de pendiente y desde 1,2 m de ancho.
-- remedy: An accessible route is up to 8 % steep and at least 1.2 m wide.
WITH rule AS (SELECT 8.0 AS max_slope_pct, 1.2 AS min_width_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code),
                          's', coalesce(a.max_slope_pct::text, '?'), 'w', coalesce(a.width_m::text, '?')) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.evacuation_routes AS a, rule
WHERE a.accessible = 'yes'
  AND (a.max_slope_pct > rule.max_slope_pct OR a.width_m < rule.min_width_m)
