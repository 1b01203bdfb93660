"""What `make conformance` last said is of the classes that are declared now, and nothing failed."""

from __future__ import annotations

from datetime import date

import pytest

from sitplan.promises import conformance_results, declared_classes

from .reading import CHECKOUT

pytestmark = pytest.mark.acceptance(61)
RESULTS = conformance_results(CHECKOUT)


def test_results_are_of_the_classes_declared() -> None:
    """Where this fails, a class came or went since: run `make conformance`, commit what it says."""
    assert set(RESULTS["classes"]) == set(declared_classes(CHECKOUT))


def test_no_class_is_declared_that_failed() -> None:
    assert {one["result"] for one in RESULTS["classes"].values()} == {"passed"}


def test_the_checks_by_others_passed_whole() -> None:
    checks = RESULTS["checks"]
    texts = {"cql2_check.py, cql2-text", "cql2_check.py, cql2-json"}
    assert set(checks) == {"ats_check.py", *texts}
    assert all(told["failed"] == 0 and not told.get("skipped") for told in checks.values())
    assert checks["ats_check.py"]["passed"] > 2000
    assert {checks[name]["passed"] for name in texts} == {248}


def test_every_result_has_its_day() -> None:
    days = [one["date"] for part in RESULTS.values() for one in part.values()]
    assert all(date(2026, 11, 1) <= date.fromisoformat(day) for day in days)
