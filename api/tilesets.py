"""Tile matrix set and tilesets, in the words of OGC TMS 2.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from api.links import JSON, MATRIX_SET, MATRIX_SET_URI, OGC, Links, link
from api.schemas import field_schema
from sitplan.crs import CRS84, HALF_WORLD_M, LON_LAT, MAX_ZOOM, WEB_MERCATOR, Box, carry_box
from sitplan.layer import Layer
from sitplan.style import TILES_MAX_ZOOM
from sitplan.tiles import MEDIA_TYPE

CRS_URI = f"http://www.opengis.net/def/crs/EPSG/0/{WEB_MERCATOR}"
_SCALE = 559082264.0287178
WEB_MERCATOR_LATITUDE = 85.051129
"""Where the square world of Web Mercator ends."""
_CELL_M = 2 * HALF_WORLD_M / 256
_DIMENSIONS = {"Point": 0, "LineString": 1, "Polygon": 2}


def matrix_set(links: Links) -> dict[str, Any]:
    """The whole definition of WebMercatorQuad."""
    return {
        "id": MATRIX_SET,
        "title": "Google Maps Compatible for the World",
        "uri": MATRIX_SET_URI,
        "crs": CRS_URI,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(z),
                "scaleDenominator": _SCALE / (1 << z),
                "cellSize": _CELL_M / (1 << z),
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": 1 << z,
                "matrixHeight": 1 << z,
            }
            for z in range(MAX_ZOOM + 1)
        ],
        "links": [link(links("tileMatrixSets", MATRIX_SET), "self", JSON)],
    }


def tilesets(links: Links, *under: str, title: str) -> dict[str, Any]:
    """The list of tilesets of a collection (`under` is its path) or of the whole dataset."""
    return {
        "title": title,
        "tilesets": [_entry(links, *under, title=title)],
        "links": [link(links(*under, "tiles"), "self", JSON)],
    }


def _entry(links: Links, *under: str, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "dataType": "vector",
        "crs": CRS_URI,
        "tileMatrixSetURI": MATRIX_SET_URI,
        "links": [
            link(links(*under, "tiles", MATRIX_SET), "self", JSON),
            link(links("tileMatrixSets", MATRIX_SET), f"{OGC}tiling-scheme", JSON),
        ],
    }


def tileset(
    links: Links,
    *under: str,
    title: str,
    layers: list[Layer],
    box: tuple[float, float, float, float],
    lang: str,
) -> dict[str, Any]:
    """One tileset: its layers with their fields, where its tiles lie, how to ask for them.

    Parameters
    ----------
    box
        West, south, east, north of the data, in degrees.
    """
    found = _entry(links, *under, title=title)
    found["layers"] = [_layer(layer, lang) for layer in layers]
    found["boundingBox"] = {"lowerLeft": box[:2], "upperRight": box[2:], "crs": CRS84.uri}
    found["tileMatrixSetLimits"] = _limits(box)
    template = links.tile_template("tileRow", "tileCol", "tileMatrix", *under)
    found["links"].append({**link(template, "item", MEDIA_TYPE, title), "templated": True})
    told = links(*under, "tiles", MATRIX_SET, "tilejson")
    found["links"].append(link(told, "describedby", JSON, "TileJSON 3"))
    return found


def tilejson(
    links: Links,
    *under: str,
    title: str,
    layers: list[Layer],
    box: tuple[float, float, float, float],
    lang: str,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The same as TileJSON 3.0.0 has it, for maps that read no OGC tileset.

    Parameters
    ----------
    query
        What the tiles' addresses are asked with besides.
    """
    west, south, east, north = box
    limit = WEB_MERCATOR_LATITUDE
    bounds = [west, max(south, -limit), east, min(north, limit)]
    template = links.tile_template("y", "x", "z", *under)
    first = min((layer.zoom[0] for layer in layers), default=0)
    sources = dict.fromkeys(layer.source.publisher or layer.custodian for layer in layers)
    return {
        "tilejson": "3.0.0",
        "name": title,
        "attribution": ", ".join(sources),
        "scheme": "xyz",
        "tiles": [f"{template}?{urlencode(query, safe=',')}" if query else template],
        "minzoom": first,
        "maxzoom": TILES_MAX_ZOOM,
        "bounds": bounds,
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, first],
        "vector_layers": [
            {
                "id": layer.name,
                "description": layer.title[lang],
                "minzoom": layer.zoom[0],
                "maxzoom": TILES_MAX_ZOOM,
                "fields": {f.name: f.title[lang] for f in layer.tile_fields},
            }
            for layer in layers
        ],
    }


def _layer(layer: Layer, lang: str) -> dict[str, Any]:
    assert layer.geometry is not None
    found: dict[str, Any] = {
        "id": layer.name,
        "title": layer.title[lang],
        "description": layer.description[lang],
        "dataType": "vector",
        "minTileMatrix": str(layer.zoom[0]),
        "maxTileMatrix": str(MAX_ZOOM),
        "propertiesSchema": {
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                **{
                    f.name: {"type": "string", "title": f.title[lang]}
                    if f.type == "array"
                    else field_schema(f, lang)
                    for f in layer.tile_fields
                },
            },
        },
    }
    dimension = _DIMENSIONS.get(layer.geometry.type.removeprefix("Multi"))
    if dimension is not None:
        found["geometryDimension"] = dimension
    return found


def _limits(box: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Which rows and columns of each matrix can hold something."""
    there = carry_box(Box(*box), source=LON_LAT, target=WEB_MERCATOR)
    if there is None:
        return []
    found = []
    for z in range(MAX_ZOOM + 1):
        count = 1 << z
        side = 2 * HALF_WORLD_M / count

        def clamp(value: float, count: int = count, side: float = side) -> int:
            return min(max(int(value // side), 0), count - 1)

        found.append(
            {
                "tileMatrix": str(z),
                "minTileRow": clamp(HALF_WORLD_M - there.north),
                "maxTileRow": clamp(HALF_WORLD_M - there.south),
                "minTileCol": clamp(there.west + HALF_WORLD_M),
                "maxTileCol": clamp(there.east + HALF_WORLD_M),
            }
        )
    return found
