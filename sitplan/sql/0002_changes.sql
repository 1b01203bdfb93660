-- Every write is a Change: who, why, source, when. Writers take turns under one lock, so that
-- the order of ids, of recorded instants and of commits is the same, and a mirror that asks for
-- "everything since n" misses nothing.
CREATE TABLE sitplan.change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    role text NOT NULL,
    who text,
    why text NOT NULL,
    source text,
    kind text NOT NULL CHECK (kind IN ('seed', 'import', 'edit', 'direct', 'revert', 'result')),
    reverts bigint REFERENCES sitplan.change,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ON sitplan.change (recorded_at);

-- Which layers a Change touched, how many rows, and where (boxes in EPSG:3857).
CREATE TABLE sitplan.touched (
    change_id bigint NOT NULL REFERENCES sitplan.change,
    layer text NOT NULL,
    added bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    removed bigint NOT NULL DEFAULT 0,
    boxes jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (change_id, layer)
);
CREATE INDEX ON sitplan.touched (layer, change_id);

CREATE TABLE sitplan.territory (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    facts jsonb NOT NULL,
    palette jsonb NOT NULL
);

-- The register of layers: what was migrated, not what the folder says today.
CREATE TABLE sitplan.layer (
    name text PRIMARY KEY,
    declaration json NOT NULL,           -- json, not jsonb: code lists keep their order
    public_declaration json NOT NULL,
    style jsonb NOT NULL,
    constraints jsonb NOT NULL,
    fingerprint text NOT NULL,
    hidden boolean NOT NULL DEFAULT false,
    illustrative boolean NOT NULL DEFAULT false,
    source jsonb,
    seeded text
);

CREATE TABLE sitplan.layer_check (
    layer text NOT NULL REFERENCES sitplan.layer,
    rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning')),
    message jsonb NOT NULL,
    hint jsonb NOT NULL,
    reads text[] NOT NULL,
    query text NOT NULL,
    PRIMARY KEY (layer, rule)
);

-- Open a Change under the writers' lock; the transaction's triggers stamp rows with it.
CREATE FUNCTION sitplan.open_change(
    role text, who text, why text, source text, kind text, reverts bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = sitplan, pg_catalog, pg_temp
AS $$
DECLARE
    made bigint;
    moment timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sitplan.change'));
    SELECT greatest(clock_timestamp(), max(c.recorded_at) + interval '1 microsecond')
      INTO moment FROM sitplan.change c;
    INSERT INTO sitplan.change (recorded_at, role, who, why, source, kind, reverts)
    VALUES (coalesce(moment, clock_timestamp()), role, who, why, source, kind, reverts)
    RETURNING id, recorded_at INTO made, moment;
    PERFORM set_config('sitplan.change', made::text, true);
    PERFORM set_config('sitplan.recorded_at', moment::text, true);
    RETURN made;
END
$$;
REVOKE EXECUTE ON FUNCTION sitplan.open_change FROM PUBLIC;

-- Before any statement on a layer: an edit that came by no door (QGIS, psql) gets a Change of
-- its database role. The transaction is compared, so that nobody writes into another's Change.
CREATE FUNCTION sitplan.ensure_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = sitplan, pg_catalog, pg_temp
AS $$
DECLARE
    stated text := nullif(current_setting('sitplan.change', true), '');
    acting text := current_setting('role', true);
BEGIN
    IF stated IS NULL OR NOT EXISTS (
        SELECT FROM sitplan.change
        WHERE id = stated::bigint AND transaction = pg_current_xact_id()
          AND recorded_at = nullif(current_setting('sitplan.recorded_at', true), '')::timestamptz
    ) THEN
        IF acting IS NULL OR acting IN ('', 'none') THEN
            acting := session_user;
        END IF;
        PERFORM sitplan.open_change(
            acting, acting, 'edición directa en la base de datos',
            nullif(current_setting('application_name', true), ''), 'direct'
        );
    END IF;
    RETURN NULL;
END
$$;

-- Note what a statement touched. Boxes come in the layer's CRS; many are told as their extent.
CREATE FUNCTION sitplan.touch(
    of_layer text, n_added bigint, n_changed bigint, n_removed bigint, shapes geometry[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = sitplan, public, pg_catalog, pg_temp
AS $$
DECLARE
    found jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_array(
               round(ST_XMin(s)::numeric, 1), round(ST_YMin(s)::numeric, 1),
               round(ST_XMax(s)::numeric, 1), round(ST_YMax(s)::numeric, 1))), '[]')
      INTO found
      FROM (SELECT ST_Transform(ST_Segmentize(ST_Envelope(one), greatest(
                       ST_XMax(one) - ST_XMin(one), ST_YMax(one) - ST_YMin(one), 1e-9) / 4), 3857) AS s
            FROM unnest(shapes) AS one WHERE NOT ST_IsEmpty(one)) AS projected;
    INSERT INTO sitplan.touched AS t (change_id, layer, added, changed, removed, boxes)
    VALUES (current_setting('sitplan.change')::bigint, of_layer, n_added, n_changed, n_removed, found)
    ON CONFLICT (change_id, layer) DO UPDATE
       SET added = t.added + excluded.added,
           changed = t.changed + excluded.changed,
           removed = t.removed + excluded.removed,
           boxes = CASE
               WHEN jsonb_array_length(t.boxes) + jsonb_array_length(excluded.boxes) <= 60
               THEN t.boxes || excluded.boxes
               ELSE (SELECT jsonb_build_array(jsonb_build_array(
                         min((b->>0)::numeric), min((b->>1)::numeric),
                         max((b->>2)::numeric), max((b->>3)::numeric)))
                     FROM jsonb_array_elements(t.boxes || excluded.boxes) AS b)
           END;
END
$$;

REVOKE EXECUTE ON FUNCTION sitplan.touch FROM PUBLIC;

-- At commit: an edit that came by no door obeys the layer's error checks; all are announced.
CREATE FUNCTION sitplan.close_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = sitplan, public, pg_catalog, pg_temp
AS $$
DECLARE
    rule record;
    offender record;
    fact record;
    said text;
    final record;
BEGIN
    IF (SELECT kind FROM sitplan.change WHERE id = NEW.change_id) = 'direct' THEN
        FOR rule IN
            SELECT * FROM sitplan.layer_check WHERE layer = NEW.layer AND severity = 'error'
        LOOP
            FOR offender IN EXECUTE 'SELECT id, facts FROM (' || rule.query || E'\n) AS broken LIMIT 1' LOOP
                said := rule.message->>'es';
                FOR fact IN SELECT * FROM jsonb_each_text(offender.facts) LOOP
                    said := replace(said, '{' || fact.key || '}', coalesce(fact.value, ''));
                END LOOP;
                RAISE EXCEPTION USING
                    ERRCODE = 'check_violation',
                    MESSAGE = said,
                    DETAIL = format('capa %s, elemento %s, datos %s', NEW.layer, offender.id, offender.facts),
                    HINT = coalesce(rule.hint->>'es', ''),
                    CONSTRAINT = rule.rule,
                    TABLE = NEW.layer;
            END LOOP;
        END LOOP;
    END IF;
    SELECT * INTO final FROM sitplan.touched
    WHERE change_id = NEW.change_id AND layer = NEW.layer;
    PERFORM pg_notify('sitplan', json_build_object(
        'layer', NEW.layer, 'change', NEW.change_id, 'boxes', final.boxes)::text);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER close_change
AFTER INSERT ON sitplan.touched
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION sitplan.close_change();

-- What the public may know of the catalogue.
CREATE VIEW published.territory AS SELECT facts, palette FROM sitplan.territory;
CREATE VIEW published.catalogue AS
SELECT l.name,
       l.public_declaration AS declaration,
       l.style,
       l.illustrative,
       l.source,
       coalesce((SELECT max(t.change_id) FROM sitplan.touched t WHERE t.layer = l.name), 0) AS revision
FROM sitplan.layer l
WHERE NOT l.hidden AND l.declaration->'access'->>'read' = 'public';
GRANT SELECT ON published.territory, published.catalogue TO sitplan_read, sitplan_write, sitplan_admin;
GRANT SELECT ON sitplan.change, sitplan.touched, sitplan.layer, sitplan.layer_check
   TO sitplan_write, sitplan_admin;

CREATE FUNCTION sitplan.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE no deja historia: use DELETE' USING ERRCODE = 'restrict_violation';
END
$$;
