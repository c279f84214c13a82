"""Parts of pages that are the same for many readers are put together once.

``{% remember card.source_kind, card.year %} … {% endremember %}`` in a template. After the word
stands everything the part depends on; the reader's language, the vocabulary and where the site
lies are thought of anyway. Nothing that a reader typed, and nothing of an account, belongs there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Flask, request
from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from index.vocabulary import Vocabulary
from repo_app.web.context import language, runtime

MOST = 8_192
"""Parts that are remembered; when there are more, all are forgotten."""


class Remembering(Extension):
    """The tag. Parts live with the application they belong to."""

    tags = {"remember"}  # noqa: RUF012 (as Jinja asks for it)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._parts: dict[Hashable, Markup] = {}
        self._vocabulary: Vocabulary | None = None

    def parse(self, parser: Parser) -> nodes.Node:
        begin = next(parser.stream)
        key = parser.parse_tuple()
        body = parser.parse_statements(("name:endremember",), drop_needle=True)
        place = nodes.Const(f"{parser.name}:{begin.lineno}")
        call = self.call_method("remembered", [place, key], lineno=begin.lineno)
        return nodes.CallBlock(call, [], [], body).set_lineno(begin.lineno)

    def remembered(self, place: str, key: Hashable, caller: Callable[[], Markup]) -> Markup:
        """What ``caller`` writes at a ``place`` in a template; asked for once per ``key``."""
        if self._vocabulary is not runtime().vocabulary:  # a former one is not to be kept alive
            self._vocabulary, self._parts = runtime().vocabulary, {}
        whole = (place, key, language(), request.environ.get("SCRIPT_NAME", ""))
        parts = self._parts  # what is written meanwhile with the former words stays with those
        part = parts.get(whole)
        if part is None:
            if len(parts) >= MOST:
                parts.clear()
            part = parts[whole] = caller()
        return part


def install(app: Flask) -> None:
    app.jinja_env.add_extension(Remembering)
