"""The names of all countries of ISO 3166-1, from the CLDR data Babel carries."""

from __future__ import annotations

from functools import cache

# CLDR also names territories that ISO 3166-1 has no officially assigned code for.
_NOT_ISO = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
_LANGUAGES = ("es", "en", "pt", "fr")


def is_territory(code: str) -> bool:
    """Whether ``code`` is an officially assigned alpha-2 code of ISO 3166-1."""
    return code in _names("en")


def territory_name(code: str, language: str) -> str:
    """The name of a country in ``language`` or in English; '' for what is no country's code."""
    return _names(language if language in _LANGUAGES else "en").get(code, "")


@cache
def _names(language: str) -> dict[str, str]:
    # Here, because Babel is only needed for countries outside the gazetteer.
    from babel import Locale

    return {
        code: name
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isascii() and code.isalpha() and code not in _NOT_ISO
    }
