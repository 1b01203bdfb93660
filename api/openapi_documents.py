"""What the documents that describe the service hold, for the API definition."""

from __future__ import annotations

from typing import Any

from sitplan.layer import REVIEW_STATES

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL: Schema = {**_INSTANT, "nullable": True}
_LINKS: Schema = {"$ref": "#/components/schemas/links"}
_ANYTHING: Schema = {"type": "object"}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _object(*optional: str, **properties: Schema) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_BOX: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
_INTERVAL: Schema = {"type": "array", "items": _INSTANT_OR_NULL, "minItems": 2, "maxItems": 2}
_PERIOD = _object(interval=_list(_INTERVAL), trs=_TEXT, description=_TEXT)
_EXTENT = _object(
    "temporal",
    "recorded",
    spatial=_object(bbox=_list(_BOX), crs=_TEXT),
    temporal=_PERIOD,
    recorded=_PERIOD,
)
_CORNER: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_TILESET: Schema = {
    "title": _TEXT,
    "dataType": {"type": "string", "enum": ["vector"]},
    "crs": _TEXT,
    "tileMatrixSetURI": _TEXT,
    "links": _LINKS,
}
_LIMITS = _object(
    tileMatrix=_TEXT,
    minTileRow=_COUNT, maxTileRow=_COUNT, minTileCol=_COUNT, maxTileCol=_COUNT,
)  # fmt: skip

_RESULT = _object(
    "notice",
    statement=_TEXT,
    author=_TEXT,
    calculated=_INSTANT,
    reviewState={"type": "string", "enum": list(REVIEW_STATES)},
    isCurrent={"type": "boolean"},
    inputs=_list(
        _object(
            layer=_TEXT,
            title=_TEXT,
            revision={**_COUNT, "nullable": True},
            datetime=_TEXT,
            asOf=_INSTANT_OR_NULL,
            isCurrent={"type": "boolean"},
        )
    ),
    heights={
        **_object(
            title=_TEXT,
            source={**_TEXT, "nullable": True},
            cellSize={"type": "number", "nullable": True},
            sha256={**_TEXT, "nullable": True},
            isCurrent={"type": "boolean"},
        ),
        "nullable": True,
    },
    method=_ANYTHING,
    libraries={"type": "object", "additionalProperties": _TEXT},
    analysis={**_ANYTHING, "nullable": True},
    notice=_TEXT,
)

DOCUMENT_SCHEMAS: dict[str, Schema] = {
    "landing": _object(title=_TEXT, description=_TEXT, extent=_EXTENT, links=_LINKS),
    "conformance": _object(
        "links", conformsTo=_list({"type": "string", "format": "uri"}), links=_LINKS
    ),
    "promise": _object(
        title=_TEXT,
        description=_TEXT,
        promises=_list(_object(id=_TEXT, title=_TEXT, text=_TEXT)),
        deprecated=_list(_object(path=_TEXT, since=_INSTANT, until=_INSTANT, successor=_TEXT)),
        links=_LINKS,
    ),
    "health": _object(
        status={"type": "string", "enum": ["ok"]},
        layers=_COUNT,
        announcements={"type": "boolean"},
    ),
    "collection": _object(
        "extent",
        "storageCrs",
        "itemCount",
        "result",
        id=_TEXT,
        title=_TEXT,
        description=_TEXT,
        attribution=_TEXT,
        license=_TEXT,
        custodian=_TEXT,
        illustrative={"type": "boolean"},
        itemType={"type": "string", "enum": ["feature", "record"]},
        crs=_list(_TEXT),
        extent=_EXTENT,
        storageCrs=_TEXT,
        itemCount=_COUNT,
        result=_RESULT,
        links=_LINKS,
    ),
    "collections": _object(collections=_list(_ref("collection")), links=_LINKS),
    "tilesets": _object(title=_TEXT, tilesets=_list(_object(**_TILESET)), links=_LINKS),
    "tileset": _object(
        **_TILESET,
        layers=_list(
            _object(
                "geometryDimension",
                id=_TEXT,
                title=_TEXT,
                description=_TEXT,
                dataType=_TEXT,
                minTileMatrix=_TEXT,
                maxTileMatrix=_TEXT,
                propertiesSchema=_ANYTHING,
                geometryDimension=_COUNT,
            )
        ),
        boundingBox=_object(lowerLeft=_CORNER, upperRight=_CORNER, crs=_TEXT),
        tileMatrixSetLimits=_list(_LIMITS),
    ),
    "matrix_sets": _object(
        tileMatrixSets=_list(_object(id=_TEXT, title=_TEXT, uri=_TEXT, links=_LINKS))
    ),
    "matrix_set": _object(
        id=_TEXT,
        title=_TEXT,
        uri=_TEXT,
        crs=_TEXT,
        orderedAxes=_list(_TEXT),
        wellKnownScaleSet=_TEXT,
        tileMatrices=_list(
            _object(
                id=_TEXT,
                scaleDenominator={"type": "number"},
                cellSize={"type": "number"},
                cornerOfOrigin=_TEXT,
                pointOfOrigin=_CORNER,
                tileWidth=_COUNT,
                tileHeight=_COUNT,
                matrixWidth=_COUNT,
                matrixHeight=_COUNT,
            )
        ),
        links=_LINKS,
    ),
    "styles": _object(
        default=_TEXT,
        styles=_list(_object(id=_TEXT, title=_TEXT, links=_LINKS)),
        links=_LINKS,
    ),
    "style": _object(
        version={"type": "integer", "enum": [8]},
        name=_TEXT,
        sources=_ANYTHING,
        layers=_list(_object(id=_TEXT, type=_TEXT)),
    ),
    "register": _object(territory=_ANYTHING, palette=_ANYTHING),
    "definition": _object(openapi=_TEXT, info=_ANYTHING, paths=_ANYTHING, components=_ANYTHING),
    "json_schema": _object(
        "title", title=_TEXT, type={"type": "string", "enum": ["object"]}, properties=_ANYTHING
    ),
    "any_feature": {
        **_object(
            "links",
            type={"type": "string", "enum": ["Feature"]},
            id=_TEXT,
            geometry=_ref("shape"),
            properties=_ANYTHING,
            links=_LINKS,
        ),
        "nullable": True,
    },
    "records": _object(
        type={"type": "string", "enum": ["FeatureCollection"]},
        numberMatched=_COUNT,
        numberReturned=_COUNT,
        timeStamp=_INSTANT,
        features=_list(_ref("record")),
        links=_LINKS,
    ),
    "record": _object(
        id=_TEXT,
        type={"type": "string", "enum": ["Feature"]},
        conformsTo=_list(_TEXT),
        geometry=_ref("shape"),
        time={**_object(interval=_list(_TEXT)), "nullable": True},
        properties=_object(
            type=_TEXT,
            title=_TEXT,
            description=_TEXT,
            keywords=_list(_TEXT),
            created=_INSTANT,
            updated=_INSTANT,
            license=_TEXT,
            contacts=_list(_ANYTHING),
            externalIds=_list(_object(value=_TEXT)),
        ),
        links=_LINKS,
    ),
    "iso_list": _object(
        title=_TEXT,
        records=_list(_object(id=_TEXT, title=_TEXT, updated=_TEXT, href=_TEXT)),
        links=_LINKS,
    ),
}
