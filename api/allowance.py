"""How much one client's address may ask for: a bucket of tokens each, filled as time goes by.

It keeps one program from holding up everybody else, and no office from working: a whole town hall
behind one address opens maps by the dozen. Tiles and pages cost little, files and processes much.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address

from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Early
from sitplan.errors import SitplanError

BURST_S = 40
"""What nobody used is saved for so many seconds: a morning's first maps come all at once."""
MOST_ADDRESSES = 20_000
FREE, TILE, PAGE, QUESTION, FILE, PROCESS = 0, 1, 2, 5, 250, 500
_HEALTH = "/api/health"


class Busy(SitplanError):
    """One address asks for more than its part."""

    kind = "busy"


def cost_of(method: str, path: str) -> int:
    """What a request costs, by its address alone."""
    if method == "OPTIONS" or path == _HEALTH:
        return FREE
    if "/tiles/" in path or not path.startswith("/api"):
        return TILE
    last = path.rsplit("/", 1)[-1]
    if last == "export" or path == "/api/heights/raster":
        return FILE
    if last == "execution":
        return PROCESS
    return QUESTION if last in ("items", "search", "changes", "diff") else PAGE


class Allowance:
    """Hands on what an address may still ask for; the rest is told when to come back.

    Parameters
    ----------
    refuse
        Makes the answer of a refusal.
    rate
        Tokens a second for each address; 0 limits nobody.
    clock
        Seconds that only grow; given by tests.
    """

    def __init__(
        self,
        app: ASGIApp,
        refuse: Early,
        *,
        rate: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_ADDRESSES,
    ) -> None:
        self.app = app
        self.rate = rate
        self.burst = rate * BURST_S
        self._refuse = refuse
        self._clock = clock
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the cost and hand on, or refuse with 429; one thread alone comes here."""
        client = scope.get("client")
        if not self.rate or scope["type"] != "http" or client is None:
            await self.app(scope, receive, send)
            return
        cost = cost_of(scope["method"], scope["path"])
        wait = self.take(bucket_of(client[0]), cost) if cost else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        seconds = math.ceil(wait)
        headers = {
            "Retry-After": str(seconds),
            "RateLimit-Policy": f'"address";q={self.burst};w={BURST_S}',
            "RateLimit": f'"address";r=0;t={seconds}',
        }
        answer = self._refuse(scope, Busy("too_many_requests", seconds=seconds), headers)
        await answer(scope, receive, send)

    def take(self, address: str, cost: int) -> float:
        """Seconds until the address can pay; 0 where it just did."""
        now = self._clock()
        left, since = self._left.get(address, (float(self.burst), now))
        left = min(left + (now - since) * self.rate, float(self.burst))
        wait = 0.0 if left >= cost else (cost - left) / self.rate
        self._left[address] = (left if wait else left - cost, now)
        self._left.move_to_end(address)
        if len(self._left) > self._most:
            self._left.popitem(last=False)  # silent for longest: its bucket is the fullest
        return wait


def bucket_of(host: str) -> str:
    """Whose bucket an address is: itself, or of IPv6 its network of 64 bits, which one client has.

    >>> bucket_of("2001:db8:1:2:3:4:5:6"), bucket_of("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7')
    """
    if ":" not in host:
        return host
    try:
        whole = int(IPv6Address(host.partition("%")[0]))
    except ValueError:
        return host[:60]
    mapped = IPv6Address(whole).ipv4_mapped
    return str(mapped) if mapped else f"{IPv6Address(whole >> 64 << 64)}/64"
