"""Pages of the plan: the tree with its filters as a form, and one initiative."""

from __future__ import annotations

from urllib.parse import urlencode

from api.pages import feature_views as features
from api.pages.catalogue_views import home
from api.pages.sheet import SAFE, Sheet, View
from sitplan.plan_filter import FACETS
from sitplan.words import say


def plan(sheet: Sheet) -> View:
    """The plan's tree, or what its filters leave of it."""
    document, lang = sheet.document, sheet.lang
    asked = sheet.request.query_params
    chosen = {name: asked[name] for name in (*FACETS, "q") if asked.get(name)}
    only = {"only": urlencode(chosen, safe=SAFE)} if chosen else {}
    hash_ = urlencode({"panel": "plan", **only, **({"lang": "en"} if lang == "en" else {})})
    files = {one["title"]: one["href"] for one in document["links"] if one["rel"] == "enclosure"}
    return View(
        "plan",
        title=sheet.say("plan"),
        crumbs=home(sheet),
        facts={
            "document": document,
            "strategies": document["strategies"],
            "text": chosen.get("q", ""),
            "is_filtered": bool(chosen),
            "action": sheet.links("plan"),
            "map_href": f"{sheet.links.base}/#{hash_}",
            "files": files,
            "p": lambda key, **facts: say(f"plan.page.{key}", lang, **facts),
        },
        about=sheet.say("plan_about"),
    )


def initiative(sheet: Sheet) -> View:
    """One initiative."""
    document = sheet.document
    layer = sheet.state.catalogue.layer("initiatives")
    shapes = [
        (one["geometry"], "here", one["name"] or "", "") for one in document.get("locations", ())
    ]
    return View(
        "initiative",
        title=document["title"],
        crumbs=(*home(sheet), (sheet.say("plan"), sheet.to("plan"))),
        facts={
            "document": document,
            "rows": features.rows_of(sheet, layer, document["properties"]),
            "map": features.drawn(sheet, shapes),
            "feature": sheet.to("collections", layer.name, "items", document["id"]),
        },
        about=f"{document.get('kind_title') or ''}: {document['title']}".strip(": "),
        watermark=document["invented"],
    )
