"""QGIS's side of a session: it asks as the recording says, and takes from answers what it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx

_KINDS = {"integer": int, "string": str, "array": list}
_SHAPES = {
    "geometry-point": "Point", "geometry-linestring": "LineString", "geometry-polygon": "Polygon",
    "geometry-multipoint": "MultiPoint", "geometry-multilinestring": "MultiLineString",
    "geometry-multipolygon": "MultiPolygon", "geometry-any": None,
}  # fmt: skip
"""QgsOapifSchemaRequest: what a format of the schema makes the layer's kind of shape."""
_GEOJSON_SCHEMA = "https://geojson.org/schema/"


@dataclass
class Session:
    """One session with one layer: what was taken so far, and the features that came last."""

    http: httpx.Client
    recording: dict[str, Any]
    known: dict[str, Any]
    features: list[dict[str, Any]] = field(default_factory=list)
    pages: int = 0

    def play(self, step: dict[str, Any]) -> None:
        """Ask for one step; fail where QGIS would not find what it needs."""
        if "options" in step:
            self._options(step)
            return
        address = self._written(step["get"])
        answer = self.ask(address, step["accept"])
        if "features" in step:
            self._read(answer, step)
        document = answer.json()
        self._take(document, step)
        for pointer, wanted in step.get("holds", {}).items():
            assert set(wanted) <= set(at(document, pointer)), pointer
        for pointer, kind in step.get("kinds", {}).items():
            assert isinstance(at(document, pointer), _KINDS[kind]), (address, pointer)
        for pointer, name in step.get("same", {}).items():
            assert at(document, pointer) == self.known[name], pointer
        for pointer in step.get("lacks", ()):
            assert at(document, pointer) is None, pointer
        if "path" in step:
            _paths_are_literal(document, self._written(step["path"]))
        if "each" in step:
            for one in at(document, step["each"]["at"]):
                for pointer, kind in step["each"]["kinds"].items():
                    found = at(one, pointer)
                    assert found is None or isinstance(found, _KINDS[kind]), (one["id"], pointer)
            self.known["listed"] = [one["id"] for one in at(document, step["each"]["at"])]
        if "fields" in step:
            self.known[step["fields"]] = fields_of(document)

    def ask(self, address: str, accept: str) -> httpx.Response:
        """As QgsBaseNetworkRequest::sendGET: redirections and errors end the session."""
        answer = self.http.get(
            # Qt writes a space as %20 and leaves the rest as it is
            httpx.URL(address.replace(" ", "%20")),
            headers={**self.recording["headers"], "Accept": self.recording["accept"][accept]},
        )
        assert answer.status_code == 200, (address, answer.text[:300])
        assert answer.content.decode("utf-8")
        return answer

    def _written(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(self.known[found[1]]), text)

    def _take(self, document: Any, step: dict[str, Any]) -> None:
        for name, pointer in step.get("take", {}).items():
            self.known[name] = at(document, pointer)
            assert self.known[name] is not None, pointer
        for name, wanted in step.get("links", {}).items():
            self.known[name] = find_link(document, wanted)
            assert self.known[name] or not wanted.get("must"), wanted
        if "crs" in step.get("take", {}):
            most, usual = self.known["most"], self.known["usual"]
            assert min(max(1000, usual), most) == 1000, "QgsOapifProvider::init: its page"

    def _read(self, answer: httpx.Response, step: dict[str, Any]) -> None:
        """Page after page until none follows, or one is empty."""
        self.features, self.pages, seen = [], 0, set()
        only_one = step["features"].startswith("at most")
        while True:
            if "crs" in step:
                assert answer.headers["content-crs"] == f"<{self._written(step['crs'])}>"
            assert answer.headers["content-type"].startswith("application/geo+json")
            document = answer.json()
            self.pages += 1
            if not document["features"]:
                break
            self.features += document["features"]
            following = (
                next_of_header(answer)
                if step.get("next") == "header"
                else find_link(document, {"rel": "next", "type": "application/geo+json"})
            )
            if only_one or not following:
                break
            assert following not in seen, "QGIS would go round in circles"
            seen.add(following)
            answer = self.ask(following, step["accept"])
        if step.get("pages") == "more than one":
            assert self.pages > 1

    def _options(self, step: dict[str, Any]) -> None:
        answer = self.http.request(
            "OPTIONS", self._written(step["options"]), headers=self.recording["headers"]
        )
        assert answer.status_code in (200, 204)
        allowed = {one.strip() for one in answer.headers["allow"].split(",")}
        assert set(step["allows"]) <= allowed and not set(step["forbids"]) & allowed


def at(document: Any, pointer: str) -> Any:
    """What a JSON pointer leads to; None where there is nothing."""
    for part in pointer.split("/")[1:]:
        try:
            document = document[int(part) if isinstance(document, list) else part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def find_link(document: dict[str, Any], wanted: dict[str, Any]) -> str:
    """QgsOAPIFJson::findLink, but that a type asked for has to be there to the letter.

    Where several have it the first counts; one that names a profile is taken by that alone.
    """
    for one in document.get("links", ()):
        profiles = one.get("profile", [])
        if one["rel"] != wanted["rel"] or profiles != (
            [wanted["profile"]] if "profile" in wanted else []
        ):
            continue
        if one.get("type") == wanted.get("type", one.get("type")):
            return str(one["href"])
    return ""


def next_of_header(answer: httpx.Response) -> str:
    """QgsOAPIFGetNextLinkFromResponseHeader for JSON-FG: GeoJSON's type, its profile or none."""
    for href, more in re.findall(r"<([^>]*)>([^,]*)", answer.headers.get("link", "")):
        named = dict(re.findall(r'(\w+)="([^"]*)"', more))
        if (named.get("rel"), named.get("type")) == ("next", "application/geo+json"):
            return str(href)
    return ""


def fields_of(schema: dict[str, Any]) -> dict[str, str]:
    """Fields by name with the type that QGIS gives them; the shape's own under an empty name."""
    found, places = {}, []
    for name, one in schema["properties"].items():
        if one.get("x-ogc-role") == "primary-geometry":
            found[""] = _SHAPES[one["format"]]
        elif str(one.get("$ref", "")).startswith(_GEOJSON_SCHEMA):
            found[""] = one["$ref"][len(_GEOJSON_SCHEMA) :].partition(".")[0]
        else:
            assert isinstance(one["type"], str), f"{name}: QGIS would take any list for a text"
            found[name] = one.get("format") or one["type"]
        places.append(one.get("x-ogc-propertySeq"))
    assert len(set(places)) == len(places) or set(places) == {None}, "QGIS would order by name"
    return found


def _paths_are_literal(definition: dict[str, Any], path: str) -> None:
    """QgsOapifApiRequest: parameters of a layer's own path, by which it filters without CQL2."""
    names = set()
    for one in definition["paths"][path]["get"]["parameters"]:
        told = at(definition, one["$ref"][1:]) if "$ref" in one else one
        if (
            told.get("style") == "form"
            and told.get("explode") is False
            and "type" in told["schema"]
        ):
            names.add(told["name"])
    assert {"bbox", "datetime", "limit", "crs", "code"} <= names, names
