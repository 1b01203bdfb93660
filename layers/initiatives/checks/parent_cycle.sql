-- error: {code} «{a}» depende de sí misma: {path}
-- error: {code} “{a}” belongs to itself: {path}
-- remedio: Corrija de quién depende.
-- remedy: Correct what it belongs to.
WITH RECURSIVE chain AS (
    SELECT a.id, a.code, a.name, a.parent, ARRAY[a.code] AS path
    FROM layers.initiatives AS a
    WHERE a.parent IS NOT NULL
    UNION ALL
    SELECT c.id, c.code, c.name, up.parent, c.path || up.code
    FROM chain AS c
    JOIN layers.initiatives AS up
      ON up.code = c.parent
    WHERE c.parent <> ALL (c.path)
)
SELECT DISTINCT c.id,
       jsonb_build_object('code', c.code, 'a', c.name,
                          'path', array_to_string(c.path || c.parent, ' → ')) AS facts,
       NULL::geometry AS spot
FROM chain AS c
WHERE c.parent = c.code
