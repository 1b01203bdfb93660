-- aviso: el campamento «{a}» queda fuera del límite urbano en {pct} %
-- warning: {pct} % of informal settlement “{a}” lies outside the urban limit
-- remedio: No es un error del dato: téngalo presente al contar solo lo urbano.
-- remedy: The data are not wrong: mind it where only the urban area is counted.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name,
                          'pct', round(100 * (ST_Area(beyond.geom) / ST_Area(a.geom))::numeric)) AS facts,
       ST_PointOnSurface(beyond.geom) AS spot
FROM layers.informal_settlements AS a
CROSS JOIN LATERAL (
    SELECT coalesce(ST_Difference(a.geom, ST_Union(u.geom)), a.geom) AS geom
    FROM layers.urban_limits AS u
    WHERE u.geom && a.geom
      AND a.valid_from < coalesce(u.valid_to, 'infinity')
      AND u.valid_from < coalesce(a.valid_to, 'infinity')
) AS beyond
WHERE EXISTS (SELECT FROM layers.urban_limits)
  AND ST_Area(beyond.geom) > 1
