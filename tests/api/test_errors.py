"""Every error in one shape; limits; headers; the map's files."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg2
import psycopg2.errors
import pytest

from api import errors
from api.answers import accepted_encodings
from api.main import create_app
from sitplan.db import Database
from sitplan.errors import (
    BadRequest,
    InvalidData,
    NotAllowed,
    NotFound,
    Refused,
    SitplanError,
    StaleVersion,
    Unavailable,
    UnreadableFile,
    WrongCrs,
    WrongDeclaration,
)
from sitplan.report import Problem, Report
from sitplan.settings import Settings
from tests.api.running import running
from tests.conftest import serve

SHAPE = ["type", "title", "status", "detail", "code", "instance", "hint", "errors"]
REPORT = Report((Problem("overlap", "error", {"es": "se superponen", "en": "overlap"}),))
FAMILY: list[tuple[Exception, int]] = [
    (NotFound("no_such_page", path="/x", home="/api"), 404),
    (NotFound("not_migrated"), 503),
    (BadRequest("wrong_bbox", bbox="1,2"), 400),
    (BadRequest("long_address", maximum=8192), 414),
    (NotAllowed("wrong_host"), 403),
    (StaleVersion("wrong_host"), 412),
    (Refused("wrong_host"), 409),
    (InvalidData("invalid_data", report=REPORT), 422),
    (UnreadableFile("wrong_host"), 422),
    (WrongDeclaration("wrong_declaration", path="x", problem="y"), 503),
    (WrongCrs("unknown_epsg", code=1), 400),
    (Unavailable("database_down"), 503),
    (Unavailable("broken_layer", layer="x"), 503),
    (SitplanError("internal"), 500),
    (psycopg2.OperationalError("server closed, secret=1"), 503),
    (psycopg2.errors.QueryCanceled("canceling, secret=1"), 503),
    (psycopg2.DatabaseError("secret=1"), 500),
    (ValueError("secret=1"), 500),
]


@pytest.fixture(scope="module")
def failing(
    seeded_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """The application with a route that raises what it is told to."""
    made = create_app(seeded_settings, dist=tmp_path_factory.mktemp("dist"))
    inner = made.fastapi

    @inner.get("/api/raise/{number}")
    def fail(number: int) -> None:
        raise FAMILY[number][0]

    inner.router.routes.insert(0, inner.router.routes.pop())
    with running(made) as client:
        yield client


@pytest.mark.acceptance(50)
@pytest.mark.parametrize("number", range(len(FAMILY)))
@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_family_has_one_shape(
    failing: httpx.Client, caplog: pytest.LogCaptureFixture, number: int, lang: str
) -> None:
    error, status = FAMILY[number]
    with caplog.at_level(logging.ERROR):
        answer = failing.get(f"/api/raise/{number}", params={"lang": lang})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert list(document) == SHAPE
    assert document["status"] == status and document["instance"] == f"/api/raise/{number}"
    assert document["title"] and document["detail"] and document["hint"]
    assert document["type"] == f"urn:sitplan:problem:{document['code']}"
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)
    ours = [r for r in caplog.records if r.name == "sitplan.api"]
    assert bool(ours) == (status >= 500), "only what is our fault is logged as an error"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert isinstance(document["errors"], list)
    if isinstance(error, InvalidData):
        assert document["errors"][0]["message"] == {"es": "se superponen", "en": "overlap"}[lang]


def test_an_error_leaves_the_connection_open(failing: httpx.Client) -> None:
    """Else the next question on it is lost, and the client is told of a reset connection."""
    url = failing.base_url
    with closing(http.client.HTTPConnection(url.host, url.port, timeout=30)) as link:
        for number in [n for n, (_, status) in enumerate(FAMILY) if status == 500]:
            link.request("GET", f"/api/raise/{number}")
            answer = link.getresponse()
            assert answer.status == 500 and answer.read()
            place = link.sock
            place.settimeout(0.3)
            with pytest.raises(TimeoutError):  # closed, it would say so at once
                place.recv(1)
            place.settimeout(30)


def test_the_table_names_every_class() -> None:
    def family(kind: type[SitplanError]) -> set[type[SitplanError]]:
        return {kind}.union(*(family(one) for one in kind.__subclasses__()))

    ours = {kind for kind in family(SitplanError) if kind.__module__ == "sitplan.errors"}
    assert ours == set(errors.STATUS)


@pytest.mark.acceptance(50)
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nope", 404, "no_such_page"),
        ("/api/collections/nope", 404, "no_such_layer"),
        ("/api/collections/nope/items", 404, "no_such_layer"),
        ("/api/collections/nope/tiles/WebMercatorQuad/1/0/0", 404, "no_such_layer"),
        ("/api/collections/roads/items/x", 404, "no_such_feature"),
        ("/api/tiles/NoSuchSet/0/0/0", 404, "no_such_matrix_set"),
        ("/api/tiles/WebMercatorQuad/0/1/0", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/0/0/1", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/99/0/0", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/10/99999999/310", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/10/999999999999/310", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/-1/0/0", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/a/b/c", 404, "no_such_tile"),
        ("/api/tiles/WebMercatorQuad/10/596/310?collections=nope", 400, "wrong_choice"),
        ("/api/tiles/WebMercatorQuad/10/596/310?z=1", 400, "unknown_parameter"),
        ("/api/collections/objectives/tiles/WebMercatorQuad", 404, "no_such_matrix_set"),
        ("/api/styles/sepia", 404, "no_such_style"),
        ("/api/legend?theme=sepia", 400, "wrong_choice"),
        ("/api/search", 400, "missing_parameter"),
        ("/api/search?q=a&limit=0", 400, "wrong_limit"),
        ("/api/plan/DT-P99-E99", 404, "no_such_initiative"),
        ("/api/conformance?x=1", 400, "unknown_parameter"),
        ("/api/health?x=1", 400, "unknown_parameter"),
        ("/api/collections/roads/items?name=%00", 400, "wrong_value"),
    ],
)
def test_errors_of_the_running_server(served: str, path: str, status: int, code: str) -> None:
    answer = httpx.get(f"{served}{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(answer.json()) == SHAPE


@pytest.mark.acceptance(50, 54)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_public_has_no_writing_verb(served: str, method: str) -> None:
    answer = httpx.request(method, f"{served}/api/collections/roads/items")
    assert (answer.status_code, answer.json()["code"]) == (405, "wrong_method")
    assert "GET" in answer.headers["allow"]


@pytest.mark.acceptance(54)
def test_options_tells_what_may_be_done(served: str) -> None:
    plain = httpx.options(f"{served}/api/collections/roads/items")
    assert plain.status_code == 204 and plain.headers["allow"] == "GET, HEAD, OPTIONS"
    asked = {"Origin": "https://other.test", "Access-Control-Request-Method": "GET"}
    preflight = httpx.options(f"{served}/api/search", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers


@pytest.mark.acceptance(54, 55)
def test_every_answer_carries_the_headers(served: str) -> None:
    for path in ("/", "/api", "/api/nope", "/api/tiles/WebMercatorQuad/10/596/310", "/nope"):
        for _ in range(2):  # the second time a tile comes from memory
            headers = httpx.get(f"{served}{path}").headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "referrer-policy" in headers
            assert ("access-control-allow-origin" in headers) == path.startswith("/api")
    exposed = httpx.get(f"{served}/api").headers["access-control-expose-headers"]
    assert {"Link", "ETag", "Content-Crs", "Retry-After"} <= set(exposed.split(", "))


@pytest.mark.acceptance(39)
def test_a_long_address_is_refused(served: str) -> None:
    answer = httpx.get(f"{served}/api/search", params={"q": "a" * 9000})
    assert (answer.status_code, answer.json()["code"]) == (414, "long_address")
    short = httpx.get(f"{served}/api/search", params={"q": "a" * 7000})
    assert short.json()["code"] == "long_text", "it was read"


@pytest.mark.parametrize(
    "name", ["bbox", "datetime", "crs", "limit", "kind", "after", "lang", "<b>"]
)
def test_a_script_is_never_written_back_as_html(served: str, name: str) -> None:
    script = "<script>alert(1)</script>"
    answer = httpx.get(f"{served}/api/collections/green_areas/items", params={name: script})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    page = httpx.get(f"{served}/{script}")
    assert script not in page.text


@pytest.mark.acceptance(5)
def test_a_broken_layer_is_a_503_of_its_own(fresh: Database, fresh_settings: Settings) -> None:
    with serve(fresh_settings) as address:
        assert httpx.get(f"{address}/api/collections").status_code == 200
        with fresh.transaction() as cursor:
            cursor.execute("DROP VIEW published.green_areas")
        for path in ("items", "items/00000000-0000-0000-0000-000000000000",
                     "tiles/WebMercatorQuad/14/9549/4973"):  # fmt: skip
            answer = httpx.get(f"{address}/api/collections/green_areas/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "broken_layer"), path
        for path in (
            "collections", "collections/roads/items", "legend", "search?q=plaza", "openapi",
            "tiles/WebMercatorQuad/14/9549/4973", "plan", "styles/day",
        ):  # fmt: skip
            assert httpx.get(f"{address}/api/{path}").status_code == 200, path


@pytest.mark.acceptance(39)
def test_a_slow_query_is_stopped_and_told(fresh: Database, fresh_settings: Settings) -> None:
    with fresh.transaction() as cursor:
        cursor.execute(
            "ALTER ROLE sitplan_read IN DATABASE "
            + str(fresh_settings.database_url).rpartition("/")[2]
            + " SET statement_timeout = '300ms'"
        )
        cursor.execute("SELECT pg_get_viewdef('published.zones')")
        body = cursor.fetchone()[0].rstrip().rstrip(";")
        cursor.execute(
            f"CREATE OR REPLACE VIEW published.zones AS {body} AND pg_sleep(5) IS NOT NULL"
        )
    with serve(fresh_settings) as address:
        for path in (
            "collections/zones/items",
            "collections/zones/tiles/WebMercatorQuad/12/2387/1243",
        ):
            answer = httpx.get(f"{address}/api/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "slow_request")
            assert answer.headers["retry-after"] == "30"
        assert httpx.get(f"{address}/api/collections/roads/items").status_code == 200


def _dist(folder: Path) -> Path:
    dist = folder / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>mapa")
    (dist / "assets" / "a-123.js").write_text("plain")
    (dist / "assets" / "a-123.js.br").write_bytes(b"brotli")
    (dist / "assets" / "a-123.js.gz").write_bytes(b"\x1f\x8bgzip")
    (folder / "secret.txt").write_text("secret")
    return dist


@pytest.fixture
def built(seeded_settings: Settings, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with a map of three files."""
    with running(create_app(seeded_settings, dist=_dist(tmp_path))) as client:
        yield client


def test_the_map_is_sent_as_it_was_made_ready(built: httpx.Client) -> None:
    page = built.get("/")
    assert page.text == "<!doctype html>mapa" and page.headers["cache-control"] == "no-cache"
    for wished, coding, body in (
        ("br, gzip", "br", b"brotli"),
        ("gzip", "gzip", b"\x1f\x8bgzip"),
        ("br;q=0, gzip", "gzip", b"\x1f\x8bgzip"),
        ("identity", None, b"plain"),
    ):
        with built.stream("GET", "/assets/a-123.js", headers={"Accept-Encoding": wished}) as answer:
            assert answer.headers.get("content-encoding") == coding
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-type"].startswith("text/javascript")
            assert b"".join(answer.iter_raw()) == body
    tag = page.headers["etag"]
    assert built.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_nothing_beside_the_map_is_sent(built: httpx.Client) -> None:
    port = built.base_url.port
    assert port is not None
    for path in (
        "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd",
        "/assets/a-123.js.br", "/assets", "/%00", "/" + "a" * 3000,
    ):  # fmt: skip
        link = http.client.HTTPConnection("127.0.0.1", port)  # sends the path as it stands
        link.request("GET", path)
        answer = link.getresponse()
        assert answer.status == 404, path
        assert b"secret" not in answer.read().replace(path.encode(), b"")
        link.close()


@pytest.mark.parametrize(
    ("lang", "words"), [("es", "aún no está construido"), ("en", "not been built")]
)
def test_without_the_map_a_page_says_what_to_do(
    seeded_settings: Settings, tmp_path: Path, lang: str, words: str
) -> None:
    with running(create_app(seeded_settings, dist=tmp_path)) as client:
        page = client.get("/", params={"lang": lang})
    assert page.status_code == 503 and words in page.text and "make up" in page.text


def test_encodings_as_browsers_write_them() -> None:
    def wished(text: str | None) -> set[str]:
        return accepted_encodings(text) - {""}

    assert wished("gzip, deflate, br;q=1.0, zstd") == {"gzip", "deflate", "br", "zstd"}
    assert wished("gzip;q=0, br; q=0.0") == set() and wished(None) == set()
    assert wished("GZIP;Q=0.5") == {"gzip"}
