"""The page around every view: head, crumbs, language switch, twin, foot; and its templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from api.links import Links
from api.pages.sheet import Sheet, View, with_query
from api.pages.views import view_of
from api.params import lang_of
from api.state import State
from sitplan.words import say

HERE = Path(__file__).parent
_NAMES = {"es": "Español", "en": "English"}


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(request: Request, document: Any, *, links: Links, media_type: str) -> str:
    """The page of a document.

    Parameters
    ----------
    document
        What the JSON twin holds; ready-made JSON in it (orjson.Fragment) is read.
    media_type
        Of the twin.
    """
    state: State = request.app.state.sitplan
    plain = orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))
    sheet = Sheet(request, plain, state, links, lang_of(request))
    view = view_of(sheet)
    twin = {"f": "json"}
    if isinstance(plain, dict) and "numberReturned" in plain:  # the page is shorter than its twin
        twin["limit"] = request.query_params.get("limit") or str(PAGE_LIMIT)
    return _fill(
        view,
        sheet.lang,
        here=sheet.here,
        links=links,
        territory=state.catalogue.territory.name[sheet.lang],
        turn=sheet.turn,
        twin=with_query(sheet.here, **twin),
        twin_type=media_type.split(";")[0],
    )


def render_problem(document: Mapping[str, Any], *, lang: str, links: Links) -> str:
    """The page of an error; needs no database, for there may be none."""
    view = View("problem", title=str(document["title"]), facts={"problem": document})
    home = links()
    return _fill(
        view, lang, here=home, links=links, territory="SITPLAN", turn=lambda href: href, twin=""
    )


def _fill(view: View, lang: str, **frame: Any) -> str:
    other = "en" if lang == "es" else "es"
    frame.setdefault("twin_type", "")
    return (
        _templates()
        .get_template(f"{view.template}.html")
        .render(
            **frame,
            **view.facts,
            view=view,
            lang=lang,
            other=other,
            other_name=_NAMES[other],
            switch=with_query(frame["here"], lang=other),
            canonical=with_query(frame["here"], f=None, lang=None, after=None),
            t=lambda key, **facts: say(f"pages.{key}", lang, **facts),
        )
    )


PAGE_LIMIT = 50
"""Features on a page for people; `limit` asks for more."""
