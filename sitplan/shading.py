"""A column of a frame in classes, for a map: colours from light to dark, and their legend. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from sitplan.declaring import bounds_of, classes_between, column_titles
from sitplan.errors import BadRequest
from sitplan.leaflet import section
from sitplan.words import LANGUAGES, say

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
        for colour, test, _ in self._classes():
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
        found = self._classes()
        told = [label[lang] for _, _, label in found]
        signs = [{"type": drawn, "color": c, "line": _EDGE, "width": 4} for c, _, _ in found]
        if drawn == "line":
            signs = [{**one, "line": None} for one in signs]
        return section(column_titles(self.column)[lang], list(zip(signs, told, strict=True)), {})

    def _classes(self) -> list[tuple[str, list[Any], dict[str, str]]]:
        """Those of results, then what is untold."""
        untold = {lang: say("drawing.untold", lang) for lang in LANGUAGES}
        last = [(UNTOLD, ["!", ["has", self.column]], untold)] if self.gaps else []
        return [*classes_between(self.column, self.bounds), *last]


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
    return Shade(column, bounds_of(known), bool(len(known) < len(values)))
