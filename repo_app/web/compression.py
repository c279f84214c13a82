"""Smaller answers for bad lines.

Compressing a page that holds both a secret and a reader's words would let an eavesdropper
guess the secret from its size. Pages compressed here hold none: only GET, never one with a
form's token, never one for somebody who is logged in.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, g, request

from repo_app.web import tokens

SMALLEST = 800
KINDS = frozenset({"text/html", "text/css", "image/svg+xml", "application/json", "text/plain"})


def install(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in KINDS or request.method != "GET":
        return response
    response.vary.add("Accept-Encoding")
    if not _wanted(response):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(gzip.compress(body, compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
    return response


def _wanted(response: Response) -> bool:
    return (
        response.status_code not in (204, 206, 304)
        and "no-store" not in response.headers.get("Cache-Control", "")
        and tokens.FIELD not in g
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("gzip") > 0
    )
