"""Sentences in the language of the answer: flask_babel's catalogues, with their types."""

from __future__ import annotations

import flask_babel  # type: ignore[import-untyped]
from babel.support import NullTranslations
from flask import g
from markupsafe import Markup


def gettext(sentence: str, /, **values: object) -> str:
    """``sentence`` translated, with ``%(name)s`` filled in."""
    said = str(_catalogue().gettext(sentence))
    return said % values if values else said


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The form for ``number``, translated and filled in."""
    return str(_catalogue().ngettext(one, many, number)) % {"num": number, **values}


def gettext_in_page(sentence: str, /, **values: object) -> Markup:
    """The same for templates, where values are escaped unless they are Markup."""
    return Markup(_catalogue().gettext(sentence)) % values  # noqa: S704


def ngettext_in_page(one: str, many: str, number: int, /, **values: object) -> Markup:
    found = Markup(_catalogue().ngettext(one, many, number))  # noqa: S704
    return found % {"num": number, **values}


def _catalogue() -> NullTranslations:
    """Looked up once a request, not once a sentence: a page has a hundred."""
    if "catalogue" not in g:
        g.catalogue = flask_babel.get_translations()
    found: NullTranslations = g.catalogue
    return found
