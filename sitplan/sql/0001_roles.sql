-- Roles and schemas. Everything is owned by whoever migrates; the public's role reads views alone.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['sitplan_read', 'sitplan_write', 'sitplan_admin'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database of the same cluster was quicker
            END;
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA sitplan;         -- changes, the register of layers, functions
CREATE SCHEMA layers;          -- the record: one table a layer
CREATE SCHEMA history;         -- what the record said before
CREATE SCHEMA published;       -- plain views: public fields of public, published rows
CREATE SCHEMA published_past;  -- the same over record and history, for reads as of an instant

GRANT USAGE ON SCHEMA published, published_past, sitplan TO sitplan_read;
GRANT USAGE ON SCHEMA layers, history, published, published_past, sitplan TO sitplan_write, sitplan_admin;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Text as a search sees it: no accents, no case. Immutable, so that an index can hold it.
CREATE FUNCTION sitplan.fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
