"""An analysis as it is offered: described and checked inputs over layers that are read by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pandas import DataFrame

from sitplan.analysis.method import Result
from sitplan.catalogue import Territory
from sitplan.errors import BadRequest
from sitplan.layer import Words
from sitplan.process import Process, Task, Value
from sitplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from sitplan.analysis.heights import Heights
    from sitplan.analysis.network import Network

ANALYSIS: Final = "sitplan_analysis"
"""Where a frame remembers the analysis that gives it again, in its `attrs`."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an analysis reads.

    Parameters
    ----------
    read
        A layer's frame by its name and day.
    relief
        The heights that the territory names, and a folder to keep networks in; None of either
        where there is none.
    """

    read: Callable[[str, date], DataFrame]
    territory: Territory
    relief: Callable[[], tuple[Heights | None, Path | None]]

    def network(self, on: date, *, snap_m: float | None = None) -> Network:
        """The streets of a day, with slopes where heights are named: as `Sitplan.network`."""
        from sitplan.analysis.network import SNAP_M
        from sitplan.streets import network_of

        roads = self.read("roads", on)
        heights, folder = self.relief()
        snap = SNAP_M if snap_m is None else snap_m
        return network_of(roads.set_index("code"), heights, folder, snap_m=snap)


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
            title=words(f"analysis.offered.{self.id}.title"),
            description=words(f"analysis.offered.{self.id}.description"),
            inputs={"on": _ON, **self.inputs},
            outputs={"result": _RESULT},
            run=self._run,
            keywords=("sitplan", *self.id.split("_")),
        )

    def _run(self, task: Task) -> Mapping[str, Any]:
        from sitplan.analysis.plain import feature_collection

        with task.open() as here:
            task.tell(10, say("analysis.telling.reading", task.lang))
            found = self.run(here.ground(), task.inputs)
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

        found = coded(self.find(replace(ground, read=read), on, inputs))
        frame = found.frame
        told = {"id": self.id, "inputs": dict(inputs), "layers": names}
        frame.attrs[ANALYSIS] = json.dumps(told)
        return replace(found, frame=frame)


def coded(found: Result) -> Result:
    """The same, what names its rows a column `code`, once: to be joined and written by."""
    if "code" not in found.frame.columns:
        found.frame.insert(0, "code", found.frame.index.astype(str))
    return replace(found, frame=found.frame.reset_index(drop=True))


def words(key: str) -> Words:
    """A sentence in all languages."""
    return {lang: say(key, lang) for lang in LANGUAGES}


def value(name: str, schema: Mapping[str, Any], *, required: bool = False) -> Value:
    """An input, described by the words under `[analysis.inputs]`."""
    key = f"analysis.inputs.{name}"
    return Value(words(f"{key}.title"), words(f"{key}.description"), schema, required)


_ON = value(
    "on", {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$"}
)
_RESULT = value("result", {"type": "object", "contentMediaType": "application/geo+json"})


PROFILE: Final = value(
    "profile",
    {
        "type": "string",
        "enum": ["adult", "child", "older", "reduced_mobility"],
        "default": "adult",
    },
)
