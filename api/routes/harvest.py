"""For harvesters and search engines: ISO 19139, DCAT, notebooks, robots.txt, sitemap.xml."""

from __future__ import annotations

from hashlib import blake2b
from xml.sax.saxutils import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, answer_bytes, dump
from api.dependencies import Address, Lang, Reader
from api.links import JSON, LD_JSON, TURTLE, link
from api.moments import link_header
from api.negotiation import HTML, VARY, chosen
from api.params import read_params
from api.records import CATALOGUE, ISO, NOTEBOOK, notebook_paths, record_of, records_of
from sitplan.errors import NotFound, Unavailable
from sitplan.metadata import catalogue_graph, iso_document, turtle
from sitplan.words import LANGUAGES, say

router = APIRouter()
READ = ["GET", "HEAD"]


@router.api_route("/api/dcat", methods=READ)
def dcat(request: Request, state: Reader, links: Address) -> Response:
    """The whole catalogue as DCAT 3."""
    read_params(request, formats=("json", "jsonld", "ttl", "turtle", "html"))
    territory = state.catalogue.territory
    named = territory.facts.get("kind") or territory.name
    graph = catalogue_graph(
        records_of(state, links),
        title={
            lang: say("pages.catalogue_of", lang, name=territory.name[lang]) for lang in LANGUAGES
        },
        description={
            lang: say("pages.catalogue_about", lang, name=territory.name[lang])
            for lang in LANGUAGES
        },
        publisher=named["es"],
        address=links(),
    )
    face = chosen(
        request,
        {
            "jsonld": (LD_JSON, JSON),
            "ttl": (TURTLE, "application/x-turtle"),
            "turtle": (TURTLE,),
            "html": (HTML,),
        },
    )
    if face == "html":
        return answer(request, graph)
    kinds = {"jsonld": LD_JSON, "ttl": TURTLE, "html": HTML}
    own = "jsonld" if face == "jsonld" else "ttl"
    around = [
        link(links("dcat", query={"f": name}), "self" if name == own else "alternate", kind)
        for name, kind in kinds.items()
    ]
    headers = {"Link": link_header(around), "Vary": VARY}
    if own == "jsonld":
        return answer_bytes(request, dump(graph), media_type=LD_JSON, headers=headers)
    body, kind = turtle(graph).encode(), f"{TURTLE}; charset=utf-8"
    return answer_bytes(request, body, media_type=kind, headers=headers)


@router.api_route("/api/iso19139", methods=READ)
def iso_list(request: Request, state: Reader, links: Address, lang: Lang) -> Response:
    """The metadata documents of all layers."""
    read_params(request)
    found = [
        {
            "id": layer.name,
            "title": layer.title[lang],
            "updated": record_of(state, layer, links).updated,
            "href": links("iso19139", layer.name),
        }
        for layer in state.catalogue
    ]
    document = {
        "title": say("pages.harvest", lang),
        "records": found,
        "links": [
            link(links("iso19139"), "self", JSON),
            *(link(one["href"], "item", ISO, one["title"]) for one in found),
        ],
    }
    return answer(request, document)


@router.api_route("/api/iso19139/{collection}", methods=READ)
def iso(request: Request, collection: str, state: Reader, links: Address) -> Response:
    """One layer's metadata as ISO 19139."""
    read_params(request, formats=("xml",))
    catalogue = state.catalogue
    name = collection.removesuffix(".xml")
    if name in catalogue.broken:
        raise Unavailable("broken_layer", layer=name)
    if name not in catalogue.layers:
        raise NotFound("no_such_layer", name=name[:60], known=", ".join(catalogue.layers))
    record = record_of(state, catalogue.layer(name), links)
    return _bytes(request, iso_document(record, territory=catalogue.territory.name), ISO)


@router.api_route("/api/notebooks/{name}", methods=READ)
def notebook(request: Request, name: str) -> Response:
    """A notebook as it comes with the project, without results."""
    read_params(request, formats=("ipynb",))
    paths = notebook_paths()
    if name not in paths:
        raise NotFound("no_such_notebook", name=name[:60], known=", ".join(paths) or "—")
    return _bytes(request, paths[name].read_bytes(), NOTEBOOK)


@router.api_route("/robots.txt", methods=READ)
def robots(request: Request, links: Address) -> Response:
    """What search engines may visit: everything but tiles and the endless pages of features."""
    lines = [
        "User-agent: *",
        "Disallow: /api/tiles/",
        "Disallow: /api/collections/*/tiles/",
        "Disallow: /api/collections/*/export",
        "Disallow: /*?*after=",
        f"Sitemap: {links.base}/sitemap.xml",
    ]
    return _bytes(request, ("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8")


@router.api_route("/sitemap.xml", methods=READ)
def sitemap(request: Request, state: Reader, links: Address) -> Response:
    """The pages worth finding, each in both languages."""
    layers = [record_of(state, layer, links) for layer in state.catalogue]
    pages = [(f"{links.base}/", ""), (links(), ""), (links("collections"), "")]
    pages += [(one.address, one.updated[:10]) for one in layers]
    pages += [(links.collection(one.id, "items"), one.updated[:10]) for one in layers]
    pages.append((links.collection(CATALOGUE, "items"), ""))
    if "initiatives" in state.catalogue.layers:
        pages.append((links("plan"), ""))
    body = "".join(
        f"<url><loc>{escape(href)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}"
        f'<xhtml:link rel="alternate" hreflang="es" href="{escape(href)}"/>'
        f'<xhtml:link rel="alternate" hreflang="en" href="{escape(href)}?lang=en"/></url>\n'
        for href, day in pages
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{body}</urlset>\n'
    )
    return _bytes(request, text.encode(), "application/xml")


def _bytes(request: Request, body: bytes, media_type: str) -> Response:
    tag = blake2b(body, digest_size=12).hexdigest()
    return answer_bytes(request, body, tag=tag, media_type=media_type)
