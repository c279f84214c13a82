"""Sentences in the language of the answer: flask_babel's functions, with their types."""

from __future__ import annotations

import flask_babel  # type: ignore[import-untyped]


def gettext(sentence: str, **values: object) -> str:
    """``sentence`` translated, with ``%(name)s`` filled in."""
    return str(flask_babel.gettext(sentence, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The form for ``number``, translated and filled in."""
    return str(flask_babel.ngettext(one, many, number, **values))
