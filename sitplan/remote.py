"""An instance read by its address: what a notebook needs that has no database."""

from __future__ import annotations

import json
import tempfile
import time
from email.message import Message
from http.client import HTTPException, HTTPResponse
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, build_opener

import geopandas
import pandas
import pyarrow
import shapely
from pyarrow import parquet

from sitplan.analysis.heights import Heights, read_heights
from sitplan.catalogue import Catalogue
from sitplan.ddl import srid
from sitplan.errors import BadRequest, NotFound, SitplanError, Unavailable, WrongDeclaration
from sitplan.export.columns import GEOMETRY
from sitplan.instants import write_instant
from sitplan.layer import Field, Layer
from sitplan.query import Moment
from sitplan.register import read_written
from sitplan.told import told_fields

_TIMEOUT_S: Final = 120.0
_PATIENCE_S: Final = 60.0
"""For how long, all in all, a server that says "later" is waited for."""
_CHUNK: Final = 1 << 20
_PANDAS = {
    pyarrow.int64(): pandas.Int64Dtype(),
    pyarrow.bool_(): pandas.BooleanDtype(),
    pyarrow.string(): pandas.StringDtype(na_value=float("nan")),
}


class Remote:
    """The public layers of an instance, read through its API.

    Parameters
    ----------
    address
        ``https://host``, ``https://host/prefix``, with or without ``/api`` at its end.

    Raises
    ------
    BadRequest
        ``wrong_address``.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise BadRequest("wrong_address", address=address[:200])
        base = address.rstrip("/")
        self.address = base if base.endswith("/api") else f"{base}/api"
        self._opener = build_opener()
        self._known: tuple[str, Catalogue] | None = None
        self._relief: tuple[str, Heights] | None = None

    def catalogue(self) -> Catalogue:
        """The territory and its layers as they are declared now; asked for, sent when changed.

        Raises
        ------
        Unavailable
            ``address_silent`` when nobody answers, ``not_sitplan`` when it is somebody else.
        """
        tag = self._known[0] if self._known else ""
        try:
            with self._ask("/register", tag=tag) as answer:
                found = read_written(json.load(answer))
                self._known = (answer.headers.get("ETag", ""), found)
        except _Unchanged:
            assert self._known is not None
            return self._known[1]
        except (NotFound, WrongDeclaration, ValueError, AttributeError, TypeError) as error:
            raise Unavailable("not_sitplan", address=self.address) from error
        return found

    def frame(
        self, layer: Layer, moment: Moment, catalogue: Catalogue
    ) -> geopandas.GeoDataFrame | pandas.DataFrame:
        """A layer as `sitplan.features.read_frame` gives it, from one snapshot of the register.

        It comes as GeoParquet, through a temporary file; where the connection breaks on the way
        nothing is given.
        """
        storage = srid(layer, catalogue.territory)
        asked = {"f": "parquet"}
        if moment.on is not None:
            asked["datetime"] = moment.text
        if moment.as_of is not None:
            asked["as-of"] = write_instant(moment.as_of)
        if layer.geometry:
            asked["crs"] = f"http://www.opengis.net/def/crs/EPSG/0/{storage}"
        with tempfile.TemporaryFile(prefix="sitplan-") as file:
            with self._ask(f"/collections/{quote(layer.name)}/export", asked) as answer:
                _copy(answer, file, self.address)
            file.seek(0)
            try:
                table = parquet.read_table(file)
            except pyarrow.ArrowInvalid as error:
                raise Unavailable("broken_answer", address=self.address) from error
        return _frame(table, layer, storage)

    def ground(self, catalogue: Catalogue) -> tuple[Heights | None, Path | None]:
        """The raster that the instance gives, asked for again where it has changed.

        What is composed by hand from frames has the same slopes as what the instance computes.
        Where no heights are named the ground is flat, and results say so.
        """
        said = catalogue.heights
        if said is None:
            return None, None
        tag = self._relief[0] if self._relief else ""
        try:
            with (
                self._ask("/heights/raster", tag=tag) as answer,
                tempfile.TemporaryDirectory(prefix="sitplan-") as aside,
            ):
                path = Path(aside) / Path(str(said["file"])).name
                with path.open("wb") as file:
                    _copy(answer, file, self.address)
                crs = f"EPSG:{catalogue.territory.storage_crs}"
                found = read_heights(path, crs=crs, source=said.get("source"))
                self._relief = (answer.headers.get("ETag", ""), found)
        except _Unchanged:
            assert self._relief is not None
        return self._relief[1], None

    def close(self) -> None:
        """Nothing is kept open."""

    def _ask(self, path: str, query: dict[str, str] | None = None, *, tag: str = "") -> Any:
        """The open answer; what the instance refuses is raised as it tells it."""
        url = f"{self.address}{path}" + (f"?{urlencode(query, safe=':/')}" if query else "")
        headers = {"User-Agent": f"sitplan/{version('sitplan')}"}
        if tag:
            headers["If-None-Match"] = tag
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                request = Request(url, headers=headers)  # noqa: S310 - checked when it was given
                return self._opener.open(request, timeout=_TIMEOUT_S)
            except HTTPError as error:
                with error:
                    if error.code == 304:
                        raise _Unchanged from error
                    wait = _wait(error.headers)
                    if error.code not in (429, 503) or wait is None:
                        raise _told(error, self.address) from error
                    if time.monotonic() + wait > until:
                        raise _told(error, self.address) from error
                time.sleep(wait)
            except (URLError, HTTPException, OSError) as error:
                reason = getattr(error, "reason", None) or error
                raise Unavailable(
                    "address_silent", address=self.address, reason=str(reason)[:200]
                ) from error


class _Unchanged(Exception):
    """304."""


def _wait(headers: Message) -> float | None:
    """The seconds after which one may ask again."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def _told(error: HTTPError, address: str) -> SitplanError:
    """The problem that the instance answered, in its own words."""
    kind: type[SitplanError] = {400: BadRequest, 404: NotFound}.get(error.code, Unavailable)
    try:
        problem = json.loads(error.read(_CHUNK))
        detail, hint = str(problem["detail"]), str(problem.get("hint", ""))
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return kind("not_sitplan", address=address)
    return kind("told_by_address", address=address, detail=detail[:500], advice=hint[:500])


def _copy(answer: HTTPResponse, file: IO[bytes], address: str) -> None:
    """The whole body; a stream that breaks off is no file."""
    try:
        while chunk := answer.read(_CHUNK):
            file.write(chunk)
    except (HTTPException, OSError) as error:
        raise Unavailable("broken_answer", address=address) from error


def _frame(
    table: pyarrow.Table, layer: Layer, storage: int
) -> geopandas.GeoDataFrame | pandas.DataFrame:
    fields = told_fields(layer)
    plain = table.select(["id", *(f.name for f in fields)]).to_pandas(
        types_mapper=_PANDAS.get, date_as_object=False
    )
    data: dict[str, Any] = {"id": plain["id"]}
    data |= {f.name: _column(plain[f.name], f) for f in fields}
    if layer.geometry is None:
        return pandas.DataFrame(data)
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=storage)


def _column(values: pandas.Series[Any], field: Field) -> pandas.Series[Any]:
    """As `sitplan.frames.copy_frame` has a column of that type."""
    if field.type == "date":
        return values.astype("datetime64[s]")
    if field.type == "array":
        lists = [None if v is None else list(v) for v in values]
        return pandas.Series(lists, dtype=object)
    return values
