"""Answers of the command line: sentences and tables for people, one JSON document for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sitplan.errors import InvalidData, SitplanError
from sitplan.words import say

if TYPE_CHECKING:
    from sitplan.changes import Receipt
    from sitplan.report import Report

TOLD_PROBLEMS = 20
"""How many problems a terminal shows; JSON has them all."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things on the terminal in one language, or as one JSON document."""

    lang: str
    as_json: bool = False

    def say(self, key: str, **facts: object) -> None:
        """Say a sentence, to people only."""
        if not self.as_json:
            print(say(f"cli.{key}", self.lang, **facts))

    def line(self, text: str = "") -> None:
        """Show a line, to people only."""
        if not self.as_json:
            print(text)

    def answer(self, value: Any) -> None:
        """Give the whole answer, to scripts only."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False, indent=2, default=str))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show rows under their heads, numbers to the right."""
        if self.as_json or not rows:
            return
        cells = [[str(cell) for cell in row] for row in rows]
        wide = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
        for row in ([*heads], *cells):
            padded = (
                cell.rjust(width) if cell.isdigit() else cell.ljust(width)
                for cell, width in zip(row, wide, strict=True)
            )
            print("  ".join(padded).rstrip())

    def error(self, error: SitplanError) -> None:
        """Say what went wrong and how to mend it; on standard error unless JSON is asked for."""
        if self.as_json:
            told: dict[str, Any] = {
                "error": {
                    "kind": error.kind,
                    "code": error.code,
                    "message": error.message(self.lang),
                    "hint": error.hint(self.lang),
                }
            }
            if isinstance(error, InvalidData):
                told["problems"] = error.report.as_dict(self.lang)
            self.answer(told)
            return
        if isinstance(error, InvalidData):
            self.report(error.report)
        print(f"{error.message(self.lang)}\n{error.hint(self.lang)}".rstrip(), file=sys.stderr)

    def report(self, report: Report) -> None:
        """Show the worst problems, one a line, and how many there are besides."""
        problems = report.as_dict(self.lang)
        for problem in problems[:TOLD_PROBLEMS]:
            where = [str(problem[key]) for key in ("layer", "row", "field") if key in problem]
            kind = say(f"cli.severity.{problem['severity']}", self.lang)
            times = f" (×{problem['count']})" if problem["count"] > 1 else ""
            self.line(f"{kind} {' · '.join(where)}: {problem['message']}{times}")
            if "spot" in problem:
                lon, lat = problem["spot"]
                named = problem.get("value") if "row" not in problem else None
                at = say("cli.where", self.lang, lat=f"{lat:.6f}", lon=f"{lon:.6f}")
                self.line(f"    {at}" + (f" · {named}" if named else ""))
            if problem.get("hint"):
                self.line(f"    {problem['hint']}")
        if len(problems) > TOLD_PROBLEMS:
            self.say("more_problems", count=len(problems) - TOLD_PROBLEMS)

    def receipt(self, receipt: Receipt) -> None:
        """Tell what a Change did."""
        self.answer(receipt.as_dict(self.lang))
        names = ("read", "added", "changed", "unchanged", "removed", "rejected")
        heads = [say(f"cli.counts.{name}", self.lang) for name in ("layer", *names)]
        rows = [[layer, *(getattr(n, x) for x in names)] for layer, n in receipt.layers.items()]
        self.report(receipt.report)
        self.table(heads, rows)
        if receipt.dry_run:
            self.say("dry_run")
        elif receipt.change_id is None:
            self.say("nothing_changed")
        else:
            self.say("kept", change=receipt.change_id)
