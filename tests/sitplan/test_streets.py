"""The network of a territory: with the heights that it names, built once for each content."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sitplan
from sitplan.analysis.heights import Heights
from sitplan.catalogue import Catalogue
from sitplan.errors import UnreadableFile
from sitplan.settings import Settings
from sitplan.streets import KEPT, heights_of, network_of
from tests.analysis.drawn import roads

LAYERS = Path(__file__).resolve().parents[2] / "layers"
TOWN = roads([(0, 0), (100, 0)], ([(50, -50), (50, 50)], {"surface": "tierra", "bridge": True}))
HILL = Heights(np.arange(40.0).reshape(1, -1).repeat(40, 0), -200, 200, 10, "hand")


def same(one, other) -> None:
    pd.testing.assert_frame_equal(one.edges, other.edges)
    assert np.array_equal(one.nodes, other.nodes) and (one.lines == other.lines).all()
    assert (one.crs, one.relief, one.key) == (other.crs, other.relief, other.key)


def test_what_is_kept_is_what_was_built(tmp_path: Path) -> None:
    silent = roads([(0, 0), (10, 0)])
    for town, heights in ((TOWN, None), (TOWN, HILL), (silent, None), (silent.iloc[:0], None)):
        built = network_of(town, heights, tmp_path)
        same(network_of(town, heights, tmp_path), built)
        same(network_of(town, heights, None), built)
    assert len(list(tmp_path.iterdir())) == 4


def test_another_content_is_built_anew_and_a_broken_file_too(tmp_path: Path) -> None:
    first = network_of(TOWN, None, tmp_path)
    other = network_of(TOWN.assign(bridge=False), None, tmp_path)
    assert len(other.nodes) == len(first.nodes) + 1
    for path in tmp_path.iterdir():
        path.write_bytes(b"PAR1 nothing")
    same(network_of(TOWN, None, tmp_path), first)


def test_few_are_kept(tmp_path: Path) -> None:
    for n in range(KEPT + 3):
        network_of(roads([(0, 0), (100 + n, 0)]), None, tmp_path)
    assert len(list(tmp_path.iterdir())) == KEPT


def test_drawn_heights_go_with_drawn_streets_alone(catalogue: Catalogue) -> None:
    drawn = replace(catalogue, illustrative={"roads": True})
    found = heights_of(drawn, LAYERS)
    assert found is not None and 300 < float(np.nanmin(found.grid)) < 500
    assert "demostración" in found.source
    assert heights_of(replace(catalogue, illustrative={"roads": False}), LAYERS) is None
    facts = dict(catalogue.territory.facts)
    measured = facts | {"heights": {"file": "heights.tif", "source": "IGM"}}
    real = replace(catalogue, territory=replace(catalogue.territory, facts=measured))
    assert (heights_of(real, LAYERS) or found).source == "IGM"
    none = replace(catalogue, territory=replace(catalogue.territory, facts={}))
    assert heights_of(none, LAYERS) is None


def test_a_raster_that_is_named_and_missing_is_told(catalogue: Catalogue, tmp_path: Path) -> None:
    drawn = replace(catalogue, illustrative={"roads": True})
    with pytest.raises(UnreadableFile, match=r"heights\.tif"):
        heights_of(drawn, tmp_path)


def test_an_open_territory_gives_its_network(seeded_settings: Settings) -> None:
    with sitplan.open(settings=seeded_settings) as here:
        first = here.network()
        began = time.perf_counter()
        again = here.network()
        kept = time.perf_counter() - began
    same(again, first)
    assert first.edges["road"].str.startswith("V-").any()
    assert first.relief is not None and 20 < float(str(first.relief["covered_pct"])) < 90
    assert (first.edges["effort_ab"] != first.edges["metres"]).any()
    assert kept < 30
