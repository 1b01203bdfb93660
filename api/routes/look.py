"""What the pages are dressed in: one style sheet, and the face of the web map where it is built."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer_bytes
from api.static import DIST
from sitplan.errors import NotFound

router = APIRouter(prefix="/api/look")
READ = ["GET", "HEAD"]
STATIC = Path(__file__).resolve().parents[1] / "pages" / "static"
_FACE = "atkinson-hyperlegible-next-latin-wght-normal-*.woff2"


@router.api_route("/{name}", methods=READ, include_in_schema=False)
def look(request: Request, name: str) -> Response:
    """One file of the pages' dress."""
    if name == "pages.css":
        return _file(request, STATIC / name, "text/css; charset=utf-8")
    face = next(iter(sorted((DIST / "assets").glob(_FACE))), None)
    if name == "atkinson.woff2" and face is not None:
        return _file(request, face, "font/woff2")
    raise NotFound("no_such_page", path=f"/api/look/{name}"[:200], home="/api")


def _file(request: Request, path: Path, kind: str) -> Response:
    body = path.read_bytes()
    tag = blake2b(body, digest_size=12).hexdigest()
    return answer_bytes(request, body, tag=tag, media_type=kind)
