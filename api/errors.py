"""Every error as one problem document (RFC 9457): one table, class → status; one shape."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import psycopg2
import psycopg2.errors
from fastapi import FastAPI
from orjson import loads
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import dump
from api.links import HTML, PROBLEM, links_of
from api.negotiation import VARY, wishes_problem_page
from api.pages import render_problem
from api.params import lang_of
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
from sitplan.words import say

_LOG = logging.getLogger("sitplan.api")

STATUS: Mapping[type[SitplanError], int] = {
    NotFound: 404,
    BadRequest: 400,
    NotAllowed: 403,
    StaleVersion: 412,
    Refused: 409,
    InvalidData: 422,
    UnreadableFile: 422,
    WrongDeclaration: 503,
    WrongCrs: 400,
    Unavailable: 503,
    SitplanError: 500,
}
_STATUS_OF_CODE = {
    "not_migrated": 503,
    "long_address": 414,
    "large_body": 413,
    "not_acceptable": 406,
    "removed_feature": 410,
    "other_fields": 410,
    "too_many_requests": 429,
    "caller_left": 499,  # as nginx has it; nobody is there to read it
}
_PROCESSES = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
_TYPE_OF_CODE = {
    "no_such_process": f"{_PROCESSES}no-such-process",
    "no_such_job": f"{_PROCESSES}no-such-job",
    "result_not_ready": f"{_PROCESSES}result-not-ready",
}
"""Where a standard names the type of a problem."""
_RETRY_AFTER_S = {"slow_request": 30, "broken_layer": 60}


class WrongMethod(SitplanError):
    """The resource is there, but not for this verb."""

    kind = "wrong_method"


class InternalError(SitplanError):
    """A fault of ours; what it was stands in the log."""

    kind = "error"


def status_of(error: SitplanError) -> int:
    """The HTTP status of an error: its code's, else its nearest class's."""
    if isinstance(error, WrongMethod):
        return 405
    nearest = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _STATUS_OF_CODE.get(error.code, nearest)


def problem(
    error: SitplanError, *, path: str, lang: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that an error becomes; only what is our fault or the database's is logged.

    Parameters
    ----------
    path
        Of the request, without its query: nothing that was sent is written back.
    """
    status = status_of(error)
    if status >= 500:
        _LOG.error("%s %s: %s", status, path, error)
    title = say(f"titles.{error.kind}", lang)
    document: dict[str, Any] = {
        "type": _TYPE_OF_CODE.get(error.code, f"urn:sitplan:problem:{error.code}"),
        "title": title,
        "status": status,
        "detail": error.message(lang),
        "code": error.code,
        "instance": path[:200],
        "hint": error.hint(lang),
        "errors": error.report.as_dict(lang) if isinstance(error, InvalidData) else [],
    }
    sent = {"Cache-Control": "no-store", "Content-Language": lang, **(headers or {})}
    if status == 503:
        sent["Retry-After"] = str(_RETRY_AFTER_S.get(error.code, 5))
    return Response(dump(document), status_code=status, media_type=PROBLEM, headers=sent)


def _dressed(request: Request, refusal: Response, lang: str) -> Response:
    """The problem as a page, for browsers; in whatever face, it says the same."""
    refusal.headers["Vary"] = VARY
    if not wishes_problem_page(request):
        return refusal
    try:
        links = links_of(request)
    except SitplanError:
        return refusal
    page = render_problem(loads(bytes(refusal.body)), lang=lang, links=links)
    kept = {k: v for k, v in refusal.headers.items() if k not in ("content-length", "content-type")}
    return Response(
        page, status_code=refusal.status_code, media_type=f"{HTML}; charset=utf-8", headers=kept
    )


Early = Callable[[Scope, SitplanError, Mapping[str, str]], Response]
"""Makes the answer of what is refused before the framework; it wears what all errors wear."""


def early(app: FastAPI) -> Early:
    """That of an application."""

    def refuse(scope: Scope, error: SitplanError, headers: Mapping[str, str]) -> Response:
        request = Request({**scope, "app": app})
        lang = lang_of(request)
        refusal = problem(error, path=request.url.path, lang=lang, headers=headers)
        return _dressed(request, refusal, lang)

    return refuse


def as_sitplan_error(error: Exception) -> SitplanError:
    """What the driver or the framework raised, as one of the family."""
    if isinstance(error, SitplanError):
        return error
    if isinstance(error, psycopg2.errors.QueryCanceled):
        return Unavailable("slow_request")
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return Unavailable("database_down")
    return InternalError("internal")


def answer_error(request: Request, error: Exception) -> Response:
    """What a request is answered that raised an error: the problem, as a document or a page."""
    return _dressed(request, _refusal(request, error), lang_of(request))


def _refusal(request: Request, error: Exception) -> Response:
    path, lang = request.url.path, lang_of(request)
    if isinstance(error, HTTPException):
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "GET")
            wrong = WrongMethod("wrong_method", path=path, method=request.method, allowed=allowed)
            return problem(wrong, path=path, lang=lang, headers={"Allow": allowed})
        if error.status_code == 404:
            missing = NotFound("no_such_page", path=path[:200], home="/api")
            return problem(missing, path=path, lang=lang)
    found = as_sitplan_error(error)
    if isinstance(found, InternalError):
        _LOG.error("%s %s", request.method, path, exc_info=error)
    return problem(found, path=path, lang=lang)


class Answered:
    """Ends what has been answered.

    The framework raises an error again once it has told it, and the server would close the
    connection under the client's next request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; an error is raised only while there is no whole answer."""
        is_whole = False

        async def watched(message: Message) -> None:
            nonlocal is_whole
            await send(message)
            is_whole = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if not is_whole:
                raise


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""
    for kind in (SitplanError, psycopg2.Error, HTTPException, Exception):
        app.add_exception_handler(kind, answer_error)
