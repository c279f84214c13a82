"""How often one visitor may ask. The address is turned into a passing mark and forgotten."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

GENERAL = "600 per minute"  # whole offices and anonymity networks share one address
STRICTER = {
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
    app.extensions["repository-limits"] = limiter  # its decorators hold it weakly
    for endpoint, limit in STRICTER.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)
