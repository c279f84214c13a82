"""How often one visitor may ask. The address is turned into a passing mark and forgotten."""

from __future__ import annotations

import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter

GENERAL = "600 per minute"  # whole offices and anonymity networks share one address
STRICTER = {
    "account.accept": "30 per minute",
    "account.delete": "20 per minute",
    "account.forgotten": "20 per minute",
    "account.log_in": "60 per minute",
    "account.password": "20 per minute",
    "account.reset": "30 per minute",
    "completion.offers": "300 per minute",
    "uploads.file": "60 per minute",
    "search.results": "180 per minute",
    "files.document": "120 per minute",
    "files.thumbnail": "120 per minute",
}
DAY = 24 * 3600


@dataclass(slots=True)
class PassingMarks:
    """HMAC of an address under a key that lives in memory only and changes every day."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _made: float = field(default_factory=time.monotonic)

    def of(self, address: str) -> str:
        if time.monotonic() - self._made > DAY:
            self._key, self._made = secrets.token_bytes(32), time.monotonic()
        return hmac.digest(self._key, address.encode(), "sha256").hex()


FREE_TRIES = 5
LONGEST_WAIT = 60
FORGOTTEN_AFTER = 3600.0
MOST_HELD = 20_000


@dataclass(slots=True)
class Patience:
    """Makes guessing passwords slow without locking anybody out.

    Counted for an account from an address, so that strangers who guess do not keep its owner
    waiting; the wait doubles up to a minute and is never more. Nothing of it leaves memory, and
    accounts that do not exist are counted alike.
    """

    _marks: PassingMarks = field(default_factory=PassingMarks)
    _held: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, account: str, address: str) -> int:
        """Seconds to wait before a try, 0 where it may be made; it then counts as failed."""
        key = self._marks.of(f"{account}\0{address}")
        now = time.monotonic()
        with self._lock:
            tries, until = self._held.get(key, (0, 0.0))
            if now < until:
                return math.ceil(until - now)
            if now - until > FORGOTTEN_AFTER:
                tries = 0
            tries += 1
            pause = min(2 ** (tries - FREE_TRIES), LONGEST_WAIT) if tries >= FREE_TRIES else 0
            self._held[key] = tries, now + pause
            self._held.move_to_end(key)
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        return 0

    def succeeded(self, account: str, address: str) -> None:
        with self._lock:
            self._held.pop(self._marks.of(f"{account}\0{address}"), None)


def patience() -> Patience:
    found: Patience = current_app.extensions["repository-patience"]
    return found


def install(app: Flask, *, enabled: bool) -> None:
    """Counters live in this process; restarting forgets them."""
    marks = PassingMarks()
    limiter = Limiter(
        key_func=lambda: marks.of(request.remote_addr or ""),
        app=app,
        default_limits=[GENERAL],
        storage_uri="memory://",
        enabled=enabled,
    )
    app.extensions["repository-patience"] = Patience()
    app.extensions["repository-limits"] = limiter  # its decorators hold it weakly
    for endpoint, limit in STRICTER.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)
