"""An indicator's figure of the whole territory beside the figures that others publish of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sitplan.analysis.standards import KIND_OF
from sitplan.figures import FIGURES
from sitplan.words import say, write_number

WAYS: Final = ("network", "straight")
"""How distance is measured, as the ends of the columns of `green_indicators` tell it."""


def beside_published(
    column: str,
    totals: Mapping[str, Any],
    facts: Mapping[str, Any],
    lang: str,
    *,
    illustrative: bool,
) -> list[dict[str, Any]]:
    """The published figures of what a column holds, each with ours, one for each way of measuring.

    Parameters
    ----------
    column
        Of the analysis; its end may tell the way.
    totals
        Of the analysis, by column.
    facts
        The territory's.
    illustrative
        Whether ours is computed from what was drawn for the demonstration.
    """
    found = []
    for one in facts.get(FIGURES, ()):
        name = one["indicator"]
        if name not in KIND_OF or (column != name and not column.startswith(f"{name}_")):
            continue
        ours = {way: totals.get(f"{name}_{way}") for way in WAYS} | {"": totals.get(name)}
        known = {way: float(value) for way, value in ours.items() if value is not None}
        title = say(f"analysis.standards.{name}", lang)
        title = title[:1].upper() + title[1:]
        why = say(f"analysis.standards_why.{KIND_OF[name]}", lang)
        if illustrative:
            why = f"{say('indicators.beside.drawn', lang)} {why}"
        unit = str(one.get("unit", ""))
        values = [
            say(f"indicators.beside.ours{way and '_'}{way}", lang, value=_exact(v, unit, lang))
            for way, v in known.items()
        ]
        key = "statement" if values else "statement_alone"
        code = f" ({one['code']})" if one.get("code") else ""
        found.append(
            {
                "code": one.get("code"),
                "title": title,
                "unit": unit,
                "value": one["value"],
                "year": one["year"],
                "source": one["source"],
                "standard": one.get("standard"),
                "ours": [
                    {"way": way or None, "value": v, "difference": v - one["value"]}
                    for way, v in known.items()
                ],
                "statement": say(
                    f"indicators.beside.{key}", lang, title=f"{title}{code}",
                    value=_exact(one["value"], unit, lang),
                    year=one["year"], ours="; ".join(values),
                ),
                "why": why,
            }
        )  # fmt: skip
    return found


def _exact(value: float, unit: str, lang: str) -> str:
    """A number with the two decimals that others publish, and its unit where it has one."""
    return f"{write_number(round(float(value), 2), lang)} {unit}".rstrip()
