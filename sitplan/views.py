"""The views by which the public reads a layer: what stands, what stood, what went out of sight.

`published` holds what the record says now. `published_past` holds every version that was public
then, of features that are public now or were when they were removed: the past follows today's
wish (docs/decisions/0009). `published_gone` holds who left the public's sight and by which
Change, so that a mirror can follow; of what is hidden it tells the identifier alone.
"""

from __future__ import annotations

from sitplan.afar import far_columns
from sitplan.catalogue import Territory
from sitplan.ddl import ident, public_columns, render_table
from sitplan.layer import Layer

_READERS = "sitplan_read, sitplan_write, sitplan_admin"


def render_layer(layer: Layer, territory: Territory) -> str:
    """The whole of a new layer's `table.sql`."""
    return render_table(layer, territory) + "\n" + render_views(layer, territory)


def render_views(layer: Layer, territory: Territory) -> str:
    """The views of a layer (none where the public may not read), and the grants."""
    name = layer.name
    text = (
        f"\nGRANT SELECT, INSERT, UPDATE, DELETE ON layers.{name}"
        " TO sitplan_write, sitplan_admin;\n"
        f"GRANT SELECT ON history.{name} TO sitplan_write, sitplan_admin;\n"
    )
    if not layer.is_public:
        return text
    shown = ", ".join(ident(c) for c in public_columns(layer))
    then = ", ".join(f"h.{ident(c)}" for c in public_columns(layer))
    far = "".join(f", {c}" for c in far_columns(layer, territory))
    rows = _is_public("")
    in_sight = _in_sight(name)
    return text + (
        f"\nCREATE VIEW published.{name} AS\nSELECT {shown}{far}\n"
        f"FROM layers.{name}\nWHERE {rows};\n"
        f"\nCREATE VIEW published_past.{name} AS\n"
        f"SELECT {shown}, NULL::timestamptz AS recorded_to, change_id, NULL::bigint AS ended_by\n"
        f"FROM layers.{name}\nWHERE {rows}\n"
        f"UNION ALL\nSELECT {then}, h.recorded_to, h.change_id, h.ended_by\n"
        f"FROM history.{name} AS h\nWHERE {_is_public('h.')}\n  AND {in_sight};\n"
        f"\nCREATE VIEW published_gone.{name} AS\n"
        "SELECT h.id, h.ended_by AS change_id,\n"
        f"       {in_sight} AND NOT {_follows('layers', name)}\n"
        f"       AND NOT {_follows('history', name)} AS told\n"
        f"FROM history.{name} AS h\nWHERE {_is_public('h.')}\n"
        f"  AND NOT {_follows('layers', name, _is_public('n.'))}\n"
        f"  AND NOT {_follows('history', name, _is_public('n.'))};\n"
        f"\nGRANT SELECT ON published.{name}, published_past.{name}, published_gone.{name}\n"
        f"   TO {_READERS};\n"
    )


def drop_views(name: str) -> str:
    """What hides a layer from the public and leaves its data."""
    return (
        f"DROP VIEW IF EXISTS published_gone.{ident(name)};\n"
        f"DROP VIEW IF EXISTS published_past.{ident(name)};\n"
        f"DROP VIEW IF EXISTS published.{ident(name)};\n"
    )


def _is_public(row: str) -> str:
    return f"{row}visibility = 'public' AND {row}review_state = 'published'"


def _in_sight(name: str) -> str:
    """Whether the feature of `h` is public now, or was when it was removed."""
    return (
        "coalesce(\n"
        f"      (SELECT {_is_public('n.')} FROM layers.{name} AS n WHERE n.id = h.id),\n"
        f"      (SELECT {_is_public('n.')} FROM history.{name} AS n WHERE n.id = h.id\n"
        "       ORDER BY n.recorded_from DESC LIMIT 1))"
    )


def _follows(schema: str, name: str, also: str = "") -> str:
    """Whether the Change that ended `h` left another version of the same feature."""
    more = f" AND {also}" if also else ""
    return (
        f"EXISTS (SELECT FROM {schema}.{name} AS n\n"
        f"                  WHERE n.id = h.id AND n.change_id = h.ended_by{more})"
    )
