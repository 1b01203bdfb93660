"""What the map's own documents hold: legend, search, the plan and one initiative of it.

The web map's types are made from these (`npm run types`), so that map and API agree by proof.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NO_TEXT: Schema = {"type": "string", "nullable": True}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _numbers(count: int, *, nullable: bool = False) -> Schema:
    found: Schema = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": count,
        "maxItems": count,
    }
    return {**found, "nullable": True} if nullable else found


def _object(optional: Schema | None = None, **required: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }


_NO_DAY: Schema = {"type": "string", "format": "date", "nullable": True}
_NODE: Schema = {
    "id": _TEXT,
    "code": _TEXT,
    "title": _TEXT,
    "kind": _NO_TEXT,
    "kind_title": _NO_TEXT,
    "status": _NO_TEXT,
    "status_title": _NO_TEXT,
    "theme": _NO_TEXT,
    "theme_title": _NO_TEXT,
    "place_hint": _NO_TEXT,
    "placed": _FLAG,
    "invented": _FLAG,
    "stage": _NO_TEXT,
    "stage_title": _NO_TEXT,
    "starts": _NO_DAY,
    "ends": _NO_DAY,
    "cost_clp": {"type": "integer", "nullable": True},
    "matches": _FLAG,
    "children": _list(_ref("initiative_node")),
}

MAP_SCHEMAS: Schema = {
    "tilejson": _object(
        tilejson=_TEXT,
        name=_TEXT,
        attribution=_TEXT,
        scheme=_TEXT,
        tiles=_list(_TEXT),
        minzoom=_COUNT,
        maxzoom=_COUNT,
        bounds=_numbers(4),
        center=_numbers(3),
        vector_layers=_list({"type": "object"}),
    ),
    "legend": _object(territory=_ref("territory"), groups=_list(_ref("legend_group"))),
    "territory": _object(
        name=_TEXT,
        kind=_TEXT,
        bounds=_numbers(4),
        view=_object(center=_numbers(2), zoom={"type": "number"}),
        time_zone=_TEXT,
        illustrative=_FLAG,
        revision=_COUNT,
        heights={**_TEXT, "nullable": True},
    ),
    "legend_group": _object(name=_TEXT, title=_TEXT, layers=_list(_ref("legend_layer"))),
    "legend_layer": _object(
        name=_TEXT,
        title=_TEXT,
        description=_TEXT,
        count=_COUNT,
        shown=_FLAG,
        illustrative=_FLAG,
        custodian=_TEXT,
        source=_ref("source"),
        geometry=_TEXT,
        zoom=_numbers(2),
        label=_NO_TEXT,
        style_layers=_list(_TEXT),
        entries=_list(_ref("legend_entry")),
    ),
    "source": _object(
        title=_TEXT, publisher=_TEXT, method=_TEXT, date=_TEXT, licence=_TEXT, url=_TEXT
    ),
    "legend_entry": _object(
        title=_TEXT,
        symbol=_ref("legend_symbol"),
        style_layer=_TEXT,
        where={"type": "object", "additionalProperties": _TEXT},
    ),
    "legend_symbol": _object(
        {
            "color": _TEXT,
            "line": _TEXT,
            "width": {"type": "number"},
            "dash": _list({"type": "number"}),
            "icon": _TEXT,
            "hatch": _TEXT,
        },
        type={"type": "string", "enum": ["fill", "line", "circle", "icon"]},
    ),
    "search": _object(
        understood={
            "type": "string",
            "enum": ["name", "crossing", "crossings", "number", "coordinates"],
        },
        note=_NO_TEXT,
        tips=_list(_TEXT),
        results=_list(_ref("found")),
    ),
    "found": _object(
        kind={"type": "string", "enum": ["feature", "crossing", "coordinates"]},
        layer=_NO_TEXT,
        layer_title=_NO_TEXT,
        id=_NO_TEXT,
        code=_NO_TEXT,
        title=_TEXT,
        detail=_NO_TEXT,
        point=_numbers(2, nullable=True),
        bbox=_numbers(4, nullable=True),
        place=_NO_TEXT,
        crossings=_NO_TEXT,
    ),
    "plan": _object(
        matched=_COUNT,
        total=_COUNT,
        dated=_COUNT,
        codes=_list(_TEXT),
        facets=_list(_ref("plan_facet")),
        strategies=_list(_ref("strategy")),
        links=_ref("links"),
    ),
    "plan_facet": _object(
        name=_TEXT,
        title=_TEXT,
        values=_list(_object(code=_TEXT, title=_TEXT, count=_COUNT, chosen=_FLAG)),
    ),
    "strategy": _object(
        code=_TEXT,
        title=_TEXT,
        count=_COUNT,
        objectives=_list(_ref("objective")),
        plans=_list(_ref("plan_branch")),
    ),
    "objective": _object(code=_TEXT, title=_TEXT),
    "plan_branch": _object(code=_TEXT, title=_TEXT, children=_list(_ref("initiative_node"))),
    "initiative_node": _object(**_NODE),
    "initiative": _object(
        **_NODE,
        properties={"type": "object", "additionalProperties": True},
        path=_list(_ref("plan_step")),
        objectives=_list(_ref("objective")),
        locations=_list(_ref("initiative_location")),
    ),
    "plan_step": _object({"kind_title": _NO_TEXT}, code=_TEXT, title=_TEXT, kind=_NO_TEXT),
    "initiative_location": _object(
        id=_TEXT,
        name=_NO_TEXT,
        role=_NO_TEXT,
        role_title=_NO_TEXT,
        precision=_NO_TEXT,
        precision_title=_NO_TEXT,
        position_source=_NO_TEXT,
        geometry={"type": "object", "nullable": True},
    ),
}
