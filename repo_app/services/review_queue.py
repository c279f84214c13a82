"""What waits for curators, and what they decided: a list with what tells one from another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from repo_app.db import today
from repo_app.models import AuditEvent, Contribution, Document, File, FileRole, State
from repo_app.policy import Viewer
from repo_app.services import reviews, second_looks
from repo_app.services.reviews import Decision
from repo_app.services.submissions import NOBODY_ELSES

LISTED = (State.IN_REVIEW, State.RETURNED, State.REFUSED, State.PUBLISHED)
"""The lists curators have, in the order of their work."""
A_PAGE = 25
RECENTLY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Other:
    """Another document. ``same_file``: its bytes are the same, not its words only."""

    public_id: str
    title: str
    state: State
    same_file: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the queue. ``own``: whoever looks contributed it; ``replaces``: the document
    whose new version it is to be; ``alike``: others with the same bytes or words; ``second_look``:
    refused, and its contributor asks for another look."""

    public_id: str
    title: str
    language: str | None
    source_kind: str | None
    organization: str | None
    state: State
    received_on: date
    published_on: date | None
    page_total: int
    pages_with_text: int
    has_file: bool
    remarks: tuple[str, ...]
    refusal: str | None
    replaces: Other | None
    alike: tuple[Other, ...]
    returned_before: bool
    second_look: bool
    own: bool
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of one list. ``counts``: how many stand in each list; ``being_read``: how many have
    been sent and come into review by themselves; ``second_looks``: how many of the refused ones
    their contributors ask to be looked at again."""

    state: State
    entries: tuple[Entry, ...]
    counts: Mapping[State, int]
    being_read: int
    second_looks: int
    page: int
    pages: int


def queue(session: Session, viewer: Viewer, state: State, page: int) -> Queue:
    """Page ``page`` (from 1; the nearest there is) of the documents in ``state``."""
    counts = _counts(session)
    pages = max(1, -(-counts[state] // A_PAGE))
    page = max(1, min(page, pages))
    rows = session.scalars(_in_order(state).offset((page - 1) * A_PAGE).limit(A_PAGE)).all()
    return Queue(
        state=state,
        entries=_entries(session, viewer, rows),
        counts={listed: counts[listed] for listed in LISTED},
        being_read=counts[State.RECEIVED],
        second_looks=session.scalar(_counted(second_looks.is_asked())) or 0,
        page=page,
        pages=pages,
    )


def _in_order(state: State) -> Select[Document]:
    """What waits: the oldest day first; what is decided: the latest, after those that are asked
    about. Public ids are drawn at random, so that within a day the order tells nothing about who
    came when."""
    day: InstrumentedAttribute[date] | InstrumentedAttribute[date | None]
    day = Document.published_on if state is State.PUBLISHED else Document.received_on
    return (
        select(Document)
        .where(_is_listed(state))
        .order_by(*_asked_about_first(state))
        .order_by(day if state is State.IN_REVIEW else day.desc(), Document.public_id)
        .options(selectinload(Document.contribution).selectinload(Contribution.replaces))
    )


def _asked_about_first(state: State) -> tuple[ColumnElement[int], ...]:
    return (case((second_looks.is_asked(), 0), else_=1),) if state is State.REFUSED else ()


def _counted(which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Document).where(which)


def _is_listed(state: State) -> ColumnElement[bool]:
    if state is State.PUBLISHED:
        return and_(Document.state == state, Document.published_on >= today() - RECENTLY)
    return Document.state == state


def _counts(session: Session) -> Counter[State]:
    rows = session.execute(
        select(Document.state, func.count())
        .where(or_(*(_is_listed(state) for state in (*LISTED, State.RECEIVED))))
        .group_by(Document.state)
    )
    return Counter({state: count for state, count in rows})


def _entries(session: Session, viewer: Viewer, rows: Sequence[Document]) -> tuple[Entry, ...]:
    ids = [row.id for row in rows]
    files, returned = _with_file(session, ids), _returned(session, ids)
    asked = frozenset(session.scalars(_asked(ids)))
    others = alike(session, rows)
    return tuple(
        Entry(
            public_id=row.public_id,
            title=row.title,
            language=row.language,
            source_kind=row.source_kind,
            organization=row.public_organization,
            state=row.state,
            received_on=row.received_on,
            published_on=row.published_on,
            page_total=row.page_total,
            pages_with_text=row.pages_with_text,
            has_file=row.id in files,
            remarks=tuple(row.remarks),
            refusal=row.refusal,
            replaces=new_version_of(row),
            alike=others[row.id],
            returned_before=row.id in returned and row.state is not State.RETURNED,
            second_look=row.id in asked,
            own=reviews.is_own(viewer, row),
            decisions=reviews.decisions(viewer, row),
        )
        for row in rows
    )


def new_version_of(row: Document) -> Other | None:
    old = row.replaced
    return Other(old.public_id, old.title, old.state) if old is not None else None


def alike(session: Session, rows: Iterable[Document]) -> Mapping[int, tuple[Other, ...]]:
    """For each document the others with the same bytes or the same words, as far as curators may
    know of them: its number → those others."""
    wanted = [row for row in rows if row.content_sha256 or row.text_sha256]
    by_file = _by(session, Document.content_sha256, {r.content_sha256 for r in wanted})
    by_text = _by(session, Document.text_sha256, {r.text_sha256 for r in wanted})
    found: defaultdict[int, tuple[Other, ...]] = defaultdict(tuple)
    for row in wanted:
        same = {o.id: o for o in by_file[row.content_sha256] if o.id != row.id}
        words = {o.id: o for o in by_text[row.text_sha256] if o.id != row.id}
        found[row.id] = tuple(
            Other(o.public_id, o.title, o.state, same_file=o.id in same)
            for _, o in sorted((same | words).items())
        )
    return found


def _by(
    session: Session,
    column: InstrumentedAttribute[str | None],
    values: Collection[str | None],
) -> Mapping[str | None, list[Document]]:
    rows = session.scalars(
        select(Document).where(
            column.in_([value for value in values if value]),
            Document.state.not_in(NOBODY_ELSES),
        )
    )
    found: defaultdict[str | None, list[Document]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column.key)].append(row)
    return found


def _with_file(session: Session, ids: Collection[int]) -> frozenset[int]:
    kept = File.role.in_((FileRole.ORIGINAL, FileRole.CLEAN))
    return frozenset(
        session.scalars(select(File.document_id).where(File.document_id.in_(ids), kept))
    )


def _asked(ids: Collection[int]) -> Select[int]:
    return select(Document.id).where(Document.id.in_(ids), second_looks.is_asked())


def _returned(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Those that went back to their contributor at least once."""
    returned = AuditEvent.action == State.RETURNED.value
    rows = session.scalars(
        select(AuditEvent.document_id).where(AuditEvent.document_id.in_(ids), returned)
    )
    return frozenset(id_ for id_ in rows if id_ is not None)
