"""Addresses for templates: those of which a page repeats many are put together once."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import flask
from flask import current_app, request

from repo_app.web.context import language

REMEMBERED = 8_192
"""Addresses; a page of results has about thirty, most of which every page has."""


SECRET = frozenset({"token"})
"""What opens an account: never remembered."""


def url_for(endpoint: str, /, **values: Any) -> str:
    """As Flask's. What a reader typed is in no path that a template asks for, so that it is never
    remembered; nor are addresses that are a secret."""
    if values.keys() <= _in_path(endpoint):
        root = request.environ.get("SCRIPT_NAME", "")
        return _remembered(root, language(), endpoint, tuple(values.items()))
    return flask.url_for(endpoint, **values)


@cache
def _in_path(endpoint: str) -> frozenset[str]:
    """The values an address has in its path, of which there are no more than things to show; none
    for an endpoint said in relation to the page's own."""
    if endpoint.startswith("."):
        return frozenset()
    rules = current_app.url_map.iter_rules(endpoint)
    return frozenset[str]().union(*(rule.arguments for rule in rules)) - SECRET


@lru_cache(REMEMBERED)
def _remembered(
    _root: str, _language: str, endpoint: str, values: tuple[tuple[str, Any], ...]
) -> str:
    return flask.url_for(endpoint, **dict(values))
