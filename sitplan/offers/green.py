"""Green areas: whom they serve, and where to act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sitplan.analysis.method import Result
from sitplan.figures import FIGURES, POPULATION
from sitplan.offering import PROFILE, Analysis, Ground, value
from sitplan.offers.sketches import codes, collection_of, figures_named, shapes_of

if TYPE_CHECKING:
    from sitplan.analysis.network import Access


def _rules(inputs: Mapping[str, Any]) -> Any:
    from sitplan.analysis.green import GreenRules

    return GreenRules(
        square_m=inputs["square_m"],
        park_m=inputs["park_m"],
        m2_per_inhabitant=inputs.get("m2_per_inhabitant", 10.0),
    )


def _green_indicators(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.green import green_indicators

    areas, blocks = ground.read(inputs["of"], on), ground.read("census_blocks", on)
    return green_indicators(
        areas.set_index("code"),
        blocks=blocks.set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        access=walkers(ground, on, inputs),
        rules=_rules(inputs),
        on=on,
    )


def _green_nearby(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.byarea import green_nearby

    return green_nearby(
        ground.read(inputs["of"], on).set_index("code"),
        blocks=ground.read("census_blocks", on).set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        access=walkers(ground, on, inputs),
        rules=_rules(inputs),
        on=on,
    )


def _green_what_if(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.green import green_indicators
    from sitplan.analysis.whatif import as_drafted, compared

    areas, blocks = ground.read(inputs["of"], on), ground.read("census_blocks", on)
    green = ground.read("green_areas", on).set_index("code")
    drafts = None
    if "drafts" in inputs:
        drafts = shapes_of(inputs["drafts"], ground.territory, wrong="wrong_draft", kind=KINDS)
        drafts = drafts.assign(built_state="consolidada", public_access=True)
    access = walkers(ground, on, inputs)
    before, after = (
        green_indicators(
            areas.set_index("code"),
            blocks=blocks.set_index("code"),
            green_areas=one,
            access=access,
            rules=_rules(inputs),
            on=on,
        )
        for one in (green, as_drafted(green, drafts, closing=inputs["closing"]))
    )
    return figures_named(compared(before, after))


def _green_standards(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    import pandas as pd

    from sitplan.analysis.standards import green_standards

    told = ground.territory.facts.get(FIGURES, ())
    figures = inputs.get("published", told)
    people = next((one["value"] for one in told if one["indicator"] == POPULATION), None)
    found = green_standards(
        ground.read("urban_limits", on),
        blocks=ground.read("census_blocks", on).set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        access=walkers(ground, on, inputs),
        published=pd.DataFrame(figures) if figures else None,
        official_population=inputs.get("official_population", people),
        rules=_rules(inputs),
        on=on,
    )
    code = found.frame["indicator"].where(
        found.frame["way"] == "", found.frame["indicator"] + "-" + found.frame["way"]
    )
    table = found.frame.rename(columns={"code": "published_code"}).assign(code=code)
    return Result(table, found.method, found.totals)


def walkers(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Access:
    """Who walks, on the streets of the day."""
    from sitplan.analysis.profiles import PROFILES

    return ground.network(on).graph(PROFILES[inputs["profile"]], "foot")


def _metres(default: float) -> Mapping[str, Any]:
    return {"type": "number", "minimum": 1, "maximum": 20_000, "default": default}


def _where_to_act(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.siting import Limit, where_to_act

    blocks = ground.read("census_blocks", on).set_index("code")
    areas = ground.read(inputs["of"], on).set_index("code") if inputs["aim"] == "m2" else None
    return where_to_act(
        shapes_of(inputs["candidates"], ground.territory, wrong="wrong_plots"),
        blocks=blocks,
        green_areas=ground.read("green_areas", on).set_index("code"),
        limit=Limit(inputs.get("most"), inputs.get("most_m2")),
        kind=inputs["kind"],
        aim=inputs["aim"],
        areas=areas,
        access=walkers(ground, on, inputs),
        on=on,
    )


OF: Final = value(
    "of",
    {
        "type": "string",
        "enum": ["neighbourhoods", "census_districts", "census_blocks"],
        "default": "neighbourhoods",
    },
)

KINDS: Final = ("plaza", "plazoleta", "parque")
"""What a drafted green area may be: the kinds that count."""
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_NUMBER: Final = {"type": "number"}
_FIGURE: Final = {
    "type": "object",
    "required": ["indicator", "value"],
    "additionalProperties": False,
    "properties": {
        "indicator": _TEXT, "value": _NUMBER, "code": _TEXT, "unit": _TEXT, "standard": _NUMBER,
        "sense": {"type": "string", "enum": ["at_most", "at_least"]},
        "year": {"type": "integer"}, "source": _TEXT,
    },
}  # fmt: skip
_NORMS: Final = {
    "square_m": value("square_m", _metres(400)),
    "park_m": value("park_m", _metres(3000)),
    "m2_per_inhabitant": value(
        "m2_per_inhabitant", {"type": "number", "minimum": 0, "maximum": 1000, "default": 10}
    ),
}

OFFERS: Final = (
    Analysis(
        "green_nearby",
        "1.0.0",
        {"of": OF, "profile": PROFILE, **{n: _NORMS[n] for n in ("square_m", "park_m")}},
        _green_nearby,
        show="near_m2_per_inhabitant",
    ),
    Analysis(
        "green_what_if",
        "1.0.0",
        {
            "of": OF,
            "drafts": value("drafts", collection_of(1, 100)),
            "closing": codes("closing"),
            "profile": PROFILE,
            **_NORMS,
        },
        _green_what_if,
    ),
    Analysis(
        "green_standards",
        "1.0.0",
        {
            "published": value("published", {"type": "array", "items": _FIGURE, "maxItems": 50}),
            "official_population": value(
                "official_population", {"type": "number", "minimum": 1, "maximum": 1e8}
            ),
            "profile": PROFILE,
            **_NORMS,
        },
        _green_standards,
    ),
    Analysis(
        "green_siting",
        "1.0.0",
        {
            "candidates": value("candidates", collection_of(1, 300), required=True),
            "most": value("most", {"type": "integer", "minimum": 1, "maximum": 300}),
            "most_m2": value("most_m2", {"type": "number", "minimum": 1, "maximum": 1e7}),
            "kind": value(
                "kind", {"type": "string", "enum": ["squares", "parks"], "default": "squares"}
            ),
            "aim": value("aim", {"type": "string", "enum": ["people", "m2"], "default": "people"}),
            "of": OF,
            "profile": PROFILE,
        },
        _where_to_act,
        show="adds",
    ),
    Analysis(
        "green_indicators",
        "1.0.0",
        {
            "of": OF,
            "profile": PROFILE,
            **_NORMS,
        },
        _green_indicators,
        show="green_m2_per_inhabitant",
    ),
)
