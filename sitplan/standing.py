"""The checks that every layer has without writing them: validity, references, the territory."""

from __future__ import annotations

from sitplan import ddl
from sitplan.catalogue import Check, Territory
from sitplan.layer import Layer


def standing_checks(layer: Layer, territory: Territory) -> tuple[Check, ...]:
    """The checks that every layer has without writing them: validity, references, the territory."""
    table = f"layers.{layer.name}"
    spot = "ST_PointOnSurface(geom)" if layer.geometry else "NULL::geometry"
    found = [
        Check(
            rule="validity_overlap",
            severity="error",
            message={
                "es": "el código {code} tiene dos vigencias que se superponen",
                "en": "code {code} has two validities that overlap",
            },
            hint={
                "es": "Termine la primera (valid_to) el día en que empieza la segunda.",
                "en": "End the first one (valid_to) on the day the second begins.",
            },
            sql="SELECT id, jsonb_build_object('code', code, 'next', following) AS facts, "
            f"{spot} AS spot\nFROM (SELECT *, lead(valid_from) OVER (PARTITION BY code ORDER BY"
            f" valid_from) AS following FROM {table}) AS windows\n"
            "WHERE following < coalesce(valid_to, 'infinity')",
        )
    ]
    for used in layer.fields:
        if not used.references:
            continue
        col = ddl.ident(used.name)
        name = ddl.short_name(f"reference_{used.name}")
        values = f"unnest(a.{col})" if used.type == "array" else f"(SELECT a.{col})"
        lateral = f"{values} AS asked(code)"
        found.append(
            Check(
                rule=name,
                severity="error",
                message={
                    "es": f"«{used.title['es']}» dice {{value}}, que no está en {used.references}",
                    "en": f"“{used.title['en']}” says {{value}}, which {used.references} lacks",
                },
                hint={
                    "es": "Corrija el código o cargue antes la capa a la que se refiere.",
                    "en": "Correct the code, or load first the layer it refers to.",
                },
                sql=f"SELECT a.id, jsonb_build_object('value', asked.code) AS facts, "
                f"{spot.replace('(geom)', '(a.geom)')} AS spot\n"
                f"FROM {table} AS a, LATERAL {lateral}\n"
                "WHERE asked.code IS NOT NULL AND NOT EXISTS"
                f" (SELECT FROM layers.{used.references} AS b WHERE b.code = asked.code)",
            )
        )
    if layer.geometry and not layer.geometry.anywhere and not layer.geometry.crs:
        box = ", ".join(repr(v) for v in territory.bounds_projected)
        found.append(
            Check(
                rule="outside_territory",
                severity="error",
                message={
                    "es": "{code} cae fuera del territorio",
                    "en": "{code} lies outside the territory",
                },
                hint={
                    "es": "Revise el sistema de coordenadas (datum, huso, orden de los ejes).",
                    "en": "Check the reference system (datum, zone, order of the axes).",
                },
                sql=f"SELECT id, jsonb_build_object('code', code) AS facts, {spot} AS spot\n"
                f"FROM {table}\nWHERE NOT geom @ ST_MakeEnvelope({box}, {territory.storage_crs})",
            )
        )
    return tuple(found)
