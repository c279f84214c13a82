"""Sentences in the language of the answer: flask_babel's catalogues, with their types."""

from __future__ import annotations

from functools import lru_cache

import flask_babel  # type: ignore[import-untyped]
from babel.support import NullTranslations
from flask import g
from markupsafe import Markup

SENTENCES = 4_096
"""Remembered, of those in all languages."""


def gettext(sentence: str, /, **values: object) -> str:
    """``sentence`` translated, with ``%(name)s`` filled in."""
    said = str(_catalogue().gettext(sentence))
    return said % values if values else said


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The form for ``number``, translated and filled in."""
    return str(_catalogue().ngettext(one, many, number)) % {"num": number, **values}


def gettext_in_page(sentence: str, /, **values: object) -> Markup:
    """The same for templates, where values are escaped unless they are Markup."""
    catalogue = _catalogue()
    if not values:
        return _whole(catalogue, sentence)
    for value in values.values():
        if type(value) is not int:
            return _in_page(catalogue, sentence) % values
    return _numbered(catalogue, sentence, tuple(values.items()))


def ngettext_in_page(one: str, many: str, number: int, /, **values: object) -> Markup:
    found = Markup(_catalogue().ngettext(one, many, number))  # noqa: S704
    return found % {"num": number, **values}


@lru_cache(SENTENCES)
def _in_page(catalogue: NullTranslations, sentence: str) -> Markup:
    return Markup(catalogue.gettext(sentence))  # noqa: S704


@lru_cache(SENTENCES)
def _whole(catalogue: NullTranslations, sentence: str) -> Markup:
    """Without values to fill in: a page has fifty of these, and every page the same."""
    return _in_page(catalogue, sentence) % {}


@lru_cache(SENTENCES)
def _numbered(
    catalogue: NullTranslations, sentence: str, values: tuple[tuple[str, object], ...]
) -> Markup:
    """With nothing but numbers to fill in, such as those of pages: they come again."""
    return _in_page(catalogue, sentence) % dict(values)


def _catalogue() -> NullTranslations:
    """Looked up once a request, not once a sentence: a page has a hundred."""
    try:
        found: NullTranslations = g.catalogue
    except AttributeError:
        found = g.catalogue = flask_babel.get_translations()
    return found
