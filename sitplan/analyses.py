"""The analyses by name, each over the layers it needs: what processes, results, notebooks call.

The functions of `sitplan.analysis` know no layers; here it is said which go in, and which of their
parameters anybody may set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pandas import DataFrame

from sitplan.analysis.method import Result
from sitplan.catalogue import Territory
from sitplan.errors import BadRequest, NotFound
from sitplan.layer import Words
from sitplan.process import Process, Task, Value, check_inputs
from sitplan.words import LANGUAGES, say

ANALYSIS: Final = "sitplan_analysis"
"""Where a frame remembers the analysis that gives it again, in its `attrs`."""

if TYPE_CHECKING:
    from sitplan.analysis.network import Access

SNAP_M: Final = 1.0
"""Streets drawn to within this of another are joined: hands do not draw to the decimetre."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an analysis reads: a layer's frame by its name and day, and the territory."""

    read: Callable[[str, date], DataFrame]
    territory: Territory


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis that is offered.

    Parameters
    ----------
    find
        From the ground, the day and the checked inputs.
    show
        The column that a map shows in classes; None of a table.
    """

    id: str
    version: str
    inputs: Mapping[str, Value]
    find: Callable[[Ground, date, Mapping[str, Any]], Result] = field(repr=False)
    show: str | None = None

    def process(self) -> Process:
        """Itself as it is offered over HTTP: one output, GeoJSON with its method."""
        return Process(
            id=self.id,
            version=self.version,
            title=_words(f"analysis.offered.{self.id}.title"),
            description=_words(f"analysis.offered.{self.id}.description"),
            inputs={"on": _ON, **self.inputs},
            outputs={"result": _RESULT},
            run=self._run,
            keywords=("sitplan", *self.id.split("_")),
        )

    def _run(self, task: Task) -> Mapping[str, Any]:
        from sitplan.analysis.plain import feature_collection

        with task.open() as here:
            task.tell(10, say("analysis.telling.reading", task.lang))
            ground = Ground(lambda name, on: here.frame(name, on=on), here.catalogue.territory)
            found = self.run(ground, task.inputs)
            task.tell(90, say("analysis.telling.writing", task.lang))
            return {"result": feature_collection(found, lang=task.lang)}

    def run(self, ground: Ground, inputs: Mapping[str, Any]) -> Result:
        """What is found; the day is that of the inputs, else today in the territory."""
        said = inputs.get("on")
        try:
            on = date.fromisoformat(said) if said else ground.territory.today()
        except ValueError as error:
            raise BadRequest("wrong_datetime", value=said) from error
        names: list[str] = []

        def read(name: str, day: date) -> DataFrame:
            names.append(name)
            return ground.read(name, day)

        found = self.find(Ground(read, ground.territory), on, inputs)
        if "code" not in found.frame.columns:
            found.frame.insert(0, "code", found.frame.index.astype(str))
        told = {"id": self.id, "inputs": dict(inputs), "layers": names}
        found.frame.attrs[ANALYSIS] = json.dumps(told)
        return found


def run_analysis(name: str, ground: Ground, inputs: Mapping[str, Any]) -> Result:
    """What the analysis of that name finds.

    Raises
    ------
    NotFound
        ``no_such_analysis``, naming those there are; ``no_such_layer``.
    BadRequest
        As `check_inputs`.
    """
    if name not in ANALYSES:
        raise NotFound("no_such_analysis", name=name[:60], known=", ".join(ANALYSES))
    one = ANALYSES[name]
    return one.run(ground, check_inputs(one.process(), inputs))


def _words(key: str) -> Words:
    return {lang: say(key, lang) for lang in LANGUAGES}


def _value(name: str, schema: Mapping[str, Any]) -> Value:
    key = f"analysis.inputs.{name}"
    return Value(_words(f"{key}.title"), _words(f"{key}.description"), schema)


_ON = _value(
    "on", {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$"}
)
_RESULT = _value("result", {"type": "object", "contentMediaType": "application/geo+json"})


def _weights(names: tuple[str, ...]) -> Mapping[str, Any]:
    number = {"type": "number", "minimum": 0, "maximum": 1000}
    return {
        "type": "object",
        "properties": dict.fromkeys(names, number),
        "additionalProperties": False,
        "minProperties": 1,
        "default": dict.fromkeys(names, 1),
    }


def _rural_access(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    import geopandas as gpd

    from sitplan.analysis.access import rural_access
    from sitplan.analysis.network import build_network

    localities = ground.read("rural_localities", on)
    facilities = ground.read("facilities", on)
    roads = build_network(ground.read("roads", on).set_index("code"), snap_m=SNAP_M)
    centre = ground.territory.facts["view"]["center"]
    city = gpd.GeoSeries(gpd.points_from_xy([centre[0]], [centre[1]]), crs=4326)
    return rural_access(
        localities, facilities, roads, city=city.to_crs(localities.crs), on=on,
        weights=inputs["weights"],
    )  # fmt: skip


_AREAS: Final = ("neighbourhoods", "rural_localities", "census_districts")


def _ledger(ground: Ground, on: date, inputs: Mapping[str, Any]) -> tuple[DataFrame, DataFrame]:
    from sitplan.analysis.investment import locality_areas, spread

    areas = ground.read(inputs["areas"], on)
    if inputs["areas"] == "rural_localities":
        areas = locality_areas(areas, reach_m=inputs["reach_m"])
    ledger = spread(ground.read("initiatives", on), ground.read("project_locations", on), areas)
    return ledger, areas


def _investment_by_area(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.investment import investment_by_area

    ledger, areas = _ledger(ground, on, inputs)
    return investment_by_area(
        ledger, areas, on=on, fewest=inputs["fewest_people"], name=inputs["areas"]
    )


def _investment_by(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.investment import investment_by

    ledger, _ = _ledger(ground, on, inputs)
    return investment_by(ledger, inputs["by"], on=on)


def _plan_progress(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.progress import plan_progress

    return plan_progress(
        ground.read("initiatives", on),
        ground.read("project_locations", on),
        on=on,
        with_invented=inputs["with_invented"],
    )


def _green_indicators(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Result:
    from sitplan.analysis.green import GreenRules, green_indicators

    areas, blocks = ground.read(inputs["of"], on), ground.read("census_blocks", on)
    rules = GreenRules(
        square_m=inputs["square_m"],
        park_m=inputs["park_m"],
        m2_per_inhabitant=inputs["m2_per_inhabitant"],
    )
    return green_indicators(
        areas.set_index("code"),
        blocks=blocks.set_index("code"),
        green_areas=ground.read("green_areas", on).set_index("code"),
        access=_walkers(ground, on, inputs),
        rules=rules,
        on=on,
    )


def _walkers(ground: Ground, on: date, inputs: Mapping[str, Any]) -> Access:
    from sitplan.analysis.network import build_network
    from sitplan.analysis.profiles import PROFILES

    net = build_network(ground.read("roads", on).set_index("code"), snap_m=SNAP_M)
    return net.graph(PROFILES[inputs["profile"]], "foot")


def _metres(default: float) -> Mapping[str, Any]:
    return {"type": "number", "minimum": 1, "maximum": 20_000, "default": default}


_PROFILE = _value(
    "profile",
    {
        "type": "string",
        "enum": ["adult", "child", "older", "reduced_mobility"],
        "default": "adult",
    },
)
_AREAS_VALUE = _value(
    "areas", {"type": "string", "enum": list(_AREAS), "default": "neighbourhoods"}
)
_REACH = _value("reach_m", {"type": "number", "minimum": 100, "maximum": 50_000, "default": 2000})

ANALYSES: Final[Mapping[str, Analysis]] = {
    one.id: one
    for one in (
        Analysis(
            "rural_access",
            "1.0.0",
            {
                "weights": _value(
                    "weights", _weights(("city", "health", "school", "paved", "services"))
                )
            },
            _rural_access,
            show="need",
        ),
        Analysis(
            "investment_by_area",
            "1.0.0",
            {
                "areas": _AREAS_VALUE,
                "reach_m": _REACH,
                "fewest_people": _value(
                    "fewest_people",
                    {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 30},
                ),
            },
            _investment_by_area,
            show="clp_per_inhabitant",
        ),
        Analysis(
            "investment_by",
            "1.0.0",
            {
                "by": _value(
                    "by",
                    {
                        "type": "string",
                        "enum": ["strategy", "theme", "source", "year", "status", "place"],
                        "default": "strategy",
                    },
                ),
                "areas": _AREAS_VALUE,
                "reach_m": _REACH,
            },
            _investment_by,
        ),
        Analysis(
            "green_indicators",
            "1.0.0",
            {
                "of": _value(
                    "of",
                    {
                        "type": "string",
                        "enum": ["neighbourhoods", "census_districts", "census_blocks"],
                        "default": "neighbourhoods",
                    },
                ),
                "profile": _PROFILE,
                "square_m": _value("square_m", _metres(400)),
                "park_m": _value("park_m", _metres(3000)),
                "m2_per_inhabitant": _value(
                    "m2_per_inhabitant",
                    {"type": "number", "minimum": 0, "maximum": 1000, "default": 10},
                ),
            },
            _green_indicators,
            show="green_m2_per_inhabitant",
        ),
        Analysis(
            "plan_progress",
            "1.0.0",
            {"with_invented": _value("with_invented", {"type": "boolean", "default": False})},
            _plan_progress,
        ),
    )
}
