"""The three layers of the world that conformance is tested with, as folders of a territory.

Natural Earth, public domain, as the abstract tests of CQL2 (OGC 21-065r2) have them. The world has
no place in a territory's metres: these layers are stored in degrees and may lie anywhere.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import yaml
from shapely.geometry import mapping

LAYERS = (
    "ne_110m_admin_0_countries",
    "ne_110m_populated_places_simple",
    "ne_110m_rivers_lake_centerlines",
)
_TYPES = {"date": "date", "start": "datetime", "end": "datetime", "boolean": "boolean"}


def write_layers(package: Path, folder: Path, territory: Path) -> None:
    """Write a folder for each layer of the package, beside the files of a territory."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in territory.glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    for name in LAYERS:
        frame = pyogrio.read_dataframe(package, layer=name)
        home = folder / name
        home.mkdir()
        (home / "layer.yaml").write_text(
            yaml.safe_dump(_declared(name, frame), allow_unicode=True, sort_keys=False), "utf-8"
        )
        features = [
            {
                "type": "Feature",
                "geometry": mapping(row.geometry),
                "properties": {"code": f"{number:03}", **_told(row, frame)},
            }
            for number, row in enumerate(frame.itertuples(index=False), start=1)
        ]
        whole = {"type": "FeatureCollection", "features": features}
        (home / "seed.geojson").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")


def _declared(name: str, frame: Any) -> dict[str, Any]:
    words = {"es": name, "en": name}
    columns = [c for c in frame.columns if c != "geometry"]
    return {
        "name": name,
        "title": words,
        "description": words,
        "group": "other",
        "custodian": "Natural Earth",
        "source": {"title": "Natural Earth", "licence": "public domain", "date": "2022"},
        "geometry": {"type": frame.geom_type.iloc[0], "crs": 4326, "anywhere": True},
        "access": {"read": "public"},
        "label": "NAME" if "NAME" in columns else "name",
        "fields": [
            {"name": c, "type": _type(c, frame[c]), "title": {"es": c, "en": c}} for c in columns
        ],
    }


def _type(name: str, column: Any) -> str:
    if name in _TYPES:
        return _TYPES[name]
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(column) else "string"


def _told(row: Any, frame: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in zip(frame.columns, row, strict=True):
        if name == "geometry" or pd.isna(value):
            continue
        kind = _TYPES.get(name)
        if kind == "date":
            value = value.date().isoformat()
        elif kind == "datetime":
            value = f"{value.isoformat()}Z"
        elif kind == "boolean":
            value = bool(value)
        found[name] = value.item() if hasattr(value, "item") else value
    return found
