"""What an analysis found, declared like any layer: a frame and its method → a layer's folder. Pure.

The declaration carries how it was found: method, parameters, the revision of every input, the
libraries, who answers for it and when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import yaml

from sitplan.analysis.method import Method, in_sentence
from sitplan.analysis.plain import plain_rows, shapes_of
from sitplan.catalogue import Catalogue
from sitplan.errors import BadRequest
from sitplan.indicators import breaks_of, span
from sitplan.instants import write_instant
from sitplan.layer import COMMON, Layer
from sitplan.metadata.record import OF_EACH
from sitplan.words import LANGUAGES, keys, say

LIBRARIES: Final = ("sitplan", "numpy", "pandas", "geopandas", "shapely", "scipy", "pyproj")
RAMP: Final = ("#F2E3C6", "#E5BE8B", "#D08F5A", "#A65A3C", "#6B2E2A")
"""From little to much: lightness alone tells them apart, in print and to who sees few colours."""

UNITS: Final = {
    "min": "min", "m": "m", "m2": "m2", "km": "km", "pct": "%", "clp": "CLP", "people": "hab",
}  # fmt: skip
"""Units that the end of a column's name tells."""


@dataclass(frozen=True, slots=True)
class Read:
    """A layer that was read for a result, and as it stood when.

    Parameters
    ----------
    layer
        Its name.
    revision
        The last Change that had touched it; None where nobody knows.
    on
        Valid time, as the API's `datetime` writes it.
    as_of
        Recorded time, RFC 3339; None is when it was read.
    """

    layer: str
    revision: int | None
    on: str
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The analysis that gives a result again: its name and inputs, and the layers it read."""

    id: str
    inputs: Mapping[str, Any]
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A layer's folder to be: declaration, style and seed."""

    declaration: Mapping[str, Any]
    style: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    shapes: Sequence[Mapping[str, Any]] | None

    def write(self, folder: Path) -> None:
        """Write the folder, which is empty."""
        text = yaml.safe_dump(dict(self.declaration), allow_unicode=True, sort_keys=False)
        (folder / "layer.yaml").write_text(text, encoding="utf-8")
        if self.style:
            (folder / "style.json").write_text(
                json.dumps(list(self.style), ensure_ascii=False, indent=1), encoding="utf-8"
            )
        nothing: list[Mapping[str, Any] | None] = [None] * len(self.rows)
        shapes = self.shapes or nothing
        features = [
            {"type": "Feature", "properties": dict(row), "geometry": shape}
            for row, shape in zip(self.rows, shapes, strict=True)
        ]
        whole = {"type": "FeatureCollection", "features": features}
        (folder / "seed.geojson").write_text(
            json.dumps(whole, ensure_ascii=False), encoding="utf-8"
        )


def declare(
    frame: pd.DataFrame,
    *,
    name: str,
    method: Method,
    reads: Sequence[Read],
    catalogue: Catalogue,
    author: str,
    made_at: datetime,
    asked: Asked | None = None,
    show: str | None = None,
) -> Declared:
    """The folder of a result, in draft.

    Parameters
    ----------
    frame
        With `code`, else the index names the rows. Each column becomes a field.
    reads
        What was read for it, in order.
    author
        Who answers for it, as the public reads it.
    asked
        What gives it again; None where only its author can.
    show
        The column that the map shows in classes; None is the first number that its method
        totals, else the first.

    Raises
    ------
    BadRequest
        ``wrong_result`` where rows or columns cannot be those of a layer.
    """
    coded = _coded(frame)
    titled = method_titles(method)
    inputs = [catalogue.layers[r.layer] for r in reads if r.layer in catalogue.layers]
    heights = heights_read(method)
    told = [_of(r, catalogue) for r in reads]
    if heights and heights["sha256"]:
        said = {name: in_sentence(fact, "es") for name, fact in heights.items()}
        told.append(say("results.heights_read", title=say("results.heights"), **said))
    data = ", ".join(told)
    licences = {catalogue.source(layer.name).licence for layer in inputs}
    fields = [_field(column, coded[column], inputs) for column in _columns(coded)]
    kind = _geometry(coded)
    shown = show or next(
        (f["name"] for f in fields if f["type"] == "number" and not f["name"].endswith("_min")),
        next((f["name"] for f in fields if f["type"] in ("number", "integer")), None),
    )
    if show is not None and show not in {f["name"] for f in fields}:
        raise BadRequest("wrong_result", problem=f"show: {show}")
    label = "name" if any(f["name"] == "name" for f in fields) else None
    declaration: dict[str, Any] = {
        "name": name,
        "title": titled,
        "description": {
            lang: say("results.description", lang, method=titled[lang], date=method.on.isoformat())
            for lang in LANGUAGES
        },
        "group": "results",
        "custodian": author,
        "source": {
            "title": say("results.calculated_by", author=author),
            "publisher": author,
            "method": say("results.calculated", author=author, data=data, method=titled["es"]),
            "date": method.on.isoformat(),
            "licence": licences.pop() if len(licences) == 1 else OF_EACH,
        },
        "geometry": {"type": kind} if kind else "none",
        "access": {"read": "public", "write": ["planning_officer"]},
        "zoom": {"min": 7 if kind == "Point" else 9, "max": 18},
        "shown": False,
        "illustrative": any(
            catalogue.illustrative.get(layer.name, layer.illustrative) for layer in inputs
        ),
        "fields": fields,
        "result": {
            "review_state": "draft",
            "author": author,
            "made_at": write_instant(made_at),
            "method": {lang: method.told(lang) for lang in LANGUAGES},
            "inputs": [asdict(r) for r in reads],
            "heights": heights,
            "libraries": {one: version(one) for one in LIBRARIES},
            "analysis": None if asked is None else {"id": asked.id, "inputs": dict(asked.inputs)},
        },
    }
    if label is not None:
        declaration["label"] = label
    declaration = json.loads(json.dumps(declaration, default=str))
    rows = plain_rows(coded)
    return Declared(
        declaration,
        _style(name, kind, shown, coded, titled) if kind else (),
        [f["name"] for f in fields],
        rows,
        None if kind is None else [s or {} for s in shapes_of(coded, digits=None)],
    )


def method_titles(method: Method) -> dict[str, str]:
    """The method's title by language."""
    return {lang: str(method.told(lang)["title"]) for lang in LANGUAGES}


def heights_read(method: Method) -> dict[str, Any] | None:
    """Source, cell and sum of the raster that slopes came from, as the method notes it.

    All None where the ground was taken as flat; None where no slope matters.
    """
    notes = {one.key: dict(one.facts) for one in method.notes}
    if "relief" not in notes and "flat" not in notes:
        return None
    facts = notes.get("relief", {})
    return {name: facts.get(name) for name in ("source", "cell_m", "sha256")}


def _of(read: Read, catalogue: Catalogue) -> str:
    layer = catalogue.layers.get(read.layer)
    title = layer.title["es"] if layer else read.layer
    if read.revision is None:
        return title
    return say("results.input", title=title, revision=read.revision, on=read.on)


def _coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a `code` for each row, and its geometry where shapes are looked for."""
    found = frame.copy()
    if "code" not in found.columns:
        found.insert(0, "code", list(frame.index))
    if not len(found):
        raise BadRequest("wrong_result", problem="0")
    missing = found["code"].isna()
    found["code"] = [str(code) for code in found["code"]]
    repeated = found["code"][found["code"].duplicated() | missing]
    if len(repeated):
        raise BadRequest("wrong_result", problem=f"code: {', '.join(repeated[:5])}")
    if isinstance(found, gpd.GeoDataFrame):
        if found.crs is None:
            raise BadRequest("wrong_result", problem="crs")
        if (found.geometry.isna() | found.geometry.is_empty).any():
            raise BadRequest("wrong_result", problem="geometry")
    return found


def _columns(frame: pd.DataFrame) -> list[str]:
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    names = [str(c) for c in frame.columns if c not in ("code", geometry)]
    taken = [n for n in names if n in COMMON]
    if taken or len(set(names)) < len(names):
        raise BadRequest("wrong_result", problem=", ".join(taken) or "columns")
    return names


def _field(name: str, values: pd.Series, inputs: Sequence[Layer]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "type": _type(values),
        "title": column_titles(name, inputs),
    }
    unit = UNITS.get(name.rsplit("_", 1)[-1]) if "_" in name else None
    if found["type"] in ("number", "integer") and unit:
        found["unit"] = unit
    return found


def column_titles(name: str, inputs: Sequence[Layer] = ()) -> dict[str, str]:
    """What a column of a result is called, by language.

    In the words' own, else as an input layer has it, else the name itself.
    """
    if f"analysis.columns.{name}" in keys(LANGUAGES[0]):
        return {lang: say(f"analysis.columns.{name}", lang) for lang in LANGUAGES}
    for layer in inputs:
        used = layer.field(name)
        if used is not None:
            return dict(used.title)
    return dict.fromkeys(LANGUAGES, name)


def _type(values: pd.Series) -> str:
    known = values[values.notna()]
    if pd.api.types.is_bool_dtype(values.dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "integer"
    if pd.api.types.is_float_dtype(values.dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "date"
    if len(known) and all(isinstance(v, list | tuple) for v in known):
        return "array"
    if len(known) and all(isinstance(v, bool | np.bool_) for v in known):
        return "boolean"
    if len(known) and all(isinstance(v, int | np.integer) for v in known):
        return "integer"
    return "string"


def _geometry(frame: pd.DataFrame) -> str | None:
    if not isinstance(frame, gpd.GeoDataFrame):
        return None
    kinds = {str(k).removeprefix("Multi") for k in frame.geometry.geom_type}
    if kinds == {"Point"} and not frame.geometry.geom_type.str.startswith("Multi").any():
        return "Point"
    kind = kinds.pop() if len(kinds) == 1 else "Geometry"
    return f"Multi{kind}" if kind in ("Point", "LineString", "Polygon") else "Geometry"


def _style(
    name: str, kind: str, shown: str | None, frame: pd.DataFrame, titled: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """Classes of equal number of features, each with its sign in the legend."""
    drawn = {"Polygon": "fill", "LineString": "line", "Point": "circle"}.get(
        kind.removeprefix("Multi")
    )
    if drawn is None or shown is None:
        return []
    values = pd.to_numeric(frame[shown], errors="coerce").astype("float64").dropna()
    if not len(values):
        return []
    column = column_titles(shown)
    return [
        {
            "id": f"{name}-{drawn}-{number + 1}",
            "type": drawn,
            "metadata": {
                "order": 560 + number,
                "legend": {lang: f"{column[lang]}: {label[lang]}" for lang in titled},
            },
            "filter": test,
            "paint": _paint(drawn, colour),
        }
        for number, (colour, test, label) in enumerate(classes_between(shown, bounds_of(values)))
    ]


def bounds_of(values: pd.Series) -> tuple[float | None, ...]:
    """Where each class of these numbers begins and ends, from the lowest up; None is open."""
    return (None, *breaks_of(values.tolist()), None)


def classes_between(
    column: str, bounds: Sequence[float | None]
) -> list[tuple[str, list[Any], dict[str, str]]]:
    """The classes of a column on a map, from the lowest up: colour, filter, label by language."""
    found: list[tuple[str, list[Any], dict[str, str]]] = []
    for number, (low, high) in enumerate(pairwise(bounds)):
        colour = RAMP[round(number * (len(RAMP) - 1) / max(1, len(bounds) - 2))]
        test: list[Any] = ["all", ["has", column]]
        test += [] if low is None else [[">=", ["get", column], low]]
        test += [] if high is None else [["<", ["get", column], high]]
        found.append((colour, test, {lang: span(low, high, lang) for lang in LANGUAGES}))
    return found


def _paint(drawn: str, colour: str) -> dict[str, Any]:
    if drawn == "fill":
        return {"fill-color": colour, "fill-opacity": 0.75, "fill-outline-color": "#5A5148"}
    if drawn == "line":
        return {"line-color": colour, "line-width": 3}
    return {
        "circle-color": colour, "circle-radius": 6,
        "circle-stroke-color": "#5A5148", "circle-stroke-width": 1,
    }  # fmt: skip
