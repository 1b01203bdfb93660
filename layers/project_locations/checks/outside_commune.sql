-- aviso: el lugar {code} «{a}» queda fuera de la comuna
-- warning: place {code} “{a}” lies outside the commune
-- remedio: Revise sus coordenadas; una iniciativa de fuera de la comuna no lleva lugar.
-- remedy: Check its coordinates; an initiative outside the commune has no place.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.project_locations AS a
WHERE EXISTS (SELECT FROM layers.commune)
  AND NOT EXISTS (
      SELECT
      FROM layers.commune AS c
      WHERE a.geom && c.geom
        AND ST_Intersects(c.geom, a.geom)
        AND a.valid_from < coalesce(c.valid_to, 'infinity')
        AND c.valid_from < coalesce(a.valid_to, 'infinity')
  )
