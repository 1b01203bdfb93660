-- aviso: la localidad «{a}» queda fuera de la comuna
-- warning: locality “{a}” lies outside the commune
-- remedio: Revise sus coordenadas: hay lugares de igual nombre en otras comunas.
-- remedy: Check its coordinates: other communes have places of the same name.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code)) AS facts,
       a.geom AS spot
FROM layers.rural_localities AS a
WHERE EXISTS (SELECT FROM layers.commune)
  AND NOT EXISTS (
      SELECT
      FROM layers.commune AS c
      WHERE a.geom && c.geom
        AND ST_Covers(c.geom, a.geom)
        AND a.valid_from < coalesce(c.valid_to, 'infinity')
        AND c.valid_from < coalesce(a.valid_to, 'infinity')
  )
