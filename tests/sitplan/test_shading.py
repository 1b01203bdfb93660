"""A figure on the notebooks' map: classes, their legend, grey where there is none."""

from __future__ import annotations

import pytest
from geopandas import GeoDataFrame
from shapely import LineString, Point, box

from sitplan.declaring import RAMP
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
