"""Debian's QGIS 3.22 opens the service: Part 1 alone has to be good. Skipped where it is missing.

It is a large package (a gigabyte with what it needs), so nothing here installs it:
``apt-get install --no-install-recommends python3-qgis``.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest
import shapely

import sitplan
from sitplan.settings import Settings

from .qgis_filters import FILTERS, sent

PYTHON = "/usr/bin/python3"
_READ = """
import json, os, sys
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
address, names, box = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
application = QgsApplication([], False)
application.initQgis()
found = {}
for name in names:
    uri = f"url='{address}/api' typename='{name}' pagingEnabled='true' pageSize='100'"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    assert layer.isValid(), name
    inside = QgsFeatureRequest().setFilterRect(QgsRectangle(*box))
    inside.setFlags(QgsFeatureRequest.ExactIntersect)
    found[name] = {
        "count": layer.featureCount(),
        "crs": layer.crs().authid(),
        "title": layer.metadata().title(),
        "licences": layer.metadata().licenses(),
        "fields": {one.name(): one.typeName() for one in layer.fields()},
        "features": {f["id"]: f.geometry().asWkt(9) for f in layer.getFeatures()},
        "inside": [f["id"] for f in layer.getFeatures(inside)],
    }
print(json.dumps(found), flush=True)
os._exit(0)  # taking it down in order is more than these bindings can
"""
_WRITE = """
import json, sys
from PyQt5.QtCore import QUrl, QUrlQuery
found = []
for text in json.loads(sys.argv[1]):
    query = QUrlQuery()
    query.addQueryItem("filter", text)
    whole = "http://h/x?" + query.toString(QUrl.FullyEncoded)
    found.append(bytes(QUrl.fromEncoded(whole.encode("latin-1")).toEncoded()).decode())
print(json.dumps(found))
"""


def _ask(program: str, *words: str) -> Any:
    have = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True)
    if have.returncode:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [PYTHON, "-c", program, *words], capture_output=True, text=True, timeout=120, env=env
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.acceptance(58)
def test_debians_qgis_reads_the_layers(served: str, seeded_settings: Settings) -> None:
    names = ("green_areas", "roads", "meeting_points", "initiatives")
    box = (-70.77, -28.58, -70.75, -28.57)
    found = _ask(_READ, served, json.dumps(names), json.dumps(box))
    with sitplan.open(settings=seeded_settings) as here:
        for name in names:
            frame, told = here.frame(name), found[name]
            assert told["count"] == len(frame) and set(told["features"]) == set(frame.id)
            assert told["title"] == here.layers[name].title["es"] and told["licences"]
            assert {"code", "name"} <= set(told["fields"])
            if not here.layers[name].geometry:
                continue
            assert told["crs"] in ("EPSG:4326", "OGC:CRS84")
            degrees = frame.set_index("id").geometry.to_crs(4326)
            assert set(told["inside"]) == set(degrees[degrees.intersects(shapely.box(*box))].index)
            shapes = {one: shapely.from_wkt(wkt) for one, wkt in told["features"].items()}
            assert all(degrees[one].hausdorff_distance(s) < 1e-6 for one, s in shapes.items())


@pytest.mark.slow
def test_filters_are_sent_as_qt_sends_them() -> None:
    """What the recorded filters are sent as is what QGIS's own library makes of them."""
    written = [one for _, one, _ in FILTERS]
    theirs = _ask(_WRITE, json.dumps(written))
    assert theirs == [f"http://h/x?filter={sent(one)}" for one in written]
