-- error: la vía «{a}» se dice accesible y tiene {s} % de pendiente
-- error: route “{a}” is said to be accessible and has a slope of {s} %
-- remedio: Una ruta accesible tiene hasta 8 % de pendiente: llévela por otra calle, o escriba «no».
-- remedy: An accessible route is up to 8 % steep: take it along another street, or write “no”.
WITH rule AS (SELECT 8.0 AS max_slope_pct)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 's', a.max_slope_pct) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.evacuation_routes AS a, rule
WHERE a.accessible = 'yes'
  AND a.max_slope_pct > rule.max_slope_pct
