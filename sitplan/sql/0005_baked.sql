-- What proves a tile that was kept on the disk: how a public layer is declared, and which Changes
-- touched it where. The same is announced to whoever listens (close_change).
CREATE VIEW published.touched AS
SELECT t.layer, t.change_id, c.recorded_at, t.boxes
FROM sitplan.touched AS t
JOIN sitplan.change AS c ON c.id = t.change_id
JOIN sitplan.layer AS l ON l.name = t.layer
WHERE NOT l.hidden AND l.declaration->'access'->>'read' = 'public';

CREATE VIEW published.declared AS
SELECT l.name AS layer, l.fingerprint
FROM sitplan.layer AS l
WHERE NOT l.hidden AND l.declaration->'access'->>'read' = 'public';

GRANT SELECT ON published.touched, published.declared TO sitplan_read, sitplan_write, sitplan_admin;
