-- Rendered from layer.yaml by `sitplan render`; not edited by hand.
-- Iniciativas del plan: Los planes, programas, proyectos y estudios del PLADECO, con su lugar en el plan. Los proyectos con código DEMO- son inventados para la demostración.
CREATE TABLE layers.initiatives (
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
    "kind" text,
    "strategy_no" bigint,
    "strategy" text,
    "plan_no" bigint,
    "plan" text,
    "parent" text,
    "order" bigint,
    "theme" text,
    "description" text,
    "place_hint" text,
    "territorial" boolean,
    "placement" text,
    "pladeco_version" text,
    "objective_ids" text[],
    "bip_codes" text[],
    "investment_type" text,
    "stage" text,
    "rate" text,
    "rate_date" date,
    "status" text,
    "status_date" date,
    "responsible_unit" text,
    "executing_unit" text,
    "funding_sources" text[],
    "cost_clp" bigint,
    "physical_progress_pct" double precision,
    "financial_progress_pct" double precision,
    "planned_start" date,
    "planned_end" date,
    "actual_start" date,
    "actual_end" date,
    "beneficiaries" bigint,
    "tender_id" text,
    "documents" text[],
    "source_line" bigint,
    "source_text" text,
    "invented" boolean,
    CONSTRAINT "code_form" CHECK (code <> '' AND code = btrim(code)),
    CONSTRAINT "validity_order" CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT "visibility_codes" CHECK (visibility = ANY (ARRAY['public', 'internal', 'restricted']::text[])),
    CONSTRAINT "review_state_codes" CHECK (review_state = ANY (ARRAY['draft', 'in_review', 'published', 'withdrawn']::text[])),
    CONSTRAINT "capture_method_codes" CHECK (capture_method = ANY (ARRAY['gnss', 'digitised', 'cad_import', 'register', 'imagery', 'estimate']::text[])),
    CONSTRAINT "name_required" CHECK ("name" IS NOT NULL),
    CONSTRAINT "kind_required" CHECK ("kind" IS NOT NULL),
    CONSTRAINT "kind_codes" CHECK ("kind"::text = ANY (ARRAY['plan', 'programa', 'proyecto', 'estudio']::text[])),
    CONSTRAINT "strategy_no_minimum" CHECK ("strategy_no" >= 1),
    CONSTRAINT "plan_no_minimum" CHECK ("plan_no" >= 1),
    CONSTRAINT "order_minimum" CHECK ("order" >= 0),
    CONSTRAINT "theme_codes" CHECK ("theme"::text = ANY (ARRAY['public_space', 'sport', 'accessibility', 'transit', 'cycling', 'roads', 'lighting', 'security', 'civil_protection', 'evacuation', 'waste', 'environment', 'animals', 'energy', 'water', 'sanitation', 'stormwater', 'green', 'planning', 'land_info', 'urban_renewal', 'housing', 'participation', 'productive', 'employment', 'tourism', 'education', 'preschool', 'higher_education', 'social', 'health', 'heritage', 'culture', 'digital', 'communication', 'municipal_mgmt']::text[])),
    CONSTRAINT "placement_codes" CHECK ("placement"::text = ANY (ARRAY['placed', 'area', 'unplaced', 'outside']::text[])),
    CONSTRAINT "investment_type_codes" CHECK ("investment_type"::text = ANY (ARRAY['proyecto', 'programa', 'estudio_basico', 'conservacion', 'activo_no_financiero']::text[])),
    CONSTRAINT "stage_codes" CHECK ("stage"::text = ANY (ARRAY['idea', 'perfil', 'prefactibilidad', 'factibilidad', 'diseno', 'ejecucion', 'operacion']::text[])),
    CONSTRAINT "rate_codes" CHECK ("rate"::text = ANY (ARRAY['RS', 'FI', 'OT', 'IN', 'AD', 'RF', 'ITF', 'RE', 'ER', 'SR']::text[])),
    CONSTRAINT "status_required" CHECK ("status" IS NOT NULL),
    CONSTRAINT "status_codes" CHECK ("status"::text = ANY (ARRAY['propuesta', 'en_formulacion', 'postulada', 'en_evaluacion', 'financiada', 'en_licitacion', 'en_ejecucion', 'recepcion_provisoria', 'terminada', 'suspendida', 'desistida']::text[])),
    CONSTRAINT "funding_sources_codes" CHECK ("funding_sources" <@ ARRAY['FNDR', 'FRIL', 'FRPD', 'PMU', 'PMB', 'circular_33', 'sectorial', 'municipal', 'empresa', 'privado', 'otro']::text[]),
    CONSTRAINT "cost_clp_minimum" CHECK ("cost_clp" >= 0),
    CONSTRAINT "physical_progress_pct_minimum" CHECK ("physical_progress_pct" >= 0),
    CONSTRAINT "physical_progress_pct_maximum" CHECK ("physical_progress_pct" <= 100),
    CONSTRAINT "financial_progress_pct_minimum" CHECK ("financial_progress_pct" >= 0),
    CONSTRAINT "financial_progress_pct_maximum" CHECK ("financial_progress_pct" <= 100),
    CONSTRAINT "beneficiaries_minimum" CHECK ("beneficiaries" >= 0),
    CONSTRAINT "source_line_minimum" CHECK ("source_line" >= 1),
    CONSTRAINT "invented_required" CHECK ("invented" IS NOT NULL)
);

CREATE TABLE history.initiatives (
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
    "kind" text,
    "strategy_no" bigint,
    "strategy" text,
    "plan_no" bigint,
    "plan" text,
    "parent" text,
    "order" bigint,
    "theme" text,
    "description" text,
    "place_hint" text,
    "territorial" boolean,
    "placement" text,
    "pladeco_version" text,
    "objective_ids" text[],
    "bip_codes" text[],
    "investment_type" text,
    "stage" text,
    "rate" text,
    "rate_date" date,
    "status" text,
    "status_date" date,
    "responsible_unit" text,
    "executing_unit" text,
    "funding_sources" text[],
    "cost_clp" bigint,
    "physical_progress_pct" double precision,
    "financial_progress_pct" double precision,
    "planned_start" date,
    "planned_end" date,
    "actual_start" date,
    "actual_end" date,
    "beneficiaries" bigint,
    "tender_id" text,
    "documents" text[],
    "source_line" bigint,
    "source_text" text,
    "invented" boolean,
    recorded_to timestamptz NOT NULL,
    ended_by bigint NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS "initiatives_code_key" ON layers.initiatives (code, valid_from);
CREATE INDEX IF NOT EXISTS "initiatives_change" ON layers.initiatives (change_id);
CREATE INDEX IF NOT EXISTS "initiatives_begin" ON layers.initiatives (valid_from) WHERE valid_from > '-infinity';
CREATE INDEX IF NOT EXISTS "initiatives_end" ON layers.initiatives (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS "initiatives_past_id" ON history.initiatives (id, recorded_from);
CREATE INDEX IF NOT EXISTS "initiatives_past_change" ON history.initiatives (change_id);
CREATE INDEX IF NOT EXISTS "initiatives_past_ended" ON history.initiatives (ended_by);
CREATE INDEX IF NOT EXISTS "initiatives_name_search" ON layers.initiatives USING gin (sitplan.fold("name") gin_trgm_ops);
CREATE INDEX IF NOT EXISTS "initiatives_parent_ref" ON layers.initiatives ("parent");
CREATE INDEX IF NOT EXISTS "initiatives_place_hint_search" ON layers.initiatives USING gin (sitplan.fold("place_hint") gin_trgm_ops);
CREATE INDEX IF NOT EXISTS "initiatives_objective_ids_ref" ON layers.initiatives ("objective_ids");

CREATE OR REPLACE FUNCTION history.stamp_initiatives() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW(OLD."id", OLD."code", OLD."replaces", OLD."valid_from", OLD."valid_to", OLD."visibility", OLD."review_state", OLD."source_id", OLD."source_date", OLD."source_srid", OLD."capture_method", OLD."horizontal_accuracy_m", OLD."notes", OLD."name", OLD."kind", OLD."strategy_no", OLD."strategy", OLD."plan_no", OLD."plan", OLD."parent", OLD."order", OLD."theme", OLD."description", OLD."place_hint", OLD."territorial", OLD."placement", OLD."pladeco_version", OLD."objective_ids", OLD."bip_codes", OLD."investment_type", OLD."stage", OLD."rate", OLD."rate_date", OLD."status", OLD."status_date", OLD."responsible_unit", OLD."executing_unit", OLD."funding_sources", OLD."cost_clp", OLD."physical_progress_pct", OLD."financial_progress_pct", OLD."planned_start", OLD."planned_end", OLD."actual_start", OLD."actual_end", OLD."beneficiaries", OLD."tender_id", OLD."documents", OLD."source_line", OLD."source_text", OLD."invented")
           IS NOT DISTINCT FROM ROW(NEW."id", NEW."code", NEW."replaces", NEW."valid_from", NEW."valid_to", NEW."visibility", NEW."review_state", NEW."source_id", NEW."source_date", NEW."source_srid", NEW."capture_method", NEW."horizontal_accuracy_m", NEW."notes", NEW."name", NEW."kind", NEW."strategy_no", NEW."strategy", NEW."plan_no", NEW."plan", NEW."parent", NEW."order", NEW."theme", NEW."description", NEW."place_hint", NEW."territorial", NEW."placement", NEW."pladeco_version", NEW."objective_ids", NEW."bip_codes", NEW."investment_type", NEW."stage", NEW."rate", NEW."rate_date", NEW."status", NEW."status_date", NEW."responsible_unit", NEW."executing_unit", NEW."funding_sources", NEW."cost_clp", NEW."physical_progress_pct", NEW."financial_progress_pct", NEW."planned_start", NEW."planned_end", NEW."actual_start", NEW."actual_end", NEW."beneficiaries", NEW."tender_id", NEW."documents", NEW."source_line", NEW."source_text", NEW."invented") THEN
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
        NEW.version := 1 + coalesce((SELECT max(version) FROM history.initiatives WHERE id = NEW.id), 0);
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

CREATE OR REPLACE FUNCTION history.keep_initiatives() RETURNS trigger
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
        INSERT INTO history.initiatives ("id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "notes", "version", "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from", "name", "kind", "strategy_no", "strategy", "plan_no", "plan", "parent", "order", "theme", "description", "place_hint", "territorial", "placement", "pladeco_version", "objective_ids", "bip_codes", "investment_type", "stage", "rate", "rate_date", "status", "status_date", "responsible_unit", "executing_unit", "funding_sources", "cost_clp", "physical_progress_pct", "financial_progress_pct", "planned_start", "planned_end", "actual_start", "actual_end", "beneficiaries", "tender_id", "documents", "source_line", "source_text", "invented", recorded_to, ended_by)
        SELECT "id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "notes", "version", "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from", "name", "kind", "strategy_no", "strategy", "plan_no", "plan", "parent", "order", "theme", "description", "place_hint", "territorial", "placement", "pladeco_version", "objective_ids", "bip_codes", "investment_type", "stage", "rate", "rate_date", "status", "status_date", "responsible_unit", "executing_unit", "funding_sources", "cost_clp", "physical_progress_pct", "financial_progress_pct", "planned_start", "planned_end", "actual_start", "actual_end", "beneficiaries", "tender_id", "documents", "source_line", "source_text", "invented", current_setting('sitplan.recorded_at')::timestamptz,
               current_setting('sitplan.change')::bigint
        FROM old_rows WHERE change_id <> current_setting('sitplan.change')::bigint;
        SELECT count(*), NULL::geometry[] INTO n_old, old_shapes FROM old_rows;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT count(*), NULL::geometry[] INTO n_new, new_shapes FROM new_rows;
    END IF;
    IF n_old + n_new > 0 THEN
        PERFORM sitplan.touch(
            'initiatives',
            CASE TG_OP WHEN 'INSERT' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'UPDATE' THEN n_new ELSE 0 END,
            CASE TG_OP WHEN 'DELETE' THEN n_old ELSE 0 END,
            old_shapes || new_shapes);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER a_change BEFORE INSERT OR UPDATE OR DELETE ON layers.initiatives
    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.ensure_change();
-- rows that the one door writes carry the stamps by default and skip the function
CREATE OR REPLACE TRIGGER b_stamp_new BEFORE INSERT ON layers.initiatives FOR EACH ROW
    WHEN (NEW.change_id IS DISTINCT FROM current_setting('sitplan.change')::bigint OR NEW.recorded_from IS DISTINCT FROM current_setting('sitplan.recorded_at')::timestamptz OR NEW.version IS DISTINCT FROM 1 OR NEW.id IS NULL OR NEW.valid_from IS NULL OR NEW.visibility IS NULL OR NEW.review_state IS NULL OR NEW.created_at IS DISTINCT FROM NEW.recorded_from OR NEW.updated_at IS DISTINCT FROM NEW.recorded_from OR NEW.created_by IS DISTINCT FROM CURRENT_USER OR NEW.updated_by IS DISTINCT FROM CURRENT_USER)
    EXECUTE FUNCTION history.stamp_initiatives();
CREATE OR REPLACE TRIGGER b_stamp BEFORE UPDATE ON layers.initiatives FOR EACH ROW
    EXECUTE FUNCTION history.stamp_initiatives();
CREATE OR REPLACE TRIGGER keep_new AFTER INSERT ON layers.initiatives
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_initiatives();
CREATE OR REPLACE TRIGGER keep_changed AFTER UPDATE ON layers.initiatives
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_initiatives();
CREATE OR REPLACE TRIGGER keep_removed AFTER DELETE ON layers.initiatives
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION history.keep_initiatives();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON layers.initiatives
    FOR EACH STATEMENT EXECUTE FUNCTION sitplan.refuse_truncate();


GRANT SELECT, INSERT, UPDATE, DELETE ON layers.initiatives TO sitplan_write, sitplan_admin;
GRANT SELECT ON history.initiatives TO sitplan_write, sitplan_admin;

CREATE VIEW published.initiatives AS
SELECT "id", "code", "replaces", "valid_from", "valid_to", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "version", "updated_at", "recorded_from", "name", "kind", "strategy_no", "strategy", "plan_no", "plan", "parent", "order", "theme", "description", "place_hint", "territorial", "placement", "pladeco_version", "objective_ids", "bip_codes", "investment_type", "stage", "rate", "rate_date", "status", "status_date", "responsible_unit", "executing_unit", "funding_sources", "cost_clp", "physical_progress_pct", "financial_progress_pct", "planned_start", "planned_end", "actual_start", "actual_end", "beneficiaries", "tender_id", "documents", "source_line", "source_text", "invented"
FROM layers.initiatives
WHERE visibility = 'public' AND review_state = 'published';

CREATE VIEW published_past.initiatives AS
SELECT "id", "code", "replaces", "valid_from", "valid_to", "source_id", "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "version", "updated_at", "recorded_from", "name", "kind", "strategy_no", "strategy", "plan_no", "plan", "parent", "order", "theme", "description", "place_hint", "territorial", "placement", "pladeco_version", "objective_ids", "bip_codes", "investment_type", "stage", "rate", "rate_date", "status", "status_date", "responsible_unit", "executing_unit", "funding_sources", "cost_clp", "physical_progress_pct", "financial_progress_pct", "planned_start", "planned_end", "actual_start", "actual_end", "beneficiaries", "tender_id", "documents", "source_line", "source_text", "invented", NULL::timestamptz AS recorded_to, change_id, NULL::bigint AS ended_by
FROM layers.initiatives
WHERE visibility = 'public' AND review_state = 'published'
UNION ALL
SELECT h."id", h."code", h."replaces", h."valid_from", h."valid_to", h."source_id", h."source_date", h."source_srid", h."capture_method", h."horizontal_accuracy_m", h."version", h."updated_at", h."recorded_from", h."name", h."kind", h."strategy_no", h."strategy", h."plan_no", h."plan", h."parent", h."order", h."theme", h."description", h."place_hint", h."territorial", h."placement", h."pladeco_version", h."objective_ids", h."bip_codes", h."investment_type", h."stage", h."rate", h."rate_date", h."status", h."status_date", h."responsible_unit", h."executing_unit", h."funding_sources", h."cost_clp", h."physical_progress_pct", h."financial_progress_pct", h."planned_start", h."planned_end", h."actual_start", h."actual_end", h."beneficiaries", h."tender_id", h."documents", h."source_line", h."source_text", h."invented", h.recorded_to, h.change_id, h.ended_by
FROM history.initiatives AS h
WHERE h.visibility = 'public' AND h.review_state = 'published'
  AND coalesce(
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM layers.initiatives AS n WHERE n.id = h.id),
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM history.initiatives AS n WHERE n.id = h.id
       ORDER BY n.recorded_from DESC LIMIT 1));

CREATE VIEW published_gone.initiatives AS
SELECT h.id, h.ended_by AS change_id,
       coalesce(
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM layers.initiatives AS n WHERE n.id = h.id),
      (SELECT n.visibility = 'public' AND n.review_state = 'published' FROM history.initiatives AS n WHERE n.id = h.id
       ORDER BY n.recorded_from DESC LIMIT 1)) AND NOT EXISTS (SELECT FROM layers.initiatives AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by)
       AND NOT EXISTS (SELECT FROM history.initiatives AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by) AS told
FROM history.initiatives AS h
WHERE h.visibility = 'public' AND h.review_state = 'published'
  AND NOT EXISTS (SELECT FROM layers.initiatives AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by AND n.visibility = 'public' AND n.review_state = 'published')
  AND NOT EXISTS (SELECT FROM history.initiatives AS n
                  WHERE n.id = h.id AND n.change_id = h.ended_by AND n.visibility = 'public' AND n.review_state = 'published');

GRANT SELECT ON published.initiatives, published_past.initiatives, published_gone.initiatives
   TO sitplan_read, sitplan_write, sitplan_admin;
