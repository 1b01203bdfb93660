"""One source, four faces: what each must have, judged by the schemas and shapes of others.

Acceptance lines 46 and 47 of the API's list.
"""

from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from sitplan.catalogue import Catalogue
from sitplan.errors import WrongDeclaration
from sitplan.layer import Layer
from sitplan.metadata import (
    Record,
    Way,
    as_catalogue,
    as_dataset,
    as_feature,
    catalogue_graph,
    gaps,
    iso_document,
    layer_record,
    licence_title,
    turtle,
)
from sitplan.metadata.record import OF_EACH, UNDECLARED
from sitplan.render import render

with warnings.catch_warnings():  # their own, of no matter here
    warnings.simplefilter("ignore")
    import pyshacl
    import rdflib
    from rdflib.compare import isomorphic

CHECKOUT = Path(__file__).resolve().parents[2]
SHAPES = CHECKOUT / "tests" / "data" / "dcat_ap_shapes.ttl"
BASE = "https://example.org/api"
SCHEMAS = "plugins/profiles/apiso/schemas/ogc/iso/19139/20070417/gmd/gmd.xsd"


def record_of(layer: Layer, **more: Any) -> Record:
    here = f"{BASE}/collections/{layer.name}"
    facts: dict[str, Any] = {
        "source": layer.source,
        "address": here,
        "ways": (
            Way(
                f"{here}/items?f=json&limit=10000", "application/geo+json", "enclosure",
                "download", {"es": "GeoJSON", "en": "GeoJSON"},
            ),
            Way(here, "text/html", "canonical", "page", {"es": "Página", "en": "Page"}),
        ),
        "changed": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "box": (-71.2, -29.3, -70.1, -28.0) if layer.geometry else None,
        "begins": date(2020, 1, 1),
        "crs": (4326, 32719),
        "count": 7,
        "illustrative": layer.illustrative,
    }  # fmt: skip
    return layer_record(layer, **{**facts, **more})


@pytest.fixture(scope="module")
def records(catalogue: Catalogue) -> list[Record]:
    hostile = {"es": '«<&>"\\ ñ\n\t', "en": "]]> ' \" \\u0041"}
    some = [record_of(layer) for layer in catalogue]
    bare = record_of(catalogue.layer("objectives"), box=None, begins=None, changed=None)
    ends = record_of(catalogue.layer("roads"), ends=date(2025, 5, 5), begins=None)
    odd = replace(some[0], id="odd", title=hostile, description=hostile, address=f"{BASE}/odd")
    return [
        *some, odd, replace(bare, id="bare", address=f"{BASE}/bare"),
        replace(ends, id="ends", address=f"{BASE}/ends"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """ISO 19139 with GML 3.2, as pycsw's wheel carries them; nothing is fetched."""
    spec = find_spec("pycsw")
    assert spec and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / SCHEMAS
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


@pytest.mark.acceptance(46)
def test_iso_is_valid(records: list[Record], schema: etree.XMLSchema) -> None:
    for record in records:
        document = etree.fromstring(iso_document(record, territory={"es": "Lugar", "en": "Place"}))
        assert schema.validate(document), (record.id, schema.error_log)
        said = "".join(document.itertext())
        assert record.custodian in said and record.lineage in said and record.address in said
        assert record.title["es"].strip() in said.replace("\r", "")
        assert licence_title(record.licence, "es") in said and record.day in said
        assert all(way.href in said for way in record.ways)


def graph_of(records: list[Record]) -> dict[str, Any]:
    words = {"es": "Catálogo", "en": "Catalogue"}
    return catalogue_graph(
        records, title=words, description=words, publisher="Comuna «X»", address=BASE
    )


@pytest.mark.acceptance(46)
def test_dcat_is_one_graph_in_two_writings(records: list[Record]) -> None:
    written = graph_of(records)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = rdflib.Graph().parse(data=json.dumps(written), format="json-ld")
        second = rdflib.Graph().parse(data=turtle(written), format="turtle")
        assert len(first) == len(second) > 20 * len(records)
        assert isomorphic(first, second)


@pytest.mark.acceptance(46)
def test_dcat_has_what_dcat_ap_makes_mandatory(records: list[Record]) -> None:
    written = graph_of(records)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = rdflib.Graph().parse(data=turtle(written), format="turtle")
        shapes = rdflib.Graph().parse(SHAPES, format="turtle")
        conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
        assert conforms, report
        title = rdflib.URIRef("http://purl.org/dc/terms/title")
        broken = rdflib.Graph().parse(data=turtle(written), format="turtle")
        broken.remove((rdflib.URIRef(records[0].address), title, None))
        assert not pyshacl.validate(broken, shacl_graph=shapes)[0], "the shapes see what lacks"


@pytest.mark.acceptance(46)
def test_schema_org_has_what_dataset_search_asks(records: list[Record]) -> None:
    for lang in ("es", "en"):
        for record in records:
            told = as_dataset(record, lang=lang, catalogue=f"{BASE}/dcat")
            assert told["@type"] == "Dataset" and told["name"] == record.title[lang]
            assert 50 <= len(told["description"]) <= 5000
            assert told["license"] and told["creator"]["name"] and told["dateModified"]
            assert told["distribution"][0]["contentUrl"].startswith("https://")
            if record.box:
                south, west, north, east = map(float, told["spatialCoverage"]["geo"]["box"].split())
                assert (west, south, east, north) == record.box
    whole = as_catalogue(records, title="T", description="D", address=BASE, lang="es")
    assert len(whole["dataset"]) == len(records)


@pytest.mark.acceptance(46)
def test_all_faces_tell_the_same(records: list[Record]) -> None:
    one = next(r for r in records if r.id == "green_areas")
    feature = as_feature(one, lang="es")
    dataset = as_dataset(one, lang="es", catalogue=BASE)
    node = next(n for n in graph_of([one])["@graph"] if n["@id"] == one.address)
    iso = iso_document(one, territory={"es": "X", "en": "X"}).decode()
    told = feature["properties"]
    assert told["title"] == dataset["name"] == node["dct:title"][0]["@value"]
    assert told["description"] == dataset["description"] == node["dct:description"][0]["@value"]
    assert told["updated"] == dataset["dateModified"] == node["dct:modified"]["@value"]
    assert told["description"] in iso and told["lineage"] in iso
    assert dataset["license"] == node["dcat:distribution"][0]["dct:license"]["@id"]
    assert feature["time"] == {"interval": ["2020-01-01", ".."]}


@pytest.mark.acceptance(47)
def test_a_licence_that_nobody_declared_is_a_value(catalogue: Catalogue) -> None:
    layer = catalogue.layer("objectives")
    assert layer.source.licence == UNDECLARED
    told = as_feature(record_of(layer), lang="es")
    assert told["properties"]["license"] == UNDECLARED
    assert not [x for x in told["links"] if x["rel"] == "license"]
    assert licence_title("", "es") == UNDECLARED
    assert licence_title(UNDECLARED, "en") == "not declared by its publisher"
    assert licence_title(OF_EACH, "en") == "that of each layer" and licence_title("X", "es") == "X"


def test_dates_are_whole_only_where_they_must(catalogue: Catalogue) -> None:
    record = record_of(catalogue.layer("roads"))
    days = {"2026": "2026-01-01", "2026-11": "2026-11-01", "2026-11-22": "2026-11-22"}
    assert {d: replace(record, date=d).day for d in days} == days
    assert replace(record, changed=None).updated.endswith("T00:00:00Z")


@pytest.mark.acceptance(47)
def test_every_declaration_is_a_record(catalogue: Catalogue) -> None:
    assert {layer.name: gaps(layer) for layer in catalogue if gaps(layer)} == {}


@pytest.mark.acceptance(47)
@pytest.mark.parametrize("lacking", ["licence", "date", "method", "custodian"])
def test_a_declaration_that_says_too_little_fails_the_check(tmp_path: Path, lacking: str) -> None:
    folder = tmp_path / "layers"
    shutil.copytree(CHECKOUT / "layers", folder, ignore=shutil.ignore_patterns("seed.*"))
    path = folder / "green_areas" / "layer.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    if lacking == "custodian":
        declared["custodian"] = " "
    else:
        declared["source"].pop(lacking)
    path.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    with pytest.raises(WrongDeclaration) as refused:
        render(folder, check=True)
    assert lacking in refused.value.message("es")
