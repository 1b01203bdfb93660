"""The body of a request, as far as it may be long, as JSON."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request

from sitplan.errors import BadRequest

MAX_BODY = 10 << 20


async def read_json(request: Request) -> Any:
    """What the body says.

    Raises
    ------
    BadRequest
        ``large_body`` as soon as it passes `MAX_BODY`, ``wrong_json`` with the place where it
        ceases to be JSON.
    """
    length = request.headers.get("content-length", "0")
    body = bytearray()
    if length.isdigit() and int(length) > MAX_BODY:
        raise BadRequest("large_body", maximum=MAX_BODY >> 20)
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadRequest("large_body", maximum=MAX_BODY >> 20)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest("wrong_json", line=error.lineno, column=error.colno) from error
