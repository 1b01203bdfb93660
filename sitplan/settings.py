"""One frozen Settings, read once from SITPLAN_* and handed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """How this instance is set up.

    Parameters
    ----------
    home
        ``SITPLAN_HOME``: the private cluster, its secrets, logs and published results.
    host, port
        ``SITPLAN_HOST``, ``SITPLAN_PORT``: where the map is served.
    database_url
        ``SITPLAN_DATABASE_URL``: an existing PostGIS, as its owner; None for the private cluster.
    reader_url
        ``SITPLAN_READER_URL``: the same database as the public's role; None to derive it.
    layers
        ``SITPLAN_LAYERS``: the folder that declares the territory.
    base_url
        ``SITPLAN_BASE_URL``: the address that links begin with, where a proxy stands in front.
    lang
        ``SITPLAN_LANG``: language of the command line, ``es`` or ``en``.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8321
    database_url: str | None = None
    reader_url: str | None = None
    layers: Path = _CHECKOUT / "layers"
    base_url: str | None = None
    lang: str = "es"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings that the environment gives; what it leaves out has its default."""
        env = os.environ if environ is None else environ
        home = Path(env.get("SITPLAN_HOME") or _CHECKOUT / ".sitplan").expanduser().resolve()
        return cls(
            home=home,
            host=env.get("SITPLAN_HOST") or "127.0.0.1",
            port=int(env.get("SITPLAN_PORT") or 8321),
            database_url=env.get("SITPLAN_DATABASE_URL") or None,
            reader_url=env.get("SITPLAN_READER_URL") or None,
            layers=Path(env.get("SITPLAN_LAYERS") or _CHECKOUT / "layers").expanduser().resolve(),
            base_url=(env.get("SITPLAN_BASE_URL") or "").rstrip("/") or None,
            lang=env.get("SITPLAN_LANG") or "es",
        )
