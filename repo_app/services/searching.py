"""Between the reader and the index: finding, and making the index agree with the database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from index import (
    Hit,
    IndexDocument,
    IndexPage,
    Query,
    Relaxation,
    Results,
    SearchUnavailable,
    Sort,
)
from index import passages as passage_choice
from index.passages import Passage, Wanted
from repo_app import jobs
from repo_app.models import Document, Page, State
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services.cards import Card, cards

PageTexts = Mapping[tuple[str, int], tuple[str, str | None]]
"""Document and page number → that page's text and language."""

PAGES_SHOWN = 2
BATCH = 20


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that matched, with the sentences to show; ``language`` is that of its text."""

    number: int
    language: str | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as shown. ``more_pages`` counts matching pages beyond those shown.

    ``word_for_word``: a page shown holds what was quoted just as it was typed. Engines match
    quoted words by their stems, so that totals and facets are exact; such hits come first.
    """

    card: Card
    score: float
    pages: tuple[FoundPage, ...]
    more_pages: int
    word_for_word: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results. ``total`` counts documents; ``facets`` facet → value → documents;
    ``took_ms`` is wall time in the server from question to answer."""

    query: Query
    total: int
    found: tuple[Found, ...]
    facets: Mapping[str, Mapping[str, int]]
    language: str
    relaxation: Relaxation
    ignored: tuple[str, ...]
    took_ms: float

    @property
    def page_count(self) -> int:
        return -(-self.total // self.query.size)


def find(runtime: Runtime, viewer: Viewer, query: Query) -> Answer:
    """Search as ``viewer``; raises SearchUnavailable after having the index rebuilt.

    The index may lag behind the database for a moment: rows the viewer may not see today are
    dropped from the page although the total still counts them.
    """
    if query.audience != viewer.audience:
        raise ValueError("a query for another audience than the viewer's")
    start = time.perf_counter()
    try:
        results = runtime.index.search(query)
    except SearchUnavailable:
        ask_for_rebuild(runtime)
        raise
    wanted = passage_choice.wanted(query.text, results.language)
    with runtime.database.reading() as session:
        found = _load(session, viewer, results, wanted)
    if query.sort is Sort.RELEVANCE and wanted.quoted:
        found = tuple(sorted(found, key=lambda one: not one.word_for_word))
    took_ms = (time.perf_counter() - start) * 1000
    return _answer(query, results, found, took_ms)


def _answer(query: Query, results: Results, found: tuple[Found, ...], took_ms: float) -> Answer:
    return Answer(
        query,
        results.total,
        found,
        results.facets,
        results.language,
        results.relaxation,
        results.ignored,
        took_ms,
    )


def _load(session: Session, viewer: Viewer, results: Results, wanted: Wanted) -> tuple[Found, ...]:
    shown = cards(session, viewer, [hit.id for hit in results.hits])
    texts = _page_texts(session, results.hits)
    return tuple(
        _found(hit, shown[hit.id], texts, wanted) for hit in results.hits if hit.id in shown
    )


def _found(hit: Hit, card: Card, texts: PageTexts, wanted: Wanted) -> Found:
    pages, word_for_word = [], False
    for number in hit.pages[:PAGES_SHOWN]:
        text, language = texts.get((hit.id, number), ("", None))
        language = language or card.language
        chosen = passage_choice.choose(number, text, language, wanted, limit=1)
        pages.append(FoundPage(number, language, chosen))
        if wanted.quoted and not word_for_word:
            word_for_word = passage_choice.holds_quoted(text, wanted)
    more = max(0, hit.page_total - PAGES_SHOWN)
    return Found(card, hit.score, tuple(pages), more, word_for_word)


def _page_texts(session: Session, hits: Iterable[Hit]) -> PageTexts:
    """The text of every page shown, in one query."""
    wanted = {(hit.id, number) for hit in hits for number in hit.pages[:PAGES_SHOWN]}
    if not wanted:
        return {}
    rows = session.execute(
        select(Document.public_id, Page.number, Page.text, Page.language)
        .join(Page, Page.document_id == Document.id)
        .where(
            Document.public_id.in_({id_ for id_, _ in wanted}),
            Page.number.in_({number for _, number in wanted}),
        )
    )
    return {
        (id_, number): (text, language)
        for id_, number, text, language in rows
        if (id_, number) in wanted
    }


def ask_for_rebuild(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        jobs.enqueue_once(session, jobs.REBUILD_INDEX)


def sync_index(runtime: Runtime, document_ids: Iterable[int]) -> None:
    """Make the index agree with the rows as they are now; safe to run twice, or late."""
    with runtime.database.reading() as session:
        rows = session.scalars(_for_index().where(Document.id.in_(list(document_ids)))).all()
        put = [as_index_document(row) for row in rows if row.state is State.PUBLISHED]
        gone = [row.public_id for row in rows if row.state is not State.PUBLISHED]
    if gone:
        runtime.index.remove(gone)
    if put:
        runtime.index.put(put)


def rebuild_index(runtime: Runtime) -> None:
    """A new index from the database alone, streamed; readers keep the old one meanwhile."""
    runtime.index.rebuild(published(runtime))


def published(runtime: Runtime) -> Iterator[IndexDocument]:
    """Every published document, BATCH at a time, so that memory stays flat."""
    last = 0
    while True:
        with runtime.database.reading() as session:
            rows = session.scalars(
                _for_index()
                .where(Document.state == State.PUBLISHED, Document.id > last)
                .order_by(Document.id)
                .limit(BATCH)
            ).all()
            batch = [as_index_document(row) for row in rows]
            last = rows[-1].id if rows else last
        if not batch:
            return
        yield from batch


def published_total(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        counted = select(func.count()).where(Document.state == State.PUBLISHED)
        return session.scalar(counted.select_from(Document)) or 0


def drift(runtime: Runtime) -> frozenset[str]:
    """Public ids on which index and database disagree; raises SearchUnavailable."""
    held = runtime.index.revisions()
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Document.public_id, Document.revision).where(Document.state == State.PUBLISHED)
        )
        truth = {public_id: revision for public_id, revision in rows}
    return frozenset(key for key in truth.keys() | held.keys() if truth.get(key) != held.get(key))


def mend_drift(runtime: Runtime) -> int:
    """Queue whatever brings the index back to the database; how many documents differ."""
    wrong = drift(runtime)
    if not wrong:
        return 0
    with runtime.database.writing() as session:
        rows = session.execute(
            select(Document.id, Document.public_id).where(Document.public_id.in_(sorted(wrong)))
        ).all()
        for document_id, _public_id in rows:
            jobs.enqueue(session, jobs.SYNC_INDEX, document_id)
    if unknown := wrong - {public_id for _id, public_id in rows}:
        runtime.index.remove(unknown)
    return len(wrong)


def _for_index() -> Select[Document]:
    return select(Document).options(
        selectinload(Document.pages),
        selectinload(Document.tags),
        selectinload(Document.audience),
    )


def as_index_document(row: Document) -> IndexDocument:
    return IndexDocument(
        id=row.public_id,
        revision=row.revision,
        title=row.title,
        language=row.language,
        audience=frozenset(group.name for group in row.audience),
        pages=tuple(IndexPage(p.number, p.text, p.language or row.language) for p in row.pages),
        authors=tuple(row.authors),
        organization=row.organization.name if row.organization else "",
        abstract=row.abstract,
        facets=_facets(row),
        date=row.published_on.isoformat() if row.published_on else "",
    )


def _facets(row: Document) -> dict[str, frozenset[str]]:
    """What people confirmed: the columns they filled in and the tags they ticked."""
    facets: dict[str, set[str]] = {}
    for tag in row.tags:
        if tag.confirmed_at is not None:
            facets.setdefault(tag.facet, set()).add(tag.value)
    columns = {
        "source_kind": row.source_kind,
        "document_kind": row.document_kind,
        "language": row.language,
        "year": str(row.year) if row.year else None,
    }
    facets |= {name: {value} for name, value in columns.items() if value}
    return {name: frozenset(values) for name, values in facets.items()}
