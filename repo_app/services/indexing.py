"""Making the index agree with the database, which is the only truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import selectinload

from index import IndexDocument, IndexPage
from index.annotation import with_concepts
from repo_app import jobs
from repo_app.models import Document, Job, JobState, Page, State, VocabularyMark
from repo_app.runtime import Runtime

BATCH = 20
ONLY = 1
"""Number of the only mark there is."""
MOST_MENDED = 500  # documents put back one by one; beyond, a new index is cheaper


def ask_for_rebuild(runtime: Runtime) -> None:
    """Looks before it locks: every search asks for it until the index is back."""
    with runtime.database.reading() as session:
        if jobs.waiting(session, jobs.REBUILD_INDEX):
            return
    with runtime.database.writing() as session:
        jobs.enqueue_once(session, jobs.REBUILD_INDEX)


def sync_index(runtime: Runtime, document_ids: Iterable[int]) -> None:
    """Make the index agree with the rows as they are now; safe to run twice, or late."""
    wanted = sorted(document_ids)
    with runtime.database.reading() as session:
        gone = session.scalars(
            select(Document.public_id).where(
                Document.id.in_(wanted), Document.state != State.PUBLISHED
            )
        ).all()
    if gone:
        runtime.index.remove(gone)
    runtime.index.put(_published(runtime, Document.id.in_(wanted)))


def rebuild_index(runtime: Runtime) -> None:
    """A new index from the database alone, streamed; readers keep the old one meanwhile."""
    runtime.index.rebuild(published(runtime))


def rebuilt(runtime: Runtime, version: str) -> None:
    """Whoever asked for the rebuild that has just been done need not ask again; ``version`` is
    that of the vocabulary in force when it began."""
    with runtime.database.writing() as session:
        jobs.drop_waiting(session, jobs.REBUILD_INDEX)
        session.merge(VocabularyMark(id=ONLY, indexed_with=version))


def follow_vocabulary(runtime: Runtime) -> None:
    """The index holds what the vocabulary finds on each page: where it was built with another one
    than is in force now, have it built anew."""
    version = runtime.vocabulary.version
    with runtime.database.reading() as session:
        mark = session.get(VocabularyMark, ONLY)
    if mark is None:  # nothing was ever built but with this one
        with runtime.database.writing() as session:
            session.merge(VocabularyMark(id=ONLY, indexed_with=version))
    elif mark.indexed_with != version:
        ask_for_rebuild(runtime)


def published(runtime: Runtime) -> Iterator[IndexDocument]:
    """Every published document, as the index wants it."""
    return _published(runtime, true())


def _published(runtime: Runtime, which: ColumnElement[bool]) -> Iterator[IndexDocument]:
    """BATCH at a time, so that memory stays flat."""
    last = 0
    while True:
        with runtime.database.reading() as session:
            rows = session.scalars(
                _for_index()
                .where(Document.state == State.PUBLISHED, Document.id > last, which)
                .order_by(Document.id)
                .limit(BATCH)
            ).all()
            batch = [with_concepts(as_index_document(row)) for row in rows]
            last = rows[-1].id if rows else last
        if not batch:
            return
        yield from batch


def published_total(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        counted = select(func.count()).where(Document.state == State.PUBLISHED)
        return session.scalar(counted.select_from(Document)) or 0


def drift(runtime: Runtime) -> dict[str, int | None]:
    """Documents on which index and database disagree although nobody is at work on them.

    Public id → row, None where the index holds what the database does not. Raises
    SearchUnavailable.
    """
    before = runtime.index.revisions()
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Document.public_id, Document.id, Document.revision, Document.state)
        ).all()
        busy = set(session.scalars(select(Job.document_id).where(Job.state != JobState.DEAD)))
    truth = {
        public_id: revision for public_id, _, revision, state in rows if state is State.PUBLISHED
    }
    after = runtime.index.revisions()  # what was right before or after has only just changed
    keys = {public_id: key for public_id, key, _, _ in rows}
    return {
        public_id: keys.get(public_id)
        for public_id in truth.keys() | after.keys()
        if truth.get(public_id) not in (before.get(public_id), after.get(public_id))
        and keys.get(public_id) not in busy
    }


def mend_drift(runtime: Runtime) -> int:
    """Queue whatever brings the index back to the database; how many documents differ.

    An index that is mostly wrong, or knows documents that never were, is built anew.
    """
    wrong = drift(runtime)
    if not wrong:
        return 0
    keys = [key for key in wrong.values() if key is not None]
    if len(keys) < len(wrong) or len(keys) > MOST_MENDED:
        ask_for_rebuild(runtime)
        return len(wrong)
    with runtime.database.writing() as session:
        for key in keys:
            jobs.enqueue(session, jobs.SYNC_INDEX, key)
    return len(wrong)


def _for_index() -> Select[Document]:
    return select(Document).options(
        selectinload(Document.pages),
        selectinload(Document.tags),
        selectinload(Document.audience),
    )


def as_index_document(row: Document, pages: Iterable[Page] | None = None) -> IndexDocument:
    """``pages`` are those of its pages that count; all of them unless given."""
    read = row.pages if pages is None else pages
    return IndexDocument(
        id=row.public_id,
        revision=row.revision,
        title=row.title,
        language=row.language,
        audience=frozenset(group.name for group in row.audience),
        pages=tuple(IndexPage(p.number, p.text, p.language or row.language) for p in read),
        authors=tuple(row.authors),
        organization=row.public_organization or "",
        abstract=row.abstract,
        facets=_facets(row),
        date=row.published_on.isoformat() if row.published_on else "",
    )


def _facets(row: Document) -> dict[str, frozenset[str]]:
    """What people confirmed: the columns they filled in and the tags they ticked."""
    found: dict[str, set[str]] = {}
    for tag in row.tags:
        if tag.confirmed_on is not None:
            found.setdefault(tag.facet, set()).add(tag.value)
    columns = {
        "source_kind": row.source_kind,
        "document_kind": row.document_kind,
        "language": row.language,
        "year": str(row.year) if row.year else None,
    }
    found |= {name: {value} for name, value in columns.items() if value}
    return {name: frozenset(values) for name, values in found.items()}
