"""Each request is answered by the vocabulary of today, whoever changed it where."""

from __future__ import annotations

from flask import Flask

from repo_app.web.context import runtime


def install(app: Flask) -> None:
    app.before_request(_look)


def _look() -> None:
    runtime().watch.look()
