"""Drafts change the figures by exactly what the hand says, and the layer not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from sitplan.analysis.whatif import as_drafted, compared
from sitplan.errors import BadRequest, WrongCrs

from .drawn import areas, boxed
from .test_green import GREEN, OPEN, TOWN, found


def changes(drafts=None, closing=()) -> pd.DataFrame:
    after = found(as_drafted(GREEN, drafts, closing=closing))
    told = compared(found(), after)
    return told.frame.set_index(["place", "figure"])["change"], told


def test_a_new_square_adds_what_it_measures() -> None:
    # 50 x 40 m = 2000 m² in the east, its north side on the street from 1100 to 1150: the far
    # block is 60 + 1100 - 1050 = 110 m from it and was 790 m from the one there was
    new = areas(new=boxed(1100, -40, 1150, 0, kind="plaza", **OPEN))
    change, told = changes(new)
    assert change["east", "squares_m2"] == 2000
    assert change["east", "green_m2_per_inhabitant"] == pytest.approx(2000 / 210)
    assert change["east", "squares_served_network"] == 200
    assert change["east", "squares_served_pct_network"] == pytest.approx(100 * 200 / 210)
    # far comes 680 m nearer; away walks to 1150 and not to 320: 830 m less
    assert change["east", "squares_mean_m_network"] == pytest.approx(-(200 * 680 + 10 * 830) / 210)
    assert ("east", "parks_m2") not in change.index and "west" not in change.index.get_level_values(
        0
    )
    # the deficit of the whole was max(0, 3100 - 5400): it stays none
    assert told.totals["green_m2"] == 2000 and told.totals["green_deficit_m2"] == 0
    assert told.method.notes[-1].told("en") == "green_areas: 2 features before, 3 after"


def test_a_larger_square_in_its_place() -> None:
    # the same draft without a kind: only the shape changes, from 400 m² to 800
    wider = areas(plaza={"geometry": box(300, -20, 340, 0)})
    change, _ = changes(wider)
    assert change["west", "squares_m2"] == 400
    assert change["west", "green_deficit_m2"] == -400
    assert change["west", "green_m2_per_inhabitant"] == pytest.approx(4)


def test_a_closed_square_serves_nobody() -> None:
    change, _ = changes(closing=["plaza"])
    assert change["west", "squares_m2"] == -400
    assert change["west", "green_deficit_m2"] == 400
    assert change["west", "squares_served_network"] == -100
    assert np.isnan(change["west", "squares_mean_m_network"])  # no square is left to walk to


def test_one_that_stops_being_public_is_as_if_closed() -> None:
    shut = GREEN.loc[["plaza"]].assign(public_access=False)
    assert changes(shut)[0].equals(changes(closing=["plaza"])[0])


def test_nothing_drafted_changes_nothing_and_the_layer_stays() -> None:
    kept = GREEN.copy()
    assert changes()[0].empty
    as_drafted(GREEN, GREEN.loc[["plaza"]].assign(kind="parque"), closing=["park"])
    assert GREEN.equals(kept)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadRequest, match="nowhere"):
        as_drafted(GREEN, closing=["nowhere"])
    with pytest.raises(WrongCrs):
        as_drafted(GREEN, GREEN.to_crs("EPSG:4326"))
    with pytest.raises(BadRequest, match="otros lugares"):
        compared(found(), found(areas=TOWN.iloc[:1]))
