"""Conformance classes of what can be computed and chosen; `test_conformance.py` asks each."""

from __future__ import annotations

import httpx

from .holding import LAYER, get, holds, linked


@holds(
    "ogcapi-processes-1/1.0/conf/core",
    "ogcapi-processes-1/1.0/conf/ogc-process-description",
    "ogcapi-processes-1/1.0/conf/json",
    "ogcapi-processes-1/1.0/conf/html",
    "ogcapi-processes-1/1.0/conf/oas30",
    "ogcapi-processes-1/1.0/conf/job-list",
    "ogcapi-processes-1/1.0/conf/dismiss",
)
def processes(http: httpx.Client) -> None:
    """In short; `test_processes.py` holds the rest."""
    echo, asked = get(http, "/processes/echo"), {"inputs": {"message": "hola"}}
    assert {"sync-execute", "async-execute", "dismiss"} <= set(echo["jobControlOptions"])
    address = linked(echo, "execute")["href"]
    assert http.post(address, json=asked).json() == "hola"
    begun = http.post(address, json=asked, headers={"Prefer": "respond-async"})
    assert begun.status_code == 201 and get(http, "/jobs")["jobs"]
    assert http.delete(begun.headers["location"]).json()["status"] == "dismissed"


@holds(
    "ogcapi-common-3/1.0/conf/sortables",
    "ogcapi-features-6/0.0/conf/properties",
    "ogcapi-features-6/0.0/conf/properties-features",
    "ogcapi-features-7/0.0/conf/zoom-level",
    "ogcapi-features-7/0.0/conf/zoom-level-features",
    "ogcapi-features-8/0.0/conf/sorting",
    "ogcapi-features-8/0.0/conf/features-sorting",
)
def choices(http: httpx.Client) -> None:
    """In short; `test_paging.py` and `test_searching.py` hold the rest."""
    here = f"/collections/{LAYER}"
    fields = get(http, f"{here}/sortables")["properties"]
    assert "name" in fields and "geometry" not in fields
    asked = {"sortby": "-code", "properties": "code", "zoom-level": "12", "limit": "9"}
    found = get(http, f"{here}/items", **asked)["features"]
    codes = [f["properties"].pop("code") for f in found]
    assert codes == sorted(codes, reverse=True) and not any(f["properties"] for f in found)
