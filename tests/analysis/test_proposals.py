"""Proposed routes are drafts that the layer's own checks accept, and say what the streets are."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg2.extras
import pytest
from psycopg2.extensions import cursor as Cursor
from shapely.geometry import LineString, MultiLineString

from sitplan.analysis.hazard import ground
from sitplan.analysis.network import build_network
from sitplan.analysis.profiles import PROFILES
from sitplan.analysis.proposals import ProposalRules, propose_routes
from sitplan.catalogue import Catalogue
from sitplan.checks import run_checks

from .drawn import areas, boxed, roads, seed
from .test_evacuation import BLOCKS, LOW, NO_ZONES, POINTS, STREET
from .test_heights import plane

ON = date(2026, 11, 27)


def proposed(net=None, zones=LOW, who: str = "adult", **said: Any):
    under = ground(net or build_network(roads(STREET)), zones, hazard="flood")
    given = {"meeting_points": POINTS, "safe_zones": NO_ZONES, "on": ON} | said
    return propose_routes(given.pop("blocks", BLOCKS), under=under, profile=PROFILES[who], **given)


def test_a_route_from_the_street_to_each_point() -> None:
    f = proposed().frame.set_index("code")
    # b is 320 m from its point and a 220: the longest first
    assert f["to_point"].tolist() == ["east", "west"]
    assert f["from_zone"].tolist() == ["low", "low"] and f["hazard"].tolist() == [["flood"]] * 2
    assert f.geometry["PROP-flood-adult-01"] == MultiLineString([[(600, 0), (800, 0), (900, 0)]])
    assert f.geometry["PROP-flood-adult-02"] == MultiLineString([[(300, 0), (200, 0), (100, 0)]])
    assert set(f["review_state"]) == {"draft"} and set(f["visibility"]) == {"internal"}
    assert f["people"].tolist() == [50, 100] and f["metres"].tolist() == pytest.approx([320, 220])
    assert f["width_m"].tolist() == [7, 7] and f["has_stairs"].tolist() == [False, False]
    # nothing was measured: neither steep nor accessible is claimed
    assert f["max_slope_pct"].isna().all() and set(f["accessible"]) == {"unknown"}
    assert set(f["vehicle"]) == {"mixta"}


def test_who_joins_a_way_has_no_route_of_its_own() -> None:
    two = areas(
        far=boxed(290, 10, 310, 30, population=10), near=boxed(240, 10, 260, 30, population=20)
    )
    f = proposed(blocks=two).frame
    assert f["people"].tolist() == [30] and f["blocks"].tolist() == [2]
    # `far` walks 50 m before it joins the way of `up`: if 40 are enough, it is a route of its own
    net = build_network(roads(STREET, [(250, 0), (250, 100)]))
    off = areas(
        far=boxed(290, 10, 310, 30, population=10), up=boxed(252, 90, 262, 100, population=5)
    )
    zone = areas(low=boxed(200, -50, 800, 200, hazard="flood", level="bajo"))
    assert proposed(net, zone, blocks=off).frame["people"].tolist() == [15]
    own = ProposalRules(least_new_m=40)
    assert proposed(net, zone, blocks=off, wanted=own).frame["people"].tolist() == [5, 10]


def test_it_says_what_the_streets_are() -> None:
    paved = {"surface": "asfalto"}
    way = [([(0, 0), (150, 0)], paved), ([(150, 0), (180, 0)], {"class": "steps"} | paved),
           ([(180, 0), (1000, 0)], paved)]  # fmt: skip
    f = proposed(build_network(roads(*way))).frame.set_index("to_point")
    assert f["has_stairs"].to_dict() == {"east": False, "west": True}
    assert f["accessible"].to_dict() == {"east": "unknown", "west": "no"}
    assert f["vehicle"].to_dict() == {"east": "mixta", "west": "peatonal"}
    assert f["surface"].to_dict() == {"east": "asfalto", "west": "asfalto"}
    assert f["width_m"].to_dict() == {"east": 7, "west": 1.5}


@pytest.mark.parametrize(("slope", "said"), [(0.05, "yes"), (0.12, "no")])
def test_with_heights_it_says_who_can_take_it(slope: float, said: str) -> None:
    hill = build_network(roads(STREET), heights=plane(east=slope, half=2000))
    f = proposed(hill).frame
    assert set(f["accessible"]) == {said}
    assert f["max_slope_pct"].tolist() == pytest.approx([100 * slope] * 2)


def test_a_zone_alone_and_nothing_to_propose() -> None:
    split = areas(
        one=boxed(200, -50, 500, 50, hazard="flood", level="bajo"),
        two=boxed(500, -50, 800, 50, hazard="flood", level="bajo"),
    )
    assert proposed(zones=split, zone="one").frame["to_point"].tolist() == ["west"]
    none = proposed(meeting_points=POINTS.iloc[:0])
    assert none.frame.empty and "review_state" in none.frame.columns
    assert [n.key for n in none.method.notes[1:]] == ["nowhere_to_go", "proposed_served"]


def test_no_proposal_takes_the_place_of_another() -> None:
    """Imported by their codes, those for another walker or one zone stand beside the first."""
    zone = proposed(zone="low").frame["code"].tolist()
    assert zone == ["PROP-flood-adult-low-01", "PROP-flood-adult-low-02"]
    older = proposed(who="older").frame["code"].tolist()
    assert older == ["PROP-flood-older-01", "PROP-flood-older-02"]
    assert proposed(prefix="EV").frame["code"].tolist() == ["EV-01", "EV-02"]


def test_it_says_which_river_it_crosses_and_where_it_starts() -> None:
    river = gpd.GeoSeries([LineString([(850, -50), (850, 50)])], crs=POINTS.crs)
    f = proposed(rivers=river).frame.set_index("to_point")
    assert f["crosses_river"].to_dict() == {"east": True, "west": False}
    assert set(proposed().frame["crosses_river"]) == {None}, "untold where no river is given"
    nowhere = LOW.iloc[:0]  # as an earthquake: no zone to start from
    named = proposed(zones=nowhere).frame["name"].tolist()
    assert named == ["b → east", "a → west"]


def test_no_route_goes_deeper_than_its_street() -> None:
    # `a` stands in the high zone, its street in the low one, and the way west in the high again
    deep = areas(
        low=boxed(200, -50, 800, 50, hazard="flood", level="bajo"),
        home=boxed(280, 5, 320, 40, hazard="flood", level="alto"),
        west=boxed(210, -50, 230, 50, hazard="flood", level="alto"),
    )
    found = proposed(zones=deep, meeting_points=POINTS.iloc[:1], blocks=BLOCKS.iloc[:1])
    assert found.frame.empty
    assert found.method.notes[-1].told("en").startswith("1 blocks have no proposal")


@pytest.mark.parametrize("hazard", ["flood", "dam_break"])
def test_the_layer_accepts_what_is_proposed_for_the_demonstration(
    db: Cursor, catalogue: Catalogue, hazard: str
) -> None:
    rivers = seed("waterways").query("`class` == 'river'").geometry
    under = ground(
        build_network(seed("roads")), seed("hazard_zones"), hazard=hazard,
        barriers=rivers,
    )  # fmt: skip
    found = propose_routes(
        seed("census_blocks"), under=under, profile=PROFILES["adult"], on=ON,
        meeting_points=seed("meeting_points"), safe_zones=seed("safe_zones"),
    )  # fmt: skip
    print(found.method.notes[-1].told("en"), len(found.frame))
    assert len(found.frame)
    layer = catalogue.layer("evacuation_routes")
    fields = [c for c in found.frame.columns if c not in ("people", "blocks", "metres", "geometry")]
    assert set(fields) <= {f.name for f in layer.fields} | {"code", "review_state", "visibility"}
    rows = [
        (*(None if v is None or v != v else v for v in row[:-1]), row[-1])
        for row in zip(
            *(found.frame[c].tolist() for c in fields), found.frame.geometry.to_wkb(), strict=True
        )
    ]
    psycopg2.extras.execute_values(
        db,
        f"INSERT INTO layers.evacuation_routes ({', '.join(fields)}, geom) VALUES %s",
        rows,
        template=f"({', '.join(['%s'] * len(fields))}, ST_GeomFromWKB(%s, 32719))",
    )
    report = run_checks(db, ["evacuation_routes"])
    wrong = [f"{p.code}: {p.message['en']}" for p in report.problems if p.severity == "error"]
    assert not wrong, "\n".join(wrong[:9])
    assert np.isfinite(found.frame["metres"]).all()
