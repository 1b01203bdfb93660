"""Conformance classes of what can be computed and chosen; `test_conformance.py` asks each."""

from __future__ import annotations

import httpx

from .holding import LAYER, get, holds, linked

PROCESSES = ("core", "ogc-process-description", "json", "html", "oas30", "job-list", "dismiss")


@holds(*(f"ogcapi-processes-1/1.0/conf/{name}" for name in PROCESSES))
def processes(http: httpx.Client) -> None:
    """In short; `test_processes.py` holds the rest."""
    echo, asked = get(http, "/processes/echo"), {"inputs": {"message": "hola"}}
    assert {"sync-execute", "async-execute", "dismiss"} <= set(echo["jobControlOptions"])
    address = linked(echo, "execute")["href"]
    assert http.post(address, json=asked).json() == "hola"
    begun = http.post(address, json=asked, headers={"Prefer": "respond-async"})
    assert begun.status_code == 201 and get(http, "/jobs")["jobs"]
    assert http.delete(begun.headers["location"]).json()["status"] == "dismissed"


DRAFTS = (
    *(f"ogcapi-features-6/0.0/conf/{name}" for name in ("properties", "properties-features")),
    *(f"ogcapi-features-7/0.0/conf/{name}" for name in ("zoom-level", "zoom-level-features")),
    *(f"ogcapi-features-8/0.0/conf/{name}" for name in ("sorting", "features-sorting")),
)


@holds("ogcapi-common-3/1.0/conf/sortables", *DRAFTS)
def choices(http: httpx.Client) -> None:
    """In short; `test_paging.py` and `test_searching.py` hold the rest."""
    here = f"/collections/{LAYER}"
    assert set(DRAFTS) == set(get(http, "/openapi")["info"]["x-drafts"])
    fields = get(http, f"{here}/sortables")["properties"]
    assert "name" in fields and "geometry" not in fields
    asked = {"sortby": "-code", "properties": "code", "zoom-level": "12", "limit": "9"}
    found = get(http, f"{here}/items", **asked)["features"]
    codes = [f["properties"].pop("code") for f in found]
    assert codes == sorted(codes, reverse=True) and not any(f["properties"] for f in found)
