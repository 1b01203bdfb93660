"""Which column of a file is which field: by name, title or alias, however it was cut or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitplan.errors import BadRequest
from sitplan.intake.tally import Tally
from sitplan.intake.text import normalise
from sitplan.layer import CAPTURE_METHODS, RANKS, REVIEW_STATES, Field, Layer
from sitplan.words import LANGUAGES, say

SHORT_NAME = 10
"""Letters that a DBF leaves of a column's name."""

CODE = "code"
_OURS = frozenset(
    (
        "id", "fid", "ogc_fid", "replaces", "version", "created_at", "created_by", "updated_at",
        "updated_by", "change_id", "recorded_from", "recorded_to", "notice",
    )
) | frozenset(
    normalise(say(key, lang))
    for lang in LANGUAGES
    for key in (
        "export.columns.id", "export.columns.notice", "common.replaces.title",
        "common.version.title", "common.updated_at.title",
    )
)  # fmt: skip
"""Columns of our own exports that the database fills itself: passed over in silence."""


def _field(name: str, kind: str, codes: Sequence[str] = (), **more: object) -> Field:
    title = {lang: say(f"intake.fields.{name}", lang) for lang in LANGUAGES}
    return Field(
        name=name, type=kind, title=title,  # type: ignore[arg-type]
        codes={c: dict.fromkeys(LANGUAGES, c) for c in codes}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def common_fields() -> tuple[Field, ...]:
    """The columns of every layer that a file may state."""
    return (
        _field(CODE, "string"),
        _field("valid_from", "date"),
        _field("valid_to", "date"),
        _field("visibility", "string", RANKS),
        _field("review_state", "string", REVIEW_STATES),
        _field("source_id", "string"),
        _field("source_date", "date"),
        _field("capture_method", "string", CAPTURE_METHODS),
        _field("horizontal_accuracy_m", "number", minimum=0),
        _field("notes", "string"),
    )


@dataclass(frozen=True)
class Matching:
    """What each column of a file is.

    Parameters
    ----------
    fields
        Column → the field that it fills; several columns may be wanted by none.
    key
        Columns that together are the `code`; empty where a column is the code itself, or none.
    ignored
        Columns that no field wants.
    """

    fields: Mapping[str, Field]
    key: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def has_code(self) -> bool:
        """Whether the file itself names its features."""
        return bool(self.key) or any(f.name == CODE for f in self.fields.values())


def match_columns(
    columns: Sequence[str],
    layer: Layer,
    *,
    said: Mapping[str, str],
    key: Sequence[str],
    aliases: Mapping[str, str],
    filled: Sequence[str] = (),
    only_said: bool = False,
    tally: Tally,
) -> Matching:
    """What each column of the file is.

    Parameters
    ----------
    said
        Column → field, as a person gave it: wins over all else.
    key
        Columns that a person named as the key.
    aliases
        Column → field, as known of other files of the layer.
    filled
        Fields that get their value elsewhere: nobody need bring them.
    only_said
        Whether the columns that were said are all that is wanted.

    Raises
    ------
    BadRequest
        ``no_such_column``, ``no_such_field``: what a person said fits neither side.
    """
    fields = {f.name: f for f in (*layer.fields, *common_fields()) if not f.computed}
    said = {c: f for c, f in said.items() if f.casefold() not in ("x", "y")}
    _check_said(columns, said, key, fields, tally)
    named = {name.casefold(): name for name in columns}
    found: dict[str, Field] = {named[c.casefold()]: fields[f] for c, f in said.items()}
    key = tuple(named[k.casefold()] for k in key)
    for rank in [] if only_said else _ranks(columns, fields, aliases):
        taken = {f.name for f in found.values()} | ({CODE} if key else set())
        for name, hits in rank.items():
            free = [c for c in hits if c not in found]
            if name in taken or not free:
                continue
            if len(free) > 1:
                tally.tell(
                    "column_twice", "warning", field=name, first=free[0], others=", ".join(free[1:])
                )
            found[free[0]] = fields[name]
            taken.add(name)
    computed = {normalise(f.name) for f in layer.fields if f.computed}
    ignored = tuple(
        c for c in columns
        if c not in found and c not in key and normalise(c) not in _OURS | computed
    )  # fmt: skip
    if ignored and not only_said:
        names = ", ".join(ignored[:12]) + ("…" if len(ignored) > 12 else "")
        tally.tell("columns_ignored", "warning", names=names)
    _tell_missing(layer, found, filled, tally)
    return Matching(found, key, ignored)


def _check_said(
    columns: Sequence[str],
    said: Mapping[str, str],
    key: Sequence[str],
    fields: Mapping[str, Field],
    tally: Tally,
) -> None:
    known = {c.casefold() for c in columns}
    unknown = [c for c in (*said, *key) if c.casefold() not in known]
    if unknown:
        raise BadRequest("no_such_column", name=", ".join(unknown), known=", ".join(columns))
    nowhere = [f for f in said.values() if f not in fields]
    if nowhere:
        raise BadRequest(
            "no_such_field",
            name=", ".join(nowhere),
            layer=tally.layer or "",
            known=", ".join(fields),
        )


def _ranks(
    columns: Sequence[str], fields: Mapping[str, Field], aliases: Mapping[str, str]
) -> list[dict[str, list[str]]]:
    """Field → columns that may be it, by what speaks for it: name, title, alias, cut name."""
    words = {c: normalise(c) for c in columns}
    other = {normalise(c): f for c, f in aliases.items() if f in fields}
    by_name: dict[str, list[str]] = {}
    by_title: dict[str, list[str]] = {}
    by_alias: dict[str, list[str]] = {}
    by_cut: dict[str, list[str]] = {}
    for column, word in words.items():
        for name, field in fields.items():
            titles = {normalise(t) for t in field.title.values()}
            if field.unit:  # as our own exports have it over a column: «Superficie (m²)»
                titles |= {normalise(f"{t} ({field.unit})") for t in field.title.values()}
            if word == normalise(name):
                by_name.setdefault(name, []).append(column)
            elif word in titles:
                by_title.setdefault(name, []).append(column)
            elif len(column) == SHORT_NAME and any(
                n.startswith(word) for n in (normalise(name), *titles)
            ):
                by_cut.setdefault(name, []).append(column)
        if word in other:
            by_alias.setdefault(other[word], []).append(column)
    # A cut name that could be two fields is neither.
    twice = [c for c in columns if sum(c in hits for hits in by_cut.values()) > 1]
    by_cut = {n: [c for c in hits if c not in twice] for n, hits in by_cut.items()}
    return [by_name, by_title, by_alias, by_cut]


def _tell_missing(
    layer: Layer, found: Mapping[str, Field], filled: Sequence[str], tally: Tally
) -> None:
    there = {f.name for f in found.values()} | set(filled)
    for field in layer.fields:
        if field.required and field.name not in there:
            tally.tell("field_missing", "error", field=field.name, title=field.title)
