"""The lines to copy that pages show run as they stand, and their addresses are read whole."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from lxml import html as lxml_html

pytestmark = pytest.mark.acceptance(48)
LAYERS = ("green_areas", "roads", "objectives")
SELECTION = "/api/collections/green_areas/items?kind=plaza"


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=60) as client:
        yield client


def boxes(http: httpx.Client, path: str) -> dict[str, str]:
    """The boxes of a page: program → what is copied."""
    tree = lxml_html.fromstring(http.get(path, headers={"Accept": "text/html"}).text)
    return {one.get("data-for"): unescape(one.text) for one in tree.xpath("//code[@data-for]")}


def count_of(http: httpx.Client, layer: str) -> int:
    return int(http.get(f"/api/collections/{layer}").json()["itemCount"])


def run(*words: str, cwd: Path | None = None) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", ["/api/collections/green_areas", SELECTION])
def test_there_is_a_box_for_each_program(http: httpx.Client, path: str) -> None:
    assert list(boxes(http, path)) == ["qgis", "excel", "python", "r", "curl"]


@pytest.mark.parametrize("layer", LAYERS)
def test_the_python_box_runs(http: httpx.Client, layer: str) -> None:
    code = boxes(http, f"/api/collections/{layer}")["python"]
    run(sys.executable, "-c", f"{code}\nassert len({layer}) == {count_of(http, layer)}\n")


def test_the_python_box_of_a_selection_reads_the_selection(http: httpx.Client) -> None:
    code = boxes(http, SELECTION)["python"]
    count = http.get(SELECTION).json()["numberMatched"]
    run(
        sys.executable,
        "-c",
        f"{code}\nassert len(green_areas) == {count} and set(green_areas.kind) == {{'plaza'}}",
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_the_curl_box_saves_the_whole_layer(http: httpx.Client, layer: str, tmp_path: Path) -> None:
    words = shlex.split(boxes(http, f"/api/collections/{layer}")["curl"])
    assert words[0] == "curl" and shutil.which("curl"), "curl is missing"
    run(*words, cwd=tmp_path)
    saved = json.loads((tmp_path / f"{layer}.geojson").read_text(encoding="utf-8"))
    assert len(saved["features"]) == count_of(http, layer)


def test_the_curl_box_of_a_selection_saves_it(http: httpx.Client, tmp_path: Path) -> None:
    run(*shlex.split(boxes(http, f"{SELECTION}&sortby=-trees")["curl"]), cwd=tmp_path)
    saved = json.loads((tmp_path / "green_areas.geojson").read_text(encoding="utf-8"))["features"]
    assert len(saved) == http.get(SELECTION).json()["numberMatched"]
    trees = [f["properties"]["trees"] for f in saved if f["properties"]["trees"] is not None]
    assert trees == sorted(trees, reverse=True)


@pytest.mark.acceptance(59)
@pytest.mark.parametrize("layer", LAYERS)
def test_the_excel_box_is_the_whole_layer(http: httpx.Client, layer: str) -> None:
    """Power Query asks the address once, and takes what comes for the layer."""
    answer = http.get(boxes(http, f"/api/collections/{layer}")["excel"])
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + count_of(http, layer)
    chosen = http.get(boxes(http, SELECTION)["excel"]).content.decode("utf-8-sig")
    matched = http.get(SELECTION).json()["numberMatched"]
    assert len(list(csv.reader(io.StringIO(chosen), delimiter=";"))) == 1 + matched


def test_the_qgis_box_is_where_the_service_begins(http: httpx.Client, served: str) -> None:
    """What is done with it from there is in tests/clients/test_qgis.py."""
    for path in ("/api/collections/roads", SELECTION):
        assert boxes(http, path)["qgis"] == f"{served}/api"
    relations = {link["rel"] for link in http.get("/api").json()["links"]}
    assert {"service-desc", "data", "conformance"} <= relations


@pytest.mark.slow
@pytest.mark.acceptance(57)
@pytest.mark.parametrize("path", [*(f"/api/collections/{one}" for one in LAYERS), SELECTION])
def test_the_r_box_runs(http: httpx.Client, path: str) -> None:
    assert shutil.which("Rscript"), "R is missing: make test-slow brings it (r-cran-sf)"
    code = boxes(http, path)["r"]
    (name,) = re.findall(r"^(\w+) <- ", code, re.M)
    matched = http.get(path).json().get("numberMatched", 0) or count_of(http, name)
    run("Rscript", "-e", f"{code}\nstopifnot(nrow({name}) == {matched})")
