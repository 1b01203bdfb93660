"""Weighs exports of one layer in a process of its own: memory above idle, time, bytes; as JSON.

python weigh.py DATABASE_URL HOME LAYERS_FOLDER LAYER FORMAT …
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from sitplan.catalogue import read_register
from sitplan.crs import CRS84, crs_of
from sitplan.db import Database
from sitplan.ddl import srid
from sitplan.export.delivery import Delivery
from sitplan.export.formats import FORMATS
from sitplan.export.job import Export
from sitplan.export.workshop import Workshop
from sitplan.query import FeatureQuery, Moment
from sitplan.settings import Settings


def memory_mb(what: str) -> float:
    """`VmRSS`, or `VmHWM`: the most there was since it was last forgotten."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def main(url: str, home: str, layers: str, name: str, *formats: str) -> None:
    """Weigh each format."""
    settings = Settings(home=Path(home), layers=Path(layers), database_url=url)
    found = {}
    with Database(settings, workers=1) as database:
        catalogue = read_register(database)
        layer, territory = catalogue.layer(name), catalogue.territory
        storage = srid(layer, territory)
        idle = memory_mb("VmRSS")
        for fmt in formats:
            kind = FORMATS[fmt]
            crs = CRS84 if kind.system == "lonlat" else crs_of(storage)
            query = FeatureQuery(layer, storage, Moment(on=territory.today()), crs=crs)
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
            began, size, first = time.perf_counter(), 0, 0.0
            export = Export(query, profiles=kind.read_profiles(""), zone=territory.time_zone)
            with Delivery(database, export, kind, Workshop(settings)) as delivery:
                for chunk in delivery.chunks()[1]:
                    size += len(chunk)
                    first = first or time.perf_counter() - began
            found[fmt] = {
                "above_mb": round(memory_mb("VmHWM") - idle, 1),
                "first_s": round(first, 3),
                "whole_s": round(time.perf_counter() - began, 1),
                "mb": round(size / 2**20, 1),
            }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
