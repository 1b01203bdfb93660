"""The other servers, in environments of their own: made once, kept in `.venv/bench`.

tipg and pygeoapi are installed there from their pinned lists, nginx unpacked there from Debian's
package (so that no service of the system is started). Martin, pg_tileserv and tegola are taken
where they are found: on PATH, in `.venv/bench/bin`, or by SITPLAN_BENCH_MARTIN,
SITPLAN_BENCH_MARTIN_CP, SITPLAN_BENCH_PG_TILESERV and SITPLAN_BENCH_TEGOLA. What cannot be had
is left out with a word.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitplan.catalogue import read_folder
from sitplan.tiles import Tile
from tests.benchmarks.ground import CHECKOUT, Address, Ground, free_port, running
from tests.benchmarks.town import LAYER, SRID

HOME = Path(os.environ.get("SITPLAN_BENCH_PEERS") or CHECKOUT / ".venv" / "bench")
MOST = 1_000_000
"""Features that a tile may hold, for those who would cut it off at ten thousand."""


@dataclass(frozen=True)
class Peer:
    """Another server, up and listening."""

    name: str
    version: str
    address: Address
    tile: Callable[[str, Tile], str] | None = None
    """The path of one layer's tile; None where it has none that could race."""
    items: str = ""
    """The path of the parcels as features; empty where it has none."""


def binary(name: str) -> str | None:
    """Where a peer's program is, or None."""
    named = os.environ.get("SITPLAN_BENCH_" + name.upper().replace("-", "_"))
    if named:
        return named if Path(named).is_file() else None
    kept = HOME / "bin" / name
    return str(kept) if kept.is_file() else shutil.which(name)


TILES = ("tipg 1w", "tipg 2w", "martin", "pg_tileserv", "tegola")
PAGES = ("tipg 1w", "tipg 2w", "pygeoapi")


@contextmanager
def peers(here: Ground, names: Sequence[str]) -> Iterator[tuple[list[Peer], list[str]]]:
    """Those of some that can be had, up; and why each other one is left out."""
    known = {
        "tipg 1w": lambda: _tipg(here, workers=1),
        "tipg 2w": lambda: _tipg(here, workers=2),
        "pygeoapi": lambda: _pygeoapi(here),
        "martin": lambda: _martin(here),
        "pg_tileserv": lambda: _pg_tileserv(here),
        "tegola": lambda: _tegola(here),
    }
    with ExitStack() as stack:
        found: list[Peer] = []
        without: list[str] = []
        for name in names:
            try:
                found += stack.enter_context(known[name]())
            except (Absent, RuntimeError, OSError, subprocess.SubprocessError) as reason:
                without.append(f"{name}: {reason}")
        yield found, without


class Absent(Exception):
    """A peer that is not on this machine."""


@contextmanager
def _tipg(here: Ground, *, workers: int) -> Iterator[list[Peer]]:
    python = environment("tipg")
    port = free_port()
    env = _bare_environment() | {
        "DATABASE_URL": here.owner,
        "TIPG_DB_SCHEMAS": '["peer"]',
        "TIPG_DB_FUNCTIONS": "[]",
        "TIPG_MAX_FEATURES_PER_TILE": str(MOST),
        "TIPG_CATALOG_TTL": "0",
        "DB_MAX_CONN_SIZE": "8" if workers == 1 else "6",  # of eight that ask at once
    }
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "warning", "--no-access-log"]
    with running(command, port, path="/healthz", env=env, seconds=60):
        yield [
            Peer(
                f"tipg {workers}w",
                _told([str(python), "-c", "import tipg; print(tipg.__version__)"]),
                ("127.0.0.1", port),
                lambda layer, t: (
                    f"/collections/peer.{layer}/tiles/WebMercatorQuad/{t.z}/{t.x}/{t.y}"
                ),
                items=f"/collections/peer.{LAYER}_items/items",
            )
        ]


@contextmanager
def _pygeoapi(here: Ground) -> Iterator[list[Peer]]:
    """Features alone: its tiles take seconds each (docs/benchmarks.md tells why)."""
    python = environment("pygeoapi")
    port = free_port()
    config, definition = here.folder / "pygeoapi.json", here.folder / "pygeoapi-openapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(here, port)), encoding="utf-8")
    env = _bare_environment()
    env |= {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(definition)}
    make = [str(python.with_name("pygeoapi")), "openapi", "generate", str(config)]
    subprocess.run(
        [*make, "--output-file", str(definition)], env=env, check=True, capture_output=True
    )
    command = [str(python), "-m", "uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)]
    command += ["--log-level", "warning", "--no-access-log"]
    with running(command, port, path="/conformance?f=json", env=env, seconds=60):
        yield [
            Peer(
                "pygeoapi",
                _told([str(python), "-c", "import pygeoapi; print(pygeoapi.__version__)"]),
                ("127.0.0.1", port),
                items=f"/collections/{LAYER}/items",
            )
        ]


def _pygeoapi_config(here: Ground, port: int) -> dict[str, object]:
    parts = urlsplit(here.owner)
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    provider = {
        "type": "feature", "name": "PostgreSQL", "table": f"{LAYER}_items", "id_field": "id",
        "geom_field": "geom", "crs": [crs84],
        "storage_crs": f"http://www.opengis.net/def/crs/EPSG/0/{SRID}",
        "data": {
            "host": parts.hostname, "port": parts.port, "dbname": parts.path[1:],
            "user": unquote(parts.username or ""), "password": unquote(parts.password or ""),
            "search_path": ["peer", "public"],
        },
    }  # fmt: skip
    text = {"name": "x", "url": "http://x", "email": "x@x"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8", "encoding": "utf-8",
            "languages": ["en-US"], "admin": False, "map": {"url": "x", "attribution": "x"},
            "limits": {"default_items": 10, "max_items": 10_000, "on_exceed": "throttle"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "x", "description": "x", "keywords": ["x"], "keywords_type": "theme",
                "terms_of_service": "x", "url": "http://x",
            },
            "license": text, "provider": text, "contact": text,
        },
        "resources": {
            LAYER: {
                "type": "collection", "title": "x", "description": "x", "keywords": ["x"],
                "links": [], "providers": [provider],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": crs84}},
            }
        },
    }  # fmt: skip


def environment(name: str) -> Path:
    """A peer's own Python, after making it where it is missing or its pinned list is another."""
    folder, listed = HOME / name, Path(__file__).with_name(f"{name}.txt")
    python, stamp = folder / "bin" / "python", folder / "list"
    wanted = listed.read_text(encoding="utf-8")
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"- {name} is installed in {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "-r", str(listed)], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


@contextmanager
def _martin(here: Ground) -> Iterator[list[Peer]]:
    program = binary("martin")
    if program is None:
        raise Absent("cargo install martin, then SITPLAN_BENCH_MARTIN")
    port = free_port()
    config = martin_config(here)
    command = [program, "--config", str(config), "--listen-addresses", f"127.0.0.1:{port}"]
    with running(command, port, path="/health", env=_bare_environment()):
        version = _told([program, "--version"]).removeprefix("martin ")
        at = ("127.0.0.1", port)
        yield [
            Peer("martin table", version, at, lambda n, t: f"/{n}/{t.z}/{t.x}/{t.y}"),
            Peer("martin function", version, at, lambda n, t: f"/{n}_tile/{t.z}/{t.x}/{t.y}"),
        ]


def martin_config(here: Ground) -> Path:
    """What Martin reads: our tables and functions, eight connections, no cache, no limit."""
    layers = {}
    functions = {}
    for layer in read_folder(here.settings.layers):
        kind = layer.geometry.type.upper() if layer.geometry else ""
        columns = {
            f.name: {"integer": "int8", "number": "float8", "boolean": "bool"}.get(f.type, "text")
            for f in layer.tile_fields
        }
        layers[layer.name] = {
            "schema": "peer", "table": layer.name, "srid": SRID, "geometry_column": "geom",
            "geometry_type": kind, "extent": 4096, "buffer": 64, "clip_geom": True,
            "bounds": [-180.0, -85.05, 180.0, 85.05],
            "properties": {"id": "text", **columns},
        }  # fmt: skip
        name = f"{layer.name}_tile"
        functions[name] = {"schema": "peer", "function": name}
    postgres = {
        "connection_string": here.owner, "pool_size": 8, "auto_publish": False,
        "tables": layers, "functions": functions,
    }  # fmt: skip
    path = here.folder / "martin.yaml"
    whole = {"cache": {"size_mb": 0}, "postgres": postgres}
    path.write_text(json.dumps(whole), encoding="utf-8")  # JSON is YAML
    return path


@contextmanager
def _pg_tileserv(here: Ground) -> Iterator[list[Peer]]:
    program = binary("pg_tileserv")
    if program is None:
        raise Absent("SITPLAN_BENCH_PG_TILESERV names no program")
    port = free_port()
    config = here.folder / "pg_tileserv.toml"
    config.write_text(
        f'DbConnection = "{here.owner}"\nHttpHost = "127.0.0.1"\nHttpPort = {port}\n'
        f"DbPoolMaxConns = 8\nDefaultBuffer = 64\nMaxFeaturesPerTile = {MOST}\nCacheTTL = 0\n",
        encoding="utf-8",
    )
    env = _bare_environment() | {"DATABASE_URL": here.owner}
    with running([program, "--config", str(config)], port, path="/health", env=env):
        yield [
            Peer(
                "pg_tileserv", _told([program, "--version"]), ("127.0.0.1", port),
                lambda layer, t: f"/peer.{layer}/{t.z}/{t.x}/{t.y}.pbf",
            )
        ]  # fmt: skip


@contextmanager
def _tegola(here: Ground) -> Iterator[list[Peer]]:
    program = binary("tegola")
    if program is None:
        raise Absent("SITPLAN_BENCH_TEGOLA names no program")
    port = free_port()
    rows = [f'[webserver]\nport = "127.0.0.1:{port}"', '[[providers]]\nname = "town"']
    rows.append(f'type = "mvt_postgis"\nuri = "{here.owner}"\nmax_connections = 8\nsrid = {SRID}')
    maps = ['[[maps]]\nname = "town"']
    for layer in read_folder(here.settings.layers):
        columns = ", ".join(["id", *(f.name for f in layer.tile_fields)])
        kind = "LineString" if "Line" in str(layer.geometry) else "Polygon"
        rows.append(
            f'[[providers.layers]]\nname = "{layer.name}"\ngeometry_fieldname = "geom"\n'
            f'geometry_type = "{kind}"\nsql = "SELECT ST_AsMVTGeom(ST_Transform(geom, 3857),'
            f" !BBOX!, 4096, 64, true) AS geom, {columns} FROM peer.{layer.name}"
            f' WHERE geom && ST_Transform(!BBOX!, {SRID})"'
        )
        maps.append(
            f'[[maps.layers]]\nprovider_layer = "town.{layer.name}"\nmin_zoom = 0\nmax_zoom = 18'
        )
    config = here.folder / "tegola.toml"
    config.write_text("\n".join(rows + maps) + "\n", encoding="utf-8")
    command = [program, "serve", "--config", str(config), "--no-cache"]
    with running(command, port, path="/capabilities", env=_bare_environment()):
        yield [
            Peer(
                "tegola", _told([program, "version"]).split()[-1], ("127.0.0.1", port),
                lambda layer, t: f"/maps/town/{layer}/{t.z}/{t.x}/{t.y}.pbf",
            )
        ]  # fmt: skip


@contextmanager
def nginx(root: Path) -> Iterator[Peer]:
    """nginx with one worker that sends what lies gzipped under `root`."""
    program, port = _nginx_program(), free_port()
    config = root.parent / "nginx.conf"
    scratch = root.parent / "nginx"
    scratch.mkdir(exist_ok=True)
    kept = "".join(
        f"  {kind}_temp_path {scratch};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    config.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {scratch}/pid;\nerror_log stderr;\n"
        "events { worker_connections 512; }\n"
        f"http {{\n  access_log off;\n{kept}"
        "  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 100000000;\n"
        "  open_file_cache max=10000;\n  default_type application/vnd.mapbox-vector-tile;\n"
        f"  server {{ listen 127.0.0.1:{port}; root {root}; gzip_static always; }}\n}}\n",
        encoding="utf-8",
    )
    with running([program, "-c", str(config), "-e", "stderr"], port):
        told = subprocess.run([program, "-v"], capture_output=True, text=True).stderr
        yield Peer(
            "nginx", told.strip().rpartition("/")[2], ("127.0.0.1", port),
            lambda _, t: f"/{t.z}/{t.y}/{t.x}",
        )  # fmt: skip


def _nginx_program() -> str:
    """nginx, unpacked from Debian's package where it is not installed.

    Raises
    ------
    Absent
        Where there is neither.
    """
    known = binary("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if known:
        return known
    folder = HOME / "nginx"
    program = folder / "usr" / "sbin" / "nginx"
    if not program.is_file():
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise Absent("nginx is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        got = subprocess.run(
            ["apt-get", "download", "nginx"], cwd=folder, capture_output=True, text=True
        )
        packages = list(folder.glob("nginx_*.deb"))
        if got.returncode or not packages:
            raise Absent(f"nginx is not installed; {got.stderr.strip()[-200:]}")
        subprocess.run(["dpkg", "-x", str(packages[0]), str(folder)], check=True)
    return str(program)


def _bare_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("SITPLAN_", "TIPG_"))}


def _told(command: list[str]) -> str:
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return (found.stdout or found.stderr).strip().splitlines()[0]
