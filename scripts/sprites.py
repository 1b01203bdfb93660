"""The map's images on one sheet for each theme, into api/sprites: what `make sprites` runs.

The web map draws its images itself; maps that are not ours take them from here, drawn by the same
hand (api/web/src/images) in a browser. `inputs.json` says what they were drawn from.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from sitplan.catalogue import read_folder
from sitplan.sprites import image_names, inputs_digest
from sitplan.style import THEMES, palette_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "api" / "sprites"


def main() -> None:
    """Draw every sheet anew."""
    catalogue = read_folder(ROOT / "layers")
    names = image_names(catalogue)
    FOLDER.mkdir(exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        subprocess.run(
            ["npx", "vite", "build", "--config", "sprites.config.ts", "--outDir", folder,
             "--logLevel", "warn", "--emptyOutDir"],
            cwd=ROOT / "api" / "web",
            check=True,
        )  # fmt: skip
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        page = browser.new_page()
        page.add_script_tag(content=(Path(folder) / "sheet.js").read_text("utf-8"))
        for theme in THEMES:
            inks = dict(palette_of(catalogue.palette, theme))
            sheets = page.evaluate("([names, inks]) => sitplan.sheets(names, inks)", [names, inks])
            for suffix, sheet in zip(("", "@2x"), sheets, strict=True):
                png = base64.b64decode(sheet["png"].partition(",")[2])
                (FOLDER / f"{theme}{suffix}.png").write_bytes(png)
                index = json.dumps(sheet["index"], separators=(",", ":"))
                (FOLDER / f"{theme}{suffix}.json").write_text(index + "\n", "utf-8")
        browser.close()
    told = {"digest": inputs_digest(ROOT)}
    (FOLDER / "inputs.json").write_text(json.dumps(told) + "\n", "utf-8")


if __name__ == "__main__":
    main()
