"""The document of the plan's tree: what passes, the facets, and the ways to files of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.links import JSON, Links, link
from sitplan.initiatives import PlanTree, plan_document
from sitplan.plan_filter import FACETS, Wanted, facets, matching

FILES: Final = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""The forms in which what was filtered is downloaded: what each is called, its media type."""
_LONGEST: Final = 200
_MOST: Final = 200


def wanted_of(params: Mapping[str, str]) -> Wanted:
    """What the parameters of a request ask for; what is left blank asks nothing."""
    chosen = {
        name: frozenset([value for value in params[name].split(",")[:_MOST] if value])
        for name in FACETS
        if params.get(name)
    }
    text = params.get("q", "").replace("\x00", " ")[:_LONGEST]
    return Wanted({name: codes for name, codes in chosen.items() if codes}, text)


def filtered_plan(tree: PlanTree, wanted: Wanted, links: Links, lang: str) -> dict[str, Any]:
    """What passes as a tree, how many each other choice would leave, and files of the same."""
    codes = matching(tree, wanted, lang=lang)
    asked = {name: ",".join(sorted(found)) for name, found in wanted.chosen.items()}
    if wanted.text:
        asked["q"] = wanted.text
    return {
        "matched": len(codes),
        "total": len(tree.entries),
        "dated": sum(1 for code in codes if any(tree.nodes[code].dates)),
        "codes": codes,
        "facets": facets(tree, wanted, lang=lang),
        **plan_document(tree, lang=lang, wanted=None if wanted.is_all else codes),
        "links": [
            link(links("plan", query=asked or None), "self", JSON),
            *_files(tree, None if wanted.is_all else codes, links, lang),
        ],
    }


def _files(
    tree: PlanTree, codes: list[str] | None, links: Links, lang: str
) -> list[dict[str, Any]]:
    """Addresses of what passes as files: the layer's own, by a filter that names the codes."""
    query = {"lang": lang}
    if codes is not None:
        listed = ",".join("'" + code.replace("'", "''") + "'" for code in codes)
        query["filter"] = f"code IN ({listed})" if codes else "code IS NULL"
    name = tree.layer.name
    return [
        link(
            links.collection(name, "export", query={"f": form, **query}),
            "enclosure",
            media_type,
            title,
        )
        for form, (title, media_type) in FILES.items()
    ]
