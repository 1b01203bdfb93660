"""The command line: words to calls, errors to exit codes. What each word does is in `commands`."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from sitplan import commands
from sitplan.errors import (
    BadRequest,
    InvalidData,
    NotFound,
    Refused,
    SitplanError,
    Unavailable,
    UnreadableFile,
    WrongCrs,
    WrongDeclaration,
)
from sitplan.layer import REVIEW_STATES
from sitplan.settings import Settings
from sitplan.teller import Teller
from sitplan.words import LANGUAGES, say

EXIT_CODES: dict[type[SitplanError], int] = {
    SitplanError: 1,
    BadRequest: 2,  # as argparse has it
    NotFound: 3,
    Refused: 4,
    InvalidData: 5,
    UnreadableFile: 6,
    WrongDeclaration: 7,
    WrongCrs: 8,
    Unavailable: 9,
}
"""Class of what went wrong → exit code. 0 is done; 1 that `check` or `doctor` found something."""


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words ask and return the exit code."""
    asked = sys.argv[1:] if words is None else list(words)
    lang = os.environ.get("SITPLAN_LANG", "")
    teller = Teller(lang if lang in LANGUAGES else LANGUAGES[0], as_json="--json" in asked)
    try:
        settings = Settings.from_environment()
        options = parser(settings.lang).parse_args(asked)
        run = getattr(commands, f"do_{options.word}")
        return int(run(settings, options, teller))
    except SitplanError as error:
        teller.error(error)
        return exit_code(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `sitplan changes | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def exit_code(error: SitplanError) -> int:
    """The exit code of an error, by its nearest class in the table."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def parser(lang: str = "es") -> argparse.ArgumentParser:
    """All words with their options, told in `lang`."""
    whole = _Parser(lang, prog="sitplan", description=say("cli.description", lang))
    words = whole.add_subparsers(
        dest="word", required=True, metavar=say("cli.word", lang), title=say("cli.words", lang)
    )

    def word(name: str) -> _Add:
        told = say(f"cli.{name}.help", lang)
        one = words.add_parser(name, help=told, description=told, lang=lang)
        one.add_argument("--json", action="store_true", help=say("cli.json", lang))
        return _Add(one, name, lang)

    up = word("up")
    up("--only", choices=("database",))
    up("--stay", action="store_true")
    up("--told", help=argparse.SUPPRESS)
    word("down")
    word("reset")("--yes", action="store_true")
    word("serve")
    word("wait")("--seconds", type=float, default=60.0)
    word("doctor")
    word("migrate")("--plan", action="store_true")
    importing = word("import")
    importing("file", type=Path)
    importing("--layer", required=True)
    importing("--mode", choices=("append", "upsert", "replace"), default="upsert")
    importing("--key")
    importing("--columns", type=_pairs)
    importing("--crs")
    importing("--encoding")
    importing("--source-layer")
    importing("--valid-from", type=_day)
    importing("--source")
    importing("--why")
    importing("--dry-run", action="store_true")
    loading = word("load")
    loading("folder", type=Path, nargs="?")
    loading("--demonstration", action="store_true")
    loading("--keep-demo", action="store_true")
    loading("--dry-run", action="store_true")
    word("check")("layers", nargs="*")
    listing = word("changes")
    listing("--layer")
    listing("--since", type=_since)
    listing("--role")
    listing("--limit", type=int, default=20)
    reverting = word("revert")
    reverting("change", type=int)
    reverting("--why", required=True)
    reverting("--dry-run", action="store_true")
    exporting = word("export")
    exporting("layer")
    exporting("--format", default="gpkg")
    exporting("--profile", default="")
    exporting("--crs")
    exporting("--coordinates", choices=("lonlat", "utm", "wkt", "none"))
    exporting("--on")
    exporting("--as-of", type=_since)
    exporting("--lang", choices=LANGUAGES)
    exporting("--output", type=Path)
    publishing = word("publish")
    publishing("name")
    publishing("--analysis")
    publishing("--inputs", type=json.loads)
    publishing("--author")
    publishing("--review", choices=REVIEW_STATES)
    publishing("--why")
    recomputing = word("recompute")
    recomputing("names", nargs="*")
    recomputing("--publish", action="store_true")
    baking = word("bake")
    baking("layers", nargs="*")
    baking("--deepest", type=int, choices=range(25), metavar="Z", default=16)
    word("render")("--check", action="store_true")
    template = word("template")
    template("layer")
    template("--output", type=Path)
    return whole


class _Add:
    """Adds options to one word, each with its sentence from the words."""

    def __init__(self, one: argparse.ArgumentParser, name: str, lang: str) -> None:
        self.one, self.name, self.lang = one, name, lang

    def __call__(self, option: str, **how: Any) -> None:
        key = option.lstrip("-").replace("-", "_")
        told = how.pop("help", None) or say(f"cli.{self.name}.{key}", self.lang)
        self.one.add_argument(option, help=told, **how)


class _Parser(argparse.ArgumentParser):
    """argparse in the language of the settings; what it cannot understand is a BadRequest."""

    def __init__(self, lang: str, **how: Any) -> None:
        super().__init__(**how, add_help=False, allow_abbrev=False)
        self.lang = lang
        self._positionals.title = say("cli.arguments", lang)
        self._optionals.title = say("cli.options", lang)
        self.add_argument("-h", "--help", action="help", help=say("cli.help", lang))

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", say("cli.usage", self.lang), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", say("cli.usage", self.lang), 1)

    def error(self, message: str) -> NoReturn:
        for pattern, key in _ARGPARSE:
            match = re.fullmatch(pattern, message)
            if match:
                message = say(f"cli.argparse.{key}", self.lang, **match.groupdict())
                break
        raise BadRequest("wrong_words", problem=message, usage=f"{self.prog} --help")


_ARGPARSE = (
    (r"the following arguments are required: (?P<names>.*)", "required"),
    (
        r"argument (?P<name>[^:]*): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)",
        "choice",
    ),
    (r"unrecognized arguments: (?P<names>.*)", "unrecognized"),
    (r"argument (?P<name>[^:]*): expected one argument", "one"),
    (r"argument (?P<name>[^:]*): invalid \S+ value: (?P<value>.*)", "value"),
)  # fmt: skip
"""What argparse says in English → the words' key."""


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _since(text: str) -> datetime | int:
    """An instant, or the number of a Change; a day begins at midnight here."""
    if text.isdigit():
        return int(text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.astimezone()


def _pairs(text: str) -> dict[str, str]:
    """``column=field,column=field`` as a mapping."""
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not sign or not name.strip() for name, sign, _ in pairs):
        raise ValueError(text)
    return {name.strip(): value.strip() for name, _, value in pairs}
