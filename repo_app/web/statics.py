"""Static files under addresses that change with their content, so that they keep for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

FOLDER = Path(__file__).parents[1] / "static"
FOREVER = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    app.url_defaults(_add_fingerprint)
    app.after_request(_cache)


@cache
def fingerprint(filename: str) -> str:
    """Of a file in the static folder, '' where there is none; read once per process."""
    path = FOLDER / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def _add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        values["v"] = fingerprint(str(values.get("filename", "")))


def _cache(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        filename = (request.view_args or {}).get("filename", "")
        current = request.args.get("v") == fingerprint(filename)
        response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    return response
