"""A CQL2 text in pieces that a parser reads at its ease.

A piece is what stands between parentheses that only group; in the text around it a name of ours
takes its place. String literals are written anew where they escape something (requirement
/req/cql2-text/escaping: the backslash escapes, and so does a doubled quote).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from sitplan.errors import BadRequest

MAX_GROUPS = 200
"""Open parentheses at one place of the text."""
MAX_NESTED = 8
"""Calls, lists and shapes in one another: the parser's time doubles with each."""
MAX_OPERATORS = 1000
"""Operators of a piece: the parser's stack grows with them."""

WHOLE = "\0"
"""Name of the last piece."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<string>'(?:[^'\\]|''|\\.)*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<word>(?:[^\W\d]|:)[\w:.]*)
    | (?P<number>(?:\d[\d.]*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SHAPES = frozenset(
    (
        "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
        "geometrycollection", "bbox",
    )
)  # fmt: skip
_HEIGHTS = frozenset(("z", "m", "zm"))
_WORDS = frozenset(("and", "or", "not", "like", "between", "is", "div"))
_SIGNS = frozenset("+-*/^%=<>!")
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)

_Kind = Literal["group", "list", "call", "shape"]


@dataclass(slots=True)
class _Frame:
    """What has been read since a parenthesis opened."""

    kind: _Kind
    opened: int
    parts: list[str] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0
    operators: int = 0
    nested: int = 0
    is_array: bool = False
    before: str = ""
    """The last token in lower case; of a name that may be called, what that call would be."""

    def write(self, text: str, source: int) -> None:
        self.marks.append((self.length, source))
        self.parts.append(text)
        self.length += len(text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text without grouping parentheses.

    Parameters
    ----------
    name
        The property that stands for it in the pieces that follow; no layer has one like it.
    text
        To be parsed.
    marks
        Where in `text` something begins, and where that stands in the source.
    start
        Where the piece begins in the source.
    """

    name: str
    text: str
    marks: tuple[tuple[int, int], ...]
    start: int

    def source(self, offset: int) -> int:
        """The place in the source of a place in `text`."""
        at = bisect_right(self.marks, offset, key=lambda mark: mark[0]) - 1
        if at < 0:
            return self.start
        return self.marks[at][1] + offset - self.marks[at][0]


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text, inner ones first; the last is the whole.

    Raises
    ------
    BadRequest
        ``cql2_wrong_text`` where parentheses or quotes do not close, ``cql2_too_deep``,
        ``cql2_too_long``.
    """
    if "\0" in text:
        raise wrong_at(text, text.index("\0"))
    frames = [_Frame("group", 0)]
    number = 0
    for token in _TOKEN.finditer(text):
        kind, word, at = token.lastgroup, token[0], token.start()
        frame = frames[-1]
        if kind == "open":
            if len(frames) > MAX_GROUPS:
                raise BadRequest("cql2_too_deep", maximum=MAX_GROUPS)
            frames.append(_Frame(_opened(frame), at))
        elif kind == "close":
            if len(frames) == 1:
                raise wrong_at(text, at)
            inner = frames.pop()
            frame = frames[-1]
            if inner.kind == "group" and not inner.is_array:
                number += 1
                yield _piece(inner, f"\0{number}")
                frame.write(f'"\0{number}"', inner.opened)
            else:
                _put_back(inner, frame, at)
            frame.before = ")"
        else:
            if kind == "other" and word in "'\"":
                raise wrong_at(text, at)
            _read(frame, kind or "", word, at)
    if len(frames) > 1:
        raise wrong_at(text, len(text))
    yield _piece(frames[0], WHOLE)


def _opened(frame: _Frame) -> _Kind:
    """What a parenthesis opens, by what stands before it."""
    if frame.kind == "shape" or frame.before == "^shape":
        return "shape"
    if frame.before == "in":
        return "list"
    return "call" if frame.before == "^call" else "group"


def _read(frame: _Frame, kind: str, word: str, at: int) -> None:
    """One token that is no parenthesis."""
    before = frame.before
    low = word.lower()
    if kind != "space":
        frame.before = low
    if kind == "string" and "\\" in word:
        word = "'" + _ESCAPED.sub(_unescaped, word[1:-1]) + "'"
    elif kind == "word":
        if low in _SHAPES or (before == "^shape" and low in _HEIGHTS):
            frame.before = "^shape"
        elif low in _WORDS or low == "in":
            frame.operators += 1
        else:
            frame.before = "^call"
        if word[0] in "_:":  # `cql2` knows such names in quotes alone
            word = f'"{word}"'
    elif kind == "number":
        word = "0" + word if word[0] == "." else word
        word = _in_full(word) if frame.kind == "shape" else word
    elif kind == "other":
        frame.operators += word in _SIGNS and frame.kind != "shape"
        frame.is_array |= word == ","
    frame.write(word, at)


def _unescaped(found: re.Match[str]) -> str:
    r"""What an escape stands for; a pattern's own ``\%`` and ``\_`` are left to LIKE."""
    char = found[1]
    if char in "\\'":
        return char * (1 + (char == "'"))
    return _CONTROLS.get(char, found[0])


def _in_full(number: str) -> str:
    """A shape's number without its exponent, which `cql2` does not read there."""
    exponent = number.lower().partition("e")[2]
    if not exponent or len(exponent) > 3:
        return number
    try:
        return format(Decimal(number), "f")
    except InvalidOperation:
        return number


def _put_back(inner: _Frame, frame: _Frame, end: int) -> None:
    """Write what is no group where it stood."""
    frame.nested = max(frame.nested, inner.nested + 1)
    if frame.nested > MAX_NESTED:
        raise BadRequest("cql2_too_deep", maximum=MAX_NESTED)
    frame.operators += inner.operators if inner.kind != "list" else 0
    frame.write("(", inner.opened)
    start = frame.length
    body = "".join(inner.parts)
    frame.marks += [(start + offset, source) for offset, source in inner.marks]
    frame.parts.append(body)
    frame.length += len(body)
    frame.write(")", end)


def _piece(frame: _Frame, name: str) -> Piece:
    if frame.operators > MAX_OPERATORS:
        raise BadRequest("cql2_too_long", maximum=MAX_OPERATORS)
    return Piece(name, "".join(frame.parts), tuple(frame.marks), frame.opened)


def wrong_at(text: str, offset: int) -> BadRequest:
    """That the text is no CQL2 from there on."""
    before = text[:offset]
    return BadRequest(
        "cql2_wrong_text",
        line=before.count("\n") + 1,
        column=offset - before.rfind("\n"),
        near=" ".join(text[offset : offset + 20].split()) or "∎",
    )
