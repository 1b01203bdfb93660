"""The API's pages in a real browser: legible without eyes, on a phone, by keyboard, on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from .conftest import DESKTOP, PHONE, WEB

pytestmark = [pytest.mark.browser, pytest.mark.acceptance(48)]
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS = (
    "/api", "/api/conformance", "/api/openapi", "/api/collections", "/api/collections/green_areas",
    "/api/collections/green_areas/items?limit=20", "/api/collections/green_areas/items?kind=plaza",
    "/api/collections/roads/items?limit=5&lang=en", "/api/collections/objectives/items", "FEATURE",
    "/api/collections/green_areas/schema", "/api/collections/green_areas/tiles", "/api/styles",
    "/api/plan", "/api/plan/DEMO-002", "/api/search?q=plaza", "/api/legend", "/api/nowhere",
    "/api/collections/catalogue-records", "/api/collections/catalogue-records/items",
    "/api/collections/catalogue-records/items/green_areas", "/api/iso19139", "VERSIONS",
    "/api/collections/green_areas/changes?limit=20", "/api/processes",
    "/api/collections/green_areas/diff?from=2020-01-01&axis=valid",
    "/api/places/neighbourhoods/NB-01", "/api/places/initiatives/DT-P1-E01",
    "/api/places/rural_localities/LR-01?lang=en", "/api/places?lat=-28.5765&lon=-70.7585",
)  # fmt: skip


@pytest.fixture(scope="module")
def feature(served: str) -> str:
    here = "/api/collections/green_areas/items"
    found = httpx.get(f"{served}{here}?limit=1").json()["features"][0]["id"]
    return f"{here}/{found}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, locale="es-CL")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    yield page
    context.close()
    assert not [f for f in faults if "404" not in f], faults


def axe(page: Page) -> str:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    faults = [
        {
            "rule": one["id"],
            "why": one["help"],
            "where": [n["html"][:160] for n in one["nodes"]][:3],
        }
        for one in found["violations"]
    ]
    return json.dumps(faults, ensure_ascii=False, indent=1) if faults else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_clean_for_whoever_cannot_see_them(
    page: Page, served: str, feature: str, path: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(served + {"FEATURE": feature, "VERSIONS": f"{feature}/versions"}.get(path, path))
    assert not axe(page)


@pytest.mark.parametrize("path", PATHS)
def test_pages_fit_a_phone(page: Page, served: str, feature: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(served + {"FEATURE": feature, "VERSIONS": f"{feature}/versions"}.get(path, path))
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 320, f"{wide} px wide"
    page.set_viewport_size(PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, header a, .ways a')]
          .filter((e) => e.type !== 'hidden' && e.checkVisibility())
          .filter((e) => e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert not small


def test_the_keyboard_reaches_filters_and_table(page: Page, served: str) -> None:
    page.goto(f"{served}/api/collections/green_areas/items?limit=5")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.select_option("select[name=kind]", "plaza")
    page.get_by_role("button", name="Aplicar").click()
    assert "kind=plaza" in page.url
    kinds = page.locator("tbody tr").all_inner_texts()
    assert kinds and all("Plaza" in one for one in kinds)


def test_pages_print_their_data_and_no_controls(page: Page, served: str) -> None:
    page.goto(f"{served}/api/collections/green_areas/items?limit=5")
    page.emulate_media(media="print")
    assert page.locator("table").is_visible() and page.locator(".map svg").is_visible()
    assert not page.locator(".filters").is_visible() and not page.locator("header nav").is_visible()
