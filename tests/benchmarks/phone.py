"""The web map on a cheap phone: when it can be read, looked at and used, beside bare MapLibre.

Chromium with a processor four times slower and a line of 1.6 Mbit/s and 150 ms (and one of
9 Mbit/s), each visit in a profile of its own with nothing kept. The server is the one that
people run, over the demonstration, with what it remembers after one visit. What is timed, from
the beginning of the navigation:

text
    The first frame with the panel's heading and its ways in.
first map
    The first frame with the server's drawing of the town, decoded.
live map
    The first frame after MapLibre's first `idle`: style, images and letters are there, every
    tile in view of every source has come and is drawn, and nothing fades or moves any more.

Then a finger pans over the map, six strokes of 250 px at 300 px/s, and what the main thread did
from the first touch to two seconds after the last is told.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from sitplan.catalogue import read_folder
from sitplan.migrate import migrate
from sitplan.seeds import load_seeds
from sitplan.settings import Settings
from tests.benchmarks import barely, filmstrip, ground, report

Numbers = dict[str, Any]
SIZE = {"width": 390, "height": 844}
SLOWER = 4
LAYER = "roads"
STROKES = ((-250, 0), (-250, 0), (0, 250), (250, 0), (250, 0), (0, -250))
SPEED, AFTER_MS = 300, 2000
MARKS = """(() => {
  const marks = (window.__marks = {}), tasks = (window.__tasks = []), seen = new Set();
  const painted = (name) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => (marks[name] = performance.now());
    after.port2.postMessage(0);
  });
  const once = (name, there, go = () => painted(name)) => {
    if (!there || seen.has(name)) return;
    seen.add(name);
    go();
  };
  const look = () => {
    const first = document.querySelector("img.first");
    const heading = document.querySelector("main h1")?.textContent;
    once("text", heading && document.querySelector("main .routes li"));
    once("picture", first, () => first.decode().then(() => painted("picture"), () => undefined));
    once("live", document.querySelector("[data-map=ready]"));
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-map"],
  });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
})();"""
SENT = """["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
  .filter((one) => !/icon|api.tiles|api.collections|relief/.test(one.name))
  .map((one) => one.encodedBodySize)"""


@dataclass(frozen=True)
class Line:
    """A connection as Chromium makes one of the loopback."""

    name: str
    down_mbit: float
    up_mbit: float = 0.75
    latency_ms: int = 150


SLOW, QUICK = Line("1.6 Mbit/s", 1.6), Line("9 Mbit/s", 9)
PAGES = {"SITPLAN": "/", "bare MapLibre": "/bare.html"}
AIMS = {
    ("text", SLOW.name): 2000,
    ("picture", SLOW.name): 2000,
    ("live", SLOW.name): 5000,
    ("live", QUICK.name): 2500,
}


def measure(rounds: int = 5, *, pictures: Path | None = None) -> Numbers:
    """The times of every round, of both pages on both lines, and the picture's name."""
    print("\nphone", flush=True)
    with demonstration() as here, _browser() as browser:
        address = f"http://{here.settings.host}:{here.settings.port}"
        machine = report.machine(here) | {"browser": f"Chromium {browser.version}"}
        visits: list[Numbers] = []
        for path in PAGES.values():  # what the server remembers, it has now
            look(browser, address + path, None)
        for nth in range(rounds):
            for line in (SLOW, QUICK):
                for name, path in PAGES.items():
                    found = look(browser, address + path, line, pan=line is SLOW)
                    visits.append({"page": name, "line": line.name, "round": nth, **found})
                    print(told(visits[-1]), flush=True)
        load = os.getloadavg()[1]
        whole: Numbers = {"machine": machine, "rounds": rounds, "visits": visits, "load": load}
        if pictures:
            films = {name: film(browser, address + path) for name, path in PAGES.items()}
            lines = {name: _said(whole, name) for name in PAGES}
            path = pictures / "phone-filmstrip.webp"
            path.write_bytes(filmstrip.draw(browser, films, lines))
            whole["picture"] = path.name
        return whole


@contextmanager
def demonstration() -> Iterator[ground.Ground]:
    """The server that people run, over the demonstration, with the bare page beside the map's."""
    with ground._database() as url, tempfile.TemporaryDirectory(prefix="sitplan-bench-") as made:
        folder = Path(made)
        layers = ground.CHECKOUT / "layers"
        settings = Settings(
            home=folder / "home", layers=layers, database_url=url, port=ground.free_port()
        )
        done = migrate(settings)
        assert not done.problems, done.as_dict()
        load_seeds(settings)
        view = read_folder(layers).territory.facts["view"]
        # as the web map begins on a phone
        seen = {"center": view["center"], "zoom": round(view["zoom"] - 0.7, 2)}
        dist = barely.dist_with_page(folder, LAYER, seen)
        here = ground.Ground(settings, 0, 0, folder)
        here.run("VACUUM ANALYZE")
        with ground._served(settings, "-m", "tests.benchmarks.barely", str(dist)):
            yield here


@contextmanager
def _browser() -> Iterator[Browser]:
    arguments = ["--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@contextmanager
def phone(browser: Browser, line: Line | None) -> Iterator[tuple[Page, CDPSession]]:
    """A page that knows nothing yet, as slow as a phone on that line; as it is without one."""
    context = browser.new_context(
        viewport=SIZE, locale="es-CL", is_mobile=True, has_touch=True, color_scheme="light"
    )
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.add_init_script(MARKS)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Network.enable")
    if line:
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": line.latency_ms,
                "downloadThroughput": line.down_mbit * 1e6 / 8,
                "uploadThroughput": line.up_mbit * 1e6 / 8,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page, session
    context.close()


def look(browser: Browser, url: str, line: Line | None, *, pan: bool = False) -> Numbers:
    """What one visit took, in milliseconds, and what it was sent before tiles."""
    with phone(browser, line) as (page, session):
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        drew_s = _graphics_s(browser)
        page.goto(url, wait_until="commit")
        page.wait_for_function("() => window.__marks?.live")
        busy, drew_s = _metrics(session)["TaskDuration"], _graphics_s(browser) - drew_s
        sizes = page.evaluate(SENT)
        found: Numbers = {**page.evaluate("() => window.__marks"), "failed": failed}
        found |= {"requests": len(sizes), "kb": sum(sizes) / 1000}
        found |= {"busy": busy * 1000, "graphics": drew_s * 1000}
        if pan:
            found |= panned(page, session)
        assert not failed, failed
        return found


def panned(page: Page, session: CDPSession) -> Numbers:
    """What the main thread did while a finger panned."""
    page.wait_for_timeout(AFTER_MS)
    before = _metrics(session)
    page.evaluate("() => void (window.__tasks.length = 0)")
    x, y = SIZE["width"] // 2, 210  # where no sheet covers the map
    for across, down in STROKES:
        session.send(
            "Input.synthesizeScrollGesture",
            {
                "x": x - across // 2,
                "y": y - down // 2,
                "xDistance": across,
                "yDistance": down,
                "speed": SPEED,
                "gestureSourceType": "touch",
                "preventFling": True,
            },
        )
    page.wait_for_timeout(AFTER_MS)
    after = _metrics(session)
    return {
        "pan_busy": (after["TaskDuration"] - before["TaskDuration"]) * 1000,
        "pan_script": (after["ScriptDuration"] - before["ScriptDuration"]) * 1000,
        "pan_all": (after["Timestamp"] - before["Timestamp"]) * 1000,
        "pan_longest": max(page.evaluate("() => window.__tasks"), default=0),
    }


def _metrics(session: CDPSession) -> dict[str, float]:
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}


def _graphics_s(browser: Browser) -> float:
    """Processor time of all that has been drawn: without a graphics card that is a process."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(one["cpuTime"] for one in processes if one["type"] == "GPU")


def film(browser: Browser, url: str) -> dict[float, bytes]:
    """The page as it stood at each of the strip's seconds, filmed on the slow line."""
    frames: list[tuple[float, str]] = []
    with phone(browser, SLOW) as (page, session):

        def keep(event: Numbers) -> None:
            frames.append((event["metadata"]["timestamp"], event["data"]))
            session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

        session.on("Page.screencastFrame", keep)
        session.send("Page.startScreencast", {"format": "jpeg", "quality": 90})
        page.goto(url, wait_until="commit")
        page.wait_for_function("() => window.__marks?.live")
        left = max(filmstrip.SECONDS) * 1000 - page.evaluate("performance.now()")
        page.wait_for_timeout(max(0, left))
        began = page.evaluate("performance.timeOrigin") / 1000
        session.send("Page.stopScreencast")
    return filmstrip.at_seconds(frames, began)


def spread(whole: Numbers, page: str, line: str, name: str) -> tuple[float, float, float] | None:
    """Median, least and most of a figure; None where the page has no such thing."""
    values = [
        one[name] for one in whole["visits"]
        if one["page"] == page and one["line"] == line and name in one
    ]  # fmt: skip
    return (statistics.median(values), min(values), max(values)) if values else None


def told(visit: Numbers) -> str:
    """One visit as the terminal tells it."""
    known = {k: v for k, v in visit.items() if isinstance(v, int | float) and k != "round"}
    numbers = "  ".join(f"{k} {v:,.0f}" for k, v in known.items())
    return f"{visit['round']} {visit['page']:14} {visit['line']:10} {numbers}"


def _said(whole: Numbers, page: str) -> str:
    names = {"text": "text", "picture": "first map", "live": "live map"}
    parts = []
    for name, title in names.items():
        if found := spread(whole, page, SLOW.name, name):
            parts.append(f"{title} {found[0] / 1000:.1f} s")
    return " · ".join(parts)


ROWS = (
    ("text can be read", "text", SLOW, "s"),
    ("first map, drawn by the server", "picture", SLOW, "s"),
    ("live map", "live", SLOW, "s"),
    ("main thread busy until then", "busy", SLOW, "s"),
    ("graphics' processor time until then", "graphics", SLOW, "s"),
    ("text can be read", "text", QUICK, "s"),
    ("first map, drawn by the server", "picture", QUICK, "s"),
    ("live map", "live", QUICK, "s"),
    ("main thread busy while panning", "pan_busy", SLOW, "s"),
    ("of that, scripts", "pan_script", SLOW, "s"),
    ("longest task while panning", "pan_longest", SLOW, "ms"),
)


def table(whole: Numbers) -> list[str]:
    """The machine, the picture and the table, as the docs tell them."""
    rows = report.facts(
        whole["machine"],
        f"load of the last five minutes when it ended: {whole['load']:.1f}",
        f"{whole['rounds']} visits of each page on each line, in turn; median, min–max",
        *(f"{name}: {_weight(whole, name)}" for name in PAGES),
    )
    if "picture" in whole:
        rows += ["", f"![Both pages as they come, second by second](pictures/{whole['picture']})"]
    rows += [
        "",
        f"| measure | line | SITPLAN | min–max | {[*PAGES][1]} | min–max | aim | |",
        "| --- | --- | --: | --: | --: | --: | --: | --- |",
    ]
    for title, name, line, unit in ROWS:
        ours, bare = (spread(whole, page, line.name, name) for page in PAGES)
        aim = AIMS.get((name, line.name))
        held = "" if not (aim and ours) else "aim" if ours[0] <= aim else "**missed**"
        cells = [title, line.name, *_cells(ours, unit, strong=True), *_cells(bare, unit)]
        rows.append(f"| {' | '.join(cells)} | {f'{aim / 1000:g} s' if aim else ''} | {held} |")
    return rows


def _cells(found: tuple[float, float, float] | None, unit: str, strong: bool = False) -> list[str]:
    if found is None:
        return ["–", ""]
    middle, least, most = (f"{one / 1000:.2f}" if unit == "s" else f"{one:,.0f}" for one in found)
    return [f"**{middle} {unit}**" if strong else f"{middle} {unit}", f"{least}–{most}"]


def _weight(whole: Numbers, page: str) -> str:
    kb, requests = (spread(whole, page, SLOW.name, name) for name in ("kb", "requests"))
    assert kb and requests
    return f"{kb[0]:.0f} KB in {requests[0]:.0f} requests before tiles"
