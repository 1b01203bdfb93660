"""Private fields and unpublished rows reach nobody: marks are planted and looked for everywhere.

In every layer a mark is written into each private field and into `notes` of a published row, and
rows that are drafts, withdrawn, internal or restricted carry it in their names. Then every
address there is is asked for, and what the server wrote into its log is read.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pyarrow.parquet
import pytest

from api.faces import FACES
from api.main import create_app
from sitplan.catalogue import Catalogue
from sitplan.crs import LON_LAT, WEB_MERCATOR, Box, carry_box, tile_envelope
from sitplan.db import Database
from sitplan.export.formats import formats_of
from sitplan.features import read_frame
from sitplan.layer import Layer
from sitplan.places import KINDS
from sitplan.query import Moment
from sitplan.settings import Settings
from tests.api.planting import HIDDEN, MARK, planted_settings
from tests.api.running import running


@pytest.fixture(scope="module")
def planted(_clones: Any, base_settings: Settings, catalogue: Catalogue) -> Iterator[Any]:
    """A database of its own with marks in every layer, and the ids nobody may see."""
    with planted_settings(_clones, base_settings, catalogue) as found:
        yield found


@pytest.fixture(scope="module")
def server(
    planted: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, list[str], dict[str, list[str]]]]:
    settings, hidden = planted
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    listening = Listening()
    root = logging.getLogger()
    root.addHandler(listening)
    dist: Path = tmp_path_factory.mktemp("dist")
    with running(create_app(settings, dist=dist)) as client:
        yield client, said, hidden
    root.removeHandler(listening)


def _tiles(layer: Layer, frame: Any) -> list[str]:
    """The tiles, at three zooms, in which the marked rows would lie."""
    point = frame.sort_values("code").to_crs(WEB_MERCATOR).geometry.iloc[0].representative_point()
    found = []
    for z in (layer.zoom[0], 14, 18):
        world = tile_envelope(z, 0, 0)
        side = world.east - world.west
        column = int((point.x - world.west) // side)
        row = int((world.north - point.y) // side)
        found.append(f"/tiles/WebMercatorQuad/{z}/{row}/{column}")
    return found


@pytest.mark.acceptance(51, 44)
def test_no_mark_reaches_anybody(server: Any, catalogue: Catalogue, planted: Any) -> None:
    client, said, hidden = server
    asked = 0

    def clean(path: str) -> httpx.Response:
        nonlocal asked
        asked += 1
        answer = client.get(f"/api{path}")
        text = answer.text
        assert MARK not in re.sub(re.escape(path), "", text), path
        assert not any(i in text for ids in hidden.values() for i in ids if i not in path), path
        assert MARK not in str(answer.headers), path
        return answer

    definition = clean("/openapi").json()
    fill = {"styleId": "dark", "tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "10",
            "tileRow": "596", "tileCol": "310", "code": "DT-P1-E01",
            "layerId": "green_areas", "notebookId": "01_primeros_pasos",
            "recordId": "green_areas", "featureId": "x", "processId": "echo", "jobId": "x",
            "collectionId": "green_areas", "field": "kind", "layer": "neighbourhoods",
            "indicatorId": "green_per_inhabitant", "chartId": "progress"}  # fmt: skip
    for path in definition["paths"]:
        for name in hidden if "{collectionId}" in path else ("green_areas",):
            here = {**fill, "collectionId": name}
            filled = re.sub(r"\{(\w+)\}", lambda m, here=here: here[m[1]], path)
            needed = {"search": "&q=plaza", "diff": "&from=2020-01-01T00:00:00Z"}
            more = needed.get(path.rsplit("/", 1)[1], "")
            if path.startswith("/places") and "{" not in path:
                more = "&lat=-28.5765&lon=-70.7585"
            clean(f"{filled}?lang=en{more}")
            clean(f"{filled}?f=html{more}")
    for name in KINDS:
        for code in client.get(f"/api/collections/{name}/items?limit=3").json()["features"]:
            clean(f"/places/{name}/{code['properties']['code']}?f=json")
        for number in range(len(HIDDEN)):
            for more in ("", "/picture.png"):
                found = client.get(f"/api/places/{name}/{MARK}-{number}{more}")
                assert found.status_code == 404
    for text in (MARK, f"{MARK}+0", f"{MARK}-0", MARK[:5], "a", "plaza"):
        found = client.get(f"/api/search?q={text}&limit=50").json()["results"]
        assert MARK not in str(found) and not any(
            one["id"] in ids for one in found for ids in hidden.values()
        )
    with Database(planted[0], workers=1) as reader:
        for layer in catalogue:
            here = f"/collections/{layer.name}"
            for id_ in hidden[layer.name]:
                for more in ("", "?datetime=../..", "?crs=[OGC:CRS84]", "/versions"):
                    answer = client.get(f"/api{here}/items/{id_}{more}")
                    assert answer.status_code == 404 and MARK not in answer.text
            for more in (
                "limit=10000", "limit=10000&datetime=../..", "limit=1", f"code={MARK}-0",
                "limit=10000&bbox=-180,-90,180,90", f"datetime=../..&code={MARK}-3",
            ):  # fmt: skip
                page = client.get(f"/api{here}/items?{more}").json()
                assert MARK not in str(page["features"]), (layer.name, more)
                if "code" in more:
                    assert page["numberMatched"] == 0
            for field in layer.fields:
                if field.private:
                    answer = client.get(f"/api{here}/items", params={field.name: MARK})
                    assert answer.status_code == 400
                    assert answer.json()["code"].startswith("unknown_parameter")
                    public = client.get(f"/api{here}/schema").text
                    assert f'"{field.name}"' not in public
            if layer.geometry and layer.is_public:
                frame = read_frame(reader, layer, Moment(on="any"))
                assert MARK not in frame.to_csv()
                for path in _tiles(layer, frame):
                    for under in (here, ""):
                        body = client.get(f"/api{under}{path}").content
                        assert MARK.encode() not in body
                        for one in mapbox_vector_tile.decode(body).values() if body else ():
                            ids = {f["properties"]["id"] for f in one["features"]}
                            assert not any(ids & set(found) for found in hidden.values())
    assert asked > 500
    assert MARK not in "\n".join(said)


@pytest.mark.acceptance(51)
def test_no_mark_is_in_what_a_telephone_keeps(server: Any) -> None:
    """The package of «¿Adónde voy?», and the page with its words for browsers without script."""
    client, said, hidden = server
    package = client.get("/adonde-voy/package.json")
    plain = client.get("/adonde-voy")
    assert package.status_code == 200 and len(package.json()["exits"]) > 10
    assert "<h2>" in plain.text, "the meeting points are there"
    for text in (package.text, plain.text, str(package.headers)):
        assert MARK not in text
        assert not any(i in text for ids in hidden.values() for i in ids)
    assert MARK not in "\n".join(said)


@pytest.mark.acceptance(51)
def test_no_mark_is_in_a_file(server: Any, catalogue: Catalogue) -> None:
    """Every layer in every format, of any time, its pages in every face; opened where packed."""
    client, said, hidden = server
    files = 0
    for layer in catalogue:
        if not layer.is_public:
            continue
        whole = [f"export?f={name}&datetime=../.." for name in formats_of(layer)]
        whole += ["export?f=csv&profile=excel,name-as-title,val-as-title"]
        pages = [f"items?limit=10000&datetime=../..&f={face}" for face in FACES]
        for path in (*whole, *pages):
            answer = client.get(f"/api/collections/{layer.name}/{path}")
            assert answer.status_code == 200, path
            text = _opened(answer.content)
            assert MARK not in text and MARK not in str(answer.headers), (layer.name, path)
            assert not any(i in text for ids in hidden.values() for i in ids), (layer.name, path)
            files += 1
    assert files > 300 and MARK not in "\n".join(said)


def _opened(data: bytes) -> str:
    """All that is in a file, and in the files that it packs."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(_opened(archive.read(name)) for name in archive.namelist())
    if data.startswith(b"PAR1"):
        return str(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())
    return data.decode("utf-8", "replace")


def test_the_marks_are_there(planted: Any, catalogue: Catalogue) -> None:
    """Else the test above would prove nothing."""
    settings, hidden = planted
    with Database(settings, role="admin", workers=1) as owner:
        for layer in catalogue:
            rows = owner.fetch(
                f"SELECT count(*) FROM layers.{layer.name} AS r WHERE r::text LIKE %s",
                [f"%{MARK}%"],
            )
            assert rows[0][0] == len(HIDDEN) + 1 and len(hidden[layer.name]) == len(HIDDEN)


@pytest.mark.acceptance(51)
def test_the_reader_is_kept_from_the_tables(planted: Any, catalogue: Catalogue) -> None:
    import psycopg2.errors

    with Database(planted[0], workers=1) as reader:
        for schema in ("layers", "history"):
            for layer in catalogue:
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    reader.fetch(f"SELECT count(*) FROM {schema}.{layer.name}")
        for table in ("change", "layer", "touched"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                reader.fetch(f"SELECT count(*) FROM sitplan.{table}")


@pytest.mark.acceptance(51)
def test_no_extent_or_count_tells_of_what_is_hidden(
    server: Any, planted: Any, catalogue: Catalogue
) -> None:
    """A draft far out would stretch the extent; drafts would swell the counts."""
    client, _, _ = server
    settings, _ = planted
    name = "critical_points"
    url = f"/api/collections/{name}"
    before = client.get(url).json()
    with Database(settings, role="admin", workers=1) as owner, owner.transaction() as cursor:
        cursor.execute(
            "INSERT INTO layers.critical_points (code, name, cause, review_state, geom) VALUES"
            " ('FAR', 'far', 'otro', 'draft', ST_SetSRID(ST_MakePoint(290000, 6900000), 32719))"
        )
    after = client.get(url).json()
    assert (after["extent"], after["itemCount"]) == (before["extent"], before["itemCount"])
    box = carry_box(Box(290000, 6900000, 290000, 6900000), source=32719, target=LON_LAT)
    assert box is not None and box.west < before["extent"]["spatial"]["bbox"][0][0]
