"""The built web map at `/`: files made ready in Brotli and gzip, or a page that says what to do."""

from __future__ import annotations

from html import escape
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.answers import accepted_encodings, is_known
from api.envelope import allowed_verbs
from api.links import EMBEDDED
from api.params import lang_of
from sitplan.errors import NotFound
from sitplan.words import say

DIST = Path(__file__).parent / "web" / "dist"
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_CODINGS = (("br", ".br"), ("gzip", ".gz"))


def web_routes(dist: Path = DIST) -> APIRouter:
    """Routes for whatever no other route answers."""
    router = APIRouter()

    @router.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def web(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            allowed = allowed_verbs(f"/{path}")
            if "GET" not in allowed:
                raise HTTPException(405, headers={"Allow": allowed})
            raise NotFound("no_such_page", path=f"/{path}"[:200], home="/api")
        if not (dist / "index.html").is_file():
            return HTMLResponse(_missing(lang_of(request)), status_code=503)
        page = "index.html" if path in ("", EMBEDDED) else path
        found = _file(dist, page)
        if found is None:
            return HTMLResponse(_not_found(lang_of(request)), status_code=404)
        return _send(found, request, forever=path.startswith("assets/"))

    return router


def _file(dist: Path, path: str) -> Path | None:
    """The file of that path inside `dist`; ready-made codings are no files of their own."""
    root = dist.resolve()
    try:
        found = (root / path).resolve()
        inside = found.is_relative_to(root) and found.is_file()
    except (OSError, ValueError):
        return None
    return found if inside and found.suffix not in (".br", ".gz") else None


def _send(path: Path, request: Request, *, forever: bool) -> Response:
    wished = accepted_encodings(request.headers.get("accept-encoding"))
    about = path.stat()
    tag = f"{about.st_mtime_ns:x}-{about.st_size:x}"
    headers = {
        "Cache-Control": _FOREVER if forever else "no-cache",
        "Vary": "Accept-Encoding",
        "ETag": f'W/"{tag}"',
    }
    if is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    body = path
    for coding, suffix in _CODINGS:
        ready = path.with_name(path.name + suffix)
        if coding in wished and ready.is_file():
            headers["Content-Encoding"] = coding
            body = ready
            break
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return Response(body.read_bytes(), media_type=kind, headers=headers)


def _page(lang: str, title: str, body: str) -> str:
    style = (
        "font: 18px/1.5 system-ui, sans-serif; max-width: 40em; margin: 12vh auto; padding: 0 1em"
    )
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><body style="{style}"><h1>{escape(title)}</h1>{body}'
    )


def _missing(lang: str) -> str:
    text = escape(say("web.missing_text", lang, api="/api"))
    return _page(lang, say("web.missing_title", lang), f"<p>{text}</p><pre>make up</pre>")


def _not_found(lang: str) -> str:
    home = f'<p><a href="/">{escape(say("web.home", lang))}</a></p>'
    return _page(lang, say("web.not_found_title", lang), home)
