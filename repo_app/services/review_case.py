"""Everything a curator may know of one document: what it is, what speaks against it, and what
happened to it. Never who contributed it, and never the file as it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app.models import AuditEvent, Document, FileRole, Page, State
from repo_app.policy import Viewer
from repo_app.services import answers, catalogue, reviews, second_looks
from repo_app.services.answers import NEEDED, Field, Value
from repo_app.services.catalogue import StoredFile
from repo_app.services.review_queue import Other, alike, new_version_of
from repo_app.services.reviews import REASON_GIVEN, WITH_CONTRIBUTOR, Decision
from repo_app.services.second_looks import SecondLook


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ``party`` is the role of whoever did it, as the log names it, and
    ``by_viewer`` whether that was whoever looks; ``reason`` that of a refusal."""

    day: date
    action: str
    party: str
    by_viewer: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PastNote:
    """What was asked of the contributor; ``settled`` once the document was sent again."""

    day: date
    field: str
    reason: str
    words: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Files:
    """What of a file curators can see: the size of the clean copy (0 where there is none), and
    whether ``withheld``: a file was sent, but no clean copy could be made."""

    size: int
    has_thumbnail: bool
    withheld: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A document as curators see it. ``said`` are the answers by question, none while it is with
    its contributor; ``organization`` is the name it chose to show; ``second_look``: refused, and
    its contributor asks for another look; ``decisions`` are those open to whoever looks."""

    public_id: str
    title: str
    language: str | None
    source_kind: str | None
    organization: str | None
    state: State
    revision: int
    received_on: date
    published_on: date | None
    page_total: int
    pages_with_text: int
    remarks: tuple[str, ...]
    refusal: str | None
    audience: tuple[str, ...]
    said: Mapping[Field, Value]
    unanswered: tuple[Field, ...]
    files: Files
    replaces: Other | None
    alike: tuple[Other, ...]
    notes: tuple[PastNote, ...]
    events: tuple[Event, ...]
    second_look: bool
    own: bool
    decisions: tuple[Decision, ...]

    @property
    def can_be_read(self) -> bool:
        """Whether its text, file and answers are curators' to see now."""
        return self.state not in WITH_CONTRIBUTOR

    @property
    def can_be_tagged(self) -> bool:
        return self.state is State.IN_REVIEW and not self.own


def case(session: Session, viewer: Viewer, row: Document) -> Case:
    said = {field: answers.present(row, field) for field in Field} if _readable(row) else {}
    return Case(
        public_id=row.public_id,
        title=row.title,
        language=row.language,
        source_kind=row.source_kind,
        organization=row.public_organization,
        state=row.state,
        revision=row.revision,
        received_on=row.received_on,
        published_on=row.published_on,
        page_total=row.page_total,
        pages_with_text=row.pages_with_text,
        remarks=tuple(row.remarks),
        refusal=row.refusal,
        audience=tuple(sorted(group.name for group in row.audience)),
        said=said,
        unanswered=tuple(f for f in Field if f in NEEDED and said and not said[f]),
        files=_files(row),
        replaces=new_version_of(row),
        alike=alike(session, [row])[row.id],
        notes=_notes(row),
        events=tuple(_events(session, viewer, row)),
        second_look=second_looks.standing(session, row) is SecondLook.ASKED,
        own=reviews.is_own(viewer, row),
        decisions=reviews.decisions(viewer, row),
    )


def page_text(session: Session, row: Document, number: int) -> tuple[str, str | None]:
    """The text of page ``number``, '' for a scan, and its language; nothing while the document
    is with its contributor."""
    found = session.get(Page, (row.id, number)) if _readable(row) else None
    return (found.text, found.language or row.language) if found else ("", row.language)


def file(row: Document, role: FileRole) -> StoredFile | None:
    """The clean copy or the thumbnail; None where there is none, and while the document is with
    its contributor."""
    return catalogue.stored(row, role) if _readable(row) else None


def _readable(row: Document) -> bool:
    return row.state not in WITH_CONTRIBUTOR


def _files(row: Document) -> Files:
    copy = row.file(FileRole.CLEAN)
    return Files(
        size=copy.size if copy else 0,
        has_thumbnail=row.file(FileRole.THUMBNAIL) is not None,
        withheld=copy is None and row.file(FileRole.ORIGINAL) is not None,
    )


def _notes(row: Document) -> tuple[PastNote, ...]:
    """The last first."""
    return tuple(
        PastNote(note.day, note.field, note.reason, note.words, note.settled)
        for note in reversed(row.notes)
    )


def _events(session: Session, viewer: Viewer, row: Document) -> Iterator[Event]:
    """The first first. A refusal's reason is logged right before it."""
    reason = None
    for event in session.scalars(
        select(AuditEvent).where(AuditEvent.document_id == row.id).order_by(AuditEvent.id)
    ):
        if event.action == REASON_GIVEN:
            reason = str(event.detail.get("reason", ""))
            continue
        yield Event(
            day=event.day,
            action=event.action,
            party=event.actor.partition(":")[0],
            by_viewer=event.actor == viewer.signature,
            reason=reason,
        )
        reason = None
