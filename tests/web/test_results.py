"""A published result among the layers: who computed it of what, and whether it still holds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from sitplan import results
from sitplan.db import Database
from sitplan.settings import Settings
from tests.conftest import serve

from .conftest import DESKTOP

pytestmark = pytest.mark.browser
EQUAL = {"weights": {"city": 1, "services": 1}}


def test_a_result_whose_inputs_changed_is_shown_as_out_of_date(
    browser: Browser, fresh_settings: Settings, tmp_path: Path
) -> None:
    own = replace(fresh_settings, home=tmp_path / "home")
    results.compute_and_publish(own, "rural_access", EQUAL, name="rural_need", author="SECPLA")
    results.review(own, "rural_need", "published", why="visto")
    with serve(own) as address:
        page = browser.new_context(viewport=DESKTOP, locale="es-CL").new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{address}/#panel=layers")
        row = page.locator("details", has_text=": Acceso y carencias de las localidades rurales")
        row.locator("summary").first.click()
        expect(row).to_contain_text("calculado por SECPLA con datos de Localidades rurales")
        expect(row).not_to_contain_text("DESACTUALIZADO")
        with Database(own, role="admin", workers=1) as owner, owner.transaction() as cursor:
            cursor.execute(
                "UPDATE layers.facilities SET name = name || ' (nuevo)'"
                " WHERE code = (SELECT min(code) FROM layers.facilities)"
            )
        deadline = time.monotonic() + 10
        while "DESACTUALIZADO" not in httpx.get(f"{address}/api/legend").text:
            assert time.monotonic() < deadline, "the legend does not tell"
            time.sleep(0.05)
        page.reload()
        row.locator("summary").first.click()
        expect(row).to_contain_text("DESACTUALIZADO: cambió Equipamiento desde que se calculó.")
        page.context.close()
