"""Numbers as offices write them: ``672.463,96``, ``$ 1.200.000``, ``3,5 ha``, ``28° 34' 35" S``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_PLAIN = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_GROUPED_DOTS = r"^\s*[-+]?\d{1,3}(\.\d{3})+\s*$"
_MANY_DOTS = r"^\s*[-+]?\d{1,3}(\.\d{3}){2,}\s*$"
_COMMA = r"^\s*[-+]?(\d{1,3}(\.\d{3})+|\d+)?,\d+\s*$"
_ENGLISH = r"^\s*[-+]?\d{1,3}(,\d{3})+\.\d+\s*$|^\s*[-+]?\d{1,3}(,\d{3}){2,}\s*$"
_UNIT = (
    r"^\s*(?P<money>MM?\$|\$|CLP)?\s*(?P<number>[-+]?[\d.,' ]*\d)\s*(?P<unit>[^\d\s.,'+-]\S*)?\s*$"
)
_DMS = (
    r"""^\s*(?P<sign>[-+])?(?P<deg>\d{1,3})\s*[°ºd:\s]\s*(?P<min>\d{1,2})\s*['’′m:\s]\s*"""
    r"""(?P<sec>\d{1,2}(?:[.,]\d+)?)?\s*(?:["”″s]|''|’’)?\s*(?P<side>[NSEWOnsewo])?\s*$"""
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of texts read as numbers.

    Parameters
    ----------
    values
        NaN where there is none, or it could not be read.
    bad
        Where a text stands that is no number.
    thousands
        Where dots were taken for thousands though one alone could be a decimal point.
    """

    values: Floats
    bad: Mask
    thousands: Mask

    @classmethod
    def none(cls, size: int) -> Numbers:
        """As many missing numbers."""
        no = np.zeros(size, dtype=bool)
        return cls(np.full(size, np.nan), no, no.copy())


def has_decimal_comma(column: pa.Array) -> bool:
    """Whether some text of the column can only be a number with a decimal comma."""
    found = pc.any(pc.match_substring_regex(column, _COMMA))
    return bool(found.as_py())


def parse_numbers(column: pa.Array, *, decimal_comma: bool = False, whole: bool = False) -> Numbers:
    """The texts of a column as numbers.

    Parameters
    ----------
    decimal_comma
        Whether the file is known to write ``1.234,5``: then ``6.837`` is six thousand.
    whole
        Whether only whole numbers make sense, so that ``6.837`` is six thousand too.
    """
    size = len(column)
    try:
        values = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        grouped = _matches(column, _GROUPED_DOTS)
        if not grouped.any():
            return Numbers(values, np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))
    except pa.ArrowInvalid:
        grouped = _matches(column, _GROUPED_DOTS)
    text = pc.utf8_trim_whitespace(column)
    there = pc.is_valid(text).to_numpy(zero_copy_only=False)
    there &= ~pc.fill_null(pc.equal(text, ""), fill_value=True).to_numpy(zero_copy_only=False)
    result = Numbers.none(size)
    english = _matches(text, _ENGLISH)
    comma = _matches(text, _COMMA) & ~english
    many = _matches(text, _MANY_DOTS)
    as_thousands = grouped & (many | decimal_comma | whole | bool(comma.any()) | bool(many.any()))
    plain = _matches(text, _PLAIN) & ~as_thousands
    _fill(result.values, text, plain, ())
    _fill(result.values, text, comma, ((".", ""), (",", ".")))
    _fill(result.values, text, as_thousands, ((".", ""),))
    _fill(result.values, text, english, ((",", ""),))
    result.thousands[:] = as_thousands & ~many
    result.bad[:] = there & ~(plain | comma | as_thousands | english)
    return result


def _matches(column: pa.Array, pattern: str) -> Mask:
    found: Mask = pc.fill_null(
        pc.match_substring_regex(column, pattern), fill_value=False
    ).to_numpy(zero_copy_only=False)
    return found


def _fill(values: Floats, text: pa.Array, where: Mask, swaps: tuple[tuple[str, str], ...]) -> None:
    if not where.any():
        return
    part = text.filter(pa.array(where))
    for old, new in swaps:
        part = pc.replace_substring(part, old, new)
    part = pc.utf8_ltrim(part, "+")
    values[where] = pc.cast(part, pa.float64()).to_numpy(zero_copy_only=False)


UNITS: dict[str, dict[str, float]] = {
    "m2": {"m2": 1, "m²": 1, "mt2": 1, "mts2": 1, "mts²": 1, "ha": 1e4, "has": 1e4, "há": 1e4,
           "hectareas": 1e4, "hectáreas": 1e4, "km2": 1e6, "km²": 1e6},
    "ha": {"ha": 1, "has": 1, "há": 1, "m2": 1e-4, "m²": 1e-4, "km2": 100, "km²": 100},
    "m": {"m": 1, "mt": 1, "mts": 1, "metros": 1, "km": 1000, "kms": 1000, "cm": 0.01, "mm": 0.001},
    "km": {"km": 1, "kms": 1, "m": 0.001, "mts": 0.001},
    "mm": {"mm": 1, "cm": 10, "m": 1000, "pulg": 25.4, "pulgadas": 25.4},
    "min": {"min": 1, "mins": 1, "minutos": 1, "h": 60, "hr": 60, "hrs": 60, "horas": 60},
    "km/h": {"km/h": 1, "kmh": 1, "kph": 1},
    "%": {"%": 1},
    "CLP": {"$": 1, "clp": 1, "pesos": 1, "m$": 1e3, "mm$": 1e6},
}  # fmt: skip
"""For each unit of a field, what others mean in it. ``M$`` is thousands of pesos in Chile."""


def strip_units(column: pa.Array, unit: str | None) -> tuple[pa.Array, Floats, Mask]:
    """The texts without their units, what each is to be multiplied with, and the unknown units."""
    factors = np.ones(len(column))
    unknown = np.zeros(len(column), dtype=bool)
    parts = pc.extract_regex(column, _UNIT)
    if parts.null_count == len(column):
        return column, factors, unknown
    money = pc.struct_field(parts, "money")
    said = pc.struct_field(parts, "unit")
    either = pc.if_else(pc.equal(pc.fill_null(said, ""), ""), money, said)
    named = pc.fill_null(pc.utf8_lower(either), "").to_numpy(zero_copy_only=False)
    number = pc.struct_field(parts, "number")
    known = UNITS.get(unit or "", {})
    for name in {str(n) for n in named if n}:
        where = named == name
        if name in known:
            factors[where] = known[name]
        else:
            unknown |= where
    bare = pc.if_else(pa.array((named != "") & ~unknown), number, column)
    # Blanks and apostrophes separate thousands too: 1 200 000.
    spaced = pa.array(_matches(bare, r"^\s*[-+]?\d{1,3}([ ']\d{3})+([.,]\d+)?\s*$"))
    bare = pc.if_else(spaced, pc.replace_substring_regex(bare, r"[ ']", ""), bare)
    return bare, factors, unknown


def parse_degrees(column: pa.Array, *, decimal_comma: bool = False) -> Numbers:
    """Degrees as decimal numbers, or as degrees, minutes and seconds with their hemisphere."""
    found = parse_numbers(
        column, decimal_comma=False if _looks_like_degrees(column) else decimal_comma
    )
    if not found.bad.any():
        return found
    parts = pc.extract_regex(column, _DMS)
    usable = pc.is_valid(parts).to_numpy(zero_copy_only=False) & found.bad
    if not usable.any():
        return found
    pieces = parts.filter(pa.array(usable))

    def piece(name: str) -> Floats:
        text = pc.replace_substring(pc.struct_field(pieces, name), ",", ".")
        text = pc.if_else(pc.equal(pc.fill_null(text, ""), ""), "0", text)
        values: Floats = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
        return values

    side = pc.utf8_upper(pc.fill_null(pc.struct_field(pieces, "side"), ""))
    negative = pc.or_(
        pc.is_in(side, pa.array(["S", "W", "O"])), pc.equal(pc.struct_field(pieces, "sign"), "-")
    ).to_numpy(zero_copy_only=False)
    degrees = piece("deg") + piece("min") / 60 + piece("sec") / 3600
    found.values[usable] = np.where(negative, -degrees, degrees)
    found.bad[usable] = False
    return found


def _looks_like_degrees(column: pa.Array) -> bool:
    """Whether a lone dot must be a decimal point: ``-28.574`` has at most three digits before."""
    return not _matches(column, _MANY_DOTS).any()


def parse_metres(column: pa.Array, *, decimal_comma: bool = False) -> Numbers:
    """Projected coordinates: ``672.463`` can only be thousands, for none is that small."""
    found = parse_numbers(column, decimal_comma=decimal_comma)
    small = np.abs(found.values) < 10_000
    small &= _matches(column, _GROUPED_DOTS)
    if small.any():
        again = parse_numbers(column, decimal_comma=True)
        found.values[small] = again.values[small]
        found.thousands[small] = True
    return found
