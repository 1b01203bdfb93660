"""The Makefile's words, the lock files and CI: whole, documented, without a registry's address."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted(CHECKOUT.glob("requirements*.lock"))
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
JOINED = MAKEFILE.replace("\\\n", " ")
WORDS = sorted({w for line in re.findall(r"^\.PHONY: (.*)", JOINED, re.M) for w in line.split()})


def pinned(lock: Path) -> dict[str, set[str]]:
    """Package → versions that a lock file names (several where Python's version decides)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==([^ ]+)", lock.read_text(), re.M):
        found.setdefault(name, set()).add(version)
    return found


def plain(name: str) -> str:
    """A package's name as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_makefile_can_be_said(word: str) -> None:
    told = subprocess.run(["make", "--dry-run", word], cwd=CHECKOUT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_the_days_words_are_helped_with() -> None:
    told = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True).stdout
    inner = {"help", "ready", "test-ready", "slow-ready", "pictures", "sprites", "clean"}
    for word in set(WORDS) - inner:
        assert f"make {word} " in told


def test_without_a_python_new_enough_it_says_so() -> None:
    told = subprocess.run(["make", "up", "PYTHON="], cwd=CHECKOUT, capture_output=True, text=True)
    assert told.returncode != 0
    assert "Python 3.11" in told.stderr


def test_there_is_a_lock_for_each_use() -> None:
    assert [p.name for p in LOCKS] == [
        "requirements-build.lock",
        "requirements-notebooks.lock",
        "requirements-test.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--extra-index|--find-links| @ ", text)
    entries = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.M)[1:]
    assert entries
    for entry in entries:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_locks_hold_what_is_declared_and_agree() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-test.lock": project["project"]["optional-dependencies"]["test"],
        "requirements-notebooks.lock": project["project"]["optional-dependencies"]["notebooks"],
        "requirements-build.lock": project["dependency-groups"]["build"],
    }
    by_name = {lock.name: pinned(lock) for lock in LOCKS}
    for lock, declared in wanted.items():
        for one in declared:
            name = plain(re.match(r"[A-Za-z0-9._-]+", one)[0])
            assert name in by_name[lock], f"{name} is not in {lock}: run `make lock`"
    for name, versions in by_name["requirements.lock"].items():
        assert by_name["requirements-test.lock"][name] == versions
    for name, versions in by_name["requirements-notebooks.lock"].items():
        assert by_name["requirements-test.lock"].get(name, versions) == versions


def test_ci_types_the_words_that_a_person_does() -> None:
    run = CHECKOUT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    subprocess.run(["bash", "-n", run], check=True)
    assert run.read_text(encoding="utf-8").rstrip().endswith("\nmake test")
    assert "make test" in (CHECKOUT / "README.md").read_text(encoding="utf-8")
