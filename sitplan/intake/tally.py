"""Problems gathered while a file goes by: details up to a limit for each rule, and all counted.

A sentence has its words under ``[intake.<code>]`` of the words' files (`message`, `hint`). Its
facts may be numbers: they are written in the manner of each language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sitplan.report import Problem, Report, Severity
from sitplan.words import LANGUAGES, say, write_number

Rows = Sequence[int] | NDArray[np.int64]
"""Row numbers, 1-based."""

DETAILS = 100
"""How many rows of one rule are told one by one; the others are counted."""
_ROWS_NAMED = 8


def _fact(value: object, lang: str) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return write_number(value, lang)
    if isinstance(value, Mapping):
        return value.get(lang, value.get("es", ""))
    return value


def sentences(key: str, facts: Mapping[str, object]) -> dict[str, str]:
    """The sentence `key` in every language, its facts written in each one's manner.

    A fact that is a mapping is itself given by language.
    """
    return {
        lang: say(key, lang, **{k: _fact(v, lang) for k, v in facts.items()}) for lang in LANGUAGES
    }


def problem(
    code: str,
    severity: Severity,
    *,
    row: int | None = None,
    field: str | None = None,
    value: object = None,
    spot: tuple[float, float] | None = None,
    count: int = 1,
    layer: str | None = None,
    **facts: object,
) -> Problem:
    """One Problem with its sentences in every language."""
    known: dict[str, object] = {
        "row": "" if row is None else str(row),
        "field": field or "",
        "value": "" if value is None else _short(value),
        "count": count,
        **facts,
    }
    hint = sentences(f"intake.{code}.hint", known)
    return Problem(
        code=code,
        severity=severity,
        message=sentences(f"intake.{code}.message", known),
        hint=hint if any(hint.values()) else {},
        layer=layer,
        row=row,
        field=field,
        value=None if value is None else _short(value),
        spot=spot,
        count=count,
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


@dataclasses.dataclass
class _Group:
    """What is kept of the rows beyond those told one by one."""

    severity: Severity
    field: str | None
    count: int = 0
    rows: list[int] = dataclasses.field(default_factory=list)
    facts: dict[str, object] = dataclasses.field(default_factory=dict)
    spot: tuple[float, float] | None = None
    value: object = None
    told: int = 0


class Tally:
    """Collects the problems of one file.

    Errors and warnings are told row by row, up to `DETAILS` for each rule and field, and the
    rest in one entry; repairs and notes are told once, with their count and the first rows.
    """

    def __init__(self, layer: str | None = None) -> None:
        self.layer = layer
        self._problems: list[Problem] = []
        self._groups: dict[tuple[str, str | None, str], _Group] = {}
        self._errors = 0

    @property
    def has_errors(self) -> bool:
        """Whether anything told so far refuses the whole."""
        return self._errors > 0

    def add(self, report: Report) -> None:
        """Take over the problems of a report."""
        self._problems.extend(report.problems)
        self._errors += report.count("error")

    def tell(
        self,
        code: str,
        severity: Severity,
        *,
        row: int | None = None,
        field: str | None = None,
        value: object = None,
        spot: tuple[float, float] | None = None,
        count: int = 1,
        **facts: object,
    ) -> None:
        """One problem of the file as a whole, or of one row."""
        if severity == "error":
            self._errors += count
        self._problems.append(
            problem(
                code, severity, row=row, field=field, value=value, spot=spot, count=count,
                layer=self.layer, **facts,
            )
        )  # fmt: skip

    def tell_rows(
        self,
        code: str,
        severity: Severity,
        rows: Rows,
        *,
        field: str | None = None,
        values: Iterable[object] = (),
        spots: Iterable[tuple[float, float] | None] = (),
        each: Iterable[Mapping[str, object]] = (),
        **facts: object,
    ) -> None:
        """The same problem in several rows: `values`, `spots` and `each` (facts) go with `rows`."""
        if not len(rows):
            return
        group = self._groups.setdefault((code, field, ""), _Group(severity, field))
        if severity == "error":
            self._errors += len(rows)
        values, spots, each = iter(values), iter(spots), iter(each)
        for row in rows:
            if group.told >= DETAILS:
                break
            self._problems.append(
                problem(
                    code, severity, row=int(row), field=field, value=next(values, None),
                    spot=next(spots, None), layer=self.layer, **{**facts, **next(each, {})},  # type: ignore[arg-type]
                )
            )  # fmt: skip
            group.told += 1
            group.count -= 1
        group.count += len(rows)

    def mended(
        self,
        code: str,
        rows: Rows,
        *,
        severity: Severity = "repair",
        field: str | None = None,
        value: object = None,
        spot: tuple[float, float] | None = None,
        about: str = "",
        **facts: object,
    ) -> None:
        """The same repair (or note) in several rows: one entry with its count.

        Entries of the same code are kept apart by field, and by `about`.
        """
        if not len(rows):
            return
        group = self._groups.setdefault((code, field, about), _Group(severity, field))
        if not group.rows:
            group.facts, group.spot, group.value = dict(facts), spot, value
        group.rows.extend(int(r) for r in rows[: _ROWS_NAMED + 1 - len(group.rows)])
        group.count += len(rows)

    def rows_told(self, field: str | None) -> set[int]:
        """Rows of which an error in that field has been told, as far as they are told singly."""
        return {
            p.row
            for p in self._problems
            if p.field == field and p.severity == "error" and p.row is not None
        }

    def report(self) -> Report:
        """Everything told so far."""
        found = list(self._problems)
        for (code, name, _), group in self._groups.items():
            if group.count <= 0:
                continue
            if group.told:
                found.append(
                    Problem(
                        code=code,
                        severity=group.severity,
                        message=sentences(
                            "intake.more.message",
                            {"count": group.count, "field": name or "", "code": code},
                        ),
                        layer=self.layer,
                        field=name,
                        count=group.count,
                    )
                )
            else:
                found.append(
                    problem(
                        code, group.severity, row=group.rows[0], field=name, value=group.value,
                        spot=group.spot, count=group.count, layer=self.layer,
                        **{**group.facts, "rows": _rows_named(group.rows, group.count)},
                    )
                )  # fmt: skip
        return Report(tuple(found))


def _rows_named(rows: Rows, count: int) -> str:
    named = ", ".join(str(r) for r in rows[:_ROWS_NAMED])
    return f"{named}…" if count > _ROWS_NAMED else named
