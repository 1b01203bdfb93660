"""The manifest of source files, layers/sources.yaml: what each is and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sitplan.errors import UnreadableFile
from sitplan.layer import Words

MANIFEST = "sources.yaml"


@dataclass(frozen=True)
class Remark:
    """Something known to be wrong with a source, and what is done about it.

    Parameters
    ----------
    said
        What, by language.
    where
        Field → value, list of values or comparison, of the rows meant; empty: the source as such.
    given
        Field → value that those rows get.
    """

    said: Words
    where: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceFile:
    """One entry of the manifest: a file, or a part of one, for a layer.

    Parameters
    ----------
    id
        Name of the entry: the rows' `source_id`.
    file, source_layer, crs
        The file in the folder; its layer, where it has several; its CRS, where it says none.
    layer
        The layer that it goes into.
    record
        Title, publisher, licence, date, method, address: what the pages tell.
    code
        Text with ``{COLUMN}`` marks that makes each row's code.
    columns, constants, translate
        Column → field; field → value of all rows; field → the file's value → the one meant.
    where, but_not
        Column → value or values of the rows that are taken, and of those that are not.
    reduce
        Whether areas and lines become points inside them.
    merge
        Whether rows with the same code are joined to one, their areas united.
    unless_near_m
        Rows that an earlier source of the layer has within so many metres are left out.
    remarks
        Known defects.
    """

    id: str
    file: str
    layer: str
    record: Mapping[str, str]
    code: str
    columns: Mapping[str, str]
    source_layer: str | None = None
    crs: str | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)
    translate: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    but_not: Mapping[str, Any] = field(default_factory=dict)
    reduce: bool = False
    merge: bool = False
    unless_near_m: float | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """All sources in their order, and the files that are not loaded and why.

    `invented` maps a layer to the beginning of its invented codes: only those rows are withdrawn.
    """

    sources: tuple[SourceFile, ...]
    not_loaded: Mapping[str, Words]
    invented: Mapping[str, str]

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that get real data, in the order of the manifest."""
        return tuple(dict.fromkeys(s.layer for s in self.sources))

    def of_layer(self, name: str) -> tuple[SourceFile, ...]:
        """The sources of a layer."""
        return tuple(s for s in self.sources if s.layer == name)

    def record(self, name: str) -> dict[str, Any]:
        """The source record of a layer: of several sources, all that they say."""
        sources = self.of_layer(name)
        found: dict[str, Any] = {}
        for key in ("title", "publisher", "method", "date", "licence", "url"):
            values = dict.fromkeys(s.record[key] for s in sources if s.record.get(key))
            if values:
                found[key] = "; ".join(values)
        caveats = [dict(r.said) for s in sources for r in s.remarks if not r.where]
        if caveats:
            found["caveats"] = caveats
        return found


_KEYS = {
    "id", "file", "source_layer", "crs", "layer", "title", "publisher", "licence", "date", "method",
    "url", "code", "columns", "set", "values", "where", "but_not", "reduce", "merge",
    "unless_near_m", "known",
}  # fmt: skip


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`.

    Raises
    ------
    UnreadableFile
        ``manifest_broken``, with the entry and what is wrong in it.
    """
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise _broken(path, str(error)) from error
    shared = facts.get("publishers") or {}
    sources = tuple(_source(raw, shared, path) for raw in facts.get("sources") or ())
    ids = [s.id for s in sources]
    twice = {i for i in ids if ids.count(i) > 1}
    if twice:
        raise _broken(path, f"id repetido: {', '.join(sorted(twice))}")
    return Manifest(
        sources=sources,
        not_loaded={
            str(k): _words(v, str(k), path) for k, v in (facts.get("not_loaded") or {}).items()
        },
        invented={str(k): str(v) for k, v in (facts.get("invented") or {}).items()},
    )


def aliases_of(path: Path, layer: str) -> dict[str, str]:
    """Column → field, as the manifest's sources of that layer have them; none without one."""
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    for source in read_manifest(path).of_layer(layer):
        for column, name in source.columns.items():
            found.setdefault(column, name)
    return found


def _source(raw: Mapping[str, Any], shared: Mapping[str, Any], path: Path) -> SourceFile:
    name = str(raw.get("id", "?"))
    for key in ("id", "file", "layer", "code", "title", "publisher"):
        if not raw.get(key):
            raise _broken(path, f"{name}: falta «{key}»")
    unknown = set(raw) - _KEYS
    if unknown:
        raise _broken(path, f"{name}: claves desconocidas: {', '.join(sorted(unknown))}")
    publisher = shared.get(raw["publisher"], {"publisher": raw["publisher"]})
    record = {k: str(v) for k, v in publisher.items()}
    record |= {k: str(raw[k]) for k in ("title", "licence", "date", "method", "url") if k in raw}
    return SourceFile(
        id=name,
        file=str(raw["file"]),
        layer=str(raw["layer"]),
        record=record,
        code=str(raw["code"]),
        columns={str(k): str(v) for k, v in (raw.get("columns") or {}).items()},
        source_layer=raw.get("source_layer"),
        crs=raw.get("crs"),
        constants=raw.get("set") or {},
        translate={
            str(f): {str(k): v for k, v in pairs.items()}
            for f, pairs in (raw.get("values") or {}).items()
        },
        where=raw.get("where") or {},
        but_not=raw.get("but_not") or {},
        reduce=bool(raw.get("reduce", False)),
        merge=bool(raw.get("merge", False)),
        unless_near_m=raw.get("unless_near_m"),
        remarks=tuple(
            Remark(_words(r, name, path), r.get("where") or {}, r.get("set") or {})
            for r in raw.get("known") or ()
        ),
    )


def _words(value: Any, what: str, path: Path) -> Words:
    if isinstance(value, Mapping) and value.get("es") and value.get("en"):
        return {"es": str(value["es"]), "en": str(value["en"])}
    raise _broken(path, f"{what}: necesita texto en español y en inglés: {{es: …, en: …}}")


def _broken(path: Path, problem: str) -> UnreadableFile:
    return UnreadableFile("manifest_broken", path=path.name, problem=problem)
