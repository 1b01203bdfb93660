"""The data dictionary as Markdown: a page for each layer, in Spanish and English. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sitplan.catalogue import Catalogue, Check
from sitplan.ddl import srid
from sitplan.layer import COMMON, Field, Layer
from sitplan.standing import standing_checks
from sitplan.words import LANGUAGES, keys, say, sentence

NOTE = "<!-- Written by `sitplan render`; not edited by hand. -->"


def layer_page(layer: Layer, catalogue: Catalogue) -> str:
    """All that is declared of a layer, first in Spanish, then in English."""
    parts = [NOTE, ""]
    for lang in LANGUAGES:
        parts += _layer_part(layer, catalogue, lang)
    return _whole(parts)


def index_page(catalogue: Catalogue) -> str:
    """The list of all layers, and the columns that every one has."""
    parts = [NOTE, ""]
    for lang in LANGUAGES:
        parts += [f"# {_say('index_title', lang)}", ""]
        parts += [_say("index_intro", lang, territory=catalogue.territory.name[lang]), ""]
        heads = [_say(key, lang) for key in ("layer", "title", "geometry", "description")]
        parts += _table(
            heads,
            [
                (
                    f"[`{layer.name}`]({layer.name}.md)", layer.title[lang],
                    layer.geometry.type if layer.geometry else "—", layer.description[lang],
                )
                for layer in catalogue
            ],
        )  # fmt: skip
        parts += ["", f"## {_say('common', lang)}", "", _say("common_intro", lang), ""]
        known = keys(lang)
        columns = [c for c in COMMON if f"dictionary.columns.{c}.title" in known]
        heads = [_say(key, lang) for key in ("field", "title", "description")]
        parts += _table(
            heads,
            [
                (f"`{c}`", _say(f"columns.{c}.title", lang), _say(f"columns.{c}.description", lang))
                for c in columns
            ],
        )
        parts += [""]
    return _whole(parts)


def errors_page() -> str:
    """Every error that SITPLAN tells people, by its code."""
    codes = sorted(
        key.split(".")[1]
        for key in keys(LANGUAGES[0])
        if key.startswith("errors.") and key.endswith(".message")
    )
    parts = [NOTE, ""]
    for lang in LANGUAGES:
        parts += [f"# {_say('errors_title', lang)}", "", _say("errors_intro", lang), ""]
        heads = [_say(key, lang) for key in ("code", "message", "hint")]
        known = keys(lang)
        rows = []
        for code in codes:
            told = []
            for part in ("message", "hint"):
                key = f"errors.{code}.{part}"
                told.append(sentence(key, lang) if key in known else "")
            rows.append((f"`{code}`", *told))
        parts += [*_table(heads, rows), ""]
    return _whole(parts)


def rules_of(field: Field, lang: str) -> list[str]:
    """What a value of the field must keep, as short phrases."""
    found = []
    if field.required:
        found.append(_say("required", lang))
    if field.unique:
        found.append(_say("unique", lang))
    if field.computed:
        found.append(_say(field.computed, lang))
    if field.minimum is not None:
        found.append(f"≥ {field.minimum:g}")
    if field.maximum is not None:
        found.append(f"≤ {field.maximum:g}")
    if field.pattern:
        found.append(_say("pattern", lang, pattern=field.pattern))
    if field.max_length:
        found.append(_say("max_length", lang, count=field.max_length))
    if field.codes:
        found.append(_say("some_of" if field.type == "array" else "one_of", lang, flat=field.flat))
    elif field.type == "array":
        found.append(_say("list_of", lang, flat=field.flat))
    if field.references:
        found.append(_say("references", lang, layer=field.references))
    if field.private:
        found.append(_say("private", lang))
    return found


def _layer_part(layer: Layer, catalogue: Catalogue, lang: str) -> Iterable[str]:
    source, shape = layer.source, layer.geometry
    facts = [
        ("name", f"`{layer.name}`"),
        ("custodian", layer.custodian),
        ("source", f"[{source.title}]({source.url})" if source.url else source.title),
        ("publisher", source.publisher),
        ("method", source.method),
        ("date", source.date),
        ("licence", source.licence),
        ("access", _say(f"ranks.{layer.read}", lang)),
        ("geometry", shape.type if shape else _say("none", lang)),
    ]
    if shape:
        if shape.min_area_m2:
            least = _say("min_area", lang, area=f"{shape.min_area_m2:g}")
            facts[-1] = ("geometry", f"{shape.type}, {least}")
        facts.append(("crs", f"EPSG:{srid(layer, catalogue.territory)}"))
        zooms = dict(zip(("min", "max"), layer.zoom, strict=True))
        facts.append(("zoom", _say("zoom_value", lang, **zooms)))
    yield f"# {layer.title[lang]}"
    yield ""
    yield layer.description[lang]
    yield ""
    if layer.illustrative:
        yield f"> {_say('illustrative', lang)}"
        yield ""
    yield from (f"- **{_say(key, lang)}**: {told}" for key, told in facts if told)
    yield ""
    yield f"## {_say('fields', lang)}"
    yield ""
    yield from _fields_table(layer.fields, lang)
    for field in layer.fields:
        if field.codes:
            yield ""
            yield f"### {_say('codes', lang, name=field.name)}"
            yield ""
            yield from _table(
                [_say("code", lang), _say("meaning", lang)],
                [(f"`{code}`", words[lang]) for code, words in field.codes.items()],
            )
    yield ""
    yield f"## {_say('checks', lang)}"
    yield ""
    checks = (*catalogue.checks.get(layer.name, ()), *standing_checks(layer, catalogue.territory))
    yield from _checks_table(checks, lang)
    yield ""
    yield f"[{_say('back', lang)}](index.md)"
    yield ""


def _fields_table(fields: Sequence[Field], lang: str) -> list[str]:
    heads = [_say(k, lang) for k in ("field", "title", "type", "unit", "rules", "description")]
    return _table(
        heads,
        [
            (
                f"`{f.name}`", f.title[lang], _say(f"types.{f.type}", lang), f.unit or "",
                "; ".join(rules_of(f, lang)), f.description.get(lang, ""),
            )
            for f in fields
        ],
    )  # fmt: skip


def _checks_table(checks: Sequence[Check], lang: str) -> list[str]:
    heads = [_say(key, lang) for key in ("check", "severity", "sentence", "hint")]
    return _table(
        heads,
        [
            (
                f"`{c.rule}`", _say(f"severities.{c.severity}", lang), c.message[lang],
                c.hint.get(lang, ""),
            )
            for c in checks
        ],
    )  # fmt: skip


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; columns that are empty throughout are left out."""
    kept = [i for i in range(len(heads)) if any(row[i] for row in rows)] or [0]
    lines = [[heads[i] for i in kept], ["---"] * len(kept)]
    lines += [[_cell(row[i]) for i in kept] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _say(key: str, lang: str, **facts: object) -> str:
    return say(f"dictionary.{key}", lang, **facts)


def _whole(parts: Iterable[str]) -> str:
    return "\n".join(parts).strip() + "\n"
