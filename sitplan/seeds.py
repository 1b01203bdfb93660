"""The demonstration and the plan: each layer's seed file, loaded once as one Change."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import geopandas
import pandas as pd
from pandas import DataFrame
from shapely.geometry import MultiLineString, MultiPoint, MultiPolygon, shape

from sitplan import ddl
from sitplan.catalogue import Catalogue, read_folder
from sitplan.changes import Author, Edit, Receipt, apply
from sitplan.db import Database
from sitplan.layer import Field, Layer
from sitplan.settings import Settings
from sitplan.words import say

NAMESPACE = UUID("5b0d7c7e-2f0e-5b0a-9a53-2a1f6f3f5d10")
"""Ids of seeds are uuid5 of layer, code and valid_from in it, so that links survive a reset."""


def feature_id(layer: str, code: str, valid_from: str | None) -> UUID:
    """The id that a seed's feature has on every machine."""
    return uuid5(NAMESPACE, f"{layer}/{code}/{valid_from or ''}")


def read_seed(home: Path, layer: Layer, srid: int) -> DataFrame | None:
    """The seed of one layer as a frame in the storage CRS; None where its folder has none."""
    shapes, rows = home / "seed.geojson", home / "seed.csv"
    if shapes.exists():
        features = json.loads(shapes.read_text(encoding="utf-8"))["features"]
        frame = DataFrame([f["properties"] for f in features])
        if layer.geometry is not None:
            geoms = geopandas.GeoSeries([shape(f["geometry"]) for f in features], crs=4326)
            frame["geom"] = _as_declared(layer, geoms.to_crs(srid))
    elif rows.exists():
        with rows.open(encoding="utf-8", newline="") as handle:
            frame = DataFrame(
                [
                    {k: _value(layer.field(k), v) for k, v in row.items()}
                    for row in csv.DictReader(handle)
                ]
            )
    else:
        return None
    if frame.empty:
        return None
    begins = frame["valid_from"] if "valid_from" in frame else pd.Series([None] * len(frame))
    ids = [
        str(feature_id(layer.name, code, None if pd.isna(day) else str(day)[:10]))
        for code, day in zip(frame["code"], begins, strict=True)
    ]
    frame["id"] = ids
    state = (layer.result or {}).get("review_state", "published")
    for name, default in (("visibility", "public"), ("review_state", state)):
        frame[name] = frame[name].fillna(default) if name in frame else default
    return frame


def _as_declared(layer: Layer, shapes: geopandas.GeoSeries) -> Any:
    """Single shapes as the declared multi type."""
    makers: dict[str, tuple[str, Callable[[list[Any]], Any]]] = {
        "MultiPolygon": ("Polygon", MultiPolygon),
        "MultiLineString": ("LineString", MultiLineString),
        "MultiPoint": ("Point", MultiPoint),
    }
    kind = layer.geometry.type if layer.geometry else ""
    if kind not in makers:
        return list(shapes)
    single, maker = makers[kind]
    return [maker([s]) if s.geom_type == single else s for s in shapes]


def _value(used: Field | None, text: str) -> Any:
    """A cell of a seed table as the field's type asks; empty is None."""
    if text == "":
        return None
    if used is None or used.type in ("string", "date", "datetime"):
        return text
    if used.type == "array":
        return text.split(used.flat)
    if used.type == "boolean":
        return text == "true"
    return int(text) if used.type == "integer" else float(text)


def load_seeds(settings: Settings) -> Receipt | None:
    """The receipt of loading every seed that this database has not had; None where all have been.

    All go in as one Change, since their checks look at one another. A layer that holds rows
    already (somebody's own data) gets none.
    """
    folder = read_folder(settings.layers, results=settings.results)
    with Database(settings, role="admin", workers=1) as database:
        waiting = {
            row[0]
            for row in database.fetch(
                "SELECT name FROM sitplan.layer WHERE seeded IS NULL AND NOT hidden"
            )
        } & {n for n, home in folder.homes.items() if any(home.glob("seed.*"))}
        if not waiting:
            return None
        edits, drawn = _edits(database, folder, sorted(waiting))
        receipt = None
        if edits:
            receipt = apply(
                database,
                folder,
                edits,
                author=Author(role="sitplan"),
                why=say("seeds.why"),
                kind="seed",
                illustrative=drawn,
            )
        with database.transaction() as cursor:
            for name in waiting:
                cursor.execute(
                    "UPDATE sitplan.layer SET seeded = %s WHERE name = %s",
                    (seed_mark(folder.homes[name]), name),
                )
        return receipt


def seed_mark(home: Path) -> str:
    """Hash of a layer's seed, kept in the register once it has been loaded."""
    parts = [p.read_bytes() for p in sorted(home.glob("seed.*"))]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def _edits(
    database: Database, catalogue: Catalogue, names: list[str]
) -> tuple[list[Edit], dict[str, bool]]:
    edits: list[Edit] = []
    drawn: dict[str, bool] = {}
    for name in names:
        layer = catalogue.layer(name)
        if database.fetch(f"SELECT EXISTS (SELECT FROM layers.{ddl.ident(name)})")[0][0]:
            continue
        frame = read_seed(catalogue.homes[name], layer, ddl.srid(layer, catalogue.territory))
        if frame is not None:
            edits.append(Edit(layer=name, rows=frame, mode="append"))
            drawn[name] = layer.illustrative
    return edits, drawn
