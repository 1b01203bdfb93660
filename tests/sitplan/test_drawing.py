"""The notebooks' map: colours of the web map, titles for people, no outside request."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from shapely import LineString, MultiPolygon, Point, box

import sitplan
from sitplan.catalogue import Catalogue
from sitplan.drawing import draw, remember
from sitplan.errors import BadRequest, NotFound, WrongCrs
from sitplan.marks import marks
from sitplan.settings import Settings
from sitplan.style import coloured, style_layers

_LEAFLET = {  # of the npm package leaflet 1.9.4
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
}


def squares(catalogue: Catalogue, **columns: list) -> GeoDataFrame:
    count = len(next(iter(columns.values())))
    east, south = 330_000.0, 6_838_000.0
    frame = GeoDataFrame(
        {"code": [f"AV-{n}" for n in range(count)], **columns},
        geometry=[
            MultiPolygon([box(east + 60 * n, south, east + 60 * n + 40, south + 40)])
            for n in range(count)
        ],
        crs=catalogue.territory.storage_crs,
    )
    remember(frame, catalogue.layer("green_areas"), catalogue)
    return frame


def features(drawn) -> list[dict]:
    return [
        feature
        for child in drawn._children.values()
        if hasattr(child, "data")
        for feature in child.data["features"]
    ]


def test_colours_are_the_web_maps(catalogue: Catalogue) -> None:
    frame = squares(
        catalogue,
        name=["Plaza", "Cancha", "Por hacer"],
        kind=["plaza", "area_deportiva", "plaza"],
        built_state=["consolidada", "consolidada", "no_ejecutada"],
    )
    day = catalogue.palette["day"]
    styles = [f["properties"]["style"] for f in features(draw(frame))]
    assert [s.get("fillColor") for s in styles] == [day["green"], day["sport"], None]
    assert styles[2]["fill"] is False and styles[2]["dashArray"]
    dark = [f["properties"]["style"] for f in features(draw(frame, theme="dark"))]
    assert dark[0]["fillColor"] == catalogue.palette["dark"]["green"]


def test_tooltips_tell_titles_and_units_and_escape(catalogue: Catalogue) -> None:
    frame = squares(
        catalogue,
        name=["<script>alert(1)</script>"],
        kind=["plaza"],
        vegetated_m2=[1250.5],
        trees=pd.array([None], dtype="Int64"),
        public_access=pd.array([True], dtype="boolean"),
        m2_per_person=[7.25],
    )
    told = features(draw(frame))[0]["properties"]["told"]
    assert "&lt;script&gt;" in told and "<script>" not in told
    assert "<th>Tipo</th><td>Plaza</td>" in told
    assert "<td>1.250,5 m²</td>" in told
    assert "<th>Acceso público</th><td>sí</td>" in told
    assert "Árboles" not in told
    assert "<th>m2_per_person</th><td>7,25</td>" in told
    english = features(draw(frame, lang="en"))[0]["properties"]["told"]
    assert "<th>Kind</th><td>Square</td>" in english and "1,250.5 m²" in english


def test_the_frame_carries_its_style_through_work(catalogue: Catalogue, tmp_path: Path) -> None:
    from geopandas import read_parquet

    frame = squares(catalogue, name=["A", "B"], kind=["plaza", "parque"])
    chosen = frame[frame["kind"] == "plaza"].assign(score=1)
    chosen.to_parquet(tmp_path / "chosen.parquet")
    for one in (
        chosen,
        chosen.copy(),
        chosen.to_crs(4326),
        read_parquet(tmp_path / "chosen.parquet"),
    ):
        assert (
            features(draw(one))[0]["properties"]["style"]["fillColor"]
            == (catalogue.palette["day"]["green"])
        )


def test_strange_frames(catalogue: Catalogue) -> None:
    own = GeoDataFrame({"a": [1]}, geometry=[Point(-70.7, -28.5)], crs=4326)
    assert features(draw(own))[0]["properties"]["style"]["radius"] == 5
    empty = squares(catalogue, name=["A"], kind=["plaza"]).iloc[:0]
    assert features(draw(empty)) == []
    with pytest.raises(BadRequest, match="No hay nada"):
        draw()
    with pytest.raises(BadRequest):
        draw(pd.DataFrame({"a": [1]}))  # type: ignore[arg-type]
    with pytest.raises(WrongCrs):
        draw(GeoDataFrame(geometry=[Point(0, 0)]))
    with pytest.raises(NotFound):
        draw(squares(catalogue, name=["A"], kind=["plaza"]), theme="sepia")


def test_every_layer_of_the_folder_can_be_drawn(catalogue: Catalogue) -> None:
    east, south = 330_000.0, 6_838_000.0
    shapes = {
        "Point": Point(east, south),
        "LineString": LineString([(east, south), (east + 90, south)]),
        "Polygon": box(east, south, east + 40, south + 40),
    }
    for layer in catalogue:
        if layer.geometry is None:
            continue
        kind = next((k for k in shapes if k in layer.geometry.type), "Point")
        frame = GeoDataFrame(
            {
                f.name: [next(iter(f.codes), None)]
                for f in layer.public_fields
                if f.type == "string"
            },
            geometry=[shapes[kind]],
            crs=catalogue.territory.storage_crs,
        )
        remember(frame, layer, catalogue)
        drawn = draw(frame)
        page = drawn.get_root().render()
        assert layer.title["es"] in page
        assert features(drawn), f"{layer.name} draws nothing"


def test_casings_lie_under_all_fills(catalogue: Catalogue) -> None:
    layer = catalogue.layer("roads")
    day = catalogue.palette["day"]
    parts = sorted(
        coloured(list(style_layers(layer)), day, layer.name),
        key=lambda p: p["metadata"]["order"],
    )
    kind = next(iter(layer.field("kind").codes)) if layer.field("kind") else "primary"
    found = marks(parts, {"kind": kind}, "LineString", zoom=15, colours=day)
    assert [order for order, _ in found] == sorted(order for order, _ in found)


def test_leaflet_is_the_packages() -> None:
    for name, digest in _LEAFLET.items():
        data = (files("sitplan") / "leaflet" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest, name


def test_the_page_names_no_outside_file(catalogue: Catalogue) -> None:
    page = draw(squares(catalogue, name=["A"], kind=["plaza"])).get_root().render()
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", page)
    assert "url(images" not in page and "sourceMappingURL" not in page


@pytest.mark.browser
def test_it_draws_in_a_browser(seeded_settings: Settings, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sitplan.open(settings=seeded_settings) as here:
        frames = [here.frame(name) for name in ("green_areas", "evacuation_routes")]
        day = here.catalogue.palette["day"]
    middle = frames[1].union_all().centroid.buffer(700)
    frames = [one[one.intersects(middle)] for one in frames]
    sitplan.draw(*frames).save(str(tmp_path / "map.html"))
    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 600})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((tmp_path / "map.html").as_uri())
        page.wait_for_selector("canvas.leaflet-zoom-animated")
        colours = json.loads(
            page.evaluate(
                """() => {
                    const canvas = document.querySelector('canvas.leaflet-zoom-animated');
                    const data = canvas.getContext('2d')
                        .getImageData(0, 0, canvas.width, canvas.height).data;
                    const seen = {};
                    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
                        const hex = '#' + [0, 1, 2].map(
                            c => data[i + c].toString(16).padStart(2, '0')).join('').toUpperCase();
                        seen[hex] = (seen[hex] || 0) + 1;
                    }
                    return JSON.stringify(seen);
                }"""
            )
        )
        canvas = page.locator(".leaflet-container").bounding_box()
        legend = page.locator(".legend").inner_text()
        told = None
        for x in range(20, 880, 8):  # somewhere along this line there is something
            page.mouse.move(canvas["x"] + x, canvas["y"] + 300)
            if page.locator(".leaflet-tooltip").count():
                told = page.locator(".leaflet-tooltip").inner_text()
                break
        browser.close()
    assert not said
    assert [u for u in asked if not u.startswith(("file:", "data:"))] == []
    assert colours.get(day["green"].upper(), 0) > 20
    assert len([c for c, n in colours.items() if n > 20]) >= 4
    assert "Áreas verdes" in legend and "Vías de evacuación" in legend
    assert told
