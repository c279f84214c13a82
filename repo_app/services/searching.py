"""Between the reader and the index: finding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, String, and_, bindparam, select, union_all
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased

from index import (
    Hit,
    Query,
    Relaxation,
    Results,
    SearchUnavailable,
    Sort,
    asking,
    marks,
    passages,
)
from index.asking import Asked
from index.contract import Addition
from index.passages import PageText, Passage
from index.wanted import Wanted, wanted_by
from repo_app.models import Document, Page
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services import indexing
from repo_app.services.cards import Card, card_of, of_documents_visible_to

Shown = tuple[Card, tuple[PageText, ...]]

PAGES_READ = 2
"""Of a hit, how many of the best pages the passages are chosen from."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that matched, with the best sentences of it; ``language`` is that of its text."""

    number: int
    language: str | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as shown. ``more_pages`` counts matching pages beyond those shown; ``about`` is what
    matched in the abstract, where no page did.

    ``word_for_word``: a page shown holds what was quoted just as it was typed. Engines match
    quoted words by their stems, so that totals and facets are exact; such hits come first.
    """

    card: Card
    score: float
    pages: tuple[FoundPage, ...]
    more_pages: int
    word_for_word: bool
    about: Passage | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results. ``total`` counts documents; ``facets`` facet → value → documents;
    ``took_ms`` is wall time in the server from question to answer. ``added`` to the words typed
    was what means the same, ``left_out`` could have been. ``respelt``: words that stand nowhere,
    with those asked for instead; ``query`` is as it was typed.
    """

    query: Query
    total: int
    found: tuple[Found, ...]
    facets: Mapping[str, Mapping[str, int]]
    language: str
    relaxation: Relaxation
    ignored: tuple[str, ...]
    took_ms: float
    added: tuple[Addition, ...] = ()
    left_out: tuple[Addition, ...] = ()
    respelt: Mapping[str, str] = field(default_factory=dict)

    @property
    def page_count(self) -> int:
        return -(-self.total // self.query.size)


def find(runtime: Runtime, viewer: Viewer, query: Query) -> Answer:
    """Search as ``viewer``; raises SearchUnavailable after having the index rebuilt.

    The index may lag behind the database for a moment: rows the viewer may not see today are
    dropped from the page although the total still counts them.
    """
    require_own_audience(viewer, query)
    start = time.perf_counter()
    try:
        asked = asking.ask(runtime.index, query)
    except SearchUnavailable:
        # Where nothing can be written, on a full disk, the reader is told of the index all the
        # same, and the worker, which watches it, asks again.
        with suppress(OperationalError):
            indexing.ask_for_rebuild(runtime)
        raise
    results = asked.results
    wanted = wanted_by(results.tree, results.language)
    with runtime.database.looking() as connection:
        found = _load(connection, viewer, results, wanted)
    if query.sort is Sort.RELEVANCE and wanted.quoted:
        found = tuple(sorted(found, key=lambda one: not one.word_for_word))
    took_ms = (time.perf_counter() - start) * 1000
    return _answer(query, asked, found, took_ms)


def warm(runtime: Runtime) -> None:
    """Read what the first questions would have to wait for: the vocabulary's labels in every
    language, and the words of the index."""
    nowhere = Query("asilo Honduras qqq", frozenset(), size=0, facets=(), expand=True)
    with suppress(SearchUnavailable):
        asking.ask(runtime.index, nowhere)


def total(runtime: Runtime, viewer: Viewer, query: Query) -> int:
    """How many documents a question finds; raises SearchUnavailable."""
    require_own_audience(viewer, query)
    return runtime.index.search(replace(query, page=1, size=0, facets=())).total


def require_own_audience(viewer: Viewer, query: Query) -> None:
    """Asking as somebody else is a mistake of the program's: raises ValueError."""
    if query.audience != viewer.audience:
        raise ValueError("a query for another audience than the viewer's")


def _answer(query: Query, asked: Asked, found: tuple[Found, ...], took_ms: float) -> Answer:
    results = asked.results
    return Answer(
        query,
        results.total,
        found,
        results.facets,
        results.language,
        results.relaxation,
        results.ignored,
        took_ms,
        results.added,
        results.left_out,
        asked.respelt,
    )


def _load(
    connection: Connection, viewer: Viewer, results: Results, wanted: Wanted
) -> tuple[Found, ...]:
    shown = _shown(connection, viewer, results.hits)
    return tuple(_found(hit, *shown[hit.id], wanted) for hit in results.hits if hit.id in shown)


def _found(hit: Hit, card: Card, pages: tuple[PageText, ...], wanted: Wanted) -> Found:
    read = [page if page.language else replace(page, language=card.language) for page in pages]
    chosen = passages.best(read, wanted)
    shown = tuple(
        FoundPage(page.number, page.language, held)
        for page in read
        if (held := tuple(passage for passage in chosen if passage.page == page.number))
    )
    about: tuple[Passage, ...] = ()
    if not shown:
        about = passages.choose(0, card.abstract, card.language, wanted, limit=1)
    quoted = bool(wanted.quoted) and any(marks.holds_quoted(page.text, wanted) for page in read)
    more = max(0, hit.page_total - len(shown))
    return Found(card, hit.score, shown, more, quoted, next(iter(about), None))


# What a hit shows ---------------------------------------------------------------------

AT_A_TIME = 10
"""Hits asked for by one statement; a page of results has as many."""


def _shown(connection: Connection, viewer: Viewer, hits: Sequence[Hit]) -> dict[str, Shown]:
    """By id the card of a hit and the pages its passages are chosen from, the best first; what
    ``viewer`` may not see (any more) is missing."""
    found: dict[str, Shown] = {}
    for start in range(0, len(hits), AT_A_TIME):
        asked = dict(_NOTHING)
        for at, hit in enumerate(hits[start : start + AT_A_TIME]):
            asked[f"id{at}"] = hit.id
            asked |= {f"page{at}_{n}": number for n, number in enumerate(hit.pages[:PAGES_READ])}
        for row in connection.execute(_hits_seen_by(viewer), asked).all():
            card = card_of(row)
            found[card.id] = card, tuple(_pages(row[-3 * PAGES_READ :]))
    return found


def _pages(values: Sequence[Any]) -> Iterator[PageText]:
    """Of columns in threes; where there is no such page they are all NULL."""
    for at in range(0, len(values), 3):
        number, text, language = values[at : at + 3]
        if number is not None:
            yield PageText(number, text, language)


@lru_cache(maxsize=64)
def _hits_seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Put together once: that costs more than asking it."""
    statement = of_documents_visible_to(viewer)
    statement = statement.join(_ASKED_FOR, _ASKED_FOR.c.id == Document.public_id)
    for n in range(PAGES_READ):
        page = aliased(Page)
        this = and_(page.document_id == Document.id, page.number == _ASKED_FOR.c[f"page_{n}"])
        statement = statement.outerjoin(page, this)
        statement = statement.add_columns(page.number, page.text, page.language)
    return statement


_NOTHING: dict[str, str | int] = {f"id{at}": "" for at in range(AT_A_TIME)}
_NOTHING |= {f"page{at}_{n}": 0 for at in range(AT_A_TIME) for n in range(PAGES_READ)}
_ASKED_FOR = union_all(
    *(
        select(
            bindparam(f"id{at}", type_=String).label("id"),
            *(
                bindparam(f"page{at}_{n}", type_=Integer).label(f"page_{n}")
                for n in range(PAGES_READ)
            ),
        )
        for at in range(AT_A_TIME)
    )
).cte("asked_for")
"""A table of hits. Lists of documents and of numbers would read ten times as many pages, and a
list of pairs has SQLite go through every page there is."""
