"""Requests made at random from the API definition, and what each answer must keep.

Schemathesis makes them, some as the definition says and some not; a part gets values with a
meaning in their place: filters that hold, ids that are there, marks of what nobody may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.planting import MARK

CHECKS: list[Any] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
START = MARK[:-1]
"""Of a mark: it may be asked for and written back; the whole mark is nowhere."""
LONGEST_S = 20.0


@dataclass(slots=True)
class Walk:
    """What was asked, what came, and what was wrong with it."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def report(self) -> str:
        """The faults, each kind once with how often and one example."""
        kinds: dict[str, list[str]] = {}
        for fault in self.faults:
            kinds.setdefault(fault.split("\n")[0], []).append(fault)
        return "\n\n".join(f"{len(same)} × {same[0]}" for same in kinds.values())


def walk(
    definition: Mapping[str, Any],
    *,
    requests_wanted: int,
    hidden: Mapping[str, Sequence[str]],
    seen: Mapping[str, Sequence[str]],
    number: int = 0,
) -> Walk:
    """Ask every operation of the definition in turn, about so many times in all.

    Parameters
    ----------
    hidden, seen
        Of each layer, ids that nobody may see and ids that anybody may.
    number
        Of the run: each asks other things, and the same one the same things.
    """
    schema = schemathesis.openapi.from_dict(dict(definition))
    base = str(definition["servers"][0]["url"])
    found = Walk()
    operations = [one.ok() for one in schema.get_all_operations()]
    secret = [one for ids in hidden.values() for one in ids]
    share = max(1, round(requests_wanted / len(operations)))
    with requests.Session() as session:
        for operation in operations:
            _ask(operation, share, found, session, base, secret, seen, number)
    return found


def _ask(
    operation: APIOperation[Any, Any, Any, Any],
    share: int,
    found: Walk,
    session: requests.Session,
    base: str,
    secret: Sequence[str],
    seen: Mapping[str, Sequence[str]],
    number: int,
) -> None:
    names = {one.name for one in operation.query}
    layer = operation.path.split("/")[2] if operation.path.startswith("/collections/") else ""
    known = [*seen.get(layer, ()), *secret[:20]] or ["x"]

    made = {mode: operation.as_strategy(mode) for mode in (POSITIVE, NEGATIVE)}

    @seed(number)
    @settings(
        max_examples=share,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.sampled_from([POSITIVE, POSITIVE, POSITIVE, NEGATIVE]).flatmap(made.__getitem__),
        more=st.lists(meanings(names), max_size=3) if names & set(MEANT) else st.just([]),
        alone=st.sampled_from([True, True, False]),
        identifier=st.none() | st.sampled_from(known),
    )
    def once(case: Case, more: list[tuple[str, str]], alone: bool, identifier: str | None) -> None:
        if alone:
            needed = {one.name for one in operation.query if one.is_required}
            case.query = {k: v for k, v in (case.query or {}).items() if k in needed}
            case.headers = None
        if more:
            case.query = {**(case.query or {}), **dict(more)}
        if identifier is not None and "featureId" in (case.path_parameters or {}):
            case.path_parameters = {**case.path_parameters, "featureId": identifier}
        answer = case.call(base_url=base, session=session, timeout=60)
        found.asked += 1
        found.statuses[answer.status_code] += 1
        found.faults += faults_of(case, answer, secret)

    once()


MEANT: dict[str, list[str]] = {
    "filter": [
        f"code LIKE '{START}%'", f"name LIKE '{START}%'", "NOT (code IS NULL)", "notes IS NULL",
        f"CASEI(name) LIKE CASEI('{START}%')", "S_INTERSECTS(geometry, BBOX(-74,-36,-70,-34))",
        "S_DWITHIN(geometry, POINT(-72 -35), 10, metres)", "1 = 1", "name = name", "code > 1",
        "T_AFTER(valid_from, DATE('2000-01-01'))", '{"op":"isNull","args":[{"property":"name"}]}',
        "visibility = 'internal'", "review_state <> 'published'", "(" * 60 + "1=1" + ")" * 60,
    ],
    "sortby": ["code", "-code,name", "notes", "-visibility", "review_state", "geometry", "id,-id"],
    "q": [START, "plaza", "ñ", "%", "a b c", f"{START} 0"],
    "ids": ["00000000-0000-0000-0000-000000000000", "x,y"],
    "bbox": ["-74,-36,-70,-34", "170,-36,-170,-34", "-74,-36,0,-70,-34,0", "0,0,0,0"],
    "datetime": ["../..", "2020-01-01", "2020-01-01/..", "0000-01-01T00:00:00Z/.."],
    "as-of": ["2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"],
    "from": ["2020-01-01T00:00:00Z", "2020-01-01"],
    "since": ["latest", "2020-01-01T00:00:00Z"],
    "limit": ["1", "3", "10001", "0"],
    "properties": ["code", "name,notes", "visibility", ""],
    "exclude-properties": ["code", "notes"],
    "profile": ["jsonfg", "val-as-title", "excel", "rfc7946"],
    "f": ["csv", "geojsonseq", "jsonfg", "html", "gpkg", "xlsx", "atom", "link"],
    "lang": ["es", "en"],
    "crs": ["http://www.opengis.net/def/crs/EPSG/0/3857", "http://www.opengis.net/def/crs/EPSG/0/4326"],
    "offset": ["0", "1", "10000"],
    "zoom-level": ["0", "24"],
    "skip-geometry": ["true", "false"],
    "result-type": ["hits"],
}  # fmt: skip
"""Values that mean something, by the parameter's name; hidden names are among them."""


def meanings(names: set[str]) -> st.SearchStrategy[tuple[str, str]]:
    """A parameter and such a value of it."""
    pairs = [(name, value) for name in sorted(names & set(MEANT)) for value in MEANT[name]]
    return st.sampled_from(pairs)


def faults_of(case: Case, answer: Response, secret: Sequence[str]) -> list[str]:
    """What is wrong with one answer; empty where nothing is."""
    about = f"{case.operation.label}\n  {answer.request.method} {answer.request.url}"
    if case.body and answer.request.body:
        about += f"\n  body {answer.request.body[:300]!r}"
    found = []
    text = answer.content.decode("utf-8", "replace")
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code} {about}\n  {text[:400]}")
    if MARK in text or MARK in str(answer.headers):
        found.append(f"a mark is shown {about}\n  {text[:200]}")
    sent = f"{answer.request.url} {answer.request.body!r}"
    if any(one in text and one not in sent for one in secret):
        found.append(f"a hidden id is shown {about}")
    if answer.elapsed > LONGEST_S:
        found.append(f"slow {about}\n  {answer.elapsed:.1f} s")
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            kind = str(getattr(failure, "title", type(failure).__name__))
            found.append(f"{kind} {about}\n  {answer.status_code} {str(failure)[:700]}")
    return found
