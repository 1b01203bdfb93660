"""Accessibility of a page, as axe-core sees it."""

from __future__ import annotations

from playwright.sync_api import Page

from .conftest import WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


def faults_of(page: Page) -> list[dict[str, object]]:
    """What axe finds against WCAG 2.2 AA and best practice, from moderate up."""
    assert AXE.is_file(), "axe-core is missing: npm ci brings it"
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
        " 'wcag22aa', 'best-practice']})"
    )
    return [
        {
            "rule": one["id"],
            "where": [n["html"][:160] for n in one["nodes"]][:4],
            "why": one["help"],
        }
        for one in found["violations"]
        if one["impact"] in ("serious", "critical", "moderate")
    ]
