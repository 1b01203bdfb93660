-- error: la vía «{a}» atraviesa {m} m de «{b}», de nivel {l}, más peligroso que donde empieza
-- error: route “{a}” runs {m} m through “{b}”, of level {l}, more dangerous than where it starts
-- remedio: Llévela por donde el peligro no crece, o hágala empezar en esa área.
-- remedy: Take it where the danger does not grow, or make it start in that zone.
WITH rank (level, depth) AS (VALUES ('bajo', 1), ('medio', 2), ('alto', 3)),
route AS (
    SELECT r.*, ST_StartPoint(ST_GeometryN(r.geom, 1)) AS start
    FROM layers.evacuation_routes AS r
),
crossed AS (
    SELECT a.id, a.code, a.name, a.geom, z.geom AS zone, coalesce(z.name, z.code) AS zone_name, z.level
    FROM route AS a
    JOIN layers.hazard_zones AS z
      ON a.geom && z.geom
     AND z.hazard = ANY (a.hazard)
     AND ST_Intersects(a.geom, z.geom)
    JOIN rank ON rank.level = z.level
    WHERE a.valid_from < coalesce(z.valid_to, 'infinity')
      AND z.valid_from < coalesce(a.valid_to, 'infinity')
      -- nowhere deeper than the deepest of the same hazard at the start
      AND rank.depth > (
          SELECT coalesce(max(at.depth), 0)
          FROM layers.hazard_zones AS s
          JOIN rank AS at ON at.level = s.level
          WHERE s.geom && a.start
            AND s.hazard = z.hazard
            AND ST_DWithin(s.geom, a.start, 1)
            AND a.valid_from < coalesce(s.valid_to, 'infinity')
            AND s.valid_from < coalesce(a.valid_to, 'infinity')
      )
)
SELECT c.id,
       jsonb_build_object('code', c.code, 'a', coalesce(c.name, c.code), 'b', c.zone_name,
                          'codes', jsonb_build_object('l', jsonb_build_array(c.level)),
                          'm', round(inside.length::numeric)) AS facts,
       inside.first AS spot
FROM crossed AS c
CROSS JOIN LATERAL (
    SELECT sum(ST_Length(met.geom)) AS length,
           (array_agg(ST_StartPoint(met.geom)
                      ORDER BY part.path[1], ST_LineLocatePoint(part.geom, ST_StartPoint(met.geom))))[1] AS first
    FROM ST_Dump(c.geom) AS part
    CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(ST_Intersection(part.geom, c.zone), 2)) AS met
) AS inside
WHERE inside.length > 1
