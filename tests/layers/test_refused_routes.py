"""A route that leads nobody to safety is refused alike as a file's and as an edit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from pyproj import Transformer
from shapely.ops import substring

from sitplan.catalogue import read_register
from sitplan.changes import Author, Edit, apply
from sitplan.db import Database
from sitplan.errors import InvalidData
from sitplan.intake.load import import_file

CHECKOUT = Path(__file__).resolve().parents[2]
LAYER = "evacuation_routes"
Spoil = Callable[[shapely.LineString], tuple[shapely.MultiLineString, list[shapely.Point]]]


def _broken(line: shapely.LineString) -> tuple[shapely.MultiLineString, list[shapely.Point]]:
    """Forty metres are missing in the middle; either end of the gap is where."""
    middle = line.length / 2
    parts = [substring(line, 0, middle - 20), substring(line, middle + 20, line.length)]
    return shapely.MultiLineString(parts), [line.interpolate(middle + d) for d in (-20, 20)]


def _short(line: shapely.LineString) -> tuple[shapely.MultiLineString, list[shapely.Point]]:
    """It ends half way; there is where."""
    half = substring(line, 0, line.length / 2)
    return shapely.MultiLineString([half]), [shapely.Point(half.coords[-1])]


CASES = [
    pytest.param(_broken, "parts_do_not_join", id="broken"),
    pytest.param(_short, "ends_elsewhere", id="ends nowhere"),
]


def _by_file(database: Database, rows: geopandas.GeoDataFrame, folder: Path) -> None:
    """The whole row as the demonstration has it, with the spoilt line."""
    seed = json.loads((CHECKOUT / "layers" / LAYER / "seed.geojson").read_text("utf-8"))
    (code,) = rows.code
    (row,) = [f for f in seed["features"] if f["properties"]["code"] == code]
    (shape,) = rows.to_crs(4326).geometry
    path = folder / "vias.geojson"
    row = {**row, "geometry": shapely.geometry.mapping(shape)}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}), "utf-8")
    import_file(database, path, layer=LAYER)


def _by_hand(database: Database, rows: geopandas.GeoDataFrame, folder: Path) -> None:
    edit = Edit(LAYER, rows.rename_geometry("geom"))
    apply(database, read_register(database), [edit], author=Author("ana"), why="prueba")


@pytest.mark.parametrize("bring", [_by_file, _by_hand], ids=["file", "edit"])
@pytest.mark.parametrize(("spoil", "rule"), CASES)
def test_it_is_refused_with_reason_and_spot_and_nothing_is_kept(
    spoil: Spoil, rule: str, bring: Callable[..., None], fresh: Database, tmp_path: Path
) -> None:
    held = "SELECT code, version, ST_AsBinary(geom), ST_SRID(geom) FROM layers.evacuation_routes"
    before = fresh.fetch(f"{held} ORDER BY code")
    code, _, stored, srid = max(before, key=lambda one: shapely.from_wkb(bytes(one[2])).length)
    (line,) = shapely.from_wkb(bytes(stored)).geoms
    spoilt, places = spoil(line)
    rows = geopandas.GeoDataFrame({"code": [code]}, geometry=[spoilt], crs=srid)
    with pytest.raises(InvalidData) as caught:
        bring(fresh, rows, tmp_path)
    found = [p for p in caught.value.report.problems if p.code == rule and p.severity == "error"]
    assert [p.value for p in found] == [code]
    (told,) = found
    assert told.spot and all(told.message[lang] and told.hint[lang] for lang in ("es", "en"))
    spot = shapely.Point(Transformer.from_crs(4326, srid, always_xy=True).transform(*told.spot))
    assert min(spot.distance(place) for place in places) < 1
    assert fresh.fetch(f"{held} ORDER BY code") == before
