"""Which PostgreSQL and PostGIS are installed here, and whether they are new enough.

Leans on the standard library alone: `scripts/bootstrap.py` asks before anything is installed.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sitplan.errors import Unavailable

MIN_POSTGRES = 14
MIN_POSTGIS = (3, 3)
EXTENSIONS = ("postgis", "btree_gist", "unaccent", "pg_trgm")
"""What a database of ours needs, besides PostgreSQL itself."""

DEBIAN_ROOT = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Programs:
    """One installed PostgreSQL: where its programs are, and the extensions it can create.

    `extensions` holds name → version as its control files state them.
    """

    bin: Path
    version: int
    extensions: dict[str, str]

    @property
    def postgis(self) -> str | None:
        """Version of PostGIS, or None where it is not installed."""
        return self.extensions.get("postgis")

    def fault(self) -> Unavailable | None:
        """Why this PostgreSQL cannot serve; None where it can."""
        if self.version < MIN_POSTGRES:
            return Unavailable("postgres_too_old", version=self.version, needed=MIN_POSTGRES)
        return extensions_fault(self.extensions, postgres=self.version)


def extensions_fault(extensions: dict[str, str], *, postgres: int) -> Unavailable | None:
    """The error to raise for what `extensions` (name → version) lack; None if nothing."""
    postgis = extensions.get("postgis")
    if postgis is None:
        return Unavailable("postgis_missing", postgres=postgres)
    if version_tuple(postgis) < MIN_POSTGIS:
        return Unavailable(
            "postgis_too_old",
            version=postgis,
            needed=".".join(map(str, MIN_POSTGIS)),
            postgres=postgres,
        )
    missing = [name for name in EXTENSIONS if name not in extensions]
    if missing:
        return Unavailable("extensions_missing", names=", ".join(missing), postgres=postgres)
    return None


def version_tuple(text: str) -> tuple[int, ...]:
    """Leading numbers of a version: ``3.3.2`` → (3, 3, 2), ``3.6.0dev`` → (3, 6, 0)."""
    match = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(n) for n in match[0].split(".")) if match else ()


def installed(roots: Iterable[Path] | None = None) -> list[Programs]:
    """Every PostgreSQL server installed here, newest first.

    Parameters
    ----------
    roots
        Folders that hold `postgres` and `initdb`; None for Debian's and those on PATH.
    """
    if roots is None:
        on_path = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
        roots = [*DEBIAN_ROOT.glob("*/bin"), *on_path]
    found = {
        (folder / "postgres").resolve().parent
        for folder in roots
        if (folder / "postgres").is_file() and (folder / "initdb").is_file()
    }
    programs = [p for p in map(_programs, sorted(found)) if p]
    return sorted(
        programs, key=lambda p: (p.version, version_tuple(p.postgis or "0")), reverse=True
    )


def find_programs(*, version: int | None = None, roots: Iterable[Path] | None = None) -> Programs:
    """The newest PostgreSQL that can serve, or of `version` where a cluster already exists.

    Raises
    ------
    Unavailable
        ``postgres_missing``, ``postgres_gone`` (the cluster's version was uninstalled), or what
        the best of those found lacks.
    """
    found = installed(roots)
    if version is not None:
        found = [p for p in found if p.version == version]
        if not found:
            raise Unavailable("postgres_gone", version=version)
    if not found:
        raise Unavailable("postgres_missing")
    faults = []
    for programs in found:
        fault = programs.fault()
        if fault is None:
            return programs
        faults.append(fault)
    raise faults[0]


def _programs(folder: Path) -> Programs | None:
    try:
        told = _ask(folder / "postgres", "--version")
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", told)
    if not match:
        return None
    version = int(match[1])
    return Programs(bin=folder, version=version, extensions=_control_files(folder, version))


def _control_files(folder: Path, version: int) -> dict[str, str]:
    try:
        share = Path(_ask(folder / "pg_config", "--sharedir").strip())
    except (OSError, subprocess.SubprocessError):
        share = Path(f"/usr/share/postgresql/{version}")
    found = {}
    for name in EXTENSIONS:
        control = share / "extension" / f"{name}.control"
        if control.is_file():
            match = re.search(
                r"^default_version\s*=\s*'([^']*)'", control.read_text(encoding="utf-8"), re.M
            )
            found[name] = match[1] if match else "0"
    return found


def _ask(program: Path, argument: str) -> str:
    answer = subprocess.run(  # noqa: S603  a program found in an installed PostgreSQL
        [program, argument], check=True, capture_output=True, text=True, timeout=20
    )
    return answer.stdout
