"""What long work tells while it runs: for a log line by line, for who watches as it goes."""

from __future__ import annotations

import io

import pytest

from sitplan.phases import Phases, seconds


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_one_whole_line_a_phase() -> None:
    phases = Phases(2, out=io.StringIO())
    with phases.phase("database") as phase:
        phase.progress("lo que se ve un momento")
        phase.tell("hecho")
        phase.note("una nota")
    with phases.phase("system") as phase:
        phase.announce("se instala algo")
        phase.tell("instalado")
    lines = phases.out.getvalue().splitlines()
    assert lines[0].startswith("1/2 Base de datos")
    assert lines[0].endswith("hecho · 0,0 s")
    assert lines[1] == "    una nota"
    assert lines[2].startswith("2/2 Paquetes del sistema")
    assert lines[3] == "    se instala algo"
    assert lines[4] == "    instalado · 0,0 s"
    assert "momento" not in phases.out.getvalue()


def test_who_watches_sees_what_goes_on() -> None:
    phases = Phases(1, lang="en", out=Terminal())
    with phases.phase("python") as phase:
        phase.progress("Downloading x" + "x" * 500)
        phase.tell("3.11.2")
    told = phases.out.getvalue()
    assert "Downloading x" in told
    assert "x" * 200 not in told, "longer than any line of a terminal"
    assert told.endswith("\r\x1b[K1/1 Python                  3.11.2 · 0.0 s\n")


def test_a_phase_that_fails_is_marked() -> None:
    phases = Phases(1, out=io.StringIO())
    with pytest.raises(ValueError, match="x"), phases.phase("web"):
        raise ValueError("x")
    assert phases.out.getvalue().endswith("✗\n")


def test_durations_for_people() -> None:
    assert seconds(12.34, "es") == "12,3 s"
    assert seconds(12.34, "en") == "12.3 s"
    assert seconds(80, "es") == "1 min 20 s"
