-- error: la vía «{a}» se corta: hay {m} m entre un tramo y el siguiente
-- error: route “{a}” is broken: {m} m lie between one part and the next
-- remedio: Dibuje los tramos en el orden y el sentido de la marcha, cada uno desde donde termina el anterior.
-- remedy: Draw the parts in the order and sense of walking, each from where the one before ends.
WITH part AS (
    SELECT r.id, r.code, r.name, dump.path[1] AS no, dump.geom
    FROM layers.evacuation_routes AS r
    CROSS JOIN LATERAL ST_Dump(r.geom) AS dump
)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', coalesce(a.name, a.code),
                          'm', round(ST_Distance(ST_EndPoint(a.geom), ST_StartPoint(b.geom))::numeric)) AS facts,
       ST_EndPoint(a.geom) AS spot
FROM part AS a
JOIN part AS b
  ON b.id = a.id
 AND b.no = a.no + 1
WHERE ST_Distance(ST_EndPoint(a.geom), ST_StartPoint(b.geom)) > 1
