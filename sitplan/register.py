"""The public's catalogue as one JSON document: told by the API, read by who has only an address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sitplan.catalogue import Catalogue, territory_from_facts
from sitplan.errors import WrongDeclaration
from sitplan.layer import layer_from_declaration
from sitplan.migrate import resolved


def write_register(catalogue: Catalogue) -> dict[str, Any]:
    """What `read_written` reads; no private field of a layer is in it."""
    return {
        "territory": _public(catalogue.territory.facts),
        "palette": dict(catalogue.palette),
        "heights": catalogue.heights_now(),
        "layers": [
            {
                "name": layer.name,
                "declaration": resolved(layer, public=True),
                "style": list(layer.style),
                "illustrative": catalogue.illustrative.get(layer.name, layer.illustrative),
                "source": dict(catalogue.sources.get(layer.name, {})),
                "revision": catalogue.revisions.get(layer.name, 0),
            }
            for layer in catalogue
        ],
    }


def _public(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The territory's facts without where its files lie on the machine."""
    told = dict(facts)
    if told.get("heights"):
        told["heights"] = told["heights"] | {"file": Path(str(told["heights"]["file"])).name}
    return told


def read_written(register: Mapping[str, Any]) -> Catalogue:
    """The catalogue that a document of `write_register` holds.

    Raises
    ------
    WrongDeclaration
        When it is none. A layer that this version cannot read is left out and named in
        `broken`.
    """
    try:
        layers, broken = {}, {}
        for one in register["layers"]:
            try:
                layers[one["name"]] = layer_from_declaration(
                    one["declaration"], style=one["style"], path=one["name"]
                )
            except WrongDeclaration as error:
                broken[one["name"]] = error
        return Catalogue(
            territory=territory_from_facts(register["territory"]),
            layers=layers,
            palette=register["palette"],
            illustrative={one["name"]: bool(one["illustrative"]) for one in register["layers"]},
            sources={one["name"]: one["source"] for one in register["layers"]},
            revisions={one["name"]: int(one["revision"]) for one in register["layers"]},
            broken=broken,
            heights_told=register.get("heights"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WrongDeclaration(
            "wrong_declaration", path="register", problem=f"falta o está mal: {error}"
        ) from error
