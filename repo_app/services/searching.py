"""Between the reader and the index: finding."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import Integer, String, and_, bindparam, select, union_all
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

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
from repo_app.services.cards import Card, cards

PageTexts = Mapping[tuple[str, int], PageText]
"""Document and page number → that page."""

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
    with runtime.database.reading() as session:
        found = _load(session, viewer, results, wanted)
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


def _load(session: Session, viewer: Viewer, results: Results, wanted: Wanted) -> tuple[Found, ...]:
    shown = cards(session, viewer, [hit.id for hit in results.hits])
    texts = _page_texts(session, results.hits)
    return tuple(
        _found(hit, shown[hit.id], texts, wanted) for hit in results.hits if hit.id in shown
    )


def _found(hit: Hit, card: Card, texts: PageTexts, wanted: Wanted) -> Found:
    read = [texts[hit.id, n] for n in hit.pages[:PAGES_READ] if (hit.id, n) in texts]
    read = [page if page.language else replace(page, language=card.language) for page in read]
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


def _page_texts(session: Session, hits: Iterable[Hit]) -> PageTexts:
    """Every page the passages are chosen from, in one query as long as the hits are ten."""
    wanted = [(hit.id, number) for hit in hits for number in hit.pages[:PAGES_READ]]
    found: dict[tuple[str, int], PageText] = {}
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        keys = {f"id{i}": id_ for i, (id_, _) in enumerate(some)}
        numbers = {f"number{i}": number for i, (_, number) in enumerate(some)}
        rows = session.execute(_PAGES, _NO_PAGES | keys | numbers)
        found |= {(id_, n): PageText(n, text, language) for id_, n, text, language in rows}
    return found


AT_A_TIME = 10 * PAGES_READ
_NO_PAGES: dict[str, str | int] = {f"id{i}": "" for i in range(AT_A_TIME)}
_NO_PAGES |= {f"number{i}": 0 for i in range(AT_A_TIME)}
_ASKED_FOR = union_all(
    *(
        select(
            bindparam(f"id{i}", type_=String).label("id"),
            bindparam(f"number{i}", type_=Integer).label("number"),
        )
        for i in range(AT_A_TIME)
    )
).cte("asked_for")
_PAGES = (
    select(Document.public_id, Page.number, Page.text, Page.language)
    .join(_ASKED_FOR, _ASKED_FOR.c.id == Document.public_id)
    .join(Page, and_(Page.document_id == Document.id, Page.number == _ASKED_FOR.c.number))
)
"""Put together once. Two lists of documents and of numbers would read ten times as many pages, and
a list of pairs has SQLite go through every page there is."""
