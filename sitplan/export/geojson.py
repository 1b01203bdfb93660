"""GeoJSON, its text sequence, newline-delimited, and JSON-FG: streamed, feature by feature."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import orjson

from sitplan.export.columns import Row, Table
from sitplan.export.job import Job
from sitplan.export.jsonfg import JsonFg

_OPTIONS = orjson.OPT_UTC_Z
RECORD = b"\x1e"
"""What begins each text of a sequence (RFC 7464), so that a cut one is known."""
Features = Callable[[Sequence[Row]], Sequence[dict[str, Any]]]


def collection(job: Job) -> Generator[bytes]:
    """One FeatureCollection; only its last bytes close it, with the number of its features."""
    fg, features = _writer(job)
    head: dict[str, Any] = {"type": "FeatureCollection", "name": job.layer.name}
    if fg is not None:
        head |= fg.collection
    head |= _facts(job)
    count = 0
    found = job.rows(binary=False)
    yield _dump(head)[:-1] + b',"features":['
    for rows in found:
        texts = [_dump(f) for f in features(rows)]
        yield (b",\n" if count else b"\n") + b",\n".join(texts)
        count += len(texts)
    yield b'\n],"numberReturned":' + str(count).encode() + b"}\n"


def sequence(job: Job) -> Generator[bytes]:
    """A GeoJSON text sequence (RFC 8142)."""
    return _texts(job, RECORD)


def lines(job: Job) -> Generator[bytes]:
    """A feature on each line."""
    return _texts(job, b"")


def _texts(job: Job, begin: bytes) -> Generator[bytes]:
    fg, features = _writer(job)
    root = fg.root if fg else {}
    for rows in job.rows(binary=False):
        yield b"".join(begin + _dump(f | root) + b"\n" for f in features(rows))


def _writer(job: Job) -> tuple[JsonFg | None, Features]:
    """What makes features of rows, and how, where it is JSON-FG."""
    export = job.export
    if not export.profiles & {"jsonfg", "jsonfg-plus"}:
        table = job.table(export.manner(flat=False))
        return None, lambda rows: _features(rows, table)
    # its schema tells the names that its properties have
    table = job.table(export.manner(flat=False, named_by_title=False))
    fg = JsonFg(
        job.layer,
        export.query.crs,
        plus="jsonfg-plus" in export.profiles,
        schema_url=export.schema_url,
    )
    return fg, lambda rows: fg.features(_features(rows, table))


def _features(rows: Sequence[Row], table: Table) -> list[dict[str, Any]]:
    names = [c.heading for c in table.columns[1:]]  # the first is the id
    makes = [c.make for c in table.columns[1 : len(rows[0]) - 1]] if rows else []
    is_plain = all(make is None for make in makes)
    notices = list(table.notices(rows)) if table.is_noted else None
    found = []
    for number, row in enumerate(rows):
        values: list[Any] = list(row[2:])
        if not is_plain:
            values = [
                v if make is None or v is None else make(v)
                for make, v in zip(makes, values, strict=True)
            ]
        if notices is not None:
            values.append(notices[number])
        found.append(
            {
                "type": "Feature",
                "id": row[0],
                "geometry": None if row[1] is None else orjson.Fragment(row[1]),
                "properties": dict(zip(names, values, strict=True)),
            }
        )
    return found


def _facts(job: Job) -> dict[str, Any]:
    """What the document says of itself besides its features."""
    about = job.about
    found = {
        "title": about.layer.title[about.lang],
        "description": about.layer.description[about.lang],
        "attribution": about.source.publisher or about.source.title,
        "license": about.source.licence,
        "custodian": about.layer.custodian,
        "datetime": about.moment.text,
        "as-of": about.moment.as_of,
        "revision": about.revision,
        "timeStamp": about.made_at.replace(microsecond=0),
        "notice": about.notice,
        "isCurrent": None if about.layer.result is None else about.outdated is None,
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


def _dump(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=_OPTIONS)
