"""What the manifest says of a source, done to its rows: chosen, told apart, remarked upon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pandas import DataFrame

from sitplan.intake.fit import GEOM, ROW
from sitplan.intake.manifest import SourceFile
from sitplan.intake.matching import CODE
from sitplan.intake.source import Batch
from sitplan.intake.tally import Tally
from sitplan.intake.text import normalise
from sitplan.intake.values import to_texts

Mask = NDArray[np.bool_]
_SMALL_WORDS = frozenset(("del", "las", "los", "the"))


def choose_rows(batch: Batch, source: SourceFile) -> Batch:
    """The rows of the file that the source means, by the texts in its columns."""
    keep = np.ones(len(batch), dtype=bool)
    for column, wanted in source.where.items():
        keep &= _is_one_of(batch.table.column(column), wanted)
    for column, unwanted in source.but_not.items():
        keep &= ~_is_one_of(batch.table.column(column), unwanted)
    if keep.all():
        return batch
    shapes = None if batch.shapes is None else batch.shapes[keep]
    return Batch(batch.rows[keep], batch.table.filter(pa.array(keep)), shapes)


def _is_one_of(column: pa.ChunkedArray, wanted: Any) -> Mask:
    values = wanted if isinstance(wanted, list) else [wanted]
    texts = pa.chunked_array([to_texts(c) for c in column.chunks] or [pa.array([], pa.string())])
    found: Mask = pc.is_in(texts, pa.array([str(v) for v in values])).to_numpy()
    return found


class Curator:
    """Does to fitted rows what the manifest says of a layer's sources, in their order."""

    def __init__(self, sources: Sequence[SourceFile]) -> None:
        self._sources = {s.id: s for s in sources}
        self._frames: dict[str, DataFrame] = {}

    def curate(self, frame: DataFrame, source: SourceFile, tally: Tally) -> DataFrame:
        """The source's rows without what others have already, its remarks told and done."""
        if source.merge:
            frame = self._merge(frame, source, tally)
        if source.unless_near_m is not None:
            frame = self._unless_near(frame, source, source.unless_near_m, tally)
        frame = self._remark(frame, source, tally)
        self._frames[source.id] = frame
        return frame

    def _merge(self, frame: DataFrame, source: SourceFile, tally: Tally) -> DataFrame:
        """Rows with the same code as one: sources repeat or cut what crosses their borders."""
        is_again = frame[CODE].duplicated().to_numpy()
        if not is_again.any():
            return frame
        tally.mended("repeats_merged", frame[ROW].to_numpy()[is_again], severity="warning")
        frame = frame.copy()
        if not source.reduce:
            for code in frame[CODE][is_again].unique():
                same = np.flatnonzero((frame[CODE] == code).to_numpy())
                parts = shapely.get_parts(shapely.union_all(frame[GEOM].to_numpy()[same]))
                whole = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
                frame.at[frame.index[same[0]], GEOM] = whole
        return frame[~is_again]

    def _unless_near(
        self, frame: DataFrame, source: SourceFile, metres: float, tally: Tally
    ) -> DataFrame:
        earlier = list(self._sources)[: list(self._sources).index(source.id)]
        others = [(name, self._frames[name]) for name in earlier if len(self._frames[name])]
        if not others or not len(frame):
            return frame
        told = [GEOM, "name", "kind"]
        known = pd.concat([f.reindex(columns=told).astype(object).assign(_of=n) for n, f in others])
        nameless = {s.constants.get("name") for s in self._sources.values()} - {None}
        tree = shapely.STRtree(known[GEOM].to_numpy())
        which, other = tree.query(frame[GEOM].to_numpy(), predicate="dwithin", distance=metres)
        keep = np.ones(len(frame), dtype=bool)
        for i, j in zip(which, other, strict=True):
            mine, theirs = frame.iloc[int(i)], known.iloc[int(j)]
            if (
                not keep[i]
                or mine["kind"] != theirs["kind"]
                or not _are_alike(mine["name"], theirs["name"], nameless=nameless)
            ):
                continue
            keep[i] = False
            tally.tell_rows(
                "repeats_elsewhere", "warning", [mine[ROW]],
                values=[mine["name"] if pd.notna(mine["name"]) else mine[CODE]],
                other=self._sources[theirs["_of"]].record["title"],
                metres=round(float(shapely.distance(mine[GEOM], theirs[GEOM]))),
            )  # fmt: skip
        return frame[keep]

    def _remark(self, frame: DataFrame, source: SourceFile, tally: Tally) -> DataFrame:
        for remark in source.remarks:
            if not remark.where:
                continue
            meant = _meets(frame, remark.where)
            tally.mended(
                "known_defect", frame[ROW].to_numpy()[meant], severity="warning",
                about=remark.said["es"], said=remark.said,
                codes=_listed(frame[CODE].to_numpy()[meant]),
            )  # fmt: skip
            for name, value in remark.given.items():
                if not meant.any():
                    continue
                frame = frame.copy()
                if name not in frame:
                    frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
                column = frame[name].astype(object)
                column[meant] = value
                frame[name] = column
        return frame


def _listed(codes: NDArray[Any]) -> str:
    named = ", ".join(str(c) for c in codes[:6])
    return f"{named}…" if len(codes) > 6 else named


def _are_alike(one: Any, other: Any, *, nameless: Set[Any]) -> bool:
    """Whether two names may be the same thing's: equal, one within the other, or one unknown."""
    if pd.isna(one) or pd.isna(other) or one in nameless or other in nameless:
        return True
    first, second = (
        {w for w in normalise(str(n)).split("_") if len(w) > 2} - _SMALL_WORDS for n in (one, other)
    )
    shared = first & second
    return bool(shared) and (shared in (first, second) or 2 * len(shared) >= len(first | second))


def _meets(frame: DataFrame, where: Mapping[str, Any]) -> Mask:
    """Rows of a fitted frame that meet every condition.

    A condition is a value, a list of them, or ``{gt: 0}``, ``{lt: 9}``, ``{like: part}``,
    ``{is: null}``.
    """
    found = np.ones(len(frame), dtype=bool)
    for name, wanted in where.items():
        if name not in frame:
            return np.zeros(len(frame), dtype=bool)
        column = frame[name]
        if isinstance(wanted, Mapping):
            for sign, limit in wanted.items():
                found &= _compares(column, sign, limit)
        else:
            values = wanted if isinstance(wanted, list) else [wanted]
            found &= column.astype(object).isin(values).to_numpy()
    return found


def _compares(column: Any, sign: str, limit: Any) -> Mask:
    if sign == "is":
        return np.asarray(column.isna())
    if sign == "like":
        return np.asarray(
            column.astype(object).map(lambda v: isinstance(v, str) and limit in v), dtype=bool
        )
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(numbers > limit if sign == "gt" else numbers < limit)
