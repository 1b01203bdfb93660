-- Rendered from layer.yaml by `sitplan render`; not edited by hand.
-- Cursos de agua: Ríos, quebradas, esteros y canales.
CREATE TABLE layers.waterways (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code text NOT NULL,
    replaces uuid,
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to date,
    visibility text NOT NULL DEFAULT 'public',
    review_state text NOT NULL DEFAULT 'draft',
    source_id text,
    source_date date,
    source_srid integer,
    capture_method text,
    horizontal_accuracy_m double precision,
    notes text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT current_setting('sitplan.recorded_at')::timestamptz,
    created_by text NOT NULL DEFAULT CURRENT_USER,
    updated_at timestamptz NOT NULL DEFAULT current_setting('sitplan.recorded_at')::timestamptz,
    updated_by text NOT NULL DEFAULT CURRENT_USER,
    change_id bigint NOT NULL DEFAULT current_setting('sitplan.change')::bigint,
    recorded_from timestamptz NOT NULL DEFAULT current_setting('sitplan.recorded_at')::timestamptz,
    "name" text,
    "class" text,
    "intermittent" boolean,
    "width_m" double precision,
    "length_m" double precision GENERATED ALWAYS AS (round(ST_Length(geom)::numeric, 1)::double precision) STORED,
    geom geometry(MultiLineString, 32719),
    geom_3857_z7 sitplan.far_shape GENERATED ALWAYS AS (CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 266.37, true), 3857) END) STORED,
    geom_3857_z10 sitplan.far_shape GENERATED ALWAYS AS (CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 33.29, true), 3857) END) STORED,
    geom_3857_z12 sitplan.far_shape GENERATED ALWAYS AS (CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 8.32, true), 3857) END) STORED,
    geom_3857_z13 sitplan.far_shape GENERATED ALWAYS AS (CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 4.16, true), 3857) END) STORED,
    CONSTRAINT "code_form" CHECK (code <> '' AND code = btrim(code)),
    CONSTRAINT "validity_order" CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT "visibility_codes" CHECK (visibility = ANY (ARRAY['public', 'internal', 'restricted']::text[])),
    CONSTRAINT "review_state_codes" CHECK (review_state = ANY (ARRAY['draft', 'in_review', 'published', 'withdrawn']::text[])),
    CONSTRAINT "capture_method_codes" CHECK (capture_method = ANY (ARRAY['gnss', 'digitised', 'cad_import', 'register', 'imagery', 'estimate']::text[])),
    CONSTRAINT "class_required" CHECK ("class" IS NOT NULL),
    CONSTRAINT "class_codes" CHECK ("class"::text = ANY (ARRAY['river', 'stream', 'canal', 'ditch', 'drain']::text[])),
    CONSTRAINT "width_m_minimum" CHECK ("width_m" >= 0),
    CONSTRAINT "geom_required" CHECK (geom IS NOT NULL),
    CONSTRAINT "geom_valid" CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom))
);

CREATE TABLE history.waterways (
    "id" uuid,
    "code" text,
    "replaces" uuid,
    "valid_from" date,
    "valid_to" date,
    "visibility" text,
    "review_state" text,
    "source_id" text,
    "source_date" date,
    "source_srid" integer,
    "capture_method" text,
    "horizontal_accuracy_m" double precision,
    "notes" text,
    "version" integer,
    "created_at" timestamptz,
    "created_by" text,
    "updated_at" timestamptz,
    "updated_by" text,
    "change_id" bigint,
    "recorded_from" timestamptz,
    "name" text,
    "class" text,
    "intermittent" boolean,
    "width_m" double precision,
    "length_m" double precision,
    "geom" geometry(MultiLineString, 32719),
    recorded_to timestamptz NOT NULL,
    ended_by bigint NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "waterways_code_key" ON layers.waterways (code, valid_from);
CREATE INDEX IF NOT EXISTS "waterways_change" ON layers.waterways (change_id);
CREATE INDEX IF NOT EXISTS "waterways_begin" ON layers.waterways (valid_from) WHERE valid_from > '-infinity';
CREATE INDEX IF NOT EXISTS "waterways_end" ON layers.waterways (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS "waterways_past_id" ON history.waterways (id, recorded_from);
CREATE INDEX IF NOT EXISTS "waterways_past_change" ON history.waterways (change_id);
CREATE INDEX IF NOT EXISTS "waterways_past_ended" ON history.waterways (ended_by);
CREATE INDEX IF NOT EXISTS "waterways_geom" ON layers.waterways USING gist (geom);
CREATE INDEX IF NOT EXISTS "waterways_past_geom" ON history.waterways USING gist (geom);
CREATE INDEX IF NOT EXISTS "waterways_name_search" ON layers.waterways USING gin (sitplan.fold("name") gin_trgm_ops);
COMMENT ON COLUMN layers.waterways.geom_3857_z7 IS 'CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 266.37, true), 3857) END';
COMMENT ON COLUMN layers.waterways.geom_3857_z10 IS 'CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 33.29, true), 3857) END';
COMMENT ON COLUMN layers.waterways.geom_3857_z12 IS 'CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 8.32, true), 3857) END';
COMMENT ON COLUMN layers.waterways.geom_3857_z13 IS 'CASE WHEN ST_NPoints(geom) > 120 THEN ST_Transform(ST_Simplify(geom, 4.16, true), 3857) END';

CREATE OR REPLACE FUNCTION history.stamp_waterways() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW(OLD."id", OLD."code", OLD."replaces", OLD."valid_from", OLD."valid_to", OLD."visibility", OLD."review_state", OLD."source_id", OLD."source_date", OLD."source_srid", OLD."capture_method", OLD."horizontal_accuracy_m", OLD."notes", OLD."name", OLD."class", OLD."intermittent", OLD."width_m", OLD."geom")
           IS NOT DISTINCT FROM ROW(NEW."id", NEW."code", NEW."replaces", NEW."valid_from", NEW."valid_to", NEW."visibility", NEW."review_state", NEW."source_id", NEW."source_date", NEW."source_srid", NEW."capture_method", NEW."horizontal_accuracy_m", NEW."notes", NEW."name", NEW."class", NEW."intermittent", NEW."width_m", NEW."geom") THEN
            RETURN NULL;  -- nothing was said, nothing is recorded
        END IF;
        IF NEW.id <> OLD.id THEN
            RAISE EXCEPTION 'el identificador de un elemento no cambia'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.version := OLD.version + 1;
        NEW.created_at := OLD.created_at;
        NEW.created_by := OLD.created_by;
    ELSE
        NEW.id := coalesce(NEW.id, gen_random_uuid());
        NEW.valid_from := coalesce(NEW.valid_from, '-infinity');
        NEW.visibility := coalesce(NEW.visibility, 'public');
        NEW.review_state := coalesce(NEW.review_state, 'draft');
        NEW.version := 1 + coalesce((SELECT max(version) FROM history.waterways WHERE id = NEW.id), 0);
        NEW.created_at := current_setting('sitplan.recorded_at')::timestamptz;
        NEW.created_by := CURRENT_USER;
    END IF;
    NEW.updated_at := current_setting('sitplan.recorded_at')::timestamptz;
    NEW.updated_by := CURRENT_USER;
    NEW.change_id := current_setting('sitplan.change')::bigint;
    NEW.recorded_from := current_setting('sitplan.recorded_at')::timestamptz;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION history.keep_waterways() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    n_old bigint := 0;
    n_new bigint := 0;
    old_shapes geometry[];
    new_shapes geometry[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO history.waterways ("id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "notes", "version", "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from", "name", "class", "intermittent", "width_m", "length_m", "geom", recorded_to, ended_by)
        SELECT "id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "notes", "version", "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from", "name", "class", "intermittent", "width_m", "length_m", "geom", current_setting('sitplan.recorded_at')::timestamptz,
               current_setting('sitplan.change')::bigint
        FROM old_rows WHERE change_id <> current_setting('sitplan.change')::bigint;
        SELECT count(*), CASE WHEN count(*) <= 50 THEN array_agg(geom) FILTER (WHERE geom IS NOT NULL) ELSE ARRAY[ST_SetSRID(ST_Extent(geom)::geometry, 32719)] END INTO n_old, old_shapes FROM old_rows;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT count(*), CASE WHEN count(*) <= 50 THEN array_agg(geom) FILTER (WHERE geom IS NOT NULL) ELSE ARRAY[ST_SetSRID(ST_Extent(geom)::geometry, 32719)] END INTO n_new, new_shapes FROM new_rows;
    END IF;
    IF n_old + n_new > 0 THEN
        PERFORM sitplan.touch(
            'waterways',
            CASE TG_OP WHEN 'INSERT' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'UPDATE' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'DELETE' THEN n_old ELSE 0 END,
            old_shapes || new_shapes);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER a_change BEFORE INSERT OR UPDATE OR DELETE ON layers.waterways
    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.ensure_change();
-- rows that the one door writes carry the stamps by default and skip the function
CREATE OR REPLACE TRIGGER b_stamp_new BEFORE INSERT ON layers.waterways FOR EACH ROW
    WHEN (NEW.change_id IS DISTINCT FROM current_setting('sitplan.change')::bigint OR NEW.recorded_from IS DISTINCT FROM current_setting('sitplan.recorded_at')::timestamptz OR NEW.version IS DISTINCT FROM 1 OR NEW.id IS NULL OR NEW.valid_from IS NULL OR NEW.visibility IS NULL OR NEW.review_state IS NULL OR NEW.created_at IS DISTINCT FROM NEW.recorded_from OR NEW.updated_at IS DISTINCT FROM NEW.recorded_from OR NEW.created_by IS DISTINCT FROM CURRENT_USER OR NEW.updated_by IS DISTINCT FROM CURRENT_USER)
    EXECUTE FUNCTION history.stamp_waterways();
CREATE OR REPLACE TRIGGER b_stamp BEFORE UPDATE ON layers.waterways FOR EACH ROW
    EXECUTE FUNCTION history.stamp_waterways();
CREATE OR REPLACE TRIGGER keep_new AFTER INSERT ON layers.waterways
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_waterways();
CREATE OR REPLACE TRIGGER keep_changed AFTER UPDATE ON layers.waterways
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_waterways();
CREATE OR REPLACE TRIGGER keep_removed AFTER DELETE ON layers.waterways
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_waterways();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON layers.waterways
    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.refuse_truncate();


GRANT SELECT, INSERT, UPDATE, DELETE ON layers.waterways TO sitplan_write, sitplan_admin;
GRANT SELECT ON history.waterways TO sitplan_write, sitplan_admin;

CREATE VIEW published.waterways AS
SELECT "id", "code", "replaces", "valid_from", "valid_to", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "version", "updated_at", "recorded_from", "name", "class", "intermittent", "width_m", "length_m", "geom", geom_3857_z7, geom_3857_z10, geom_3857_z12, geom_3857_z13
FROM layers.waterways
WHERE visibility = 'public' AND review_state = 'published';

CREATE VIEW published_past.waterways AS
SELECT "id", "code", "replaces", "valid_from", "valid_to", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "version", "updated_at", "recorded_from", "name", "class", "intermittent", "width_m", "length_m", "geom", NULL::timestamptz AS recorded_to, change_id, NULL::bigint AS ended_by
FROM layers.waterways
WHERE visibility = 'public' AND review_state = 'published'
UNION ALL
SELECT h."id", h."code", h."replaces", h."valid_from", h."valid_to", h."source_id", h."source_date", h."source_srid", h."capture_method", h."horizontal_accuracy_m", h."version", h."updated_at", h."recorded_from", h."name", h."class", h."intermittent", h."width_m", h."length_m", h."geom", h.recorded_to, h.change_id, h.ended_by
FROM history.waterways AS h
WHERE h.visibility = 'public' AND h.review_state = 'published'
  AND coalesce(
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM layers.waterways AS n WHERE n.id = h.id),
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM history.waterways AS n WHERE n.id = h.id
       ORDER BY n.recorded_from DESC LIMIT 1));

CREATE VIEW published_gone.waterways AS
SELECT h.id, h.ended_by AS change_id,
       coalesce(
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM layers.waterways AS n WHERE n.id = h.id),
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM history.waterways AS n WHERE n.id = h.id
       ORDER BY n.recorded_from DESC LIMIT 1)) AND NOT EXISTS (SELECT FROM layers.waterways AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by)
       AND NOT EXISTS (SELECT FROM history.waterways AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by) AS told
FROM history.waterways AS h
WHERE h.visibility = 'public' AND h.review_state = 'published'
  AND NOT EXISTS (SELECT FROM layers.waterways AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by AND n.visibility = 'public' AND n.review_state = 'published')
  AND NOT EXISTS (SELECT FROM history.waterways AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by AND n.visibility = 'public' AND n.review_state = 'published');

GRANT SELECT ON published.waterways, published_past.waterways, published_gone.waterways
   TO sitplan_read, sitplan_write, sitplan_admin;
