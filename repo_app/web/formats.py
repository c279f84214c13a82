"""Numbers, dates and sizes as people of the region write them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from repo_app.web.context import language
from repo_app.web.words import gettext as _

REGIONAL = {"es": "es_419", "en": "en"}
"""Spanish as written in Latin America: 1,234.5 where Spain writes 1.234,5."""

KILO = 1000


def locale() -> Locale:
    return _locale(REGIONAL[language()])


@cache
def _locale(region: str) -> Locale:
    return Locale.parse(region)


def number(value: float) -> str:
    if isinstance(value, int) and 0 <= value < KILO:
        return str(value)  # as all our languages write it; a page of results has sixty
    return _number(value, REGIONAL[language()])


@lru_cache(4_096)
def _number(value: float, region: str) -> str:
    return str(format_decimal(value, locale=_locale(region)))


def percent(share: float) -> str:
    """From 0 to 1, without a fraction: 75 %."""
    return str(format_percent(share, locale=locale()))


def file_size(size: int) -> str:
    """Bytes as people say them: 640 kB, 2.4 MB."""
    if size < KILO * KILO:
        return _("%(size)s kB", size=number(max(1, round(size / KILO))))
    return _("%(size)s MB", size=number(round(size / KILO / KILO, 1)))


def month(day: date) -> str:
    """Month and year only: the day of a contribution may point at who made it."""
    return str(format_date(day, "MMMM yyyy" if language() == "en" else "MMMM 'de' yyyy", locale()))


def months(numbers: tuple[int, ...], year: int) -> str:
    """Months of a year, from 1 to 12 in the order given: `March and May 2026`."""
    names = [str(format_date(date(year, n, 1), "LLLL", locale())) for n in numbers]
    listed = str(format_list(names, locale=locale()))
    return _("%(months)s %(year)s", months=listed, year=year)


def day(value: date) -> str:
    return str(format_date(value, "long", locale()))


def listed(items: list[str] | tuple[str, ...]) -> Markup:
    """`a, b y c`; items that are no Markup are escaped."""
    return Markup(format_list([str(escape(item)) for item in items], locale=locale()))  # noqa: S704


def people(names: tuple[str, ...]) -> str:
    """`Ana Souza y José Paz`, or `Souza, Ana; Paz, José` where family names come first."""
    if any("," in name for name in names):
        return "; ".join(names)
    return str(format_list(names, locale=locale()))


def language_name(code: str) -> str:
    """A language in the reader's own: `español`, `Spanish`; the code where nobody knows."""
    return _language_names(REGIONAL[language()]).get(code.lower(), code)


def lang(code: str | None) -> Markup:
    """The attribute of what is in another language than the page."""
    return _lang(code) if code and code != language() else Markup()


@cache
def _lang(code: str) -> Markup:
    return Markup(' lang="{}"').format(code)


@cache
def _language_names(reader: str) -> dict[str, str]:
    return {key.lower(): str(name) for key, name in _locale(reader).languages.items()}
