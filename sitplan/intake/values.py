"""Columns of a file as the types of fields: every value that does not fit is told.

Each function takes an Arrow column of any type and gives one of the field's type, null where a
value is missing or wrong. Nothing is dropped in silence.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sitplan.intake.numbers import parse_numbers, strip_units
from sitplan.intake.tally import Tally
from sitplan.intake.text import normalise
from sitplan.layer import Field, Words
from sitplan.words import LANGUAGES, say

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_TRUE = {"1", "true", "t", "verdadero", "v", "si", "s", "yes", "y", "x", "con", "tiene"}
_FALSE = {"0", "false", "f", "falso", "no", "n", "sin", "no_tiene"}
_MONTHS = {
    m: i for names in (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "january february march april may june july august september october november december",
    ) for i, m in enumerate(names.split(), start=1)
} | {"setiembre": 9}  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_EXCEL_EPOCH = np.datetime64("1899-12-30")
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Column:
    """One column on its way into a field: what is told names the field and the rows."""

    field: Field
    rows: Rows
    tally: Tally
    decimal_comma: bool = False
    time_zone: str = "UTC"

    def bad(self, code: str, where: Mask, values: pa.Array, **facts: object) -> None:
        """Tell an error for the marked rows."""
        at = np.flatnonzero(where)
        shown = [_shown(values[int(i)].as_py()) for i in at[:100]]
        self.tally.tell_rows(
            code, "error", self.rows[at], field=self.field.name, values=shown,
            title=self.field.title, **facts,  # type: ignore[arg-type]
        )  # fmt: skip

    def mended(self, code: str, where: Mask, **facts: object) -> None:
        """Tell a repair for the marked rows."""
        self.tally.mended(
            code, self.rows[np.flatnonzero(where)], field=self.field.name,
            **facts,  # type: ignore[arg-type]
        )  # fmt: skip


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def convert(values: pa.Array, column: Column) -> pa.Array:
    """The column as its field's type asks; codes, limits and lengths are looked at too."""
    kind = column.field.type
    if column.field.codes and kind != "array":
        found = to_codes(values, column)
        if kind == "integer":
            return found.cast(pa.int64())
        return found
    if kind == "integer":
        return _within(to_integers(values, column), column)
    if kind == "number":
        return _within(to_numbers(values, column), column)
    if kind == "boolean":
        return to_booleans(values, column)
    if kind == "date":
        return to_dates(values, column)
    if kind == "datetime":
        return to_instants(values, column)
    if kind == "array":
        return to_arrays(values, column)
    return _fitting(to_texts(values), column)


def to_texts(values: pa.Array) -> pa.Array:
    """Any column as texts: whole numbers without decimals, dates as ISO; empty is null."""
    if pa.types.is_floating(values.type):
        whole = pc.fill_null(pc.equal(pc.floor(values), values), fill_value=False)
        small = pc.fill_null(pc.less(pc.abs(values), _LARGEST), fill_value=False)
        is_whole = pc.and_(whole, small)
        as_int = pc.cast(pc.if_else(is_whole, values, 0.0), pa.int64())
        return pc.if_else(is_whole, as_int.cast(pa.string()), values.cast(pa.string()))
    if pa.types.is_timestamp(values.type):
        midnight = pc.equal(pc.floor_temporal(values, unit="day"), values)
        days = pc.strftime(values, "%Y-%m-%d")
        return pc.if_else(midnight, days, pc.strftime(values, "%Y-%m-%dT%H:%M:%S"))
    if pa.types.is_list(values.type):
        return pc.binary_join(values.cast(pa.list_(pa.string())), "; ")
    if not pa.types.is_string(values.type):
        values = values.cast(pa.string())
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def to_numbers(values: pa.Array, column: Column, *, whole: bool = False) -> pa.Array:
    """Numbers of any notation, in the field's unit; ``not_a_number``, ``unit_unknown``."""
    if pa.types.is_boolean(values.type):
        return values.cast(pa.int8()).cast(pa.float64())
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        found = values.cast(pa.float64())
        endless = pc.fill_null(pc.invert(pc.is_finite(found)), fill_value=False)
        return pc.if_else(endless, pa.scalar(None, pa.float64()), found)
    texts = to_texts(values)
    whole = whole or column.field.unit == "CLP"  # pesos have no cents: 1.200 is a thousand
    read = parse_numbers(texts, decimal_comma=column.decimal_comma, whole=whole)
    if read.bad.any():
        bare, factors, unknown = strip_units(texts, column.field.unit)
        again = parse_numbers(bare, decimal_comma=column.decimal_comma, whole=whole)
        column.bad("unit_unknown", unknown & read.bad, texts, unit=column.field.unit or "—")
        column.bad("not_a_number", again.bad & ~unknown, texts)
        changed = factors != 1
        column.mended("unit_converted", changed, unit=column.field.unit or "")
        column.mended("unit_stripped", read.bad & ~again.bad & ~changed)
        read.values[:] = np.where(unknown, np.nan, again.values * factors)
        read.thousands[:] = again.thousands
    column.mended("thousands_dots", read.thousands)
    return pa.array(read.values, mask=~np.isfinite(read.values))


def to_integers(values: pa.Array, column: Column) -> pa.Array:
    """Whole numbers; ``not_whole`` where decimals would be lost."""
    if pa.types.is_integer(values.type):
        return values.cast(pa.int64())
    found = to_numbers(values, column, whole=True)
    numbers = found.to_numpy(zero_copy_only=False)
    finite = np.isfinite(numbers)
    huge = finite & (np.abs(numbers) >= _LARGEST)
    parted = finite & ~huge & (np.round(numbers) != numbers)
    column.bad("number_too_large", huge, to_texts(values))
    column.bad("not_whole", parted, to_texts(values))
    kept = finite & ~huge & ~parted
    return pa.array(np.where(kept, numbers, 0).astype(np.int64), mask=~kept)


def to_booleans(values: pa.Array, column: Column) -> pa.Array:
    """Yes and no in the words of either language, as digits or as a cross."""
    if pa.types.is_boolean(values.type):
        return values
    texts = to_texts(values)
    known = texts.dictionary_encode()
    words = [normalise(t) if t else "" for t in known.dictionary.to_pylist()]
    truth = pa.array(
        [True if w in _TRUE else False if w in _FALSE else None for w in words], pa.bool_()
    ).take(known.indices)
    wrong = pc.and_(pc.is_valid(texts), pc.is_null(truth)).to_numpy(zero_copy_only=False)
    column.bad("not_yes_or_no", wrong, texts)
    return truth


def to_codes(values: pa.Array, column: Column) -> pa.Array:
    """Codes of the field's list, written as the code or as its title in either language."""
    texts = to_texts(values)
    known = texts.dictionary_encode()
    said = known.dictionary.to_pylist()
    meant = [code_of(t, column.field.codes) if t else None for t in said]
    found = pa.array(meant, pa.string()).take(known.indices)
    wrong = pc.and_(pc.is_valid(texts), pc.is_null(found)).to_numpy(zero_copy_only=False)
    column.bad(
        "not_in_list", wrong, texts,
        known={lang: _listed(column.field, lang) for lang in ("es", "en")},
        nearest=_nearest(texts, wrong, column.field.codes),
    )  # fmt: skip
    return found


def code_of(text: str, codes: Mapping[str, Mapping[str, str]]) -> str | None:
    """The code that a text means: itself, or its title in a language, case and accents aside.

    >>> code_of("PARQUE ", {"parque": {"es": "Parque", "en": "Park"}})
    'parque'
    """
    if text in codes:
        return text
    word = normalise(text)
    for code, titles in codes.items():
        if word == normalise(code) or word in {normalise(t) for t in titles.values()}:
            return code
    # «Inundación» alone, or with what the list puts in brackets left out.
    starts = [
        c for c, titles in codes.items()
        if len(word) >= 4 and any(normalise(t.split("(")[0]) == word for t in titles.values())
    ]  # fmt: skip
    return starts[0] if len(starts) == 1 else None


def _listed(field: Field, lang: str) -> str:
    return ", ".join(
        f"{c} ({t.get(lang, c)})" if t.get(lang, c) != c else c for c, t in field.codes.items()
    )


def _nearest(texts: pa.Array, wrong: Mask, codes: Mapping[str, Mapping[str, str]]) -> Words:
    """A question for the code that the first wrong text is likest to; empty where none is."""
    if not wrong.any():
        return {}
    word = normalise(texts[int(np.flatnonzero(wrong)[0])].as_py())
    names = {normalise(n): c for c, titles in codes.items() for n in (c, *titles.values())}
    found = difflib.get_close_matches(word, names, n=1, cutoff=0.75)
    if not found:
        return {}
    return {lang: say("intake.nearest", lang, code=names[found[0]]) for lang in LANGUAGES}


_YMD = r"^\s*(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ].*)?$"
_DMY = r"^\s*(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})(?:[ T].*)?$"
_COMPACT = r"^\s*(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})\s*$"
_NAMED = (
    r"(?i)^\s*(?P<d>\d{1,2})\s*(?:de\s+|-|/)?\s*(?P<m>[a-z]{3,10})\.?\s*"
    r"(?:de\s+|del\s+|-|/|,)?\s*(?P<y>\d{4})\s*$"
)


def to_dates(values: pa.Array, column: Column) -> pa.Array:
    """Days: ISO, day first with any separator, with the month's name, or Excel's numbers.

    ``date_unreadable``, ``date_impossible`` (the 31st of February) and ``date_order`` (month
    before day) are errors; ``excel_date`` is told as a repair.
    """
    if pa.types.is_date(values.type):
        return values.cast(pa.date32())
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.date32())
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return _serials(values, column)
    texts = to_texts(values)
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    there = pc.is_valid(texts).to_numpy(zero_copy_only=False)
    read = np.zeros(len(texts), dtype=bool)
    late_month = np.zeros(len(texts), dtype=bool)
    for pattern in (_YMD, _DMY, _COMPACT, _NAMED):
        parts = pc.extract_regex(texts, pattern)
        where = pc.is_valid(parts).to_numpy(zero_copy_only=False) & there & ~read
        if not where.any():
            continue
        found = parts.filter(pa.array(where))
        year, month, day = (_piece(found, name) for name in "ymd")
        days[where] = _days(year, month, day)
        late_month[where] = (month > 12) & (day <= 12)
        read |= where
    column.bad("date_unreadable", there & ~read, texts)
    impossible = read & np.isnat(days)
    # 02/28/2024 is the order of another country, and 02/03/2024 beside it would be misread.
    column.bad("date_order", impossible & late_month, texts)
    column.bad("date_impossible", impossible & ~late_month, texts)
    return pa.array(days, pa.date32(), mask=np.isnat(days))


def _piece(parts: pa.Array, name: str) -> NDArray[np.int64]:
    texts = pc.struct_field(parts, name).to_pylist()
    return np.array([int(t) if t.isdigit() else _month(t) for t in texts], dtype=np.int64)


def _month(word: str) -> int:
    bare = normalise(word)
    return next((n for m, n in _MONTHS.items() if m.startswith(bare)), 99)


def _days(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.datetime64]:
    fits = (month >= 1) & (month <= 12) & (year >= _FIRST_YEAR) & (year <= _LAST_YEAR)
    months = ((np.where(fits, year, 1970) - 1970) * 12 + np.where(fits, month, 1) - 1).astype(
        "datetime64[M]"
    )
    first = months.astype("datetime64[D]")
    length = ((months + 1).astype("datetime64[D]") - first).astype(np.int64)
    fits &= (day >= 1) & (day <= length)
    return np.where(fits, first + (day - 1).astype("timedelta64[D]"), np.datetime64("NaT"))


def _serials(values: pa.Array, column: Column) -> pa.Array:
    """Excel's count of days since 1900; years and 20240131 are not that."""
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    is_serial = (numbers >= 10_000) & (numbers < 80_000)
    compact = (numbers >= 19_000_000) & (numbers < 22_000_000)
    wrong = np.isfinite(numbers) & ~is_serial & ~compact
    column.bad("date_unreadable", wrong, to_texts(values))
    days = _EXCEL_EPOCH + np.where(is_serial, numbers, 0).astype("timedelta64[D]")
    n = np.where(compact, numbers, 19700101).astype(np.int64)
    days = np.where(compact, _days(n // 10_000, n // 100 % 100, n % 100), days)
    column.mended("excel_date", is_serial)
    return pa.array(days, pa.date32(), mask=~(is_serial | compact) | np.isnat(days))


def to_instants(values: pa.Array, column: Column) -> pa.Array:
    """Instants in UTC: with a zone as it says, without one in the territory's."""
    utc = pa.timestamp("us", tz="UTC")
    if pa.types.is_timestamp(values.type) and values.type.tz:
        return values.cast(utc)
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        local = values.cast(pa.timestamp("us"))
        return pc.assume_timezone(
            local, column.time_zone, ambiguous="earliest", nonexistent="latest"
        ).cast(utc)
    texts = to_texts(values)
    iso = pc.replace_substring_regex(texts, r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", r"\3-\2-\1")
    zone = ZoneInfo(column.time_zone)
    found = []
    for text in iso.to_pylist():
        try:
            moment = datetime.fromisoformat(text.strip()) if text else None
        except ValueError:
            moment = None
        found.append(moment and (moment if moment.tzinfo else moment.replace(tzinfo=zone)))
    out = pa.array(found, utc)
    wrong = pc.and_(pc.is_valid(texts), pc.is_null(out)).to_numpy(zero_copy_only=False)
    column.bad("date_unreadable", wrong, texts)
    return out


def to_arrays(values: pa.Array, column: Column) -> pa.Array:
    """Lists of texts: a list of the file, or one text cut where the field says."""
    field = column.field
    if pa.types.is_list(values.type):
        lists = values.to_pylist()
    else:
        texts = to_texts(values).to_pylist()
        lists = [t and _cut(t, field.flat) for t in texts]
    wrong = np.zeros(len(lists), dtype=bool)
    out: list[list[str] | None] = []
    for at, items in enumerate(lists):
        if items is None or not items:
            out.append(None)
            continue
        kept = [str(i).strip() for i in items if i is not None and str(i).strip()]
        if field.codes:
            meant = [code_of(i, field.codes) for i in kept]
            wrong[at] = any(m is None for m in meant)
            kept = [m for m in meant if m is not None]
        out.append(list(dict.fromkeys(kept)))
    if wrong.any():
        shown = pa.array(["; ".join(map(str, i)) if i else None for i in lists], pa.string())
        column.bad(
            "not_in_list", wrong, shown, nearest={},
            known={lang: _listed(field, lang) for lang in ("es", "en")},
        )  # fmt: skip
    return pa.array(out, pa.list_(pa.string()))


def _cut(text: str, flat: str) -> list[str]:
    """A text cut at the field's sign; a list as JSON or PostgreSQL write it is taken as such."""
    bare = text.strip()
    if (bare.startswith("[") and bare.endswith("]")) or (
        bare.startswith("{") and bare.endswith("}")
    ):
        return [i.strip().strip("\"'") for i in bare[1:-1].split(",")]
    return bare.split(flat)


def _within(values: pa.Array, column: Column) -> pa.Array:
    field = column.field
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if field.minimum is not None:
        column.bad("below_minimum", numbers < field.minimum, values, limit=field.minimum)
    if field.maximum is not None:
        column.bad("above_maximum", numbers > field.maximum, values, limit=field.maximum)
    return values


def _fitting(texts: pa.Array, column: Column) -> pa.Array:
    field = column.field
    if field.max_length is not None:
        long = pc.fill_null(pc.greater(pc.utf8_length(texts), field.max_length), fill_value=False)
        column.bad("too_long", long.to_numpy(zero_copy_only=False), texts, limit=field.max_length)
    if field.pattern:
        pattern = f"^(?:{field.pattern})$"
        fits = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=True)
        column.bad("pattern", ~fits.to_numpy(zero_copy_only=False), texts, pattern=field.pattern)
    return texts
