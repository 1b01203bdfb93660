"""Every word in both languages; every setting, error, command and layer told in docs/."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

from sitplan.cli import parser
from sitplan.errors import SitplanError
from sitplan.settings import Settings
from sitplan.words import LANGUAGES, keys, say, sentence

from .reading import CHECKOUT, tracked

SPANISH, ENGLISH = LANGUAGES


def source(*patterns: str) -> str:
    """The whole text of files."""
    return "\n".join(p.read_text(encoding="utf-8") for p in tracked(*patterns))


def docs() -> str:
    return source("docs/guides/*.md")


def facts(key: str, lang: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(sentence(key, lang)) if name)


def test_every_key_is_in_both_languages() -> None:
    assert keys(SPANISH) == keys(ENGLISH)


def test_both_languages_tell_the_same_facts() -> None:
    unlike = [k for k in keys(SPANISH) if set(facts(k, SPANISH)) != set(facts(k, ENGLISH))]
    assert not unlike


def test_no_key_is_written_in_two_rooms() -> None:
    import tomllib

    for lang in LANGUAGES:
        seen: dict[str, str] = {}
        for path in sorted((CHECKOUT / "sitplan" / "words" / lang).glob("*.toml")):
            for key in _paths(tomllib.loads(path.read_text(encoding="utf-8"))):
                assert key not in seen, f"{key} in {path.name} and {seen[key]}"
                seen[key] = path.name


def _paths(node: dict[str, object], prefix: str = "") -> Iterator[str]:
    for name, value in node.items():
        whole = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _paths(value, f"{whole}.")
        else:
            yield whole


def codes() -> list[str]:
    """The codes of all errors that have words."""
    return sorted({k.split(".")[1] for k in keys(SPANISH) if k.startswith("errors.")})


def test_every_error_has_message_and_hint() -> None:
    known = keys(SPANISH)
    for code in codes():
        assert f"errors.{code}.message" in known and f"errors.{code}.hint" in known, code


def test_every_error_raised_has_words() -> None:
    family = [SitplanError, *_descendants(SitplanError)]
    names = "|".join(one.__name__ for one in family)
    raised = re.findall(
        rf"\b(?:{names})\(\s*\"([a-z0-9_]+)\"", source("sitplan/*.py", "api/*.py", "scripts/*.py")
    )
    assert len(raised) > 50
    assert sorted(set(raised) - set(codes())) == []


def _descendants(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _descendants(one)


def test_every_error_with_words_is_raised() -> None:
    code = source("sitplan/*.py", "api/*.py", "scripts/*.py")
    unused = [one for one in codes() if f'"{one}"' not in code]
    assert not unused, "nobody says these: delete them"


def test_every_error_is_documented() -> None:
    page = (CHECKOUT / "docs" / "errors.md").read_text(encoding="utf-8")
    missing = [code for code in codes() if f"| `{code}` |" not in page]
    assert not missing, "make render"


def test_every_setting_is_documented() -> None:
    page = docs() + (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    fields = {f"SITPLAN_{name.upper()}" for name in Settings.__dataclass_fields__}
    read = set(
        re.findall(r"\bSITPLAN_[A-Z_]+[A-Z]\b", source("sitplan/*.py", "api/*.py", "tests/*.py"))
    )
    read |= set(
        re.findall(r"\bSITPLAN_[A-Z_]+[A-Z]\b", source("scripts/*.py", "Makefile", ".ci/*"))
    )
    missing = sorted(name for name in fields | read if f"`{name}`" not in page)
    assert not missing


def words() -> dict[str, argparse.ArgumentParser]:
    for action in parser("en")._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the command line has no words")


@pytest.mark.parametrize("word", sorted(words()))
def test_every_command_and_option_is_documented(word: str) -> None:
    page = (CHECKOUT / "docs" / "guides" / "commands.md").read_text(encoding="utf-8")
    sections = {s.split("\n", 1)[0]: s for s in page.split("\n## ")}
    told = sections.get(f"sitplan {word}")
    assert told, f"docs/guides/commands.md has no section on {word}"
    for action in words()[word]._actions:
        for option in action.option_strings:
            is_told = option.startswith("--") and option not in ("--help", "--json")
            if is_told and action.help != argparse.SUPPRESS:
                assert f"`{option}" in told, f"{word} {option}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_helps_in_both_languages(lang: str) -> None:
    whole = parser(lang).format_help()
    for word in words():
        assert say(f"cli.{word}.help", lang).split()[0] in whole


def test_every_make_word_is_told() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z][a-z-]+):", makefile, flags=re.M)
    told = docs() + (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told += (CHECKOUT / "README.md").read_text(encoding="utf-8")
    hidden = {"help", "test-ready", "slow-ready"}
    missing = [t for t in targets if t not in hidden and f"make {t}" not in told]
    assert not missing


_NO_WORDS = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->", re.DOTALL)
_SAID = re.compile(r"""\b(?:aria-label|title|placeholder|alt)="([^"]*)\"""")
_WORD = re.compile(r"[^\W\d_]{2,}")


def words_in(component: str) -> list[str]:
    """What a component says by itself: its text and spoken attributes, expressions left out."""
    bare, count = _NO_WORDS.sub("", component), 1
    while count:  # the innermost first
        bare, count = re.subn(r"\{[^{}]*\}", "", bare)
    text = " ".join([re.sub(r"<[^>]*>", " ", bare), *_SAID.findall(bare)])
    return _WORD.findall(text)


def test_components_have_no_words_of_their_own() -> None:
    """What people read on the map is in `words/`, in both languages."""
    said = '<p title="Ver más">{#if a > b}{words.x}{/if} Hola<b class="no">{f({})}</b></p>'
    assert words_in(said) == ["Hola", "Ver", "más"]
    found = {
        path.name: words_in(path.read_text("utf-8")) for path in tracked("api/web/src/**.svelte")
    }
    assert len(found) > 40 and not {name: words for name, words in found.items() if words}
