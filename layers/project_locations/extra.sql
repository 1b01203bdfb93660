-- The map colours and filters places by what their initiative says. Each place keeps a copy of
-- it, made here, so that no tile needs a join and a change of the initiative reaches the map.

CREATE OR REPLACE FUNCTION layers.copy_initiative() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    said layers.initiatives;
BEGIN
    SELECT i.* INTO said
    FROM layers.initiatives AS i
    WHERE i.code = NEW.initiative
      AND i.valid_from < coalesce(NEW.valid_to, 'infinity')
      AND coalesce(NEW.valid_from, '-infinity') < coalesce(i.valid_to, 'infinity')
      -- what the public may not read of the initiative does not reach it by the place either
      AND (i.visibility = 'public' AND i.review_state = 'published'
           OR NEW.visibility <> 'public' OR NEW.review_state <> 'published')
    ORDER BY i.valid_from DESC
    LIMIT 1;
    -- nothing found leaves the copy empty
    NEW.initiative_name := said.name;
    NEW.theme := said.theme;
    NEW.stage := said.stage;
    NEW.status := said.status;
    NEW.invented := coalesce(said.invented, NEW.invented);
    RETURN NEW;
END
$$;

-- named so as to run before the row is stamped
CREATE OR REPLACE TRIGGER a_copy_initiative
BEFORE INSERT OR UPDATE ON layers.project_locations
FOR EACH ROW EXECUTE FUNCTION layers.copy_initiative();

CREATE OR REPLACE FUNCTION layers.refresh_locations() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    UPDATE layers.project_locations AS l
    SET initiative = l.initiative
    FROM new_rows AS i
    WHERE l.initiative = i.code;  -- a place that stays the same is not written
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER refresh_locations_new
AFTER INSERT ON layers.initiatives
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION layers.refresh_locations();

CREATE OR REPLACE TRIGGER refresh_locations_changed
AFTER UPDATE ON layers.initiatives
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION layers.refresh_locations();
