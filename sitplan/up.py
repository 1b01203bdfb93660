"""Brings an instance up, takes it down, starts it over: what `make up`, `down`, `reset` do."""

from __future__ import annotations

import contextlib
import shutil
import signal
from dataclasses import dataclass
from typing import Any

from sitplan import cluster, postgres, server
from sitplan.errors import Refused
from sitplan.phases import Phases
from sitplan.settings import Settings
from sitplan.words import say

PHASES = 4
"""How many phases `up` tells; the bootstrap tells its own before."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance that serves: its addresses, and which layers' folders were refused."""

    map: str
    api: str
    database: str
    refused: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "map": self.map,
            "api": self.api,
            "database": self.database,
            "refused": self.refused,
        }


def up(settings: Settings, phases: Phases, *, only_database: bool = False) -> Instance:
    """The instance, its database running, migrated and seeded, its map served.

    Whatever is so already is left as it is: a second call writes to no table. With
    `only_database` nothing follows the database's start: another container does the rest.

    Raises
    ------
    Unavailable
        With what to do: a port taken, no PostGIS, a home that cannot be written to…
    """
    lang = settings.lang
    with phases.phase("database") as phase:
        url = cluster.ensure_running(settings)
        answering = postgres.check_database(url)
        phase.tell(
            say(
                "phases.database_ready",
                lang,
                postgres=answering.version,
                postgis=answering.extensions["postgis"],
                address=answering.address,
            )
        )
        for aside in cluster.set_aside(settings):
            phase.note(say("phases.set_aside", lang, path=aside))
    address = server.address(settings)
    if only_database:
        return Instance(address, f"{address}api", answering.address, {})
    with phases.phase("migrate") as phase:
        # Here, not above: geopandas alone takes a second to come in.
        from sitplan.migrate import migrate

        done = migrate(settings)
        told = {
            "created": len(done.created),
            "changed": len(done.changed),
            "hidden": len(done.hidden),
        }
        named = [say(f"phases.{key}", lang, count=n) for key, n in told.items() if n]
        phase.tell(", ".join(named) or say("phases.as_declared", lang))
        refused = {name: error.message(lang) for name, error in done.problems.items()}
        for name, problem in refused.items():
            phase.note(say("phases.layer_refused", lang, layer=name, problem=problem))
    with phases.phase("seeds") as phase:
        from sitplan.seeds import load_seeds

        receipt = load_seeds(settings)
        if receipt is None:
            phase.tell(say("phases.nothing_new", lang))
        else:
            rows = sum(counts.added for counts in receipt.layers.values())
            phase.tell(say("phases.seeded", lang, rows=rows, layers=len(receipt.layers)))
    with phases.phase("serve") as phase:
        began = server.start(settings)
        phase.tell(say("phases.served" if began else "phases.serving", lang))
    return Instance(address, f"{address}api", answering.address, refused)


def stay(settings: Settings, *, only_database: bool = False) -> bool:
    """Stay until told to stop (TERM or INT), then take all down; False if something died first.

    What a container's first process does, so that stopping the container loses nothing.
    """
    told_to = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, told_to)
    while not signal.sigtimedwait(told_to, 5):
        lives = (settings.database_url is not None) or cluster.status(settings).pid is not None
        if not lives or not (only_database or server.status(settings).pid is not None):
            down(settings)
            return False
    down(settings)
    return True


def down(settings: Settings) -> dict[str, bool]:
    """Which of server and private database were running and now are not."""
    return {"server": server.stop(settings), "database": cluster.stop(settings)}


def reset(settings: Settings) -> None:
    """Stop everything and delete what the home holds, the private database first.

    Raises
    ------
    Refused
        ``reset_not_ours``: a database that SITPLAN_DATABASE_URL names is its owner's to delete.
    """
    if settings.database_url:
        raise Refused("reset_not_ours", address=postgres.address_of(settings.database_url))
    server.stop(settings)
    cluster.remove(settings)
    for name in ("log", "published", "tiles"):
        shutil.rmtree(settings.home / name, ignore_errors=True)
    for path in settings.home.glob("*.lock"):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
