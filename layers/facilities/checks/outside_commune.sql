-- aviso: «{a}» queda fuera de la comuna
-- warning: “{a}” lies outside the commune
-- remedio: Revise sus coordenadas.
-- remedy: Check its coordinates.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code)) AS facts,
       a.geom AS spot
FROM layers.facilities AS a
WHERE EXISTS (SELECT FROM layers.commune)
  AND NOT EXISTS (
      SELECT
      FROM layers.commune AS c
      WHERE a.geom && c.geom
        AND ST_Covers(c.geom, a.geom)
        AND a.valid_from < coalesce(c.valid_to, 'infinity')
        AND c.valid_from < coalesce(a.valid_to, 'infinity')
  )
