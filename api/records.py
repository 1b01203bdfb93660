"""The catalogue of this installation: a record for each layer, map, notebook and download."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.links import GEOJSON, JSON, OGC, OPENAPI, SCHEMA, STYLE, Links
from api.state import State
from sitplan.export.formats import Format, formats_of
from sitplan.layer import Layer, Words
from sitplan.metadata import Record, Way, layer_record
from sitplan.metadata.record import OF_EACH
from sitplan.style import THEMES
from sitplan.words import LANGUAGES, say

CATALOGUE = "catalogue-records"
"""The collection of records; no layer's name holds a hyphen, so the two never meet."""
NOTEBOOK = "application/x-ipynb+json"
NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
ISO = "application/vnd.iso.19139+xml"
_FIRST = ("xlsx", "gpkg", "shp", "geojson", "csv", "kml", "dxf")
_DATE = re.compile(r"([0-9]{1,2}) de ([a-z]+) de ([0-9]{4})")


def both(key: str, **facts: object) -> Words:
    """A sentence of the pages' room in both languages."""
    return {lang: say(f"pages.{key}", lang, **facts) for lang in LANGUAGES}


def record_of(state: State, layer: Layer, links: Links) -> Record:
    """A layer's record, as it is today."""
    facts = state.facts(layer)
    territory = state.catalogue.territory
    box = facts.extent.corners if facts and facts.extent else None
    return layer_record(
        layer,
        source=state.catalogue.source(layer.name),
        address=links.collection(layer.name),
        ways=ways_of(layer, links),
        changed=facts.changed if facts else None,
        box=(box or territory.bounds) if layer.geometry else None,
        begins=facts.begins if facts else None,
        ends=facts.ends if facts else None,
        crs=tuple(dict.fromkeys(crs.srid for crs in state.offered(layer))) if box else (),
        count=facts.count if facts else None,
        illustrative=state.catalogue.illustrative.get(layer.name, layer.illustrative),
    )


def records_of(state: State, links: Links) -> list[Record]:
    """All records: layers first, then what is made of them."""
    layers = [record_of(state, layer, links) for layer in state.catalogue]
    downloads = [_download(one, links) for one in layers]
    return [*layers, *_whole(state, links, layers), *_notebooks(state, links), *downloads]


def ways_of(layer: Layer, links: Links) -> tuple[Way, ...]:
    """How a layer is had: its features, files, tiles, schema and metadata."""
    name = layer.name
    found = [
        Way(links.collection(name), "text/html", "canonical", "page", both("ways.page")),
        Way(links.collection(name, "items"), GEOJSON, "items", "service", both("ways.items")),
        *table_of(layer, links, {}),
        Way(links.collection(name, "schema"), SCHEMA, "describedby", "about", both("ways.schema")),
        Way(links("iso19139", name), ISO, "alternate", "about", both("ways.iso")),
    ]
    if layer.geometry:
        tiles = links.collection(name, "tiles")
        rel = f"{OGC}tilesets-vector"
        found.append(Way(tiles, JSON, rel, "service", both("ways.tiles")))
    return tuple(found)


def table_of(layer: Layer, links: Links, selection: Mapping[str, str]) -> list[Way]:
    """Files of a whole layer, or of what a selection leaves of it; what people open comes first."""
    asked = {k: v for k, v in selection.items() if k not in ("limit", "after", "f", "lang")}
    formats = formats_of(layer)

    def way(fmt: Format, title: str, **more: str) -> Way:
        href = links.collection(layer.name, "export", query={**asked, "f": fmt.name, **more})
        told = {lang: say(f"export.formats.{title}", lang) for lang in LANGUAGES}
        return Way(href, fmt.media_type, "enclosure", "download", told)

    found = [way(formats["csv"], "excel", profile="excel")]
    found += [way(formats[name], name) for name in (*_FIRST, *formats) if name in formats]
    return list({one.href: one for one in found}.values())


def _download(record: Record, links: Links) -> Record:
    """The record of a layer's files."""
    title = {lang: say("pages.files_of", lang, title=record.title[lang]) for lang in LANGUAGES}
    return replace(
        record,
        id=f"download-{record.id}",
        kind="download",
        title=title,
        address=links.collection(CATALOGUE, "items", f"download-{record.id}"),
        ways=tuple(way for way in record.ways if way.kind == "download"),
    )


def _whole(state: State, links: Links, layers: list[Record]) -> list[Record]:
    """The API as a service, and the map in each of its styles."""
    territory = state.catalogue.territory
    kind: Words = territory.facts.get("kind") or territory.name
    facts: dict[str, Any] = {
        "custodian": kind["es"],
        "publisher": kind["es"],
        "licence": OF_EACH,
        "lineage": say("pages.made_of", "es", count=len(layers)),
        "date": max((one.day for one in layers), default=""),
        "changed": max((one.changed for one in layers if one.changed), default=None),
        "box": territory.bounds,
        "illustrative": any(one.illustrative for one in layers),
    }
    name = {lang: territory.name[lang] for lang in LANGUAGES}
    service = Record(
        id="ogc-api",
        kind="service",
        title={lang: say("api.title", lang, name=name[lang]) for lang in LANGUAGES},
        description={
            lang: say("api.description", lang, name=name[lang], time_zone=territory.time_zone)
            for lang in LANGUAGES
        },
        address=links(),
        ways=(
            Way(links(), JSON, "service", "service", both("ways.api")),
            Way(links("openapi"), OPENAPI, "service-desc", "about", both("definition")),
        ),
        **facts,
    )
    web = Record(
        id="web-map",
        kind="map",
        title={lang: say("pages.map_of", lang, name=name[lang]) for lang in LANGUAGES},
        description=both("map_about"),
        address=f"{links.base}/#",
        ways=(Way(f"{links.base}", "text/html", "service", "page", both("ways.map")),),
        **facts,
    )
    styles = [
        Record(
            id=f"map-{theme}",
            kind="map",
            title={
                lang: say(
                    "api.style", lang, name=name[lang], theme=say(f"api.themes.{theme}", lang)
                )
                for lang in LANGUAGES
            },
            description=both("style_about"),
            address=links("styles", theme),
            ways=(Way(links("styles", theme), STYLE, "stylesheet", "service", both("ways.style")),),
            **facts,
        )
        for theme in THEMES
    ]
    return [service, web, *styles]


def notebook_paths() -> dict[str, Path]:
    """The notebooks that come with the project, by the name of the file without ending."""
    return {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}


def _notebooks(state: State, links: Links) -> list[Record]:
    kind: Words = state.catalogue.territory.facts.get("kind") or state.catalogue.territory.name
    found = []
    for name, path in notebook_paths().items():
        title, question, made = _notebook(path, path.stat().st_mtime_ns)
        address = links("notebooks", name)
        found.append(
            Record(
                id=f"notebook-{name}",
                kind="notebook",
                title=dict.fromkeys(LANGUAGES, title),
                description=dict.fromkeys(LANGUAGES, question),
                address=address,
                custodian=kind["es"],
                publisher="SITPLAN contributors",
                licence="MIT",
                lineage=say("pages.notebook_lineage", "es"),
                date=made,
                box=state.catalogue.territory.bounds,
                ways=(Way(address, NOTEBOOK, "enclosure", "download", both("ways.notebook")),),
            )
        )
    return found


@lru_cache(maxsize=64)
def _notebook(path: Path, _changed: int) -> tuple[str, str, str]:
    """Title, question and date that a notebook's first cell gives."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "".join(cells[0]["source"]) if cells else ""
    title = next((x[2:].strip() for x in text.splitlines() if x.startswith("# ")), path.stem)
    question = re.search(r"\*\*Pregunta\*\* \| (.+?) \|", text)
    written = _DATE.search(text)
    months = [say(f"pages.months.m{n}", "es") for n in range(1, 13)]
    made = "2026"
    if written and written[2] in months:
        month = months.index(written[2]) + 1
        made = f"{written[3]}-{month:02}-{int(written[1]):02}"
    return title, question[1] if question else title, made
