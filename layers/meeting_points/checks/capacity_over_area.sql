-- aviso: «{a}» dice recibir {c} personas en {m2} m² útiles
-- warning: “{a}” says it takes {c} people on {m2} usable m²
-- remedio: Cuente al menos 1 m² por persona, o corrija la superficie.
-- remedy: Count at least 1 m² a person, or correct the area.
WITH rule AS (SELECT 1.0 AS m2_per_person)
SELECT a.id,
       jsonb_build_object('code', a.code, 'a', a.name, 'c', a.capacity, 'm2', a.usable_m2) AS facts,
       a.geom AS spot
FROM layers.meeting_points AS a, rule
WHERE a.capacity * rule.m2_per_person > a.usable_m2
