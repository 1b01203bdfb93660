"""What is wrong with data, told whole: in which row, in which field, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "repair"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or mended) in one row.

    Parameters
    ----------
    code
        Stable name of the rule, as ``overlap`` or ``required``.
    severity
        ``error`` refuses the whole, ``warning`` only tells, ``repair`` names what was mended.
    message, hint
        Sentences by language, ``{"es": …, "en": …}``.
    layer, row, field, value, feature
        Where: the layer, the 1-based row of the source (the header not counted), the field,
        what stood there, and the stored feature's id where there is one.
    spot
        Longitude and latitude (CRS84) to look at; None where there is no place.
    count
        How many rows this entry stands for, where the same fault is told once.
    """

    code: str
    severity: Severity
    message: dict[str, str]
    hint: dict[str, str] = field(default_factory=dict)
    layer: str | None = None
    row: int | None = None
    field: str | None = None
    value: Any = None
    feature: str | None = None
    spot: tuple[float, float] | None = None
    count: int = 1

    def as_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The problem for JSON; one language where `lang` is given, else both."""
        out: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message.get(lang, self.message.get("es", "")) if lang else self.message,
            "hint": self.hint.get(lang, self.hint.get("es", "")) if lang else self.hint,
            "layer": self.layer,
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "feature": self.feature,
            "spot": list(self.spot) if self.spot else None,
            "count": self.count,
        }
        return {k: v for k, v in out.items() if v is not None and v != {} and v != ""}


@dataclass(frozen=True, slots=True)
class Report:
    """All problems of one piece of work, worst first."""

    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(self.problems + other.problems)

    def count(self, severity: Severity) -> int:
        """How many rows have a problem of this severity."""
        return sum(p.count for p in self.problems if p.severity == severity)

    @property
    def is_refused(self) -> bool:
        """Whether any problem is an error."""
        return any(p.severity == "error" for p in self.problems)

    def as_dict(self, lang: str | None = None) -> list[dict[str, Any]]:
        """The problems for JSON, errors before warnings before repairs."""
        order = {"error": 0, "warning": 1, "repair": 2}
        return [p.as_dict(lang) for p in sorted(self.problems, key=lambda p: order[p.severity])]
