"""For everybody: no fault of accessibility in any state, large targets, whole at 400 %."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from .axe import faults_of
from .conftest import DESKTOP, PHONE, Opener
from .states import STATES, TOWN, enter, panels

pytestmark = pytest.mark.browser
# 1280 × 1024 at 400 % (WCAG 1.4.10).
LARGE_TEXT = {"width": 320, "height": 256}
_STOPS = "a[href], button, summary, input, select, textarea, [role=option], [role=slider]"

_SMALL = f"""() => [...document.querySelectorAll({_STOPS!r})]
  .filter((e) => e.checkVisibility({{visibilityProperty: true}}) && !e.closest('[inert]'))
  .map((e) => {{
    const box = (e.closest('label') ?? e).getBoundingClientRect();
    const more = getComputedStyle(e, '::after');
    const at = more.position === 'absolute' ? [more.width, more.height].map(parseFloat) : [0, 0];
    return [e, Math.max(box.width, at[0] || 0), Math.max(box.height, at[1] || 0)];
  }})
  .filter(([, width, height]) => width > 0 && (height < 43.5 || width < 43.5))
  .map(([e, width, height]) => `${{e.outerHTML.slice(0, 100)}} ${{width}}x${{height}}`)"""

# Tables may scroll sideways (1.4.10 says so), and a field holds more than it shows.
_BEYOND = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push('the document scrolls');
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || e.closest('[inert], .canvas, svg, .sr, input')) continue;
    if (e.parentElement.closest('[role=region], .sheet-room')) continue;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const scrolls = e.scrollWidth > e.clientWidth + 1 && style.overflowX !== 'visible';
    const beyond = box.width > 1 && (box.right > wide + 1 || box.left < -1);
    if (beyond || (scrolls && e.clientWidth > 4 && e.getAttribute('role') !== 'region'))
      found.push(`${e.outerHTML.slice(0, 90)} ${box.left}..${box.right}`);
  }
  return found;
}"""

_NAMES = """() => [...document.querySelectorAll(
    'main h1, main h2, main label, main summary, main .button, .map button, .dock select')]
  .filter((e) => e.checkVisibility())
  .map((e) => (e.getAttribute('aria-label') ?? e.textContent).replace(/\\s+/g, ' ').trim())"""


_OF_THE_VIEW = re.compile(r"Capas · |\d+ lugares de iniciativas")
"""What tells how much of the map shows."""


def test_every_panel_is_among_the_states() -> None:
    assert panels()
    walked = {"home", *(m for s in STATES for m in re.findall(r"panel=(\w+)", s.place))}
    walked |= {s.name for s in STATES if s.act}
    assert set(panels()) <= walked


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        pytest.param(DESKTOP, "day", id="desktop-day"),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(DESKTOP, "dark", id="desktop-dark", marks=pytest.mark.slow),
    ],
)
def test_no_fault_of_accessibility_in_any_state(
    visit: Opener, size: dict[str, int], theme: str
) -> None:
    """Nothing that axe knows of; and on the phone whatever is pressed has 44 pixels each way."""
    watched = visit(f"#theme={theme}", viewport=size)
    watched.expected = ("404",)
    found: dict[str, object] = {}
    for state in STATES:
        enter(watched.page, watched.origin, state, theme=theme)
        if faults := faults_of(watched.page):
            found[state.name] = faults
        if size is PHONE and (small := watched.page.evaluate(_SMALL)):
            found[f"{state.name}, too small"] = small
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_text_at_four_times_its_size_loses_nothing(visit: Opener) -> None:
    """At 320 pixels nothing scrolls sideways, and all that a desk has can be reached."""
    watched = visit(viewport=LARGE_TEXT)
    watched.expected = ("404",)
    page, found = watched.page, {}
    for state in STATES:
        page.set_viewport_size(LARGE_TEXT)  # type: ignore[arg-type]
        enter(page, watched.origin, state)
        if beyond := page.evaluate(_BEYOND):
            found[state.name] = beyond
        if state.name in ("print-sheet", "home", "home-english"):
            continue  # what is coming depends on how much of the map shows
        small = set(page.evaluate(_NAMES))
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        lost = {name for name in page.evaluate(_NAMES) if not _OF_THE_VIEW.match(name)} - small
        if lost:
            found[f"{state.name}, lost"] = sorted(lost)
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_large_text_scrolls_from_the_panel_to_the_whole_map(visit: Opener) -> None:
    page = visit(viewport=LARGE_TEXT).page
    for name in ("Capas del territorio", "Ver toda la ciudad", "Alejar", "Herramientas"):
        button = page.get_by_role("button", name=name)
        button.scroll_into_view_if_needed()
        button.click(trial=True)  # nothing lies over it
    page.get_by_role("button", name="Herramientas").click()
    expect(page.locator("main h1")).to_have_text("Herramientas")
    expect(page.locator("main h1")).to_be_in_viewport()


_RING = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  e.dataset.walked ??= String(document.querySelectorAll('[data-walked]').length);
  const shows = [e, e.closest('label'), e.parentElement, e.nextElementSibling].filter(Boolean)
    .some((one) => { const s = getComputedStyle(one);
      return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2; });
  return [e.dataset.walked, shows, e.outerHTML.slice(0, 120)];
}"""


@pytest.mark.parametrize("name", ["home", "layers", "table-files", "measure-area", "words"])
def test_whatever_has_the_focus_shows_it(visit: Opener, name: str) -> None:
    """Once around by Tab: each stop has a ring of two pixels at least."""
    watched = visit(drawn=False)
    page = watched.page
    enter(page, watched.origin, next(s for s in STATES if s.name == name))
    page.evaluate("document.activeElement?.blur()")
    walked: set[str] = set()
    for _ in range(250):
        page.keyboard.press("Tab")
        stop = page.evaluate(_RING)
        if stop is None or stop[0] in walked:
            break
        walked.add(stop[0])
        assert stop[1], stop[2]
    assert len(walked) > 8


def _moves(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((e) => {
          const s = getComputedStyle(e);
          return [s.transitionDuration, s.animationDuration].join().split(',')
            .some((one) => parseFloat(one) > 0);
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )


def test_nothing_moves_for_whoever_wants_it_still(visit: Opener) -> None:
    moving = visit("#panel=layers", viewport=PHONE, reduced_motion="no-preference").page
    expect(moving.get_by_role("switch").first).to_be_visible()
    assert _moves(moving)
    still = visit("#panel=layers", viewport=PHONE).page
    expect(still.get_by_role("switch").first).to_be_visible()
    assert not _moves(still)


def test_the_map_is_told_in_words(visit: Opener) -> None:
    page = visit(f"#{TOWN}&panel=words").page
    panel = page.locator("main")
    expect(panel).to_contain_text(re.compile(r"El mapa muestra [\d,]+\skm de poniente a oriente"))
    expect(panel).to_contain_text(re.compile(r"Su centro está junto a .+, en Centro\."))
    section = page.get_by_role("region", name="Puntos de encuentro")
    rows = section.get_by_role("button")
    expect(rows.first).to_contain_text(
        re.compile(r"A [\d,.]+\sk?m al (norte|sur|oriente|poniente|nor|sur)")
    )
    expect(section.get_by_text(re.compile(", junto a ")).first).to_be_visible()
    name = rows.first.locator(".name").inner_text()
    rows.first.press("Enter")
    expect(page.locator("main h1")).to_have_text(name)


def test_words_of_the_map_need_no_map(visit: Opener, served: str) -> None:
    page = visit(drawn=False).page
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more)"
        " { return /webgl/.test(kind) ? null : get.call(this, kind, ...more) }"
    )
    page.goto("about:blank")
    page.goto(f"{served}/#panel=words&lang=en")
    expect(page.locator("main")).to_contain_text(re.compile("Its centre is beside .+"))
    expect(page.get_by_role("region", name="Green areas").get_by_role("button")).to_have_count(5)
