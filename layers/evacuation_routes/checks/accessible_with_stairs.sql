-- error: la vía «{a}» se dice accesible y tiene escalera
-- error: route “{a}” is said to be accessible and has stairs
-- remedio: Con escalera no es accesible: escriba «no», o quite la escalera del trazado.
-- remedy: With stairs it is not accessible: write “no”, or take the stairs out of the way.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code)) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.evacuation_routes AS a
WHERE a.has_stairs
  AND a.accessible IN ('yes', 'with_help')
