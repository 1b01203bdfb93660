"""One frozen Settings, read once from SITPLAN_* and handed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from sitplan.base_map import ZOOMS, BaseMap, base_map_of
from sitplan.errors import BadRequest
from sitplan.words import LANGUAGES

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
    database_listen
        ``SITPLAN_DATABASE_LISTEN``: where the private cluster listens, as ``0.0.0.0:5432`` for
        other machines of the office; passwords are asked for everywhere.
    layers
        ``SITPLAN_LAYERS``: the folder that declares the territory.
    base_url
        ``SITPLAN_BASE_URL``: the address that links begin with, where a proxy stands in front.
    allowance
        ``SITPLAN_ALLOWANCE``: what one address may cost the API in a second, a tile being one;
        0 for no limit.
    base_map, base_map_attribution, base_map_zooms
        ``SITPLAN_BASE_MAP``, ``SITPLAN_BASE_MAP_ATTRIBUTION``, ``SITPLAN_BASE_MAP_ZOOMS``: tiles of
        an outside provider beneath the web map's layers, whose they are, and from which zoom to
        which; None for the territory's own base map alone.
    lang
        ``SITPLAN_LANG``: language of the command line, ``es`` or ``en``.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8321
    database_url: str | None = None
    reader_url: str | None = None
    database_listen: str = "127.0.0.1"
    layers: Path = _CHECKOUT / "layers"
    base_url: str | None = None
    allowance: int = 500
    base_map: str | None = None
    base_map_attribution: str | None = None
    base_map_zooms: str = ZOOMS
    lang: str = "es"

    @property
    def results(self) -> Path:
        """The catalogue's second root: what analyses found, declared like any layer."""
        return self.home / "results"

    @property
    def tiles(self) -> Path:
        """The tiles that were baked, a file a layer."""
        return self.home / "tiles"

    @property
    def outside(self) -> BaseMap | None:
        """The outside provider of the base map, where there is one; raises as `base_map_of`."""
        return base_map_of(self.base_map, self.base_map_attribution, self.base_map_zooms)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings that the environment gives; what it leaves out has its default.

        Raises
        ------
        BadRequest
            ``wrong_setting``, if a value cannot be understood; of the base map as `base_map_of`.
        """
        env = os.environ if environ is None else environ
        home = Path(env.get("SITPLAN_HOME") or _CHECKOUT / ".sitplan").expanduser().resolve()
        found = cls(
            home=home,
            host=env.get("SITPLAN_HOST") or "127.0.0.1",
            port=_port("SITPLAN_PORT", env.get("SITPLAN_PORT") or "8321"),
            database_url=env.get("SITPLAN_DATABASE_URL") or None,
            reader_url=env.get("SITPLAN_READER_URL") or None,
            database_listen=_listen(env.get("SITPLAN_DATABASE_LISTEN") or "127.0.0.1"),
            layers=Path(env.get("SITPLAN_LAYERS") or _CHECKOUT / "layers").expanduser().resolve(),
            base_url=(env.get("SITPLAN_BASE_URL") or "").rstrip("/") or None,
            allowance=_number("SITPLAN_ALLOWANCE", env.get("SITPLAN_ALLOWANCE") or "500"),
            base_map=env.get("SITPLAN_BASE_MAP") or None,
            base_map_attribution=env.get("SITPLAN_BASE_MAP_ATTRIBUTION") or None,
            base_map_zooms=env.get("SITPLAN_BASE_MAP_ZOOMS") or ZOOMS,
            lang=_language(env.get("SITPLAN_LANG") or "es"),
        )
        _ = found.outside  # a template that will not do is told at the start
        return found

    def as_environment(self) -> dict[str, str]:
        """The variables that `from_environment` reads these settings from."""
        found = {f"SITPLAN_{f.name.upper()}": getattr(self, f.name) for f in fields(self)}
        return {name: str(value) for name, value in found.items() if value is not None}


def _port(name: str, text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise BadRequest("wrong_setting", name=name, value=text, expected="1–65535")


def _number(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    raise BadRequest("wrong_setting", name=name, value=text, expected="0–9999999")


def _listen(text: str) -> str:
    _, colon, port = text.partition(":")
    if colon:
        _port("SITPLAN_DATABASE_LISTEN", port)
    return text


def _language(text: str) -> str:
    if text in LANGUAGES:
        return text
    raise BadRequest(
        "wrong_setting", name="SITPLAN_LANG", value=text, expected=" | ".join(LANGUAGES)
    )
