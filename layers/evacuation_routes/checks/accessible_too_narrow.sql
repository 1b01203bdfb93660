-- error: la vía «{a}» se dice accesible y tiene {w} m de ancho
-- error: route “{a}” is said to be accessible and is {w} m wide
-- remedio: Una ruta accesible tiene desde 1,2 m de ancho: llévela por otra calle, o escriba «no».
-- remedy: An accessible route is at least 1.2 m wide: take it along another street, or write “no”.
WITH rule AS (SELECT 1.2 AS min_width_m)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code), 'w', a.width_m) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.evacuation_routes AS a, rule
WHERE a.accessible = 'yes'
  AND a.width_m < rule.min_width_m
