"""A person's own contributions: begun, answered question by question, sent, taken back.

Everything here is for whoever contributed a document; for everybody else it does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from index.vocabulary import Vocabulary
from repo_app import jobs, workflow
from repo_app.db import today
from repo_app.models import (
    AudienceGroup,
    Consent,
    Contribution,
    Document,
    FileRole,
    Origin,
    Person,
    State,
)
from repo_app.policy import PUBLIC, Viewer, visible_to
from repo_app.services import answers, decisions, drafts, withdrawals
from repo_app.services.answers import NEEDED, Field, Value
from repo_app.services.submissions import admit
from repo_app.services.tags import By
from repo_app.services.versions import OPEN
from repo_app.workflow import CONTRIBUTOR

FILE = "file"
"""The document itself, among the names of questions."""
QUESTIONS: Mapping[str, tuple[Field, ...]] = {
    "document": (
        *(Field.TITLE, Field.LANGUAGE, Field.YEAR, Field.AUTHORS),
        *(Field.DOCUMENT_KIND, Field.URL),
    ),
    "voice": (Field.ORGANIZATION, Field.SOURCE_KIND),
    "subject": (Field.COUNTRIES, Field.SCOPE, Field.TAGS, Field.ABSTRACT),
    "use": (Field.PLANNING_USE, Field.EVIDENCE_TYPE, Field.LICENCE),
}
"""Every question in the order in which it is asked, by the group it stands in."""
ORDER = tuple(field for group in QUESTIONS.values() for field in group)
CHANGEABLE = frozenset({State.DRAFT, State.RETURNED})
BY = By(Origin.CONTRIBUTOR, CONTRIBUTOR.signature)
CONSENT_VERSION = "2026-11"
"""Goes up with every change of what the boxes say: earlier contributions keep their terms."""


class Agreed(StrEnum):
    """What a contributor agrees to and declares; without each of them nothing is sent."""

    PUBLISH = "publish"
    NOBODY_SINGLED_OUT = "nobody-singled-out"
    NO_CHILD_RECOGNISED = "no-child-recognised"


class Reading(StrEnum):
    """How far the file of a contribution has come."""

    NO_FILE = "no-file"
    WAITS = "waits"
    READ = "read"
    STUCK = "stuck"  # tried too often: somebody has to look


class Standing(StrEnum):
    """How a question stands."""

    DONE = "done"
    CONFIRM = "confirm"  # the file says something; its contributor has not
    TO_DO = "to-do"
    OPTIONAL = "optional"


class NotFound(Exception):
    """No such contribution of this person's; of somebody else's it tells nothing."""


class Closed(Exception):
    """The contribution has been sent, or decided: it cannot be changed now."""


class Incomplete(Exception):
    """Questions that have to be answered first; FILE stands for the document itself."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class NotAgreed(Exception):
    """Something was not agreed to or not declared; nothing was sent."""

    def __init__(self, lacking: tuple[Agreed, ...]) -> None:
        super().__init__(", ".join(lacking))
        self.lacking = lacking


@dataclass(frozen=True, slots=True)
class Note:
    """What is asked: of which question, why (a reviews.Ask), and in the curator's own words."""

    field: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """The published document of which a contribution is to be the new version."""

    public_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of somebody's list."""

    public_id: str
    title: str
    state: State
    received_on: date
    refusal: str | None
    asked: tuple[Note, ...]
    replaces: Replaced | None


def mine(session: Session, person_id: int) -> tuple[Entry, ...]:
    """A person's contributions, the newest first."""
    rows = session.scalars(
        _of(person_id)
        .order_by(Document.id.desc())
        .options(
            selectinload(Document.notes),
            joinedload(Document.contribution).joinedload(Contribution.replaces),
        )
    )
    return tuple(
        Entry(
            public_id=row.public_id,
            title=row.title,
            state=row.state,
            received_on=row.received_on,
            refusal=row.refusal,
            asked=asked(row),
            replaces=replaced(row),
        )
        for row in rows
    )


def own(session: Session, person_id: int, public_id: str) -> Document:
    """One contribution of this person's, held against other writers in a writing transaction.

    Raises NotFound.
    """
    row = session.scalars(
        _of(person_id)
        .where(Document.public_id == public_id)
        .with_for_update(of=Document)  # PostgreSQL; SQLite has one writer anyway
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def changeable(session: Session, person_id: int, public_id: str) -> Document:
    """The same, to be changed. Raises NotFound, Closed."""
    document = own(session, person_id, public_id)
    if document.state not in CHANGEABLE:
        raise Closed
    return document


def begin(session: Session, person_id: int) -> Document:
    """A draft to fill in; the one nothing has been done with yet, if there is one.

    Raises TooManyDrafts.
    """
    session.get_one(Person, person_id, with_for_update=True)  # two presses make one draft
    for draft in session.scalars(_of(person_id).where(Document.state == State.DRAFT)):
        if not _touched(draft):
            return draft
    drafts.require_room(session, person_id)
    draft = Document(state=State.DRAFT, audience=[AudienceGroup(name=PUBLIC)])
    draft.contribution = Contribution(contributor_id=person_id)
    session.add(draft)
    session.flush()
    return draft


def answer(
    session: Session, vocabulary: Vocabulary, document: Document, field: Field, value: Value
) -> None:
    """Write one answer, and nothing else: other questions may be open in other windows."""
    answers.write(session, vocabulary, document, field, value, BY)
    decisions.note(session, document, answers.proposed_by(field), BY)
    note_answered(document, field.value)
    if field is Field.ORGANIZATION and not is_answered(document, Field.SOURCE_KIND):
        named = document.organization
        document.source_kind = named.source_kind if named else None
    document.revision += 1


def note_answered(document: Document, name: str) -> None:
    contribution = document.contribution
    assert contribution is not None, "only contributions are answered"
    if name not in contribution.answered:
        contribution.answered = [*contribution.answered, name]


def is_answered(document: Document, name: str) -> bool:
    return document.contribution is not None and name in document.contribution.answered


def standing(document: Document, field: Field) -> Standing:
    stands = bool(answers.present(document, field))
    if is_answered(document, field) and (stands or field not in NEEDED):
        return Standing.DONE if stands else Standing.OPTIONAL
    if stands or _is_proposed(document, field):
        return Standing.CONFIRM
    return Standing.TO_DO if field in NEEDED else Standing.OPTIONAL


def next_open(document: Document, after: Field) -> Field | None:
    """The next question that has not been answered, if any is left below."""
    later = ORDER[ORDER.index(after) + 1 :]
    return next((field for field in later if not is_answered(document, field)), None)


def missing(document: Document) -> tuple[str, ...]:
    """What has to be answered before sending: the document itself first.

    A file may be missing where there is an address, or a present version whose file stays.
    """
    has_content = document.file(FileRole.ORIGINAL) or document.url or replaced(document)
    lacking = [field for field in ORDER if field in NEEDED and not answers.present(document, field)]
    return (*(() if has_content else (FILE,)), *lacking)


def asked(document: Document) -> tuple[Note, ...]:
    """What a curator asks and has not been sent yet."""
    waiting = (note for note in document.notes if not note.settled)
    return tuple(Note(note.field, note.reason, note.words) for note in waiting)


def replaced(document: Document) -> Replaced | None:
    row = document.replaced
    return Replaced(row.public_id, row.title) if row is not None else None


def reading(session: Session, document: Document) -> Reading:
    if document.file(FileRole.ORIGINAL) is None:
        return Reading.NO_FILE
    if document.page_total:
        return Reading.READ
    return Reading.WAITS if jobs.unfinished(session, document.id) else Reading.STUCK


def already_there(session: Session, viewer: Viewer, document: Document) -> tuple[Replaced, ...]:
    """Published documents this viewer may see that hold the same file, or the same words."""
    same = [
        column == value
        for column, value in (
            (Document.content_sha256, document.content_sha256),
            (Document.text_sha256, document.text_sha256),
        )
        if value
    ]
    if not same:
        return ()
    condition = same[0] if len(same) == 1 else same[0] | same[1]
    present = replaced(document)
    rows = session.execute(
        select(Document.public_id, Document.title)
        .where(condition, Document.id != document.id, visible_to(viewer))
        .order_by(Document.published_on, Document.public_id)
    )
    return tuple(
        Replaced(public_id, title)
        for public_id, title in rows
        if present is None or public_id != present.public_id
    )


def send(session: Session, document: Document, language: str, agreed: Collection[Agreed]) -> None:
    """Send what is complete and agreed to; what is read goes on to review at once.

    ``language`` is the one in which the boxes were read. Raises Closed, Incomplete, NotAgreed,
    and then nothing was sent.
    """
    if document.state not in CHANGEABLE:
        raise Closed
    if lacking := missing(document):
        raise Incomplete(lacking)
    if unticked := tuple(one for one in Agreed if one not in agreed):
        raise NotAgreed(unticked)
    session.add(
        Consent(
            document_id=document.id,
            version=CONSENT_VERSION,
            language=language,
            choices=[one.value for one in Agreed],
        )
    )
    for note in document.notes:
        note.settled = True
    if document.state is State.DRAFT:
        document.received_on = today()
    document.refusal = None
    workflow.move(session, document, State.RECEIVED, by=CONTRIBUTOR)
    _go_on(session, document)


def take_back(session: Session, document: Document) -> None:
    """Gone, at every state; a draft is thrown away in the same way.

    New versions that others have begun of it hold its words: they go along.
    """
    contributor = document.contribution and document.contribution.contributor_id
    others = (
        select(Document)
        .join(Contribution, Contribution.document_id == Document.id)
        .where(
            Contribution.replaces_id == document.id,
            Contribution.contributor_id.is_distinct_from(contributor),
            Document.state.in_(OPEN),
        )
    )
    for version in session.scalars(others).all():
        withdrawals.withdraw(session, version, CONTRIBUTOR)
    withdrawals.withdraw(session, document, CONTRIBUTOR)


def _go_on(session: Session, document: Document) -> None:
    match reading(session, document):
        case Reading.WAITS:
            pass  # whoever reads it sends it on
        case Reading.STUCK:
            jobs.revive(session, jobs.READ_DOCUMENT, document.id)
        case _:
            admit(session, document)


def _of(person_id: int) -> Select[Document]:
    return (
        select(Document)
        .join(Contribution, Contribution.document_id == Document.id)
        .where(Contribution.contributor_id == person_id, Document.state != State.WITHDRAWN)
    )


def _touched(draft: Document) -> bool:
    contribution = draft.contribution
    said = contribution is not None and (contribution.answered or contribution.replaces_id)
    return bool(said or draft.files)


def _is_proposed(document: Document, field: Field) -> bool:
    facets = answers.proposed_by(field)
    return any(tag.facet in facets for tag in document.tags)
