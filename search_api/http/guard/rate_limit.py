"""How often one may ask: a token bucket for each key and each address."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

# A bucket holds what comes in this many seconds, so that a page may load all at once.
SECONDS = 5
# Whoever is not among the last so many to ask has a full bucket again.
MOST_BUCKETS = 10_000


class Rates:
    """Token buckets that fill by `rate` tokens a second; a rate of 0 limits nobody."""

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, most: float = 0.0
    ) -> None:
        """A bucket holds `most` tokens, unless given what comes in five seconds."""
        self._rate = rate
        self._most = most or max(1.0, rate * SECONDS)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> float:
        """Take a token; seconds to wait for one when there is none, else 0."""
        if not self._rate:
            return 0.0
        now = self._clock()
        tokens, then = self._buckets.pop(who, (self._most, now))
        tokens = min(self._most, tokens + (now - then) * self._rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
        self._buckets[who] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return wait


def network(address: str) -> str:
    """What counts as one asker: an IPv4 address, or the /64 that one IPv6 subscriber is given.

    Whatever is no address counts as one together: a proxy may pass on what a client made up.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
