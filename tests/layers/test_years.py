"""The years of the demonstration: what came, changed and went, and that today stays as it is."""

from __future__ import annotations

import shapely
from geopandas import GeoDataFrame

from .seeds import DRAWN, DRAWN_ON, SEEDS, STORAGE, features, in_force, overlaps


def differences(name: str, first: str, last: str) -> tuple[set[str], set[str], set[str]]:
    """Codes that came, changed and went between two days."""
    old, new = in_force(name, first), in_force(name, last)
    both = old.keys() & new.keys()
    return new.keys() - old.keys(), {c for c in both if old[c] != new[c]}, old.keys() - new.keys()


def test_two_dates_differ_in_several_layers() -> None:
    """Something came, changed, moved and went in two years, and something is planned."""
    told = {name: differences(name, "2024-01-01", DRAWN_ON) for name in DRAWN}
    assert {name: each for name, each in told.items() if any(each)} == {
        "green_areas": ({"GA-005"}, {"GA-008"}, {"GA-042"}),
        "meeting_points": ({"PE-17"}, {"PE-06"}, {"PE-21"}),
        "neighbourhoods": ({"NB-25"}, {"NB-17"}, set()),
    }
    assert differences("green_areas", DRAWN_ON, "2031-03-01") == ({"GA-043"}, set(), set())
    moved = [
        f["geometry"] for f in features("meeting_points") if f["properties"]["code"] == "PE-06"
    ]
    assert len(moved) == 2 and moved[0] != moved[1]


def test_no_date_passes_by_itself_for_years() -> None:
    """What is in force today stays so: the demonstration is not to change with the calendar."""
    days = {
        day
        for name in SEEDS
        for f in features(name)
        for key in ("valid_from", "valid_to")
        if (day := f["properties"].get(key))
    }
    assert [day for day in sorted(days) if "2026-01-01" <= day < "2031-01-01"] == []
    for name in SEEDS:
        for day in days:
            in_force(name, day)  # never two versions of one thing


def test_what_ended_lay_on_nothing_of_its_time() -> None:
    told = GeoDataFrame(
        [f["properties"] for f in features("green_areas")],
        geometry=[shapely.geometry.shape(f["geometry"]) for f in features("green_areas")],
        crs=4326,
    ).to_crs(STORAGE)
    assert told.geometry.is_valid.all()
    for day in ("2024-01-01", "2025-06-01", "2031-03-01"):
        there = told[
            (told["valid_from"].fillna("") <= day) & (day < told["valid_to"].fillna("9999"))
        ]
        assert overlaps(there.set_index("code")) == []
