"""Pictures of the web map in its main states, into docs/pictures: what `make pictures` runs.

The server of `make up` has to be running with the demonstration; another one is named as the
first argument; names after it say which pictures to make. The real data, which the project may
not copy, are refused.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image  # comes with matplotlib
from playwright.sync_api import Browser, Page, sync_playwright

from sitplan.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SHADED = "panel=indicators&indicator=green_per_inhabitant/neighbourhoods"


@dataclass(frozen=True)
class Picture:
    """One state: its name, where the address stands, what is done before the picture."""

    name: str
    place: str = ""
    size: dict[str, int] | None = None
    act: Callable[[Page], None] | None = None


def _search(page: Page) -> None:
    page.get_by_role("combobox").fill("plaza")
    page.get_by_role("option").first.wait_for()
    page.get_by_role("combobox").press("ArrowDown")


def _square(page: Page) -> None:
    page.get_by_role("combobox").fill("GA-001")
    page.get_by_role("option").first.click()


def _filter(page: Page) -> None:
    page.locator("#plan-filter").fill("plaza")


def _whole(page: Page) -> None:
    page.locator("button.handle").click()


def _chart(page: Page) -> None:
    page.locator("[data-drawn=true] svg").wait_for()


def _whole_chart(page: Page) -> None:
    _chart(page)
    _whole(page)


def _whole_list(page: Page) -> None:
    page.locator("main ol li, main ul li").first.wait_for()
    _whole(page)


def _neighbourhood(page: Page) -> None:
    page.get_by_role("combobox").fill("NB-06")
    page.get_by_role("option").first.click()


PROGRESS = "panel=charts&only=chart%3Dprogress"
NEAR = "map=15.4/-28.5755/-70.7575"
PICTURES = (
    Picture("map-desktop"),
    Picture("map-desktop-dark", "theme=dark"),
    Picture("map-near", NEAR),
    Picture("search-desktop", act=_search),
    Picture("green-area-desktop", act=_square),
    Picture("plan-desktop", "panel=plan", act=_filter),
    Picture("initiative-desktop", "feature=initiatives/CP-P2-E07"),
    Picture("invented-project-desktop-en", "feature=initiatives/DEMO-002&lang=en"),
    Picture("layers-desktop", "panel=layers"),
    Picture("indicators-desktop", SHADED),
    Picture("charts-desktop", "panel=charts&only=chart%3Dgreen_area", act=_chart),
    Picture(
        "words-desktop", "panel=words", act=lambda page: page.locator("main li").first.wait_for()
    ),
    Picture("emergency-desktop-dark", "panel=emergency&theme=dark"),
    Picture("map-phone", size=PHONE),
    Picture("neighbourhood-phone", size=PHONE, act=_neighbourhood),
    Picture("emergency-phone", "panel=emergency", size=PHONE),
    Picture("charts-phone-dark", f"{PROGRESS}&theme=dark", size=PHONE, act=_whole_chart),
    Picture("words-phone", "panel=words", size=PHONE, act=_whole_list),
    Picture("plan-phone-dark", "panel=plan&theme=dark", size=PHONE, act=_whole),
)


@contextmanager
def standing(browser: Browser, address: str, picture: Picture) -> Iterator[Page]:
    """Bring a page of the map at `address` into the state of a picture, its answers all there."""
    page = browser.new_page(
        viewport=picture.size or DESKTOP, locale="es-CL", reduced_motion="reduce"
    )
    page.goto(f"{address}/#{picture.place}")
    page.wait_for_selector("[data-map=ready]", timeout=60_000)
    if picture.act:
        picture.act(page)
    page.wait_for_load_state("networkidle")
    yield page
    page.close()


def main(address: str, names: Collection[str] = ()) -> None:
    """Make every picture, or those named, from the server at `address`."""
    with urllib.request.urlopen(f"{address}/api/legend", timeout=10) as answer:
        territory = json.load(answer)["territory"]
    if not territory["illustrative"]:
        sys.exit("only the demonstration may be pictured: make reset")
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            with standing(browser, address, picture) as page:
                page.wait_for_timeout(1500)
                _keep(page.screenshot(), FOLDER / f"{picture.name}.png")
            print(picture.name)
        browser.close()


def _keep(shot: bytes, path: Path) -> None:
    """With 256 colours of its own a picture of a map weighs a third, and looks the same."""
    with Image.open(BytesIO(shot)) as whole:
        few = whole.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
    few.save(path, optimize=True)


if __name__ == "__main__":
    settings = Settings.from_environment()
    here = sys.argv[1] if len(sys.argv) > 1 else f"http://{settings.host}:{settings.port}"
    main(here, sys.argv[2:])
