"""What an instance computes on request: a described function, its inputs checked by their schemas.

After OGC API - Processes - Part 1: Core (18-062r2), whose words are used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sitplan.errors import BadRequest
from sitplan.layer import Words

if TYPE_CHECKING:
    from sitplan import Sitplan

MOST_INPUT_VALUES = 100_000
"""Values of all inputs together: few bytes may hold many."""


@dataclass(frozen=True, slots=True)
class Value:
    """One input or output.

    Parameters
    ----------
    schema
        JSON Schema as OpenAPI 3.0 has it, with no reference to anywhere.
    required
        Of an input; one that is not has its `default` in the schema, or none.
    """

    title: Words
    description: Words
    schema: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is run with.

    Parameters
    ----------
    inputs
        Checked; those left out that have a default hold it.
    lang
        Of texts in the result.
    open
        Opens the territory as the public's role.
    tell
        Takes how far the work is, in percent, and what is being done.
    """

    inputs: Mapping[str, Any]
    lang: str
    open: Callable[[], Sitplan]
    tell: Callable[[int, str], None] = lambda _percent, _doing: None


@dataclass(frozen=True, slots=True)
class Process:
    """A function that is offered.

    Parameters
    ----------
    run
        Gives the value of each output, as JSON can hold it.
    """

    id: str
    version: str
    title: Words
    description: Words
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]
    run: Callable[[Task], Mapping[str, Any]] = field(repr=False)
    keywords: tuple[str, ...] = ()


def check_inputs(process: Process, given: Any) -> dict[str, Any]:
    """The inputs with their defaults, each as its schema wants it.

    Raises
    ------
    BadRequest
        ``wrong_inputs`` for what is no object, ``unknown_input`` (naming those there are),
        ``missing_input``, ``input_by_reference``, ``wrong_input`` with the place and the reason.
    """
    from jsonschema import Draft202012Validator

    if not isinstance(given, Mapping):
        raise BadRequest("wrong_inputs")
    known = process.inputs
    for name in given:
        if name not in known:
            raise BadRequest("unknown_input", name=str(name)[:60], known=", ".join(known))
    if _count(given) > MOST_INPUT_VALUES:
        raise BadRequest("many_inputs", most=MOST_INPUT_VALUES)
    found: dict[str, Any] = {}
    for name, about in known.items():
        if name not in given:
            if about.required:
                raise BadRequest("missing_input", name=name)
            if "default" in about.schema:
                found[name] = about.schema["default"]
            continue
        value = given[name]
        if isinstance(value, Mapping) and "href" in value:
            raise BadRequest("input_by_reference", name=name)
        if isinstance(value, Mapping) and set(value) == {"value"}:  # a qualified value, inline
            value = value["value"]
        errors = Draft202012Validator(dict(about.schema)).iter_errors(value)
        first = next(iter(sorted(errors, key=lambda error: list(map(str, error.path)))), None)
        if first is not None:
            place = "/".join(map(str, first.absolute_path))
            raise BadRequest(
                "wrong_input",
                name=f"{name}/{place}".rstrip("/")[:100],
                rule=f"{first.validator}: {first.validator_value}"[:200],
                value=str(first.instance)[:100],
            )
        found[name] = value
    return found


def _count(value: Any) -> int:
    """Values in a JSON document; without recursion, for its depth is the sender's."""
    waiting, number = [value], 0
    while waiting:
        one = waiting.pop()
        number += 1
        if number > MOST_INPUT_VALUES:
            break
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return number
