"""A layer as it was declared: frozen values, from which everything else derives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sitplan.errors import WrongDeclaration

Words = Mapping[str, str]
"""A text by language: ``{"es": …, "en": …}``."""

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime", "array"]
GEOMETRY_TYPES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "Geometry",
)  # fmt: skip
RANKS = ("public", "internal", "restricted")

REVIEW_STATES = ("draft", "in_review", "published", "withdrawn")
CAPTURE_METHODS = ("gnss", "digitised", "cad_import", "register", "imagery", "estimate")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a layer, in the words of Table Schema.

    Parameters
    ----------
    name
        The column's name, any text up to 63 bytes; quoted wherever SQL is written.
    type
        ``string integer number boolean date datetime array`` (array: of strings).
    title, description
        By language.
    unit
        UCUM-like unit of a number, as ``m2``, ``min``, ``%``.
    private
        Never in an answer, a tile, a log or an export.
    computed
        ``area`` (m² of `geom`) or ``length`` (m): stored by the database, never imported.
    required, unique, minimum, maximum, pattern, max_length
        Table Schema constraints.
    codes
        Allowed values with their titles, in order; empty means free.
    references
        The layer whose `code` this holds.
    in_tile
        Whether vector tiles carry it besides what the style needs.
    flat
        How an array goes into CSV, Shapefile and tiles: the separator.
    """

    name: str
    type: FieldType
    title: Words
    description: Words = field(default_factory=dict)
    unit: str | None = None
    private: bool = False
    computed: Literal["area", "length"] | None = None
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    max_length: int | None = None
    codes: Mapping[str, Words] = field(default_factory=dict)
    references: str | None = None
    in_tile: bool = False
    flat: str = ";"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layer's data come from, as its pages say it."""

    title: str
    publisher: str = ""
    method: str = ""
    date: str = ""
    licence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Geometry:
    """What shapes a layer holds; `crs` (EPSG code) only where the territory's cannot hold it."""

    type: str
    min_area_m2: float | None = None
    crs: int | None = None
    anywhere: bool = False
    """Whether features may lie outside the territory's box."""


@dataclass(frozen=True)
class Layer:
    """A declared layer.

    `declaration` is the plain mapping it was made from, as stored in the database's register.
    """

    name: str
    title: Words
    description: Words
    group: str
    custodian: str
    source: Source
    geometry: Geometry | None
    read: str
    write: tuple[str, ...]
    zoom: tuple[int, int]
    label: str | None
    search: tuple[str, ...]
    shown: bool
    illustrative: bool
    fields: tuple[Field, ...]
    style: tuple[Mapping[str, Any], ...]
    declaration: Mapping[str, Any]
    zoom_field: str | None = None
    zoom_from: Mapping[str, int] = field(default_factory=dict)
    """For each code of `zoom_field`, the zoom from which tiles carry it (else the layer's own)."""
    far: tuple[int, ...] = field(default=(), compare=False)
    """Zooms for which the database keeps heavy shapes simplified: what it has, not what is said.
    No part of the declaration, which is the same from afar."""
    result: Mapping[str, Any] | None = None
    """Of what an analysis found: method, inputs with their revisions, author, time."""

    @cached_property
    def public_fields(self) -> tuple[Field, ...]:
        """The fields that anyone may read: the one place where private ones are dropped."""
        return tuple(f for f in self.fields if not f.private)

    @property
    def is_public(self) -> bool:
        """Whether the public may read the layer's published rows."""
        return self.read == "public"

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)

    @cached_property
    def tile_fields(self) -> tuple[Field, ...]:
        """The public fields that tiles carry: the label, what the style asks for, `in_tile`."""
        asked = set(_asked(self.style))
        return tuple(
            f for f in self.public_fields if f.in_tile or f.name == self.label or f.name in asked
        )


def _asked(node: Any) -> list[str]:
    """Names of the properties that style expressions get or test."""
    if isinstance(node, Mapping):
        return [n for v in node.values() for n in _asked(v)]
    if isinstance(node, list | tuple):
        here = (
            [node[1]]
            if len(node) >= 2 and node[0] in ("get", "has", "!has") and isinstance(node[1], str)
            else []
        )
        return here + [n for v in node for n in _asked(v)]
    return []


_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_LAYER_KEYS = {
    "name", "title", "description", "group", "custodian", "source", "geometry", "access", "zoom",
    "label", "search", "shown", "illustrative", "fields", "result",
}  # fmt: skip
_FIELD_KEYS = {
    "name", "type", "title", "description", "unit", "private", "computed", "constraints",
    "codelist", "references", "in_tile", "flat",
}  # fmt: skip
_CONSTRAINTS = {"required", "unique", "minimum", "maximum", "pattern", "maxLength", "enum"}
COMMON = (
    "id", "code", "replaces", "valid_from", "valid_to", "visibility", "review_state", "source_id",
    "source_date", "source_srid", "capture_method", "horizontal_accuracy_m", "notes", "version",
    "created_at", "created_by", "updated_at", "updated_by", "change_id", "recorded_from", "geom",
)  # fmt: skip
"""Columns that every layer has without declaring them (`geom` unless geometry is none)."""
FAR_COLUMN = "geom_3857_z{}"
"""Where the database keeps a heavy shape as it looks from afar at a zoom."""
_FAR = re.compile(FAR_COLUMN.format("[0-9]+"))


def layer_from_declaration(
    declaration: Mapping[str, Any],
    *,
    style: list[dict[str, Any]] | None = None,
    codelists: Mapping[str, Mapping[str, Words]] | None = None,
    path: str = "layer.yaml",
) -> Layer:
    """The Layer that a parsed `layer.yaml` declares.

    Raises
    ------
    WrongDeclaration
        At the first thing that cannot be: with `path` and what it is, in the official's words.
    """

    def wrong(problem: str) -> WrongDeclaration:
        return WrongDeclaration("wrong_declaration", path=path, problem=problem)

    def words(value: Any, what: str) -> Words:
        if isinstance(value, Mapping) and value.get("es") and value.get("en"):
            return {"es": str(value["es"]), "en": str(value["en"])}
        raise wrong(f"«{what}» necesita texto en español y en inglés: {{es: …, en: …}}")

    def codes_of(spec: Any, where: str) -> Mapping[str, Words]:
        if isinstance(spec, str):
            if spec not in (codelists or {}):
                raise wrong(f"«{where}»: no hay lista de códigos «{spec}» en codelists.yaml")
            spec = (codelists or {})[spec]
        return {str(k): words(v, f"{where}.{k}") for k, v in spec.items()}

    unknown = set(declaration) - _LAYER_KEYS
    if unknown:
        raise wrong(f"claves desconocidas: {', '.join(sorted(unknown))}")
    for key in ("name", "title", "description", "custodian", "source", "access", "fields"):
        if key not in declaration:
            raise wrong(f"falta «{key}»")
    name = str(declaration["name"])
    if not _NAME.fullmatch(name):
        raise wrong(f"«{name}» no sirve de nombre: minúsculas, dígitos y _, hasta 48")

    fields: list[Field] = []
    for raw in declaration["fields"]:
        if "name" not in raw or "type" not in raw:
            raise wrong("cada campo necesita «name» y «type»")
        label = str(raw["name"])
        extra = set(raw) - _FIELD_KEYS
        if extra:
            raise wrong(f"campo «{label}»: claves desconocidas: {', '.join(sorted(extra))}")
        if label in COMMON or _FAR.fullmatch(label) or label in {f.name for f in fields}:
            raise wrong(f"campo «{label}»: el nombre está tomado")
        if not label.strip() or len(label.encode()) > 63 or "\x00" in label or '"' in label:
            raise wrong(f"campo «{label}»: el nombre debe tener de 1 a 63 bytes, sin comillas")
        if raw["type"] not in FieldType.__args__:  # type: ignore[attr-defined]
            raise wrong(f"campo «{label}»: tipo desconocido «{raw['type']}»")
        limits = raw.get("constraints") or {}
        if set(limits) - _CONSTRAINTS:
            raise wrong(
                f"campo «{label}»: restricciones desconocidas: "
                + ", ".join(sorted(set(limits) - _CONSTRAINTS))
            )
        codes = codes_of(raw["codelist"], label) if "codelist" in raw else {}
        if not codes and "enum" in limits:
            codes = {str(v): {"es": str(v), "en": str(v)} for v in limits["enum"]}
        fields.append(
            Field(
                name=label,
                type=raw["type"],
                title=words(raw.get("title"), f"{label}.title"),
                description=words(raw["description"], f"{label}.description")
                if "description" in raw
                else {},
                unit=raw.get("unit"),
                private=bool(raw.get("private", False)),
                computed=raw.get("computed"),
                required=bool(limits.get("required", False)),
                unique=bool(limits.get("unique", False)),
                minimum=limits.get("minimum"),
                maximum=limits.get("maximum"),
                pattern=limits.get("pattern"),
                max_length=limits.get("maxLength"),
                codes=codes,
                references=raw.get("references"),
                in_tile=bool(raw.get("in_tile", False)),
                flat=str(raw.get("flat", ";")),
            )
        )

    shape = declaration.get("geometry", "none")
    geometry = None
    if shape != "none":
        if not isinstance(shape, Mapping) or shape.get("type") not in GEOMETRY_TYPES:
            raise wrong(f"geometry.type debe ser uno de {', '.join(GEOMETRY_TYPES)}, o «none»")
        geometry = Geometry(
            type=shape["type"],
            min_area_m2=shape.get("min_area_m2"),
            crs=shape.get("crs"),
            anywhere=bool(shape.get("anywhere", False)),
        )
    access = declaration["access"]
    if access.get("read") not in RANKS:
        raise wrong(f"access.read debe ser uno de {', '.join(RANKS)}")
    names = {f.name for f in fields}
    title_field = declaration.get("label") or ("name" if "name" in names else None)
    search = tuple(declaration.get("search") or ([title_field] if title_field else []))
    for used in (*search, *([title_field] if title_field else [])):
        if used not in names:
            raise wrong(f"«label» o «search» nombra el campo «{used}», que no existe")
        if next(f for f in fields if f.name == used).private:
            raise wrong(f"«label» o «search» nombra el campo privado «{used}»")
    source = declaration["source"]
    for key in ("title", "licence", "date"):
        if not source.get(key):
            raise wrong(f"falta «source.{key}»")
    zoom = declaration.get("zoom") or {}
    zoom_field = zoom.get("field")
    zoom_from = {str(code): int(z) for code, z in (zoom.get("from") or {}).items()}
    graded = next((f for f in fields if f.name == zoom_field), None)
    if (zoom_from or zoom_field) and (graded is None or set(zoom_from) - set(graded.codes)):
        raise wrong("«zoom.from» nombra códigos que el campo «zoom.field» no tiene")
    return Layer(
        name=name,
        title=words(declaration["title"], "title"),
        description=words(declaration["description"], "description"),
        group=str(declaration.get("group", "other")),
        custodian=str(declaration["custodian"]),
        source=Source(**{k: str(v) for k, v in source.items()}),
        geometry=geometry,
        read=access["read"],
        write=tuple(access.get("write") or ()),
        zoom=(int(zoom.get("min", 8)), int(zoom.get("max", 18))),
        label=title_field,
        search=search,
        shown=bool(declaration.get("shown", True)),
        illustrative=bool(declaration.get("illustrative", False)),
        fields=tuple(fields),
        style=tuple(style or ()),
        declaration=dict(declaration),
        zoom_field=zoom_field,
        zoom_from=zoom_from,
        result=declaration.get("result"),
    )
