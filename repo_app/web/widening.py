"""What else could be asked where nothing was found, as links that say how much they find."""

from __future__ import annotations

from dataclasses import dataclass, replace

from repo_app.i18n import N_
from repo_app.services.meaning import Meant
from repo_app.services.widening import Way, Wider
from repo_app.web import formats, labels
from repo_app.web.questions import LONGEST_TEXT, Question
from repo_app.web.words import gettext as _

SENTENCES = {
    (Way.WITHOUT_FILTERS,): N_("Search without the filters"),
    (Way.WITHOUT_QUOTES,): N_("Search for the words without quotation marks"),
    (Way.ANYWHERE,): N_("Search the whole text, not only titles or authors"),
    (Way.SPELT_ABOUT_SO,): N_("Accept words that are spelt a little differently"),
    (Way.OTHER_LANGUAGE,): N_("Read the words as %(language)s"),
    (Way.ANY_WORD,): N_("Be content with any one of the words"),
    (Way.WITHOUT_FILTERS, Way.WITHOUT_QUOTES): N_(
        "Search for the words without quotation marks and without the filters"
    ),
    (Way.WITHOUT_FILTERS, Way.ANYWHERE): N_("Search the whole text, without the filters"),
    (Way.WITHOUT_FILTERS, Way.SPELT_ABOUT_SO): N_(
        "Accept words that are spelt a little differently, without the filters"
    ),
    (Way.WITHOUT_FILTERS, Way.OTHER_LANGUAGE): N_(
        "Read the words as %(language)s, without the filters"
    ),
    (Way.WITHOUT_FILTERS, Way.ANY_WORD): N_(
        "Be content with any one of the words, without the filters"
    ),
}


@dataclass(frozen=True, slots=True)
class WayOn:
    """A sentence that leads to what was found, and how many documents that is."""

    sentence: str
    address: str
    found: str


def ways_on(question: Question, wider: tuple[Wider, ...], language: str) -> tuple[WayOn, ...]:
    """A text too long to be typed is left out."""
    return tuple(
        WayOn(_sentence(one), _address(question, one, language), labels.counted(one.total))
        for one in wider
        if len(one.query.text) <= LONGEST_TEXT
    )


def meant(question: Question, better: Meant | None) -> WayOn | None:
    """The question as it was probably meant."""
    if better is None or len(better.query.text) > LONGEST_TEXT:
        return None
    address = replace(question, text=better.query.text, page=1).address
    return WayOn(better.query.text, address, labels.counted(better.total))


def _sentence(one: Wider) -> str:
    return _(SENTENCES[one.ways], language=formats.language_name(one.query.language))


def _address(question: Question, one: Wider, language: str) -> str:
    filters = {} if Way.WITHOUT_FILTERS in one.ways else question.filters
    read_as = one.query.language if one.query.language != language else ""
    return replace(question, text=one.query.text, filters=filters, read_as=read_as, page=1).address
