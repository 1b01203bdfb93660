"""A column of a frame in classes, for a map: colours from light to dark, and their legend. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from sitplan.declaring import RAMP, column_titles
from sitplan.errors import BadRequest
from sitplan.indicators import breaks_of, span
from sitplan.leaflet import section
from sitplan.words import say

UNTOLD: Final = "#C9C5BD"
"""Of places without the figure: too few live there, or nothing is reached."""

_EDGE: Final = "#5F666B"


@dataclass(frozen=True, slots=True)
class Shade:
    """The classes of one column.

    Parameters
    ----------
    bounds
        Where each class begins and ends, from the lowest up; None is open.
    gaps
        Whether somewhere the figure is missing.
    """

    column: str
    bounds: tuple[float | None, ...]
    gaps: bool

    def parts(self) -> list[Mapping[str, Any]]:
        """As layers of a style: each class fills, lines and discs of its colour."""
        found: list[Mapping[str, Any]] = []
        for colour, test in zip(self._colours(), self._tests(), strict=True):
            fill = {"fill-color": colour, "fill-opacity": 0.85}
            disc = {"circle-color": colour, "circle-stroke-color": _EDGE, "circle-radius": 7}
            found += [
                {"type": "fill", "filter": test, "paint": fill},
                {"type": "line", "filter": ["all", test, ["==", ["geometry-type"], "LineString"]],
                 "paint": {"line-color": colour, "line-width": 4}},
                {"type": "line", "filter": ["all", test, ["==", ["geometry-type"], "Polygon"]],
                 "paint": {"line-color": _EDGE, "line-width": 0.8}},
                {"type": "circle", "filter": test, "paint": disc},
            ]  # fmt: skip
        return found

    def legend(self, kind: str, lang: str) -> str:
        """As HTML: the column's title and a line for each class; `kind` as `_kind` gives it."""
        drawn = {"Point": "circle", "LineString": "line"}.get(kind, "fill")
        spans = [span(low, high, lang) for low, high in pairwise(self.bounds)]
        told = [*spans, *([say("drawing.untold", lang)] if self.gaps else [])]
        signs = [{"type": drawn, "color": c, "line": _EDGE, "width": 4} for c in self._colours()]
        if drawn == "line":
            signs = [{**one, "line": None} for one in signs]
        return section(column_titles(self.column)[lang], list(zip(signs, told, strict=True)), {})

    def _colours(self) -> list[str]:
        n = len(self.bounds) - 1
        ramp = [RAMP[round(k * (len(RAMP) - 1) / max(1, n - 1))] for k in range(n)]
        return [*ramp, *([UNTOLD] if self.gaps else [])]

    def _tests(self) -> list[list[Any]]:
        found: list[list[Any]] = []
        for low, high in pairwise(self.bounds):
            test: list[Any] = ["all", ["has", self.column]]
            test += [] if low is None else [[">=", ["get", self.column], low]]
            test += [] if high is None else [["<", ["get", self.column], high]]
            found.append(test)
        return [*found, *([["!", ["has", self.column]]] if self.gaps else [])]


def shade(frames: Sequence[GeoDataFrame], column: str) -> Shade:
    """The classes of the column over all frames that have it: as many places in each.

    Raises
    ------
    BadRequest
        ``nothing_to_shade`` where no frame has it, or it holds no number.
    """
    having = [pd.to_numeric(f[column], errors="coerce") for f in frames if column in f.columns]
    values = pd.concat(having).astype("float64") if having else pd.Series(dtype=float)
    known = values.dropna()
    if known.empty:
        raise BadRequest("nothing_to_shade", column=column)
    breaks = breaks_of(known.tolist())
    return Shade(column, (None, *breaks, None), bool(len(known) < len(values)))
