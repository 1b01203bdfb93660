"""Which rows of a file are the same: across all its batches, with a few bytes for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from sitplan.intake.source import Shapes

Hashes = NDArray[np.uint64]
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Seen:
    """The keys of all rows so far, as hashes, with what each row said and where it stood."""

    def __init__(self) -> None:
        self._keys = np.array([], dtype=np.uint64)
        self._likeness = np.array([], dtype=np.uint64)
        self._rows = np.array([], dtype=np.int64)
        self._made: dict[str, list[int]] = {}

    def compare(
        self, keys: pa.Array, alike: Hashes, rows: NDArray[np.int64], considered: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
        """Places that repeat an earlier row in all it says, and those that contradict one.

        Parameters
        ----------
        keys, alike, rows
            Key, content and number of each row of a batch.
        considered
            Rows to be looked at; the others are not remembered either.

        Returns
        -------
        tuple
            Places of repeated rows; pairs of a place and the number of the row it contradicts.
        """
        at = np.flatnonzero(considered)
        hashes = hash_texts(keys.take(pa.array(at)))
        order = np.argsort(hashes, kind="stable")
        ours, places = hashes[order], at[order]
        # The first row of this batch with the same key, and before it those of earlier batches.
        first = np.searchsorted(ours, ours, side="left")
        before = np.searchsorted(self._keys, ours, side="left")
        known = before < len(self._keys)
        known[known] = self._keys[before[known]] == ours[known]
        twice = known | (first != np.arange(len(ours)))
        same: list[int] = []
        other: list[tuple[int, int]] = []
        for i in np.flatnonzero(twice):
            if known[i]:
                like, row = self._likeness[before[i]], self._rows[before[i]]
            else:
                like, row = alike[places[first[i]]], rows[places[first[i]]]
            if like == alike[places[i]]:
                same.append(int(places[i]))
            else:
                other.append((int(places[i]), int(row)))
        new = ~twice
        spot = np.searchsorted(self._keys, ours[new])
        self._keys = np.insert(self._keys, spot, ours[new])
        self._likeness = np.insert(self._likeness, spot, alike[places[new]])
        self._rows = np.insert(self._rows, spot, rows[places[new]])
        return np.array(sorted(same), dtype=np.int64), sorted(other)

    def numbered(self, made: Sequence[str | None], alike: Hashes) -> list[str | None]:
        """Codes made of shapes: of two with the same shape that say other things, the second -2."""
        out: list[str | None] = []
        for code, like in zip(made, alike.tolist(), strict=True):
            if code is None:
                out.append(None)
                continue
            known = self._made.setdefault(code, [])
            if like not in known:
                known.append(like)
            nth = known.index(like) + 1
            out.append(code if nth == 1 else f"{code}-{nth}")
        return out


def hash_texts(texts: pa.Array) -> Hashes:
    """A hash of each text; of a missing one that of nothing."""
    values = texts.fill_null("\x00").to_numpy(zero_copy_only=False)
    found: Hashes = pd.util.hash_array(values, categorize=False)
    return found


def likeness(columns: Mapping[str, pa.Array], shapes: Shapes | None) -> Hashes:
    """A hash of what each row says: its values, and where and how large its shape is."""
    size = (
        len(next(iter(columns.values()))) if columns else len(shapes if shapes is not None else ())
    )
    total = np.zeros(size, dtype=np.uint64)
    parts: list[Hashes] = []
    for column in columns.values():
        kind = column.type
        if pa.types.is_string(kind):
            parts.append(hash_texts(column))
        elif pa.types.is_list(kind):
            parts.append(hash_texts(pa.array([repr(v) for v in column.to_pylist()], pa.string())))
        else:
            numbers = column.cast(pa.string()) if pa.types.is_temporal(kind) else column
            if pa.types.is_string(numbers.type):
                parts.append(hash_texts(numbers))
            else:
                values = numbers.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
                parts.append((values + 0.0).view(np.uint64))
    if shapes is not None:
        bounds = np.nan_to_num(shapely.bounds(shapes)) + 0.0
        parts += [np.ascontiguousarray(bounds[:, i]).view(np.uint64) for i in range(4)]
        parts.append(shapely.get_num_coordinates(shapes).astype(np.uint64))
        parts.append((shapely.length(shapes) + 0.0).view(np.uint64))
    for part in parts:
        total = total * _MIX + part
    return total
