"""The guides in Spanish say what the screen says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import WEB

pytestmark = pytest.mark.browser
DOCS = WEB.parents[1] / "docs"
GUIDES = ("ciudadania.md", "oficina.md")


def _words() -> str:
    files = [*(WEB / "src" / "words").rglob("*.ts"), *(WEB / "src" / "adonde").glob("*.ts")]
    told = "\n".join(one.read_text(encoding="utf-8") for one in files if one.stem != "en")
    return re.sub(r"\s+", " ", told)


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", (DOCS / "guides" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GUIDES)
def test_every_name_in_quotes_is_on_the_screen(name: str) -> None:
    told = _words()
    quoted = re.findall(r"«([^»]+)»", _plain(name).partition("*In short")[2].partition("*")[2])
    assert len(quoted) > 12 and "«»" not in _plain(name).partition("*In short")[2].partition("*")[2]
    # Whole words of the screen: between their quotes, or ended by punctuation there.
    unknown = [one for one in quoted if not re.search(rf'["`]{re.escape(one)}["`]', told)]
    assert not unknown


@pytest.mark.parametrize("name", GUIDES)
def test_pictures_and_pages_of_a_guide_are_there(name: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", _plain(name))
    pictures = [one for one in targets if one.endswith(".png")]
    assert len(pictures) >= 3
    for target in targets:
        assert (DOCS / "guides" / Path(target)).is_file(), target
