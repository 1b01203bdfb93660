-- aviso: hay dos distritos con el número {a}
-- warning: two districts have number {a}
-- remedio: Corrija el número de uno.
-- remedy: Correct the number of one.
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.district_no, 'b', b.code) AS facts,
       ST_PointOnSurface(a.geom) AS spot
FROM layers.census_districts AS a
JOIN layers.census_districts AS b
  ON a.district_no = b.district_no
 AND a.code < b.code
WHERE a.valid_from < coalesce(b.valid_to, 'infinity')
  AND b.valid_from < coalesce(a.valid_to, 'infinity')
