"""What the page of the ways out is made of, where a territory has no places of its plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sitplan import guiding
from sitplan.catalogue import Catalogue
from sitplan.db import Database
from sitplan.settings import Settings


def _named(package: dict[str, Any], layer: str) -> int:
    return sum(one[3] == layer for one in package["places"])


@pytest.mark.parametrize("lost", ["declared", "located"])
def test_a_plan_without_places_names_none(
    seeded: Database, catalogue: Catalogue, seeded_settings: Settings,
    monkeypatch: pytest.MonkeyPatch, lost: str,
) -> None:  # fmt: skip
    """Whether the layer of its places is not declared, or empty."""

    def package(of: Catalogue) -> dict[str, Any]:
        return guiding.read_package(seeded, of, seeded_settings, today=catalogue.territory.today())

    assert _named(package(catalogue), "initiatives") > 10
    if lost == "declared":
        layers = {one.name: one for one in catalogue if one.name != "project_locations"}
        found = package(replace(catalogue, layers=layers))
    else:
        monkeypatch.setattr(guiding, "sites_of", lambda _: {})
        found = package(catalogue)
    assert not _named(found, "initiatives") and _named(found, "facilities")
