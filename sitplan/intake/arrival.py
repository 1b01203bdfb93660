"""A file on its way into a layer: opened, located, fitted — chunk by chunk, all faults told.

Pure but for reading the file: what is known of the neighbourhood is asked of `Known`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np
import shapely
from pandas import DataFrame
from pyproj import CRS

from sitplan.catalogue import Territory
from sitplan.errors import InvalidData, UnreadableFile
from sitplan.intake.datum import Finding, locate, rank
from sitplan.intake.displaced import explain_crossings, explain_shift
from sitplan.intake.fit import GEOM, Fitter, Fitting, Place
from sitplan.intake.matching import CODE, Matching, match_columns
from sitplan.intake.mend import SpotOf, Wanted
from sitplan.intake.shift import REACH_M, shift_by_key, shift_by_shape
from sitplan.intake.source import Asked, Batch, Shapes, Source
from sitplan.intake.systems import (
    describe,
    epsg_of,
    ground_of,
    into_storage,
    to_lon_lat,
)
from sitplan.intake.tally import Tally
from sitplan.layer import Layer
from sitplan.words import LANGUAGES, say

_SAMPLE = 4_000
_DEGREE_M = 111_000.0
_RIGHT_HANDED = ("geojson",)


class Known(Protocol):
    """What is stored already, in the storage CRS: to compare with what comes in."""

    def by_code(self, layer: str, codes: list[str]) -> Mapping[str, Any]:
        """Shapes of the layer's features by code, of those asked for."""

    def near(self, box: tuple[float, float, float, float]) -> Shapes:
        """Streets and other trusted shapes in a box; none where they are only drawn."""


@dataclass(frozen=True)
class Plan:
    """What is known of a file beforehand, from the manifest of sources.

    Parameters
    ----------
    aliases
        Column → field, as this layer's files are wont to have them.
    constants, translate, code
        As in `Fitting`.
    keep
        Which rows of a batch are wanted; None, all.
    reduce, keeps_repeats
        As in `Place` and `Fitting`.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    translate: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    code: str = ""
    keep: Callable[[Batch], Batch] | None = None
    reduce: bool = False
    keeps_repeats: bool = False


class Arrival:
    """The chunks of one file for one layer; each reading tells its problems anew.

    After `chunks` has been read through, `tally` and `fitter` say what happened.
    """

    def __init__(
        self,
        source: Source,
        layer: Layer,
        territory: Territory,
        *,
        asked: Asked,
        plan: Plan | None = None,
        known: Known | None = None,
    ) -> None:
        self.source = source
        self.layer = layer
        self.territory = territory
        self.asked = asked
        self.plan = plan or Plan()
        self.known = known
        own = layer.geometry.crs if layer.geometry else None
        self.ground = ground_of(territory, storage=own)
        self.tally = Tally(layer.name)
        self.fitter: Fitter | None = None

    def chunks(self) -> Iterator[DataFrame]:
        """Frames in the layer's columns and CRS.

        Raises
        ------
        InvalidData
            At the end, with everything that is wrong; at once where the columns or the place
            of the whole file are.
        UnreadableFile
            ``no_geometry_for_layer``.
        """
        tally = self.tally = Tally(self.layer.name)
        tally.add(self.source.notes.report())
        if self.layer.geometry is not None and not self.source.has_shapes:
            raise UnreadableFile(
                "no_geometry_for_layer", file=self.source.path.name, layer=self.layer.name
            )
        batches = self._wanted(self.source.read_batches(tally))
        first = next(batches, None)
        if first is None:
            tally.tell("nothing_read", "error")
            raise self._refusal()
        matching = self._match(first, tally)
        if self.layer.geometry is not None:
            self._locate(first)
        self.fitter = Fitter(self._fitting(matching), tally)
        is_first, given = True, 0
        for batch in chain([first], batches):
            frame = self.fitter.fit(batch)
            if is_first and self.layer.geometry is not None and len(frame):
                self._compare(frame)
            is_first = False
            # Once refused, the rest is looked at but no longer copied.
            if len(frame) and not tally.has_errors:
                given += len(frame)
                yield frame
        if not given and not tally.has_errors:
            tally.tell("all_rejected", "error", count=self.fitter.rejected)
        if tally.has_errors:
            raise self._refusal()

    def _wanted(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            kept = self.plan.keep(batch) if self.plan.keep else batch
            if len(kept):
                yield kept

    def _refusal(self) -> InvalidData:
        return InvalidData("invalid_data", report=self.tally.report())

    def _match(self, first: Batch, tally: Tally) -> Matching:
        # Reading may find columns that opening could not: tables within a KML's descriptions.
        matching = match_columns(
            tuple(dict.fromkeys((*self.source.columns, *first.table.column_names))),
            self.layer,
            said=self.asked.columns,
            key=self.asked.key if not self.plan.code else (),
            aliases=self.plan.aliases,
            filled=tuple(self.plan.constants),
            only_said=bool(self.plan.code),
            tally=tally,
        )
        if not matching.has_code and not self.plan.code:
            tally.tell("code_generated", "warning")
        return matching

    def _fitting(self, matching: Matching) -> Fitting:
        place = None
        constants = dict(self.plan.constants)
        if self.layer.geometry is not None:
            place = self._place()
            constants["source_srid"] = epsg_of(self._crs())
        return Fitting(
            layer=self.layer,
            matching=matching,
            place=place,
            constants={k: v for k, v in constants.items() if v is not None},
            translate=self.plan.translate,
            code=self.plan.code,
            keeps_repeats=self.plan.keeps_repeats,
            decimal_comma=self.source.decimal_comma,
            time_zone=self.territory.time_zone,
        )

    def _crs(self) -> CRS:
        assert self.source.crs is not None, "located before it is fitted"
        return self.source.crs

    def _place(self) -> Place:
        shape = self.layer.geometry
        assert shape is not None
        is_own = shape.crs is not None and shape.crs != self.territory.storage_crs
        in_degrees = self.ground.storage_crs.is_geographic
        return Place(
            carry=into_storage(self._crs(), self.ground),
            wanted=Wanted(
                type=shape.type,
                min_area_m2=shape.min_area_m2,
                vertices=self.asked.limits.vertices,
                unit_m=_DEGREE_M if in_degrees else 1.0,
                tells_winding=self.source.format in _RIGHT_HANDED,
            ),
            spot=SpotOf(to_lon_lat(self.ground)),
            box=None if shape.anywhere or is_own else self.territory.bounds_projected,
            reduce=self.plan.reduce,
        )

    def _locate(self, first: Batch) -> None:
        """Refuse a file that does not say its CRS, or falls where it cannot be."""
        shapes = first.shapes
        if shapes is None or self.layer.geometry is None:
            return
        some = shapes[~shapely.is_missing(shapes)][:_SAMPLE]
        starts = shapely.get_coordinates(shapely.force_2d(some))
        starts = starts[:: max(1, len(starts) // _SAMPLE)]
        crs = self.source.crs
        anywhere = self.layer.geometry.anywhere
        found = None if anywhere and crs is not None else locate(starts, crs, self.ground)
        if found is not None:
            self._tell(found, "error")
            if found.code == "crs_missing":
                self._tell_likeliest(found, some)
            raise InvalidData("wrong_place", report=self.tally.report(), file=self.source.path.name)
        if crs is None:
            self.tally.tell("crs_missing_far", "error", x="—", y="—")
            raise InvalidData("wrong_place", report=self.tally.report(), file=self.source.path.name)
        if epsg_of(crs) is None:
            self.tally.tell("crs_unnamed", "warning", name=crs.name)
        datum = self.ground.datum(epsg_of(crs))
        if datum is not None and datum.operation is not None:
            self.tally.tell(
                "converted", "repair", datum=datum.title, operation=str(datum.operation)
            )

    def _tell_likeliest(self, found: Finding, shapes: Shapes) -> None:
        """Where streets are known, which of the proposed systems puts the shapes on them."""
        best = rank(shapes, found.proposals, self._near, self.ground)
        if best is not None:
            proposal, share = best
            self.tally.tell(
                "crs_likely", "warning", datum=proposal.title, crs=f"EPSG:{proposal.crs}",
                share=round(100 * share),
            )  # fmt: skip

    def _near(self, shapes: Shapes) -> Shapes:
        nothing: Shapes = np.array([], dtype=object)
        if self.known is None:
            return nothing
        west, south, east, north = shapely.total_bounds(shapes)
        if not np.isfinite([west, south, east, north]).all():
            return nothing
        return self.known.near((west - REACH_M, south - REACH_M, east + REACH_M, north + REACH_M))

    def _compare(self, frame: DataFrame) -> None:
        """Tell when what comes in lies beside what is known, and which datum does that."""
        if self.known is None or self.ground.storage_crs.is_geographic:
            return
        shapes = np.asarray(frame[GEOM], dtype=object)
        found = self._shifted(frame, shapes)
        if found is None:
            return
        # Who confirms the system knows it; what has no name is only worth a look.
        is_said = self.source.how_known == "said" or found.code == "shift_unnamed"
        self._tell(found, "warning" if is_said else "error")

    def _shifted(self, frame: DataFrame, shapes: Shapes) -> Finding | None:
        crs, at = self._crs(), np.array([_middle(shapes)])
        assert self.known is not None
        codes = [str(c) for c in frame[CODE].tolist()[:_SAMPLE]]
        known = self.known.by_code(self.layer.name, codes)
        both = [i for i, c in enumerate(codes) if c in known]
        if both:
            ours = shapely.get_coordinates(shapely.centroid(shapes[both]))
            theirs = shapely.get_coordinates(shapely.centroid([known[codes[i]] for i in both]))
            shift = shift_by_key(ours, theirs)
            if shift is not None:
                return explain_shift(shift, crs, at, self.ground)
            if len(both) >= len(codes) / 2:
                return None  # where they are known to be
        near = self._near(shapes)
        if not len(near):
            return None
        shift = shift_by_shape(shapes, near)
        if shift is not None:
            return explain_shift(shift, crs, at, self.ground)
        areas = shapes[shapely.get_dimensions(shapes) == 2]
        lines = near[shapely.get_dimensions(near) == 1]
        return explain_crossings(areas, lines, crs, at, self.ground)

    def _tell(self, found: Finding, severity: str) -> None:
        listed = {
            lang: "; ".join(f"EPSG:{p.crs} ({p.title.get(lang, '')})" for p in found.proposals)
            for lang in ("es", "en")
        }
        example = f"EPSG:{found.proposals[0].crs}" if found.proposals else "EPSG:…"
        declared = describe(self.source.crs).split(" ")[0] if self.source.crs is not None else ""
        facts = {
            "proposals": listed, "example": example, "declared": declared,
            "swap": self._swap(), **found.facts,
        }  # fmt: skip
        self.tally.tell(found.code, severity, **facts)  # type: ignore[arg-type]

    def _swap(self) -> dict[str, str]:
        """How to say that a table's coordinate columns are each the other; empty for shapes."""
        pair = self.source.coordinates
        if pair is None or not pair.y:
            return {}
        return {lang: say("intake.swap", lang, x=pair.x, y=pair.y) for lang in LANGUAGES}


def _middle(shapes: Shapes) -> tuple[float, float]:
    west, south, east, north = shapely.total_bounds(shapes)
    return ((west + east) / 2, (south + north) / 2)
