"""Batches of a file → frames in the columns, types and CRS of a layer; every fault told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pandas import DataFrame

from sitplan.intake.identity import Seen, likeness
from sitplan.intake.matching import CODE, Matching
from sitplan.intake.mend import SpotOf, Wanted, flatten, mend
from sitplan.intake.source import Batch, Shapes
from sitplan.intake.systems import Carry, carry_shapes
from sitplan.intake.tally import Tally
from sitplan.intake.text import NULL_WORDS, mend_text, normalise
from sitplan.intake.values import Column, convert, to_texts
from sitplan.layer import Field, Layer

GEOM = "geom"
ROW = "_row"


@dataclass(frozen=True)
class Place:
    """How shapes get into a layer.

    Parameters
    ----------
    carry
        From the file's coordinates into storage.
    wanted
        What shapes the layer takes.
    box
        West, south, east, north in storage coordinates that every shape must touch; None
        where features may lie anywhere.
    spot
        Longitude and latitude of a shape in storage.
    reduce
        Whether areas and lines become a point inside them, for a layer of points.
    """

    carry: Carry
    wanted: Wanted
    spot: SpotOf
    box: tuple[float, float, float, float] | None = None
    reduce: bool = False


@dataclass(frozen=True)
class Fitting:
    """Everything that turns a batch into rows of a layer.

    Parameters
    ----------
    place
        None for a layer without geometry.
    constants
        Field → value that every row gets.
    translate
        Field → the file's text → the value meant.
    code
        Text with ``{column}`` marks that makes the code; empty, the key's columns joined.
    keeps_repeats
        Whether rows with the same code and other contents are somebody else's to choose from.
    """

    layer: Layer
    matching: Matching
    place: Place | None
    constants: Mapping[str, Any] = field(default_factory=dict)
    translate: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    code: str = ""
    keeps_repeats: bool = False
    decimal_comma: bool = False
    time_zone: str = "UTC"


class Fitter:
    """Fits the batches of one file, one after the other; remembers which codes it has seen."""

    def __init__(self, fitting: Fitting, tally: Tally) -> None:
        self.fitting = fitting
        self.tally = tally
        self.read = 0
        self.rejected = 0
        self._seen = Seen()

    def fit(self, batch: Batch) -> DataFrame:
        """The batch's rows as the layer takes them, with `_row` and, where it has any, `geom`.

        Rows that were refused or are told twice are not among them.
        """
        self.read += len(batch)
        batch = self._without_blank(batch)
        columns = self._attributes(batch)
        keep = np.ones(len(batch), dtype=bool)
        shapes: Shapes | None = None
        if self.fitting.place is not None:
            shapes = self._shapes(batch)
            keep &= ~shapely.is_missing(shapes)
        self._require(columns, batch.rows, keep)
        codes = self._codes(batch, columns, shapes, keep)
        columns[CODE] = codes
        keep &= self._once(columns, shapes, batch.rows, keep)
        # Repeated rows are told as such and are not lost: only those refused are.
        table = pa.table(columns).filter(pa.array(keep))
        frame: DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
        frame[ROW] = batch.rows[keep]
        if shapes is not None:
            frame[GEOM] = shapes[keep]
        self.rejected += len(batch) - len(frame)
        return frame

    def _without_blank(self, batch: Batch) -> Batch:
        """The batch without rows in which nothing stands."""
        if not batch.table.num_columns:
            return batch
        blank = np.ones(len(batch), dtype=bool)
        if batch.shapes is not None:
            blank &= shapely.is_missing(batch.shapes)
        for column in batch.table.columns:
            if not blank.any():
                return batch
            blank &= pc.is_null(column).to_numpy()
        if not blank.any():
            return batch
        self.tally.mended("blank_rows", batch.rows[blank])
        self.read -= int(blank.sum())
        shapes = None if batch.shapes is None else batch.shapes[~blank]
        return Batch(batch.rows[~blank], batch.table.filter(pa.array(~blank)), shapes)

    def _attributes(self, batch: Batch) -> dict[str, pa.Array]:
        columns: dict[str, pa.Array] = {}
        for name, used in self.fitting.matching.fields.items():
            if name not in batch.table.column_names:
                continue
            values = batch.table.column(name).combine_chunks()
            if isinstance(values, pa.ChunkedArray):
                values = values.chunk(0) if values.num_chunks else pa.array([], values.type)
            values = self._translated(used, self._texts(values, used, batch.rows))
            columns[used.name] = convert(
                values,
                Column(
                    used, batch.rows, self.tally, self.fitting.decimal_comma, self.fitting.time_zone
                ),
            )
        for name, value in self.fitting.constants.items():
            if name not in columns:
                columns[name] = pa.array([value] * len(batch))
            elif columns[name].null_count:
                columns[name] = pc.fill_null(columns[name], pa.scalar(value, columns[name].type))
        return columns

    def _texts(self, values: pa.Array, used: Field, rows: NDArray[np.int64]) -> pa.Array:
        """Texts made whole, each repair told."""
        if not pa.types.is_string(values.type) and not pa.types.is_large_string(values.type):
            return values
        values = values.cast(pa.string())
        titles = {normalise(t) for names in used.codes.values() for t in names.values()}
        values, done = mend_text(values, keeps_null_words=bool(titles & NULL_WORDS))
        for one in done:
            at = rows[one.where]
            if one.code == "letters_lost":
                self.tally.mended(
                    one.code, at, severity="warning", field=used.name, value=one.before
                )
            else:
                self.tally.mended(
                    one.code, at, field=used.name, before=one.before, after=one.after or "—"
                )
        return values

    def _translated(self, used: Field, values: pa.Array) -> pa.Array:
        meanings = self.fitting.translate.get(used.name)
        if not meanings:
            return values
        known = to_texts(values).dictionary_encode()
        said = [meanings.get(t, t) if t is not None else None for t in known.dictionary.to_pylist()]
        texts = [None if v is None else str(v) for v in said]
        return pa.array(texts, pa.string()).take(known.indices)

    def _shapes(self, batch: Batch) -> Shapes:
        place = self.fitting.place
        assert place is not None
        shapes = batch.shapes
        if shapes is None:
            shapes = np.full(len(batch), None, dtype=object)
        flat = flatten(shapes, batch.rows, tally=self.tally)
        # Nobody works at 0, 0: coordinates that were not filled in.
        zero = np.flatnonzero((shapely.bounds(flat) == 0).all(axis=1))
        self.tally.tell_rows("coordinate_zero", "warning", batch.rows[zero])
        flat[zero] = None
        moved = carry_shapes(flat, place.carry)
        # Beyond its range a projection gives infinity.
        lost = ~shapely.is_missing(moved) & ~np.isfinite(shapely.bounds(moved)).all(axis=1)
        self.tally.tell_rows("coordinate_not_finite", "error", batch.rows[lost])
        moved[lost] = None
        if place.box is not None:
            self._in_box(moved, batch.rows, place)
        if place.reduce:
            shaped = ~shapely.is_missing(moved) & (shapely.get_dimensions(moved) > 0)
            valid = shapely.make_valid(moved[shaped])
            moved[shaped] = shapely.point_on_surface(valid)
            self.tally.mended("area_to_point", batch.rows[shaped])
        return mend(moved, batch.rows, place.wanted, tally=self.tally, spot=place.spot)

    def _in_box(self, moved: Shapes, rows: NDArray[np.int64], place: Place) -> None:
        assert place.box is not None
        west, south, east, north = place.box
        bounds = shapely.bounds(moved)
        out = (
            (bounds[:, 0] > east)
            | (bounds[:, 2] < west)
            | (bounds[:, 1] > north)
            | (bounds[:, 3] < south)
        )
        at = np.flatnonzero(out)
        self.tally.tell_rows(
            "outside_territory", "error", rows[at], spots=[place.spot(s) for s in moved[at[:100]]]
        )
        moved[at] = None

    def _require(
        self, columns: dict[str, pa.Array], rows: NDArray[np.int64], keep: NDArray[np.bool_]
    ) -> None:
        for used in self.fitting.layer.fields:
            if used.required and used.name in columns and columns[used.name].null_count:
                empty = columns[used.name].is_null().to_numpy(zero_copy_only=False) & keep
                # A value that was there but wrong has been told already.
                told = self.tally.rows_told(used.name)
                missing = [r for r in rows[empty] if int(r) not in told]
                self.tally.tell_rows(
                    "value_missing", "error", missing, field=used.name, title=used.title
                )

    def _codes(
        self,
        batch: Batch,
        columns: dict[str, pa.Array],
        shapes: Shapes | None,
        keep: NDArray[np.bool_],
    ) -> pa.Array:
        """Each row's code: as the file says it, or made of its shape so that it comes out again."""
        matching = self.fitting.matching
        if self.fitting.code or matching.key:
            codes = self._composed(batch)
        elif CODE in columns:
            codes = columns[CODE]
        else:
            return self._generated(columns, shapes, len(batch))
        empty = pc.is_null(codes).to_numpy(zero_copy_only=False) & keep
        self.tally.tell_rows("code_missing", "error", batch.rows[empty], field=CODE)
        return codes

    def _composed(self, batch: Batch) -> pa.Array:
        """The key's columns joined, or the template filled in: ``{COL:05}`` pads with zeros."""
        template = self.fitting.code or "-".join(f"{{{c}}}" for c in self.fitting.matching.key)
        parts: list[Any] = [pa.array([""] * len(batch))]
        for literal, name, width, _ in Formatter().parse(template):
            if literal:
                parts.append(pa.scalar(literal))
            if name:
                texts = to_texts(batch.table.column(name).combine_chunks())
                texts = pc.utf8_trim_whitespace(texts)
                parts.append(pc.utf8_lpad(texts, int(width), "0") if width else texts)
        return pc.binary_join_element_wise(*parts, "", null_handling="emit_null")

    def _generated(
        self, columns: dict[str, pa.Array], shapes: Shapes | None, size: int
    ) -> pa.Array:
        if shapes is not None:
            content = shapely.to_wkb(shapely.set_precision(shapes, 0.01, mode="pointwise"))
        else:
            rows = pa.table(columns).to_pylist() if columns else [{}] * size
            content = np.array([repr(sorted(r.items())).encode() for r in rows], dtype=object)
        made = [None if c is None else "X" + hashlib.sha256(c).hexdigest()[:11] for c in content]
        return pa.array(self._seen.numbered(made, likeness(columns, shapes)), pa.string())

    def _once(
        self,
        columns: dict[str, pa.Array],
        shapes: Shapes | None,
        rows: NDArray[np.int64],
        keep: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Which rows are new; told: those that repeat another, or contradict it."""
        begins = columns.get("valid_from")
        keys = columns[CODE].cast(pa.string())
        if begins is not None:
            days = pc.fill_null(begins.cast(pa.string()), "")
            keys = pc.binary_join_element_wise(keys, days, "\x1f", null_handling="emit_null")
        considered = keep & keys.is_valid().to_numpy(zero_copy_only=False)
        same, other = self._seen.compare(keys, likeness(columns, shapes), rows, considered)
        self.tally.mended("duplicate_row", rows[same], field=CODE)
        if self.fitting.keeps_repeats:
            other = []
        texts = columns[CODE].to_pylist() if other else []
        self.tally.tell_rows(
            "duplicate_key", "error", rows[[at for at, _ in other]], field=CODE,
            values=[texts[at] for at, _ in other],
            each=[{"first": str(first)} for _, first in other],
        )  # fmt: skip
        new = np.ones(len(rows), dtype=bool)
        new[same] = False
        self.rejected -= len(same)
        return new
