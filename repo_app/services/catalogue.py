"""Browsing: one document, one page of it, the newest ones, and what the plan's parts hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from ingest import Remark
from repo_app.db import database_now
from repo_app.models import Document, FileRole, Job, JobState, Page, State, Tag
from repo_app.policy import Viewer, visible_to
from repo_app.services.cards import Card, card, cards

NEWEST = 6
ENDINGS = {FileRole.CLEAN: "pdf", FileRole.THUMBNAIL: "webp"}
BEGINNING = 300
"""Characters of a page's beginning: enough to see past a running head."""


@dataclass(frozen=True, slots=True)
class PageSummary:
    """A line of the page list: number, first words, and whether it holds text at all."""

    number: int
    beginning: str
    has_text: bool


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything a document's page shows. ``tags`` maps facet to confirmed values;
    ``file_withheld``: a file was contributed, but readers get none of it but its text."""

    card: Card
    planning_use: str
    licence: str | None
    url: str | None
    doi: str | None
    isbn: str | None
    scope: str | None
    evidence_type: str | None
    remarks: tuple[str, ...]
    file_withheld: bool
    pages_with_text: int
    tags: Mapping[str, tuple[str, ...]]
    pages: tuple[PageSummary, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """One page's text with its place in the document; a scan's text is empty."""

    card: Card
    number: int
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where a file a viewer may have lies, and what it is called when saved."""

    key: str
    size: int
    media_type: str
    name: str


def document(session: Session, viewer: Viewer, public_id: str) -> DocumentView | None:
    row = _visible(session, viewer, public_id)
    return as_shown(session, row) if row else None


def as_shown(session: Session, row: Document) -> DocumentView:
    """What the page of ``row`` shows, or would show: whoever asks must be allowed to see it."""
    return DocumentView(
        card=card(session, row),
        planning_use=row.planning_use,
        licence=row.licence,
        url=row.url,
        doi=row.doi,
        isbn=row.isbn,
        scope=row.scope,
        evidence_type=row.evidence_type,
        remarks=tuple(row.remarks),
        file_withheld=_is_withheld(row),
        pages_with_text=row.pages_with_text,
        tags=_confirmed_tags(row),
        pages=_page_list(session, row),
    )


def page(session: Session, viewer: Viewer, public_id: str, number: int) -> PageView | None:
    """Page ``number`` from 1, or None where there is none or the viewer may not see it."""
    row = _visible(session, viewer, public_id)
    if row is None or not 1 <= number <= row.page_total:
        return None
    found = session.get(Page, (row.id, number))
    card = cards(session, viewer, [public_id])[public_id]
    text, language = (found.text, found.language) if found else ("", None)
    return PageView(card, number, text, language or row.language)


def file(session: Session, viewer: Viewer, public_id: str, role: FileRole) -> StoredFile | None:
    """The blob behind a document's file, where the viewer may see it."""
    row = _visible(session, viewer, public_id)
    return stored(row, role) if row else None


def stored(row: Document, role: FileRole) -> StoredFile | None:
    """A document's file, of ENDINGS' roles only: originals are for nobody here. Its name tells
    nothing of who sent it."""
    held = row.file(role) if role in ENDINGS else None
    if held is None:
        return None
    name = f"mirps-{row.public_id}-{row.language or 'und'}.{ENDINGS[role]}"
    return StoredFile(held.sha256, held.size, held.media_type, name)


def merged_into(session: Session, viewer: Viewer, public_id: str) -> str | None:
    """The document that has taken the place of a duplicate, for whoever may see that one."""
    kept = select(Document.merged_into).where(
        Document.public_id == public_id, Document.state == State.WITHDRAWN
    )
    return session.scalar(
        select(Document.public_id).where(
            Document.public_id == kept.scalar_subquery(), visible_to(viewer)
        )
    )


def newest(
    session: Session,
    viewer: Viewer,
    limit: int = NEWEST,
    among: ColumnElement[bool] | None = None,
) -> tuple[Card, ...]:
    """Newest first, of all or ``among`` some; within a day the order says nothing about when each
    one came."""
    ids = session.scalars(
        select(Document.public_id)
        .where(visible_to(viewer), true() if among is None else among)
        .order_by(Document.published_on.desc(), Document.public_id)
        .limit(limit)
    ).all()
    found = cards(session, viewer, ids)
    return tuple(found[i] for i in ids)


def tag_counts(session: Session, viewer: Viewer, *facets: str) -> Mapping[str, Mapping[str, int]]:
    """Of each of these tag facets, how many visible documents carry each confirmed value.

    What is visible is found once for all of them: asking it of each tag would read its document.
    """
    rows = session.execute(
        select(Tag.facet, Tag.value, func.count())
        .where(Tag.facet.in_(facets), Tag.confirmed_on.is_not(None))
        .where(Tag.document_id.in_(select(Document.id).where(visible_to(viewer))))
        .group_by(Tag.facet, Tag.value)
    )
    found: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    for facet, value, count in rows:
        found[facet][value] = count
    return found


def source_kind_counts(session: Session, viewer: Viewer) -> Mapping[str, int]:
    """How many visible documents each source kind has, '' where nobody has said whose they are.
    A document has one source kind: the sum is the number of documents."""
    rows = session.execute(
        select(Document.source_kind, func.count())
        .where(visible_to(viewer))
        .group_by(Document.source_kind)
    )
    return {kind or "": count for kind, count in rows}


def being_read(session: Session) -> int:
    """Files that wait to be read: tells people why a new document is not there yet."""
    waiting = select(func.count()).where(Document.state == State.RECEIVED)
    return session.scalar(waiting.select_from(Document)) or 0


def queue_age_seconds(session: Session) -> int | None:
    """How long the oldest job that could run has waited; None where none waits."""
    moment = database_now(session)
    due = select(func.min(Job.run_at)).where(Job.state == JobState.READY, Job.run_at <= moment)
    oldest = session.scalar(due)
    return None if oldest is None else int((moment - oldest).total_seconds())


def _is_withheld(row: Document) -> bool:
    contributed = row.file(FileRole.ORIGINAL) or Remark.NO_CLEAN_COPY.value in row.remarks
    return bool(contributed) and row.file(FileRole.CLEAN) is None


def _visible(session: Session, viewer: Viewer, public_id: str) -> Document | None:
    return session.scalars(
        select(Document).where(Document.public_id == public_id, visible_to(viewer))
    ).one_or_none()


def _confirmed_tags(row: Document) -> dict[str, tuple[str, ...]]:
    tags: dict[str, list[str]] = {}
    for tag in row.tags:
        if tag.confirmed_on is not None:
            tags.setdefault(tag.facet, []).append(tag.value)
    return {facet: tuple(values) for facet, values in tags.items()}


def _page_list(session: Session, row: Document) -> tuple[PageSummary, ...]:
    """Beginnings only: the text of a 400-page law has no place in memory here."""
    beginnings = session.execute(
        select(Page.number, func.substr(Page.text, 1, BEGINNING))
        .where(Page.document_id == row.id)
        .order_by(Page.number)
    )
    found = {number: " ".join(text.split()) for number, text in beginnings}
    return tuple(
        PageSummary(n, found.get(n, ""), bool(found.get(n))) for n in range(1, row.page_total + 1)
    )
