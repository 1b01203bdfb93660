"""A figure on the notebooks' map: classes, their legend, grey where there is none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from geopandas import GeoDataFrame
from shapely import LineString, Point, box

from sitplan.analysis.method import Method
from sitplan.catalogue import Catalogue
from sitplan.declaring import RAMP, column_titles, declare
from sitplan.drawing import draw
from sitplan.errors import BadRequest
from sitplan.shading import UNTOLD, shade

from .test_drawing import features

NEED = [10.0, 20.0, 30.0, 40.0, 50.0, None]
SHAPES = {
    "Polygon": lambda n: box(n * 60, 0, n * 60 + 40, 40),
    "LineString": lambda n: LineString([(n * 60, 0), (n * 60 + 40, 40)]),
    "Point": lambda n: Point(n * 60, 0),
}

LABELS = {
    "es": [
        "menos de 3,5", "3,5 a menos de 1.200", "1.200 a menos de 23.000",
        "23.000 a menos de 350.000", "350.000 o más",
    ],
    "en": [
        "less than 3.5", "3.5 to less than 1,200", "1,200 to less than 23,000",
        "23,000 to less than 350,000", "350,000 or more",
    ],
}  # fmt: skip


def places(kind: str = "Polygon", **columns: list) -> GeoDataFrame:
    said = columns or {"need": NEED}
    count = len(next(iter(said.values())))
    return GeoDataFrame(said, geometry=[SHAPES[kind](n) for n in range(count)], crs=32719)


@pytest.mark.parametrize(
    ("kind", "ink"), [("Polygon", "fillColor"), ("LineString", "color"), ("Point", "fillColor")]
)
def test_each_class_has_its_colour_and_the_untold_are_grey(kind: str, ink: str) -> None:
    drawn = features(draw(places(kind), show="need"))
    assert len(drawn) == len(NEED), "each place is drawn once"
    found = [f["properties"]["style"][ink] for f in drawn]
    assert sorted(found) == sorted([*RAMP, UNTOLD])


def test_classes_begin_where_the_legend_says() -> None:
    """Bounds by hand: five values, a class each, cut at the values themselves."""
    found = shade([places()], "need")
    assert found.bounds == (None, 20, 30, 40, 50, None) and found.gaps
    said = found.legend("Polygon", "es")
    for told in ("menos de 20", "20 a menos de 30", "50 o más", "sin dato"):
        assert told.lower() in said.lower(), said
    assert said.count("<li>") == 6


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_published_column_has_the_same_classes(catalogue: Catalogue, lang: str) -> None:
    """One column, drawn and published: bounds and labels by hand, to two figures in both."""
    need = [0.1234, 0.5, 3.5432, 78.9, 1234.5, 2000, 23_456.7, 30_000, 345_678.9, 4_567_890.1]
    frame = places(need=need)
    frame["code"] = [f"Z{n}" for n in range(len(frame))]
    drawn = shade([frame], "need")
    published = declare(
        frame, name="mine", method=Method("rural_access", date(2026, 11, 27)), reads=(),
        catalogue=catalogue, author="A", made_at=datetime(2026, 11, 27, tzinfo=UTC), show="need",
    )  # fmt: skip
    cuts = [3.5, 1200, 23_000, 350_000]
    assert drawn.bounds == (None, *cuts, None)
    filters = [part["filter"] for part in published.style]
    assert filters == [
        ["all", ["has", "need"], ["<", ["get", "need"], 3.5]],
        *(
            ["all", ["has", "need"], [">=", ["get", "need"], low], ["<", ["get", "need"], high]]
            for low, high in pairwise(cuts)
        ),
        ["all", ["has", "need"], [">=", ["get", "need"], 350_000]],
    ]
    fills = [part for part in drawn.parts() if "fill-color" in part["paint"]]
    assert [part["filter"] for part in fills] == filters
    colours = [part["paint"]["fill-color"] for part in published.style]
    assert [part["paint"]["fill-color"] for part in fills] == colours == list(RAMP)
    title = column_titles("need")[lang]
    labels = [part["metadata"]["legend"][lang] for part in published.style]
    assert labels == [f"{title}: {label}" for label in LABELS[lang]]
    lines = re.findall(r"<li>(.*?)</li>", drawn.legend("Polygon", lang))
    assert [re.sub(r"<[^>]*>", "", line).strip() for line in lines] == LABELS[lang]


def test_two_frames_share_their_classes_and_others_keep_their_own() -> None:
    low, high = places(need=[1.0, 2.0]), places(need=[3.0, 4.0])
    assert shade([low, high], "need").bounds == shade([places(need=[1.0, 2, 3, 4])], "need").bounds
    page = draw(low, places(other=[1.0]), show="need").get_root().render()
    assert "sin dato" not in page and page.count("<section>") == 1


def test_titles_are_those_of_results() -> None:
    frame = places(clp_per_inhabitant=[1.0, 2.0])
    drawn = draw(frame, show="clp_per_inhabitant")
    page = drawn.get_root().render()
    assert "clp_per_inhabitant</b>" not in page
    assert all("clp_per_inhabitant" not in f["properties"]["told"] for f in features(drawn))


def test_nothing_to_show_is_said() -> None:
    for frame, column in ((places(), "nada"), (places(need=[None, None]), "need")):
        with pytest.raises(BadRequest, match=column) as refused:
            draw(frame, show=column)
        assert refused.value.code == "nothing_to_shade"
    page = draw(places(), places().iloc[:0], show="need").get_root().render()
    assert page.count("<section>") == 2, "an empty frame has a legend and nothing else"
