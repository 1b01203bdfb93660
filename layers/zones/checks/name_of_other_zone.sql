-- aviso: la zona {a} lleva el nombre de otra: «{n}», como {b}
-- warning: zone {a} bears the name of another: “{n}”, as {b}
-- remedio: Revise en el instrumento qué nombre y qué usos tiene la zona {a}.
-- remedy: Look up in the instrument which name and uses zone {a} has.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.zone_code, 'b', b.zone_code, 'n', a.name) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.zones AS a
JOIN layers.zones AS b
  ON lower(a.name) = lower(b.name)
 AND a.instrument = b.instrument
 AND a.zone_code <> b.zone_code
WHERE lower(split_part(a.name, ' ', 1)) <> lower(a.zone_code)
  AND a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
