"""What long work tells while it runs: one line a phase, with its time.

Leans on the standard library alone: `scripts/bootstrap.py` speaks before anything is installed.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from sitplan.words import say


@dataclass(slots=True)
class Phase:
    """A phase under way, on the line that `head` begins."""

    head: str
    out: TextIO
    what: str = ""
    notes: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        """Say in a few words what came of the phase."""
        self.what = what

    def note(self, line: str) -> None:
        """Add a line that stands below the phase."""
        self.notes.append(line)

    def announce(self, line: str) -> None:
        """Say at once what is about to be done; the phase ends on a line of its own."""
        self.out.write(f"\n    {line}")
        self.head = "    "
        self.out.flush()

    def progress(self, line: str) -> None:
        """Show what is being done, for as long as it is; only to somebody who watches."""
        if self.out.isatty():
            room = max(20, shutil.get_terminal_size().columns - len(self.head) - 1)
            self.out.write(f"\r{self.head}{line[:room]}\x1b[K")
            self.out.flush()


@dataclass(slots=True)
class Phases:
    """The phases of one piece of work, counted on from one program to the next.

    Parameters
    ----------
    total, done
        How many there are, and how many were told before (by the bootstrap).
    began
        Seconds since 1970 when the whole began.
    """

    total: int
    lang: str = "es"
    done: int = 0
    began: float = field(default_factory=time.time)
    out: TextIO = field(default_factory=lambda: sys.stdout)

    @contextmanager
    def phase(self, key: str) -> Iterator[Phase]:
        """Tell the phase ``phases.<key>``: its title now, what came of it and its time after."""
        self.done += 1
        title = say(f"phases.{key}", self.lang)
        phase = Phase(f"{self.done}/{self.total} {title:<24}", self.out)
        start, before = time.monotonic(), phase.head
        self.out.write(phase.head)
        self.out.flush()
        try:
            yield phase
        except BaseException:
            self.out.write(f"{_again(phase, before)}✗\n")
            self.out.flush()
            raise
        took = seconds(time.monotonic() - start, self.lang)
        self.out.write(f"{_again(phase, before)}{phase.what} · {took}\n")
        for note in phase.notes:
            self.out.write(f"    {note}\n")
        self.out.flush()

    def end(self) -> str:
        """The time that the whole took, as told to people."""
        return seconds(time.time() - self.began, self.lang)


def _again(phase: Phase, before: str) -> str:
    """What begins the phase's last line: over what it showed meanwhile, or below what it said."""
    if phase.out.isatty():
        below = "" if phase.head == before else "\n"
        return f"{below}\r\x1b[K{phase.head}"
    return "" if phase.head == before else f"\n{phase.head}"


def seconds(value: float, lang: str) -> str:
    """A duration for people: ``12,4 s``, or ``1 min 20 s`` from a minute on."""
    if value >= 60:
        return f"{int(value // 60)} min {int(value % 60)} s"
    text = f"{value:.1f} s"
    return text.replace(".", ",") if lang == "es" else text
