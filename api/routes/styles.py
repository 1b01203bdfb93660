"""Styles of the whole map (OGC API Styles, draft), what is known of each, and their images."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, answer_bytes
from api.dependencies import Address, Lang, Reader
from api.links import JSON, MATRIX_SET_URI, SCHEMA, STYLE, Links, link
from api.params import read_params
from api.state import State
from sitplan.errors import NotFound, SitplanError
from sitplan.hillshade import relief_frame
from sitplan.metadata.record import OF_EACH, licence_title
from sitplan.style import THEMES, map_style, palette_of
from sitplan.words import say

router = APIRouter(prefix="/api")
READ = ["GET", "HEAD"]
PRINT = "print"
"""On paper the base map is our own: it is drawn for it, and few providers let theirs be printed."""
SPRITES = Path(__file__).resolve().parents[1] / "sprites"
_SPRITE = re.compile(rf"({'|'.join(THEMES)})(@2x)?\.(json|png)")
_MAPLIBRE = "https://maplibre.org/maplibre-style-spec/"


@router.api_route("/styles", methods=READ)
def styles(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The map's styles."""
    read_params(request)
    found = [
        {
            "id": theme,
            "title": _title(state, theme, lang),
            "links": [
                link(links("styles", theme), "stylesheet", STYLE),
                link(links("styles", theme, "metadata"), "describedby", JSON),
            ],
        }
        for theme in THEMES
    ]
    own = [link(links("styles"), "self", JSON)]
    return answer(request, {"default": THEMES[0], "styles": found, "links": own})


@router.api_route("/styles/{theme}", methods=READ)
def style(request: Request, theme: str, state: Reader, links: Address, lang: Lang) -> Response:
    """One style of the whole map, for MapLibre."""
    read_params(request)
    catalogue = state.catalogue
    document = map_style(
        catalogue,
        colours=palette_of(catalogue.palette, theme),
        tiles=links.tile_template("y", "x", "z"),
        name=_title(state, theme, lang),
        bounds=catalogue.territory.bounds,
        view=catalogue.territory.facts.get("view"),
        sprite=links("sprites", theme),
        relief=_relief(state, links, theme),
        capital=catalogue.territory.facts.get("capital"),
    )
    outside = state.settings.outside
    if outside and theme != PRINT:
        document["metadata"]["sitplan:outside"] = outside.as_dict()
    return answer(request, document, media_type=STYLE)


@router.api_route("/styles/{theme}/metadata", methods=READ)
def metadata(request: Request, theme: str, state: Reader, links: Address, lang: Lang) -> Response:
    """Whose a style is, how it is encoded, and the layers that it draws."""
    read_params(request)
    palette_of(state.catalogue.palette, theme)
    return answer(request, _metadata(theme, state, links, lang))


@router.api_route("/sprites/{name}", methods=READ, include_in_schema=False)
def sprite(request: Request, name: str) -> Response:
    """The images of a theme's style on one sheet, and where on it each is.

    A style names them without an ending, which a map adds; read as it stands, it is the list.
    """
    name = f"{name}.json" if name in THEMES else name
    if not _SPRITE.fullmatch(name):
        raise NotFound("no_such_page", path=f"/api/sprites/{name}"[:200], home="/api")
    kind = "image/png" if name.endswith("png") else JSON
    return answer_bytes(request, (SPRITES / name).read_bytes(), media_type=kind)


def _relief(state: State, links: Links, theme: str) -> dict[str, Any] | None:
    """The picture of the relief as a source of a style; None where the ground is taken as flat."""
    try:
        frame = relief_frame(state.catalogue, state.settings.layers)
    except SitplanError:
        return None  # what is wrong with the raster is told where it is asked for
    return {
        "type": "image",
        "url": f"{links('heights', 'relief.png')}?theme={theme}",
        "coordinates": [list(corner) for corner in frame.corners],
    }


def _title(state: State, theme: str, lang: str) -> str:
    told = say(f"api.themes.{theme}", lang)
    return say("api.style", lang, name=state.catalogue.territory.name[lang], theme=told)


def _metadata(theme: str, state: State, links: Links, lang: str) -> dict[str, Any]:
    territory = state.catalogue.territory
    facts = [state.facts(layer) for layer in state.catalogue if layer.geometry]
    changed = max((one.changed for one in facts if one and one.changed), default=None)
    sheet = link(links("styles", theme), "stylesheet", STYLE, _title(state, theme, lang))
    return {
        "id": theme,
        "title": _title(state, theme, lang),
        "description": say("pages.style_about", lang),
        "keywords": [territory.name[lang], theme],
        "pointOfContact": (territory.facts.get("kind") or territory.name)[lang],
        "license": licence_title(OF_EACH, lang),
        "scope": "style",
        "updated": changed,
        "stylesheets": [
            {
                "title": "MapLibre",
                "version": "8",
                "specification": _MAPLIBRE,
                "native": True,
                "tilingScheme": MATRIX_SET_URI,
                "link": sheet,
            }
        ],
        "layers": [
            {
                "id": layer.name,
                "title": layer.title[lang],
                "type": layer.geometry.type,
                "links": [
                    link(links.collection(layer.name), "start", JSON, layer.title[lang]),
                    link(links.collection(layer.name, "schema"), "schema", SCHEMA),
                ],
            }
            for layer in state.catalogue
            if layer.geometry
        ],
        "links": [
            link(links("styles", theme, "metadata"), "self", JSON),
            sheet,
            link(links("styles"), "collection", JSON),
        ],
    }
