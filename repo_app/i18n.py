"""Sentences in Spanish and English, for the site and the command line alike. No Flask here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from config import LANGUAGES

CATALOGUES = Path(__file__).parent / "translations"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Marks a sentence for the catalogues where it is stored before a language is known."""
    return message


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of one of LANGUAGES; sentences are written in English in the code."""
    if language not in LANGUAGES:
        raise ValueError(f"no interface in {language!r}")
    return Translations.load(str(CATALOGUES), [language])


def translator(language: str) -> Callable[[str], str]:
    return catalogue(language).gettext
