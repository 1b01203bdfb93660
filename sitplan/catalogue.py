"""All declared layers: `migrate` reads the folder, everyone else the database's register."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from sitplan.errors import NotFound, WrongDeclaration
from sitplan.figures import FIGURES, read_figures
from sitplan.layer import FAR_COLUMN, Layer, Source, Words, layer_from_declaration
from sitplan.relief import HEIGHTS, heights_sum
from sitplan.words import say

if TYPE_CHECKING:
    from sitplan.db import Database


@dataclass(frozen=True)
class Territory:
    """The commune as data: names, CRS, bounds, languages, time zone.

    `bounds` are west, south, east, north in CRS84; `bounds_projected` the same in the storage
    CRS (metres): boxes for sanity, not limits in law. `facts` is the whole of territory.yaml.
    """

    name: Words
    storage_crs: int
    other_crs: tuple[int, ...]
    time_zone: str
    bounds: tuple[float, float, float, float]
    bounds_projected: tuple[float, float, float, float]
    facts: Mapping[str, Any] = field(repr=False)

    def today(self) -> date:
        """The day that it is in the territory."""
        return datetime.now(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True)
class Check:
    """A rule of a layer: a query that returns what breaks it (`id`, `facts`, `spot`).

    `facts` fill the ``{marks}`` of message and hint, each by its name. Those that are codes stand
    under ``codes`` alone, each a list: the sentence tells their titles in its own language.
    """

    rule: str
    severity: str
    message: Words
    hint: Words
    sql: str

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The layers whose rows the rule looks at."""
        return tuple(sorted(set(re.findall(r"\blayers\.\"?([a-z][a-z0-9_]*)", self.sql))))


@dataclass(frozen=True)
class Catalogue:
    """The territory and its layers, in the order of their names."""

    territory: Territory
    layers: Mapping[str, Layer]
    palette: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    illustrative: Mapping[str, bool] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)
    broken: Mapping[str, WrongDeclaration] = field(default_factory=dict)
    homes: Mapping[str, Path] = field(default_factory=dict)
    """The folder of each layer, where the catalogue was read from folders."""
    folder: Path | None = None
    """Where territory.yaml and its raster of heights stand, as far as they are on this machine."""
    heights_told: str | None = None
    """The raster's SHA-256 as an instance tells it, where they are not."""

    def layer(self, name: str) -> Layer:
        """The layer of that name.

        Raises
        ------
        NotFound
            ``no_such_layer``, naming those there are.
        """
        found = self.layers.get(name)
        if found is None:
            raise NotFound("no_such_layer", name=name, known=", ".join(self.layers))
        return found

    def source(self, name: str) -> Source:
        """The source in force: the last import's record, else the declared one.

        Of a result whose inputs have changed it says so first.
        """
        found = source_in_force(self.sources.get(name)) or self.layer(name).source
        told = self.outdated_text(name, "es")
        return replace(found, method=f"{told} {found.method}") if told else found

    def outdated_text(self, name: str, lang: str) -> str | None:
        """That a result's inputs have changed, and which; None while it holds, or of a layer."""
        changed = self.outdated(name)
        if not changed:
            return None
        titles = (self.input_title(n, lang) for n in changed)
        return say("results.outdated", lang, layers=", ".join(titles))

    def outdated(self, name: str) -> tuple[str, ...]:
        """The inputs of a result that have changed since; empty of any other layer.

        An input that is no longer in the catalogue has changed. `HEIGHTS` where the raster is
        another one than that of the result, or there was none, or there is none now.
        """
        result = self.layer(name).result or {}
        changed = tuple(
            one["layer"]
            for one in result.get("inputs", ())
            if one["revision"] is not None and self.revisions.get(one["layer"]) != one["revision"]
        )
        return (*changed, HEIGHTS) if self.has_other_heights(self.layer(name)) else changed

    def has_other_heights(self, layer: Layer) -> bool:
        """Whether a result was computed with other heights than those of now."""
        read = (layer.result or {}).get("heights")
        return read is not None and read["sha256"] != self.heights_now()

    def heights_now(self) -> str | None:
        """SHA-256 of the territory's raster of heights, as it stands; None where it has none."""
        if self.folder is None:
            return self.heights_told
        return None if self.heights is None else heights_sum(self.heights, self.folder)

    @property
    def heights(self) -> Mapping[str, Any] | None:
        """What the territory says of its heights: `file`, and `source` and `licence` where told.

        None where none are named, or where they were drawn and the streets were not.
        """
        said: Mapping[str, Any] | None = self.territory.facts.get("heights")
        if not said or (said.get("illustrative") and not self.illustrative.get("roads", False)):
            return None
        return said

    def input_title(self, name: str, lang: str) -> str:
        """What a result's input is called: a layer, or the raster of heights."""
        if name in self.layers:
            return self.layers[name].title[lang]
        return say("results.heights", lang) if name == HEIGHTS else name

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())


def source_in_force(record: Mapping[str, Any] | None) -> Source | None:
    """The Source that a stored record holds; None where there is none."""
    if not record:
        return None
    return Source(**{k: str(v) for k, v in record.items() if k in Source.__dataclass_fields__})


def territory_from_facts(facts: Mapping[str, Any]) -> Territory:
    """The Territory that a parsed `territory.yaml` declares."""
    try:
        west, south, east, north = (float(v) for v in facts["bounds"])
        left, bottom, right, top = (float(v) for v in facts["bounds_projected"])
        if (capital := facts.get("capital")) is not None:
            _lon, _lat = (float(v) for v in capital["at"])
            str(capital["name"])
        return Territory(
            name=facts["name"],
            storage_crs=int(facts["storage_crs"]),
            other_crs=tuple(int(c) for c in facts.get("other_crs", ())),
            time_zone=str(ZoneInfo(facts["time_zone"])),
            bounds=(west, south, east, north),
            bounds_projected=(left, bottom, right, top),
            facts=dict(facts),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise WrongDeclaration(
            "wrong_declaration", path="territory.yaml", problem=f"falta o está mal: {error}"
        ) from error


def read_folder(folder: Path, *, results: Path | None = None) -> Catalogue:
    """The catalogue that a `layers/` folder declares, and a folder of published results.

    A layer that is declared wrongly is left out and named in `broken`: one bad folder does not
    take the others down. A result cannot take the name of a layer.

    Raises
    ------
    WrongDeclaration
        When the territory, the palette or the code lists themselves cannot be read.
    """
    facts, figures = _yaml(folder / "territory.yaml"), read_figures(folder)
    territory = territory_from_facts({**facts, FIGURES: figures} if figures else facts)
    palette = _yaml(folder / "palette.yaml") if (folder / "palette.yaml").exists() else {}
    lists = folder / "codelists.yaml"
    codelists = _yaml(lists) if lists.exists() else {}
    layers: dict[str, Layer] = {}
    checks: dict[str, tuple[Check, ...]] = {}
    broken: dict[str, WrongDeclaration] = {}
    homes: dict[str, Path] = {}
    second = sorted(results.glob("*/layer.yaml")) if results else []
    for path in (*sorted(folder.glob("*/layer.yaml")), *second):
        home = path.parent
        try:
            if home.name in layers or home.name in broken:
                raise _wrong(home, "el nombre es de otra capa")
            layer = _read_layer(home, codelists)
            if (layer.result is not None) is not (path in second):
                raise _wrong(home, "«result» es de lo que un análisis publica, y solo de ello")
            checks[layer.name] = tuple(read_check(p) for p in sorted(home.glob("checks/*.sql")))
            layers[layer.name] = layer
            homes[home.name] = home
        except WrongDeclaration as error:
            broken[home.name] = error
    for layer in list(layers.values()):
        for used in layer.fields:
            if used.references and used.references not in layers:
                broken[layer.name] = WrongDeclaration(
                    "wrong_declaration",
                    path=f"{layer.name}/layer.yaml",
                    problem=f"«{used.name}» se refiere a «{used.references}», que no existe",
                )
                layers.pop(layer.name, None)
    return Catalogue(
        territory=territory, layers=layers, palette=palette, checks=checks, broken=broken,
        homes=homes, folder=folder,
    )  # fmt: skip


def _wrong(home: Path, problem: str) -> WrongDeclaration:
    return WrongDeclaration("wrong_declaration", path=f"{home.name}/layer.yaml", problem=problem)


def _read_layer(home: Path, codelists: Mapping[str, Mapping[str, Words]]) -> Layer:
    where = f"{home.name}/layer.yaml"
    declaration = _yaml(home / "layer.yaml")
    if declaration.get("name") != home.name:
        raise WrongDeclaration(
            "wrong_declaration",
            path=where,
            problem=f"«name» dice «{declaration.get('name')}» y la carpeta «{home.name}»",
        )
    style_path = home / "style.json"
    style: list[dict[str, Any]] = []
    if style_path.exists():
        try:
            style = json.loads(style_path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise WrongDeclaration(
                "wrong_declaration", path=f"{home.name}/style.json", problem=str(error)
            ) from error
    return layer_from_declaration(declaration, style=style, codelists=codelists, path=where)


_HEADER = re.compile(r"--\s*(error|aviso|warning|remedio|remedy):\s*(.+?)\s*$")


def read_check(path: Path) -> Check:
    """The check of one `checks/<rule>.sql`: sentences from its first lines, then the query."""
    where = f"{path.parent.parent.name}/checks/{path.name}"
    text = path.read_text(encoding="utf-8")
    found: list[tuple[str, str]] = []
    for line in text.splitlines()[:4]:
        match = _HEADER.match(line)
        if match:
            found.append((match[1], match[2]))
    said = [pair for pair in found if pair[0] in ("error", "aviso", "warning")]
    if [key for key, _ in said] not in (["error", "error"], ["aviso", "warning"]):
        raise WrongDeclaration(
            "wrong_declaration",
            path=where,
            problem="las dos primeras líneas deben ser «-- error: …» o «-- aviso: …» y su versión"
            " inglesa «-- error: …» o «-- warning: …»",
        )
    hints = {"remedio": "es", "remedy": "en"}
    return Check(
        rule=path.stem,
        severity="error" if said[0][0] == "error" else "warning",
        message={"es": said[0][1], "en": said[1][1]},
        hint={hints[k]: v for k, v in found if k in hints},
        sql=text.strip().rstrip(";"),
    )


def _yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise WrongDeclaration(
            "wrong_declaration", path=f"{path.parent.name}/{path.name}", problem=str(error)
        ) from error
    return dict(found or {})


def read_register(database: Database) -> Catalogue:
    """The catalogue as migrated: what the public may know of it, from the database's register.

    Raises
    ------
    Unavailable
        When the database does not answer.
    NotFound
        ``not_migrated`` when no territory has been loaded.
    """
    if not database.fetch("SELECT to_regclass('published.territory') IS NOT NULL")[0][0]:
        raise NotFound("not_migrated")
    rows = database.fetch("SELECT facts, palette FROM published.territory")
    if not rows:
        raise NotFound("not_migrated")
    facts, palette = rows[0]
    layers: dict[str, Layer] = {}
    broken: dict[str, WrongDeclaration] = {}
    illustrative: dict[str, bool] = {}
    sources: dict[str, Mapping[str, Any]] = {}
    revisions: dict[str, int] = {}
    far = _far_zooms(database)
    for name, declaration, style, is_illustrative, source, revision in database.fetch(
        "SELECT name, declaration, style, illustrative, source, revision"
        " FROM published.catalogue ORDER BY name"
    ):
        try:
            layer = layer_from_declaration(declaration, style=style, path=name)
            layers[name] = replace(layer, far=far.get(name, ()))
        except WrongDeclaration as error:
            broken[name] = error
            continue
        illustrative[name] = is_illustrative
        sources[name] = source or {}
        revisions[name] = revision
    return Catalogue(
        territory=territory_from_facts(facts),
        layers=layers,
        palette=palette,
        illustrative=illustrative,
        sources=sources,
        revisions=revisions,
        broken=broken,
        folder=database.settings.layers,
    )


def _far_zooms(database: Database) -> dict[str, tuple[int, ...]]:
    """For each layer by name, the zooms for which its view has heavy shapes simplified.

    Asked of the database, not derived: a layer that could not be migrated is drawn without.
    """
    rows = database.fetch(
        "SELECT c.relname, a.attname FROM pg_catalog.pg_attribute AS a"
        " JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'published'::regnamespace AND a.attname LIKE %s",
        [FAR_COLUMN.format("%")],
    )
    found: dict[str, tuple[int, ...]] = {}
    for name, column in rows:
        zoom = int(column.removeprefix(FAR_COLUMN.format("")))
        found[name] = tuple(sorted((*found.get(name, ()), zoom)))
    return found
