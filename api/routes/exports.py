"""Whole layers, or all that a selection leaves of one, as files."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from api.dependencies import Address, Lang, LayerByName, Reader
from api.downloads import Download
from api.links import Links
from api.moments import moment_headers
from api.negotiation import VARY, chosen
from api.params import FILES, filterable_fields, read_choice, read_params
from api.queries import read_crs, read_query
from sitplan.export.asked import ask, told_of
from sitplan.export.delivery import Delivery
from sitplan.export.formats import formats_of
from sitplan.export.job import Export
from sitplan.export.jsonfg import PROFILE
from sitplan.layer import Layer

router = APIRouter(prefix="/api/collections/{collection}")
READ = ["GET", "HEAD"]


@router.api_route("/export", methods=READ)
def export(
    request: Request, layer: LayerByName, state: Reader, links: Address, lang: Lang
) -> Download:
    """The file, streamed or built; it never holds a part of what was asked for."""
    names = [f.name for f in filterable_fields(layer)]
    params = read_params(request, *FILES, *names, formats=(*formats_of(layer), "json"))
    query = read_query(request, params, layer, state)
    formats = formats_of(told_of(query).layer)  # without shapes a table, which some cannot hold
    read_choice({k: v for k, v in params.items() if v != "json"}, "f", tuple(formats))
    fmt = formats[chosen(request, {name: (one.media_type,) for name, one in formats.items()})]
    wanted = ask(
        query,
        fmt,
        state.catalogue.territory,
        crs=read_crs(params, "crs", layer, state) if "crs" in params else None,
        coordinates=params.get("coordinates"),
        profile=params.get("profile", ""),
        lang=lang,
        schema_url=links.collection(layer.name, "schema"),
    )
    here = links.collection(layer.name, "export")
    return Download(
        lambda: Delivery(
            state.database,
            wanted,
            fmt,
            state.workshop,
            has_other_heights=state.catalogue.has_other_heights(layer),
        ),
        state.workshop,
        headers={
            **moment_headers(request, wanted.query.moment, here),
            **_headers(wanted, layer, links),
            "Content-Type": fmt.media_type,
            "Content-Language": lang,
            "Cache-Control": "no-cache",
            "Vary": f"{VARY}, Accept-Datetime",
        },
    )


def _headers(wanted: Export, layer: Layer, links: Links) -> dict[str, str]:
    """What the file's coordinates are in, which profiles it keeps, what it is of."""
    found = {"Link": f'<{links.collection(layer.name)}>; rel="collection"'}
    for name in sorted(wanted.profiles & {"rfc7946", "jsonfg", "jsonfg-plus", "val-as-title"}):
        found["Link"] += f', <{PROFILE}{name}>; rel="profile"'
    if layer.geometry:
        found["Content-Crs"] = f"<{wanted.query.crs.uri}>"
    return found
