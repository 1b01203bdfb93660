"""Where do I go: the page, its plain words for whom runs no script, and the package it keeps."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.answers import answer_bytes, dump
from api.dependencies import Reader
from api.links import HTML, JSON, links_of
from api.params import lang_of
from api.state import State
from api.static import DIST
from sitplan.errors import NotFound, SitplanError
from sitplan.guiding import layers_read, read_package, safe_places
from sitplan.places import WALKERS
from sitplan.words import say

PATH = "/adonde-voy"
PLAIN = "<!-- plain -->"
"""Where the page has its words for browsers without script."""
_HEAD: Final = re.compile(r'<meta name="description".*?</title>', re.DOTALL)
_AT: Final = re.compile(r"(-?\d{1,2}(?:\.\d{1,9})?)/(-?\d{1,3}(?:\.\d{1,9})?)")
READ = ["GET", "HEAD"]


def way_out_routes(dist: Path = DIST) -> APIRouter:
    """The page as it is built in `dist`, and the package."""
    router = APIRouter()
    making = threading.Lock()

    @router.api_route(PATH, methods=READ, include_in_schema=False)
    def page(request: Request, state: Reader) -> Response:
        built = dist / "adonde-voy.html"
        lang = lang_of(request)
        plain = _plain(request, state, lang)
        if not built.is_file():
            return HTMLResponse(_bare(plain, lang), status_code=503)
        text = built.read_text(encoding="utf-8").replace('lang="es"', f'lang="{lang}"', 1)
        text = _HEAD.sub(lambda _: _head(request, state, lang), text, count=1)
        body = text.replace(PLAIN, _elsewhere(request, lang) + plain).encode()
        return answer_bytes(request, body, media_type=f"{HTML}; charset=utf-8")

    @router.api_route(f"{PATH}/package.json", methods=READ, include_in_schema=False)
    def package(request: Request, state: Reader) -> Response:
        with making:  # who comes second finds what the first has made
            body = _package(state)
        return answer_bytes(request, body, media_type=JSON)

    return router


def _head(request: Request, state: State, lang: str) -> str:
    """Title and description in the language, and what whoever is sent the page sees of it."""
    title, about, links = say("way_out.title", lang), say("way_out.about", lang), links_of(request)
    with suppress(SitplanError):
        title = f"{title} · {state.catalogue.territory.name[lang]}"
    spot = _spot(request)
    picture = links("places", "picture.png", query={**spot, "lang": lang}) if spot else ""
    told = {
        "og:title": title,
        "og:description": about,
        "og:type": "website",
        "og:locale": "es_CL" if lang == "es" else "en_GB",
        "og:image": picture or f"{links.base}{PATH}.png",
    }
    card = "summary_large_image" if picture else "summary"
    return "".join(
        [
            f'<meta name="description" content="{escape(about)}">',
            f"<title>{escape(title)}</title>",
            *(f'<meta property="{name}" content="{escape(one)}">' for name, one in told.items()),
            f'<meta name="twitter:card" content="{card}">',
        ]
    )


def _spot(request: Request) -> dict[str, str]:
    """The place that the address names, as the page of a place takes it; empty without one."""
    found = _AT.fullmatch(request.query_params.get("at", ""))
    return {"lat": found[1], "lon": found[2]} if found else {}


def _elsewhere(request: Request, lang: str) -> str:
    """The ways in words, which need no script: from the place of the address, or one to type."""
    links, spot = links_of(request), _spot(request)
    parts = []
    if spot:
        who = request.query_params.get("profile")
        asked = {**spot, **({"profile": who} if who in WALKERS else {}), "lang": lang}
        href = escape(links("places", query=asked))
        there = escape(say("way_out.in_words", lang))
        parts.append(f'<p><a href="{href}#emergencia">{there}</a></p>')
    parts.append(
        f'<form action="{escape(links("search"))}"><p><label for="q">'
        f"{escape(say('way_out.field', lang))}</label></p>"
        f'<p><input id="q" name="q" type="search" required maxlength="200"> '
        f"<button>{escape(say('pages.search', lang))}</button></p>"
        f'<input type="hidden" name="f" value="html">'
        f'<input type="hidden" name="lang" value="{lang}"></form>'
    )
    return "".join(parts)


def _package(state: State) -> bytes:
    """The package of today, remembered until a layer that it is made of changes."""
    catalogue, today = state.catalogue, state.today()
    layers = layers_read(catalogue)
    mark = state.memory.mark(layers)
    key = ("way out", today, catalogue.heights_now())
    kept: bytes | None = state.memory.get(key)
    if kept is None:
        kept = dump(read_package(state.database, catalogue, state.settings, today=today))
        state.memory.put(key, kept, mark=mark, layers=layers, size=len(kept))
    return kept


def _plain(request: Request, state: State, lang: str) -> str:
    """The meeting points of each hazard, or why they cannot be told."""
    try:
        found = safe_places(state.database, state.catalogue, today=state.today())
    except NotFound:
        found = []
    except SitplanError:  # the page itself is still of use: a phone may hold the package
        return f"<p>{escape(say('way_out.unknown', lang))}</p>"
    if not found:
        return f"<p>{escape(say('way_out.none', lang))}</p>"
    links = links_of(request)
    layer = state.catalogue.layer("meeting_points")
    warned = state.catalogue.illustrative.get(layer.name, layer.illustrative)
    parts = [f"<p><strong>{escape(say('way_out.drawn', lang))}</strong></p>"] if warned else []
    told = state.catalogue.source(layer.name)
    parts.append(f"<p>{escape(say('way_out.source', lang, source=told.title, date=told.date))}</p>")
    for title, points in found:
        rows = "".join(
            _point(one, links.collection("meeting_points", "items", one["id"]), lang)
            for one in points
        )
        parts.append(f"<h2>{escape(title[lang])}</h2><ul>{rows}</ul>")
    return "".join(parts)


def _point(one: Mapping[str, Any], address: str, lang: str) -> str:
    facts = [
        say(f"way_out.accessible.{one['accessible']}", lang) if one.get("accessible") else "",
        say("way_out.usable", lang, m2=round(one["usable_m2"])) if one.get("usable_m2") else "",
        *(
            say(f"way_out.{name}", lang)
            for name in ("water", "toilets", "lighting")
            if one.get(name)
        ),
    ]
    told = ", ".join(filter(None, facts))
    after = f": {escape(told)}." if told else "."
    return f'<li><a href="{escape(address)}?lang={lang}">{escape(one["name"])}</a>{after}</li>'


def _bare(plain: str, lang: str) -> str:
    title = escape(say("way_out.title", lang))
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        f"<title>{title}</title><body><main><h1>{title}</h1>{plain}</main>"
    )
