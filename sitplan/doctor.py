"""What is installed, running and loaded here, and what is wrong with it."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from sitplan import cluster, postgres, programs, server
from sitplan.errors import Refused, SitplanError, Unavailable
from sitplan.freshness import WEB_STAMP, is_stamped, web_mark
from sitplan.ports import is_free, who_listens
from sitplan.settings import Settings
from sitplan.words import say


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer as the database holds it; `count` is its rows of now, hidden or not."""

    name: str
    count: int
    is_illustrative: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class BakedState:
    """Tiles of a layer on the disk; `state` as `sitplan.baked.State`, or ``unreadable``."""

    layer: str
    state: str
    tiles: int = 0
    size: int = 0
    day: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(slots=True)
class Findings:
    """All that an examination found; `problems` are errors with their remedies."""

    installed: dict[str, str | None] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    aside: list[Path] = field(default_factory=list)
    loaded: list[LayerState] = field(default_factory=list)
    baked: list[BakedState] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    problems: list[SitplanError] = field(default_factory=list)

    def as_dict(self, lang: str = "es") -> dict[str, Any]:
        """For JSON."""
        return {
            "installed": self.installed,
            "running": self.running,
            "aside": [str(path) for path in self.aside],
            "loaded": [
                {
                    "layer": one.name,
                    "count": one.count,
                    "illustrative": one.is_illustrative,
                    "hidden": one.is_hidden,
                }
                for one in self.loaded
            ],
            "baked": [one.as_dict() for one in self.baked],
            "waiting": self.waiting,
            "problems": [
                {"code": e.code, "message": e.message(lang), "hint": e.hint(lang)}
                for e in self.problems
            ],
        }

    def as_text(self, lang: str = "es") -> str:
        """For people."""

        def told(key: str, **facts: object) -> str:
            return say(f"doctor.{key}", lang, **facts)

        lines = [told("installed")]
        lines += [f"  {name:<12} {version or '—'}" for name, version in self.installed.items()]
        lines += ["", told("running")]
        for name, stands in self.running.items():
            state, _, where = stands.partition(" ")
            lines.append(f"  {told(name):<15} {told(f'states.{state}')} {where}".rstrip())
        lines += [f"  {told('aside'):<15} {path}" for path in self.aside]
        lines += ["", told("loaded")]
        for one in self.loaded:
            marks = [told("illustrative")] * one.is_illustrative + [told("hidden")] * one.is_hidden
            lines.append(f"  {one.name:<24} {one.count:>9}  {', '.join(marks)}".rstrip())
        if not self.loaded:
            lines.append(f"  {told('nothing')}")
        if self.baked:
            lines += ["", told("baked")]
        for tiles in self.baked:
            size = f"{tiles.size / 2**20:.1f} MiB"
            state = told(f"baked_states.{tiles.state}")
            lines.append(f"  {tiles.layer:<24} {tiles.tiles:>9}  {size:>10}  {tiles.day}  {state}")
        lines += ["", told("wrong" if self.problems else "well")]
        for error in self.problems:
            lines += [f"  ✗ {error.message(lang)}", f"    {error.hint(lang)}"]
        return "\n".join(lines)


def examine(settings: Settings) -> Findings:
    """What is installed, running, loaded and wrong; changes nothing and starts nothing."""
    found = Findings()
    _installed(settings, found)
    if _running(settings, found):
        _loaded(settings, found)
        _baked(settings, found)
    return found


def _installed(settings: Settings, found: Findings) -> None:
    import pyogrio
    import pyproj

    found.installed["Python"] = platform.python_version()
    if settings.database_url is None:
        try:
            best: programs.Programs | None = programs.find_programs(
                version=cluster.data_version(settings)
            )
        except Unavailable as fault:
            found.problems.append(fault)
            several = programs.installed()
            best = several[0] if several else None
        found.installed["PostgreSQL"] = str(best.version) if best else None
        have = best.extensions if best else {}
        found.installed |= {name: have.get(name) for name in programs.EXTENSIONS}
    found.installed["GDAL"] = pyogrio.__gdal_version_string__
    found.installed["PROJ"] = pyproj.proj_version_str
    found.installed["Node"] = _node()
    fresh = is_stamped(WEB_STAMP, web_mark())
    found.installed["web"] = "ok" if fresh else None
    if not fresh:
        found.problems.append(Unavailable("web_stale"))


def _node() -> str | None:
    node = Path(sys.executable).parent / "node"
    try:
        told = subprocess.run(  # noqa: S603  the one beside our Python
            [node, "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip().removeprefix("v") or None


def _running(settings: Settings, found: Findings) -> bool:
    """Tell how database and server stand; whether the database answers."""
    stands = cluster.status(settings)
    answers = stands.version is not None
    found.running["database"] = " ".join(filter(None, (stands.state, stands.address)))
    if answers:
        try:
            told = postgres.check_database(cluster.database_url(settings))
        except Unavailable as fault:
            found.problems.append(fault)
        else:
            found.installed["PostgreSQL"] = told.version
            found.installed |= told.extensions
    elif stands.state == "external":
        try:
            postgres.probe(cluster.database_url(settings))
        except Unavailable as fault:
            found.problems.append(fault)
    elif stands.state == "absent":
        found.problems.append(Unavailable("cluster_absent", home=settings.home))
    else:
        found.problems.append(Unavailable("cluster_stopped", data=stands.data))
    found.aside = cluster.set_aside(settings)
    serves = server.status(settings)
    found.running["server"] = " ".join(filter(None, (serves.state, serves.address)))
    outside = settings.outside
    found.running["base_map"] = f"outside {outside.origin}" if outside else "own"
    if serves.state == "stopped" and not is_free(settings.port, host=settings.host):
        who = who_listens(settings.port) or "?"
        found.problems.append(
            Unavailable("port_taken", port=settings.port, who=who, other=settings.port + 1)
        )
    elif serves.state == "stopped":
        found.problems.append(Unavailable("server_stopped"))
    elif serves.state == "silent":
        log = settings.home / "log" / "server.log"
        found.problems.append(
            Unavailable("server_not_ready", address=server.address(settings), log=log)
        )
    elif not serves.is_current:
        found.problems.append(Unavailable("server_outdated"))
    return answers


def _loaded(settings: Settings, found: Findings) -> None:
    """Tell the layers of the database, and how the folder differs from it."""
    from psycopg2 import sql

    from sitplan.catalogue import read_folder
    from sitplan.db import Database
    from sitplan.migrate import resolved

    with Database(settings, role="admin", workers=1) as database:
        if not database.fetch("SELECT to_regclass('sitplan.layer') IS NOT NULL")[0][0]:
            found.problems.append(Refused("not_yet_migrated"))
            return
        rows = database.fetch(
            "SELECT name, declaration, illustrative, hidden FROM sitplan.layer ORDER BY name"
        )
        known = {name: declaration for name, declaration, _, hidden in rows if not hidden}
        for name, _, illustrative, hidden in rows:
            table = sql.Identifier("layers", name)
            count = database.fetch(sql.SQL("SELECT count(*) FROM {}").format(table))[0][0]
            found.loaded.append(LayerState(name, count, illustrative, hidden))
    try:
        folder = read_folder(settings.layers, results=settings.results)
    except SitplanError as error:
        found.problems.append(error)
        return
    found.problems += folder.broken.values()
    # Through JSON and back, as the register keeps it: dates become text, tuples lists.
    found.waiting = [
        layer.name for layer in folder if known.get(layer.name) != _plain(resolved(layer))
    ]
    if found.waiting:
        found.problems.append(Refused("layers_waiting", names=", ".join(found.waiting)))
    gone = sorted(
        name
        for name in set(known) - set(folder.layers) - set(folder.broken)
        if not known[name].get("result")
    )
    if gone:
        found.problems.append(Refused("folders_gone", names=", ".join(gone)))


def _baked(settings: Settings, found: Findings) -> None:
    """Tell the tiles on the disk, and whether the register proves them."""
    from sitplan.baked import Shelf, prove
    from sitplan.catalogue import read_register
    from sitplan.db import Database
    from sitplan.memory import Memory

    names = sorted(path.stem for path in settings.tiles.glob("*.mbtiles"))
    if not names or any(fault.code == "not_yet_migrated" for fault in found.problems):
        return
    shelf = Shelf(settings.tiles, Memory())
    try:
        with Database(settings, workers=1) as database:
            catalogue = read_register(database)
            territory = catalogue.territory
            for name in names:
                file = shelf.file(name)
                layer = catalogue.layers.get(name)
                if file is None or layer is None:
                    state = "unreadable" if file is None else "declared"
                    found.baked.append(BakedState(name, state))
                    continue
                facts = file.facts
                proof = prove(database, facts, layer, territory=territory, today=territory.today())
                day = facts.day.isoformat()
                found.baked.append(BakedState(name, proof.state, facts.count, facts.size, day))
    except (SitplanError, psycopg2.Error):
        found.problems.append(Refused("baked_unproved"))
    finally:
        shelf.close()


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))
