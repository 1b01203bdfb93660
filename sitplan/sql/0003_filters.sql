-- What a filter (CQL2) calculates with. Immutable, so that an index can hold it.

-- Text without its case: Unicode's full folding where PostgreSQL was built with ICU (then «Straße»
-- is «STRASSE»), letter by letter elsewhere.
DO $$
DECLARE
    collation_clause text := CASE WHEN to_regcollation('pg_catalog."und-x-icu"') IS NULL
        THEN '' ELSE ' COLLATE pg_catalog."und-x-icu"' END;
BEGIN
    EXECUTE format($f$
        CREATE FUNCTION sitplan.casei(text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
        SET search_path = pg_catalog, pg_temp
        AS $body$ SELECT lower(upper($1%s)) $body$
    $f$, collation_clause);
END
$$;

-- Text without its accents, however these were written.
CREATE FUNCTION sitplan.accenti(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, normalize($1, NFC)) $$;

-- Rest of a division, with the sign of its dividend; null by zero.
CREATE FUNCTION sitplan.remainder(double precision, double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN $2 <> 0 THEN $1 - $2 * trunc($1 / $2) END $$;

-- A power; null where there is none among the real numbers, or none that a double holds.
CREATE FUNCTION sitplan.raised(double precision, double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN $1 = 0 AND $2 < 0 THEN NULL
        WHEN $1 < 0 AND $2 <> trunc($2) THEN NULL
        WHEN $1 = 0 OR $2 = 0 THEN power($1, $2)
        WHEN $2 * ln(abs($1)) > 709 THEN NULL
        WHEN $2 * ln(abs($1)) < -708 THEN 0
        ELSE power($1, $2)
    END
$$;
