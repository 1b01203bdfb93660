"""The command line: words in two languages, errors as exit codes, JSON for scripts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sitplan import commands, errors
from sitplan.cli import EXIT_CODES, exit_code, main, parser
from sitplan.report import Problem, Report
from sitplan.teller import Teller

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WORDS = sorted(name.removeprefix("do_") for name in dir(commands) if name.startswith("do_"))


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The real program, with a clean environment."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("SITPLAN_")} | settings
    return subprocess.run(
        [sys.executable, "-m", "sitplan", *words], capture_output=True, text=True, env=env
    )


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_word_tells_what_it_does(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = parser(lang)
    told = whole.format_help()
    known = (
        "up down reset serve wait doctor migrate import load check changes revert"
        " export publish recompute bake render template"
    )
    assert sorted(known.split()) == WORDS
    for word in WORDS:
        assert re.search(rf"\n    {word}\s", told), word
        with pytest.raises(SystemExit) as end:
            whole.parse_args([word, "--help"])
        assert end.value.code == 0
        help_text = capsys.readouterr().out
        assert "--json" in help_text
        assert help_text.startswith("uso:" if lang == "es" else "usage:")


def test_help_does_not_wait_for_the_heavy_libraries() -> None:
    code = (
        "import sys, sitplan.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'geopandas', 'pandas', 'pyogrio', 'fastapi', 'psycopg2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def kinds(root: type[errors.SitplanError]) -> list[type[errors.SitplanError]]:
    """The family of errors, root first."""
    return [root, *(k for child in root.__subclasses__() for k in kinds(child))]


def test_every_error_has_an_exit_code_of_its_branch() -> None:
    for kind in kinds(errors.SitplanError):
        facts = {"report": Report()} if issubclass(kind, errors.InvalidData) else {}
        branch = next(k for k in kind.__mro__ if k in EXIT_CODES)
        assert exit_code(kind("x", **facts)) == EXIT_CODES[branch]
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)
    assert exit_code(errors.StaleVersion("x")) == EXIT_CODES[errors.Refused]


@pytest.mark.parametrize(
    ("words", "es", "en"),
    [
        (["import", "x.zip"], "falta --layer", "--layer is missing"),
        (["import", "x.zip", "--layer", "a", "--mode", "z"], "no puede ser 'z'", "cannot be 'z'"),
        (["down", "now"], "sobra now", "now is too much"),
        (["wait", "--seconds"], "necesita un valor", "needs a value"),
        (["wait", "--seconds", "x"], "no puede ser 'x'", "cannot be 'x'"),
        (["import", "x", "--layer", "a", "--valid-from", "ayer"], "no puede ser", "cannot be"),
        (["load"], "una de las dos", "one of the two"),
        (["load", "x", "--demonstration"], "una de las dos", "one of the two"),
        (
            ["import", "x", "--layer", "a", "--columns", "name"],
            "--columns no puede ser",
            "--columns cannot be",
        ),
    ],
)
def test_words_that_cannot_be_understood_are_told_in_both_languages(
    words: list[str], es: str, en: str, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    for lang, sentence in (("es", es), ("en", en)):
        monkeypatch.setenv("SITPLAN_LANG", lang)
        assert main(words) == 2
        told = capsys.readouterr()
        assert sentence in told.err
        assert "--help" in told.err
        assert told.out == ""


def test_json_errors_have_one_shape_on_standard_output() -> None:
    told = run("changes", "--json", SITPLAN_HOME="/nonexistent/home")
    assert told.returncode == 9
    assert told.stderr == ""
    error = json.loads(told.stdout)["error"]
    assert set(error) == {"kind", "code", "message", "hint"}
    assert (error["kind"], error["code"]) == ("unavailable", "cluster_absent")


def test_a_wrong_setting_is_told_in_the_asked_language() -> None:
    told = run("doctor", SITPLAN_PORT="http", SITPLAN_LANG="en")
    assert told.returncode == 2
    assert "SITPLAN_PORT=http" in told.stderr
    told = run("doctor", SITPLAN_LANG="fr")
    assert told.returncode == 2
    assert "es | en" in told.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    told = subprocess.run(
        f"{sys.executable} -m sitplan --help | head -1", shell=True, capture_output=True, text=True
    )
    assert "Error" not in told.stderr


def test_every_exit_code_is_in_the_guide() -> None:
    guide = (CHECKOUT / "docs" / "guides" / "install.md").read_text(encoding="utf-8")
    for code in (0, *EXIT_CODES.values()):
        assert f"| {code} |" in guide


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("es", "    Dónde: -28.576239, -70.757974 (latitud, longitud) · EV-1\n"),
        ("en", "    Where: -28.576239, -70.757974 (latitude, longitude) · EV-1\n"),
    ],
)
def test_a_problem_with_a_place_says_where(
    lang: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six decimals are a decimetre; the map's search takes the pair as it stands."""
    broken = Problem(
        "parts_do_not_join", "error", {"es": "se corta", "en": "is broken"},
        layer="evacuation_routes", value="EV-1", spot=(-70.7579742, -28.5762394),
    )  # fmt: skip
    Teller(lang).report(Report((broken,)))
    assert told in capsys.readouterr().out
