"""Rounds: everybody in each, the order turned; the median of their ratios, and the extremes."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from tests.benchmarks.heats import Heat, Ratio
from tests.benchmarks.load import Sample

Numbers = dict[str, Any]


def measure(heat: Heat, *, rounds: int, seconds: int, warm: bool = True) -> Numbers:
    """The numbers of one heat, after its answers were compared."""
    compared = heat.check()
    names = list(heat.sides)
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    if warm:
        for name in names:
            heat.sides[name](1)
    for number in range(rounds):
        for name in turned(names, number):
            samples[name].append(heat.sides[name](seconds * heat.stretch))
    return {
        "name": heat.name,
        "unit": heat.unit,
        "compared": compared,
        "without": heat.without,
        "sides": {name: told(found) for name, found in samples.items()},
        "ratios": [one for r in heat.ratios if (one := ratio(r, samples)) is not None],
    }


def turned(names: list[str], number: int) -> list[str]:
    """The order of one round: each begins in turn."""
    start = number % len(names)
    return names[start:] + names[:start]


def told(found: list[Sample]) -> Numbers:
    """One side over all rounds."""
    rates = [one.rate for one in found]
    return {
        "rate": spread(rates),
        "p50_ms": statistics.median(one.p50_ms for one in found),
        "p95_ms": statistics.median(one.p95_ms for one in found),
        "p99_ms": statistics.median(one.p99_ms for one in found),
        "kib": sum(one.bytes for one in found) / max(1, sum(one.requests for one in found)) / 1024,
        "requests": sum(one.requests for one in found),
        "errors": sum(one.errors for one in found),
        "rounds": [one.as_dict() for one in found],
    }


def spread(values: Iterable[float]) -> Numbers:
    """Median, least and most."""
    known = list(values)
    return {"median": statistics.median(known), "min": min(known), "max": max(known)}


def ratio(asked: Ratio, samples: dict[str, list[Sample]]) -> Numbers | None:
    """One ratio against the best of the others by their median; None where none of them ran.

    A side with errors does not count as the best: it may have been quick at failing. Nor is a
    ratio told of ours with errors.
    """
    ours = samples.get(asked.ours)
    rivals = {
        name: found
        for name, found in samples.items()
        if name != asked.ours and name.startswith(asked.against) and not _errors(found)
    }
    if not ours or not rivals:
        return None
    best = max(rivals, key=lambda name: statistics.median(s.rate for s in rivals[name]))
    pairs = [(a, b) for a, b in zip(ours, rivals[best], strict=True) if a.rate and b.rate]
    if not pairs:
        return None
    values = [b.rate / a.rate if asked.is_time else a.rate / b.rate for a, b in pairs]
    return {
        "name": asked.name,
        "against": best,
        "must": asked.must,
        "aim": asked.aim,
        "lower_is_better": asked.is_time,
        "errors": _errors(ours),
        **spread(values),
    }


def _errors(found: list[Sample]) -> int:
    return sum(one.errors for one in found)


def holds(found: Numbers) -> str:
    """How a ratio stands to its bars: ``aim``, ``must``, ``missed``, or nothing without bars."""
    if found.get("must") is None:
        return ""
    if found.get("errors"):
        return "missed"
    sign = -1 if found["lower_is_better"] else 1
    for bar in ("aim", "must"):
        if found[bar] is not None and sign * found["median"] >= sign * found[bar]:
            return bar
    return "missed"
