"""Boxes to copy: the lines by which QGIS, Excel, Python, R and curl read what the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from api.links import Links
from api.pages.sheet import with_query
from sitplan.layer import Layer


@dataclass(frozen=True, slots=True)
class Box:
    """What to copy for one program, and how to use it there (a key of the pages' words)."""

    program: str
    key: str
    text: str


def boxes(layer: Layer, links: Links, *, table: str, page: str | None = None) -> tuple[Box, ...]:
    """The boxes of a layer, or of a selection from it.

    Parameters
    ----------
    table
        Address of the whole layer (or the selection) as a table that Excel opens; empty where
        there is none.
    page
        Address of the selection as GeoJSON; None for the whole layer.
    """
    name = layer.name
    found = [Box("QGIS", "qgis", links())]
    if table:
        found.append(Box("Excel", "excel", table))
    if page is None:
        whole = links.collection(name, "export", query={"f": "geojson"})
        found += [
            Box(
                "Python",
                "python",
                f"import geopandas\n\n{name} = geopandas.read_file(\n"
                f'    "OAPIF:{links()}", layer="{name}"\n)\nprint({name}.head())',
            ),
            Box("R", "r", f'library(sf)\n\n{name} <- st_read("OAPIF:{links()}", "{name}")'),
        ]
    else:
        whole = with_query(page, f="json", lang=None)
        found += [
            Box(
                "Python",
                "python",
                f'import geopandas\n\n{name} = geopandas.read_file("{whole}")\n'
                f"print({name}.head())",
            ),
            Box("R", "r", f'library(sf)\n\n{name} <- st_read("{whole}")'),
        ]
    quoted = whole.replace("'", "%27")
    found.append(Box("curl", "curl", f"curl --compressed -o {name}.geojson '{quoted}'"))
    return tuple(found)
