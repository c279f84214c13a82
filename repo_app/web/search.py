"""The search page: everything a reader set is in the address, every way on is a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from index import SearchUnavailable
from index.analysis import LANGUAGES
from index.asking import SPELLING
from index.contract import FACETS, Sort
from repo_app.services import meaning, searching, widening
from repo_app.services.meaning import Meant
from repo_app.services.searching import Answer
from repo_app.services.widening import Wider
from repo_app.web import formats, labels, query_help
from repo_app.web.additions import Additions, additions
from repo_app.web.context import language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.questions import Question
from repo_app.web.widening import meant, ways_on

bp = Blueprint("search", __name__, url_prefix=PREFIX)

SHOWN = 6
MOST = 40
AROUND = 2
RETRY_SECONDS = "30"


class Choice(NamedTuple):
    """A value of a facet as a link that chooses it or takes it back, with how many documents
    have it, in words; a page has ninety."""

    address: str
    label: str
    documents: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """The values in use, those offered beside them, and ``rest``, which waits behind "more"."""

    name: str
    chosen: tuple[Choice, ...]
    offered: tuple[Choice, ...]
    rest: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value; its address is the search without it."""

    facet: str
    label: str
    address: str


@bp.get("/search")
def results() -> ResponseReturnValue:
    question = Question.read(request.args)
    try:
        answer = searching.find(runtime(), viewer(), question.query(viewer(), language()))
        better = _meant(question, answer)
        wider = _wider(question, answer)
    except SearchUnavailable:
        return _being_rebuilt(question)
    also = additions(question, answer)
    return render_template(
        "search/results.html",
        question=question,
        answer=answer,
        facets=_facets(question, answer.facets),
        chips=_chips(question),
        sorts=_sorts(question),
        pages=_pages(question, answer),
        ways_on=ways_on(question, wider, language()),
        meant=meant(question, better),
        also=also,
        reading=_reading(question, also),
    )


@bp.get("/search/help", endpoint="help")
def query_language() -> ResponseReturnValue:
    listed = [
        (facet, query_help.name(facet, language()), _values(facet)) for facet in query_help.LISTED
    ]
    return render_template(
        "search/help.html",
        constructs=query_help.constructs(language()),
        fields=query_help.fields(language()),
        listed=listed,
        limits=query_help.limits(),
    )


def _values(facet: str) -> tuple[str, ...]:
    """Of the countries, the members, and of the languages, those whose words we know."""
    if facet == "country":
        return tuple(country.code for country in labels.member_states())
    if facet == "language":
        return LANGUAGES
    return tuple(runtime().vocabulary.facet_values(facet))


def _reading(question: Question, also: Additions) -> str:
    """What the pages of a document mark, as the end of their addresses: the words that were
    found, put right where they were."""
    found = also.respelt.words if also.respelt else question.text
    return replace(question, text=found, filters={}, sort=Sort.RELEVANCE, page=1).address


def _meant(question: Question, answer: Answer) -> Meant | None:
    """Only where words are not put right at once: the search has looked for them otherwise."""
    if SPELLING not in question.without:
        return None
    return meaning.meant(runtime(), viewer(), answer.query)


def _wider(question: Question, answer: Answer) -> tuple[Wider, ...]:
    if answer.total or not question:
        return ()
    return widening.wider(runtime(), viewer(), answer.query)


def _being_rebuilt(question: Question) -> ResponseReturnValue:
    page = render_template("search/being_rebuilt.html", question=question)
    answer = make_response(page, 503)
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def _facets(question: Question, counts: Mapping[str, Mapping[str, int]]) -> tuple[FacetView, ...]:
    views = (_facet(question, facet, counts.get(facet, {})) for facet in FACETS)
    return tuple(view for view in views if view.chosen or view.offered)


def _facet(question: Question, facet: str, counts: Mapping[str, int]) -> FacetView:
    chosen = question.filters.get(facet, ())
    words, number, adding = labels.labelling(facet), formats.number, question.adding(facet)
    offered = [
        Choice(adding(value), words(value), number(counts[value]))
        for value in labels.ordered(facet, counts)[:MOST]
        if value not in chosen
    ]
    in_use = [
        Choice(question.toggled(facet, value).address, words(value), number(counts.get(value, 0)))
        for value in chosen
    ]
    shown = max(0, SHOWN - len(in_use))
    return FacetView(facet, tuple(in_use), tuple(offered[:shown]), tuple(offered[shown:]))


def _chips(question: Question) -> tuple[Chip, ...]:
    return tuple(
        Chip(facet, labels.label(facet, value), question.toggled(facet, value).address)
        for facet in FACETS
        for value in question.filters.get(facet, ())
    )


def _sorts(question: Question) -> tuple[tuple[Sort, bool, str], ...]:
    """Sort, whether it is the present one, and its address. Without words nothing is nearer."""
    offered = [sort for sort in Sort if question.text or sort is not Sort.RELEVANCE]
    present = question.query(viewer(), language()).sort
    return tuple((sort, sort is present, question.sorted_by(sort).address) for sort in offered)


def _pages(question: Question, answer: Answer) -> tuple[tuple[int, str] | None, ...]:
    """First, last and those around the present one with their addresses; None is a gap."""
    last = answer.page_count
    wanted = {1, last, *range(question.page - AROUND, question.page + AROUND + 1)}
    numbers = sorted(n for n in wanted if 1 <= n <= last)
    shown: list[tuple[int, str] | None] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number - before > 1:
            shown.append(None)
        shown.append((number, question.on_page(number).address))
    return tuple(shown) if last > 1 else ()
