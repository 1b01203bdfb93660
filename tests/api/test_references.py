"""References as keys, addresses, links; `test_held_profiles.py` asks the running server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.links import Links
from api.references import _written, take_profile
from sitplan.catalogue import Catalogue
from sitplan.layer import Field
from sitplan.references import Target

TITLE = {"es": "Objetivos", "en": "Objectives"}
MANY = Field(name="objective_ids", type="array", title=TITLE, references="objectives")
TARGETS = {"O-1": Target("a", "Primero"), "O-2": Target("b", "Segundo")}
HREF = "https://x.cl/api/collections/objectives/items/"


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ("rel-as-key", ["a", None, "b"]),
        ("rel-as-uri", [f"{HREF}a", None, f"{HREF}b"]),
        (
            "rel-as-link",
            [{"href": f"{HREF}a", "title": "Primero"}, None,
             {"href": f"{HREF}b", "title": "Segundo"}],
        ),
    ],
)  # fmt: skip
def test_an_array_of_references_stays_one(
    catalogue: Catalogue, profile: str, wanted: list[object]
) -> None:
    layer = catalogue.layer("objectives")
    links = Links("https://x.cl")
    told = _written(["O-1", "gone", "O-2"], MANY, TARGETS, profile, layer, links)
    assert told == wanted
    assert _written(None, MANY, TARGETS, profile, layer, links) is None
    single = replace(MANY, type="string")
    assert _written("O-2", single, TARGETS, profile, layer, links) == wanted[2]
    assert _written(None, single, TARGETS, profile, layer, links) is None


def test_profiles_of_references_are_told_from_the_others() -> None:
    uri = "http://www.opengis.net/def/profile/OGC/0/rel-as-uri"
    assert take_profile("jsonfg, rel-as-key", is_table=False) == ("jsonfg", "rel-as-key")
    assert take_profile(f"[ogc-profile:rel-as-link],{uri}", is_table=False) == ("", "rel-as-uri")
    assert take_profile("rel-as-link,excel", is_table=True) == ("excel", None)
    assert take_profile("", is_table=False) == ("", None)
