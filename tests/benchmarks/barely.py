"""SITPLAN's server as people run it, with one page more: bare MapLibre and one tile layer.

The page lies beside the built web map, made ready in Brotli and gzip as that is, and is sent by
the same server. MapLibre is the version that the web map is built of, as its makers ship it.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from functools import partial
from pathlib import Path

import brotli

import api.main
from api.static import DIST
from sitplan import server
from sitplan.settings import Settings

MAPLIBRE = DIST.parent / "node_modules" / "maplibre-gl" / "dist"
PAGE = b"""<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Bare MapLibre</title>
  <link rel="stylesheet" href="/assets/maplibre-gl.css">
  <style>html, body, #map { height: 100%; margin: 0 }</style>
  <div id="map"></div>
  <script src="/assets/maplibre-gl.js"></script>
  <script src="/assets/bare.js"></script>
</html>
"""
# the server's policy lets no script stand in the page
SCRIPT = """const tiles = [location.origin + "%(tiles)s"];
const map = new maplibregl.Map({
  container: "map",
  %(view)s,
  style: {
    version: 8,
    sources: { ours: { type: "vector", tiles, maxzoom: 15 } },
    layers: [
      { id: "land", type: "background", paint: { "background-color": "#F3EEE4" } },
      { id: "lines", type: "line", source: "ours", "source-layer": "%(layer)s",
        paint: { "line-color": "#0B5C63", "line-width": 1.5 } },
    ],
  },
});
map.once("idle", () => (document.documentElement.dataset.map = "ready"));
"""


def dist_with_page(folder: Path, layer: str, view: dict[str, object]) -> Path:
    """A copy of the built web map in `folder`, with `/bare.html` in it."""
    made = folder / "dist"
    shutil.copytree(DIST, made)
    tiles = f"/api/collections/{layer}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    seen = ", ".join(f"{name}: {json.dumps(value)}" for name, value in view.items())
    script = SCRIPT % {"tiles": tiles, "view": seen, "layer": layer}
    _write(made / "bare.html", PAGE)
    _write(made / "assets" / "bare.js", script.encode())
    for name in ("maplibre-gl.js", "maplibre-gl.css"):
        _write(made / "assets" / name, (MAPLIBRE / name).read_bytes())
    return made


def _write(path: Path, body: bytes) -> None:
    path.write_bytes(body)
    path.with_name(f"{path.name}.br").write_bytes(brotli.compress(body, quality=11))
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(body, 9))


if __name__ == "__main__":
    dist = Path(sys.argv[1])
    api.main.create_app = partial(api.main.create_app, dist=dist)
    server.run(Settings.from_environment())
