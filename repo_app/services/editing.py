"""Curators' changes to what is said of a document, each with what stood there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from index.vocabulary import Vocabulary
from repo_app import jobs
from repo_app.db import today
from repo_app.models import (
    AudienceGroup,
    AuditEvent,
    Document,
    Edit,
    Organization,
    State,
)
from repo_app.policy import PUBLIC
from repo_app.services import answers as questions
from repo_app.services.answers import Fault, Field, Unusable, Value
from repo_app.services.descriptions import with_implied
from repo_app.services.submissions import NOBODY_ELSES, admit
from repo_app.services.tags import By

EDITABLE = frozenset({State.IN_REVIEW, State.PUBLISHED})
"""Before, a document is its contributor's alone; afterwards there is nothing to describe."""
NOT_LISTED = frozenset({State.DRAFT, State.WITHDRAWN})
"""What no curator sees: what is being put together, and what is gone."""
CONTENT = "file"
"""In the history: the document itself, where a new version took the place of the old one."""

Answers = Mapping[Field, Value]
Changes = dict[str, list[Value]]
"""Field → what stood there before and after, as the history keeps it."""
NOT_KEPT: list[Value] = [None, None]
"""In the history: that something was changed here, and nothing of what it was."""
NAMING = frozenset({Field.AUTHORS, Field.ORGANIZATION})


class Stale(Exception):
    """The document has changed, or moved on, since the form was made. Nothing was written."""


class AlreadyHeld(Exception):
    """There is a record with this title and address. Nothing was written; ``says_the_same``:
    nor is there anything to write, for it says all of this already."""

    def __init__(self, public_id: str, title: str, says_the_same: bool) -> None:
        super().__init__(public_id)
        self.public_id, self.title, self.says_the_same = public_id, title, says_the_same


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one edit; an organization's number has become its name in use today.
    ``kept``: what stood there can be told."""

    field: str
    before: Value
    after: Value
    kept: bool = True


@dataclass(frozen=True, slots=True)
class PastEdit:
    """``role`` is that of whoever made it, as the log names it."""

    day: date
    role: str
    changes: tuple[Change, ...]


def found(session: Session, public_id: str) -> Document | None:
    """A document as curators see it, held against other writers in a writing transaction."""
    return session.scalars(
        select(Document)
        .where(Document.public_id == public_id, Document.state.not_in(NOT_LISTED))
        .with_for_update(of=Document)  # PostgreSQL; SQLite has one writer anyway
    ).one_or_none()


def edit(
    session: Session,
    vocabulary: Vocabulary,
    document: Document,
    answers: Answers,
    by: By,
    revision: int,
    *,
    harmful: bool = False,
) -> tuple[Field, ...]:
    """Write the answers that differ from what stands there, and return their questions.

    ``revision`` is that of the document when it was shown. Where what is taken out is ``harmful``
    the history keeps nothing of what any question ever said before; its questions are returned
    too. Names that are taken out, and whatever is harmful, go from the files of the index as
    well. Raises Stale.
    """
    if document.revision != revision or document.state not in EDITABLE:
        raise Stale
    changes: Changes = {}
    for field, value in answers.items():
        before = questions.present(document, field)
        if says_the_same(vocabulary, field, before, value):
            continue
        with _older_tags_kept(vocabulary, document):
            questions.write(session, vocabulary, document, field, value, by)
        session.flush()  # an organization has its number in the row only then
        changes[field.value] = [before, questions.present(document, field)]
    leaves = harmful or any(_takes_a_name_out(field, changes) for field in NAMING)
    if harmful:
        changes = _without_history(document, changes)
    follows = jobs.FORGET_WORDS if leaves else jobs.SYNC_INDEX
    record(session, document, changes, by, action="edited", follows=follows)
    return tuple(Field(name) for name in changes)


def _takes_a_name_out(field: Field, changes: Changes) -> bool:
    before, after = changes.get(field.value, (None, None))
    if isinstance(before, tuple) and isinstance(after, tuple):
        return not set(before) <= set(after)
    return bool(before)


def _without_history(document: Document, changes: Changes) -> Changes:
    """The same questions, with nothing of what stood there. Earlier edits forget it as well, also
    where only they hold it still: what was taken out before can be forgotten afterwards."""
    told = {name for past in document.edits for name, both in past.changes.items() if any(both)}
    for past in document.edits:
        past.changes = dict.fromkeys(past.changes, NOT_KEPT)
    questions_told = [field.value for field in Field if field.value in told]
    return dict.fromkeys([*changes, *questions_told], NOT_KEPT)


def record(
    session: Session,
    document: Document,
    changes: Changes,
    by: By,
    *,
    action: str,
    follows: str = jobs.SYNC_INDEX,
) -> None:
    """Note a change that has been written, and have the index follow; nothing for none.

    Organizations are kept by number: what one is called today is asked when it is shown.
    """
    if not changes:
        return
    document.revision += 1
    document.edits.append(Edit(actor=by.signature, changes=changes))
    session.add(
        AuditEvent(
            document_id=document.id,
            action=action,
            actor=by.signature,
            detail={"fields": sorted(changes)},
        )
    )
    if document.state is State.PUBLISHED or follows == jobs.FORGET_WORDS:
        jobs.enqueue(session, follows, document.id)


def create(session: Session, vocabulary: Vocabulary, answers: Answers, by: By) -> Document:
    """A record without a file, of what is published elsewhere: it waits in review.

    The same title at the same address is one record, however often it is sent: raises
    AlreadyHeld, and Unusable where there is no address.
    """
    if not answers.get(Field.URL):
        raise Unusable(Field.URL, Fault.MISSING)
    held = session.scalars(
        select(Document).where(
            Document.url == answers[Field.URL],
            Document.title == answers[Field.TITLE],
            Document.state.not_in(NOBODY_ELSES),
        )
    ).first()
    if held is not None:
        raise AlreadyHeld(held.public_id, held.title, _says_it_all(vocabulary, held, answers))
    document = Document(audience=[AudienceGroup(name=PUBLIC)], received_on=today())
    session.add(document)
    for field, value in answers.items():
        questions.write(session, vocabulary, document, field, value, by)
    session.flush()
    session.add(AuditEvent(document_id=document.id, action="received", actor=by.signature))
    admit(session, document)
    return document


def _says_it_all(vocabulary: Vocabulary, held: Document, answers: Answers) -> bool:
    return all(
        says_the_same(vocabulary, field, questions.present(held, field), value)
        for field, value in answers.items()
    )


def history(session: Session, document: Document) -> tuple[PastEdit, ...]:
    """What was changed, the last first."""
    return tuple(
        PastEdit(
            day=past.day,
            role=past.actor.partition(":")[0],
            changes=tuple(
                Change(
                    name,
                    _shown(session, name, before),
                    _shown(session, name, after),
                    kept=[before, after] != NOT_KEPT,
                )
                for name, (before, after) in past.changes.items()
            ),
        )
        for past in reversed(document.edits)
    )


def says_the_same(vocabulary: Vocabulary, field: Field, before: Value, value: Value) -> bool:
    """Tags in any order, with what they imply; those of an older vocabulary, which no form can
    offer, are neither asked for nor lost."""
    if field not in (Field.TAGS, Field.COUNTRIES):
        return (before or None) == (value or None)
    stands = {pair for pair in _pairs(before) if vocabulary.is_known(*pair)}
    return stands == set(with_implied(vocabulary, _pairs(value)))


@contextmanager
def _older_tags_kept(vocabulary: Vocabulary, document: Document) -> Iterator[None]:
    """Confirmed tags that no form offers any more outlive whatever is chosen."""
    older = [
        (tag, tag.confirmed_on, tag.confirmed_by)
        for tag in document.tags
        if tag.confirmed_on and not vocabulary.is_known(tag.facet, tag.value)
    ]
    yield
    for tag, day, who in older:
        tag.confirmed_on, tag.confirmed_by = day, who
        if tag not in document.tags:
            document.tags.append(tag)


def _pairs(value: Value) -> tuple[tuple[str, str], ...]:
    several = value if isinstance(value, tuple) else ()
    split = (tag.partition("=") for tag in several)
    return tuple((facet, code) for facet, _, code in split)


def _shown(session: Session, name: str, value: object) -> Value:
    if name == Field.ORGANIZATION and isinstance(value, int):
        named = session.get(Organization, value)
        return named.public_name if named else None
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return value if isinstance(value, str | int) else None
