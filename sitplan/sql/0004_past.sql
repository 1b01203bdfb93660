-- The past and the changes, as the public may read them. `published_gone.<layer>` stands beside
-- `published_past.<layer>`: who left the public's sight, by which Change (sitplan/views.py).
CREATE SCHEMA published_gone;
GRANT USAGE ON SCHEMA published_gone TO sitplan_read, sitplan_write, sitplan_admin;

-- What the public may know of a Change to a public layer: when, in what role, why, from what
-- source. No person. Who edits straight in the database does it under a login, which names a
-- person, and with a program, which may name a machine: neither is told.
CREATE VIEW published.change AS
SELECT c.id,
       c.recorded_at,
       c.kind,
       CASE WHEN c.kind <> 'direct' THEN c.role END AS role,
       c.why,
       -- a file is told by its name, not by the folder of whoever had it
       CASE WHEN c.kind <> 'direct' THEN regexp_replace(c.source, '(^|; *)(/|[A-Za-z]:\\)([^;]*[/\\])?', '\1', 'g')
       END AS source
FROM sitplan.change AS c
WHERE EXISTS (
    SELECT FROM sitplan.touched AS t JOIN sitplan.layer AS l ON l.name = t.layer
    WHERE t.change_id = c.id AND NOT l.hidden AND l.declaration->'access'->>'read' = 'public'
);
GRANT SELECT ON published.change TO sitplan_read, sitplan_write, sitplan_admin;
