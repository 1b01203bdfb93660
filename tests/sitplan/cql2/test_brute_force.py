"""Random filters: what PostGIS finds in both encodings is what plain Python finds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from . import trees
from .conftest import Samples
from .evaluator import text, value

pytestmark = pytest.mark.acceptance(10)

CHECKS = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _agree(samples: Samples, tree: Any) -> None:
    expected = {row["code"] for row in samples.rows if value(tree, row) is True}
    assert samples.codes(json.loads(json.dumps(tree)), "cql2-json") == expected, tree
    assert samples.codes(text(tree)) == expected, text(tree)


@pytest.fixture(scope="module", autouse=True)
def _told(samples: Samples) -> None:
    """The rows that Python sees are those that the database tells."""
    assert len(samples.codes({"op": "isNull", "args": [None]})) == len(samples.rows)


@CHECKS
@given(tree=trees.FILTERS)
def test_any_filter(samples: Samples, tree: Any) -> None:
    _agree(samples, tree)


@CHECKS
@given(tree=trees.PREDICATES)
def test_any_predicate(samples: Samples, tree: Any) -> None:
    _agree(samples, tree)
