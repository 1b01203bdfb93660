"""QGIS reads: recorded sessions against the running server, and every filter that it writes.

No QGIS that knows more than Part 1 is in Debian 12; what newer ones ask is in `qgis/reading.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pandas
import pytest
import shapely

import sitplan
from sitplan.catalogue import Catalogue
from sitplan.settings import Settings

from .qgis_filters import FILTERS, REFUSED, Meaning, sent
from .qgis_session import Session

RECORDING = json.loads((Path(__file__).parent / "qgis" / "reading.json").read_text("utf-8"))
PLAYS = [
    pytest.param(session, layer, id=f"{session['name']}-{layer}" if layer else session["name"])
    for session in RECORDING["sessions"]
    for layer in session.get("layers", [""])
]


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def here(seeded_settings: Settings) -> Iterator[sitplan.Sitplan]:
    with sitplan.open(settings=seeded_settings) as found:
        yield found


def _middle(frame: geopandas.GeoDataFrame) -> tuple[float, ...]:
    """A box around half of the features, and with some of them on its edge."""
    xs, ys = frame.centroid.x, frame.centroid.y
    return tuple(
        float(one)
        for one in (xs.quantile(0.25), ys.quantile(0.25), xs.quantile(0.75), ys.quantile(0.75))
    )


@pytest.mark.acceptance(58)
@pytest.mark.parametrize(("session", "layer"), PLAYS)
def test_a_session_of_qgis(
    http: httpx.Client,
    served: str,
    here: sitplan.Sitplan,
    catalogue: Catalogue,
    session: Any,
    layer: str,
) -> None:
    known: dict[str, Any] = {"url": f"{served}/api", "layer": layer}
    frame, box, place = None, None, None
    if layer:
        frame = here.frame(layer)
        if isinstance(frame, geopandas.GeoDataFrame):
            corners = _middle(frame)
            point = frame.geometry.iloc[0].representative_point()
            box, place = shapely.box(*corners), point
            known |= {
                "crs": f"http://www.opengis.net/def/crs/EPSG/0/{frame.crs.to_epsg()}",
                "box": ",".join(f"{one:.17g}" for one in corners),
                "place": f"{point.x:.17g} {point.y:.17g}",
            }
    play = Session(http, RECORDING, known)
    for step in session["steps"]:
        play.play(step)
        if "features" in step:
            held = _held(here, layer, step["features"]) if " 20" in step["features"] else frame
            _check(play, step, held, box, place)
    if "listed" in known:
        layers = [name for name in known["listed"] if name in catalogue.layers]
        assert layers == [layer.name for layer in catalogue]
    if "schema" in known:
        _check_fields(play, catalogue, layer)


def _held(here: sitplan.Sitplan, layer: str, word: str) -> Any:
    """What was, is or will be in force on any day from, or until, the one named."""
    ever = here.frame(layer, on=(None, None))
    day = date.fromisoformat(word.split()[-1])
    if "from" in word:
        return ever[[not end or end > day for end in _days(ever.valid_to)]]
    return ever[[not start or start <= day for start in _days(ever.valid_from)]]


def _days(column: Any) -> list[date | None]:
    return [pandas.Timestamp(one).date() if pandas.notna(one) else None for one in column]


def _check(play: Session, step: dict[str, Any], frame: Any, box: Any, place: Any) -> None:
    """What came is what the layer holds, each once, and as QGIS needs it."""
    ids = [feature["id"] for feature in play.features]
    assert len(set(ids)) == len(ids) and all(isinstance(one, str) for one in ids)
    word = step["features"]
    if word.startswith("at most"):
        assert 0 < len(ids) <= int(word.split()[-1])
    else:
        part = frame
        if "squares" in word:
            part = part[part.kind == "plaza"]
        if "in the box" in word:
            part = part[part.intersects(box)]
        if word == "at the place":
            part = part[part.intersects(place)]
        assert set(ids) == set(part.id) and len(ids) > 0
        if "box" in word:
            assert len(ids) < len(frame)
    shapes = {(feature["geometry"] or {}).get("type") for feature in play.features}
    assert len(shapes) == 1, "a layer of QGIS has one kind of shape"
    if step.get("shapes") == "none":
        assert shapes == {None}
    elif "crs" in step:  # where the layer itself has them, to the millimetre
        theirs = geopandas.GeoSeries(
            [shapely.geometry.shape(f["geometry"]) for f in play.features], index=ids, crs=frame.crs
        )
        ours = frame.set_index("id").geometry.reindex(ids)
        assert theirs.hausdorff_distance(ours).max() < 0.001


def _check_fields(play: Session, catalogue: Catalogue, layer: str) -> None:
    declared = catalogue.layer(layer)
    schema, queryables = play.known["schema"], play.known["queryables"]
    assert schema[""] == queryables[""] == declared.geometry.type
    for one in declared.public_fields:
        assert schema[one.name] == queryables[one.name], one.name
    (feature,) = play.features
    assert set(feature["properties"]) | {"", "id"} >= set(schema) - {"geometry"}
    assert schema["id"] and "id" not in feature["properties"]


@pytest.mark.acceptance(13, 58)
@pytest.mark.parametrize(
    ("written", "meaning"), [(w, m) for _, w, m in FILTERS], ids=[typed for typed, _, _ in FILTERS]
)
def test_what_qgis_writes_is_answered_in_the_database(
    http: httpx.Client, served: str, written: str, meaning: Meaning
) -> None:
    """Equal to brute force over the features, and so counted, not sifted by QGIS."""
    every = _features(http, served, "")
    found = _features(http, served, f"&filter={sent(written)}&filter-lang=cql2-text")
    wanted = {one["id"] for one in every["features"] if meaning(one["properties"])}
    assert {one["id"] for one in found["features"]} == wanted
    assert found["numberMatched"] == len(wanted)


@pytest.mark.parametrize(("typed", "written"), REFUSED)
def test_what_is_no_cql2_is_refused_and_never_wrong(
    http: httpx.Client, served: str, typed: str, written: str
) -> None:
    address = f"{served}/api/collections/green_areas/items?filter={sent(written)}"
    answer = http.get(address)
    assert answer.status_code == 400 and answer.json()["code"] == "cql2_wrong_text", typed


def _features(http: httpx.Client, served: str, more: str) -> dict[str, Any]:
    answer = http.get(
        f"{served}/api/collections/green_areas/items?limit=1000{more}",
        headers={**RECORDING["headers"], "Accept": RECORDING["accept"]["items"]},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
