"""Labels that curators add to concepts: looked at first, kept with who, when and why, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from index import Query, SearchUnavailable
from index.vocabulary import AddedLabel, Vocabulary
from index.vocabulary.additions import KINDS
from index.vocabulary.label_file import LONGEST
from index.vocabulary.meanings import concepts_named
from index.vocabulary.values import LANGUAGES
from index.vocabulary.words import WORD, fold, label_words, words_of
from repo_app.db import today
from repo_app.models import AuditEvent, CuratorLabel, Document, Page, State
from repo_app.policy import Viewer
from repo_app.runtime import Runtime
from repo_app.services import searching

LONGEST_REASON = 500
_AT_ONCE = 200  # pages looked through with one query


class Fault(StrEnum):
    """Why words cannot become a label."""

    NO_CONCEPT = "no-concept"
    NO_LANGUAGE = "no-language"
    NO_KIND = "no-kind"
    NO_WORD = "no-word"
    TOO_LONG = "too-long"
    ITS_OWN = "its-own"
    ANOTHERS = "anothers"


FIELDS = {
    Fault.NO_CONCEPT: "concept",
    Fault.NO_LANGUAGE: "language",
    Fault.NO_KIND: "kind",
}
"""The part of the form a fault is about; the words themselves for all others."""


class LabelRefused(Exception):
    """Nothing was written; ``owners`` are the concepts that have these words already."""

    def __init__(self, fault: Fault, owners: tuple[str, ...] = ()) -> None:
        super().__init__(fault.value)
        self.fault, self.owners = fault, owners


@dataclass(frozen=True, slots=True)
class Standing:
    """In how many documents some words stand: ``published`` ones that readers of this audience may
    find (None while the index is being rebuilt), and those ``in_review``."""

    published: int | None
    in_review: int


@dataclass(frozen=True, slots=True)
class Held:
    """A label as it was added; ``added_by`` and ``withdrawn_by`` as the log names people."""

    id: int
    label: AddedLabel
    reason: str
    vocabulary: str
    added_by: str
    added_on: date
    withdrawn_by: str | None
    withdrawn_on: date | None


def require_free(vocabulary: Vocabulary, wish: AddedLabel) -> None:
    """Raises LabelRefused where ``wish`` cannot be added to the vocabulary in force. Forms count:
    what is the singular of another concept's label is that concept's already."""
    try:
        vocabulary.concept(wish.concept)
    except KeyError:
        raise LabelRefused(Fault.NO_CONCEPT) from None
    if wish.language not in LANGUAGES:
        raise LabelRefused(Fault.NO_LANGUAGE)
    if wish.kind not in KINDS:
        raise LabelRefused(Fault.NO_KIND)
    if not any(word.isalnum() for word in label_words(wish.label, wish.language)):
        raise LabelRefused(Fault.NO_WORD)
    if len(wish.label) > LONGEST:
        raise LabelRefused(Fault.TOO_LONG)
    owners = concepts_named(wish.label, wish.language)
    if wish.concept in owners:
        raise LabelRefused(Fault.ITS_OWN, (wish.concept,))
    if owners:
        raise LabelRefused(Fault.ANOTHERS, owners)


def add(
    session: Session, vocabulary: Vocabulary, wish: AddedLabel, reason: str, viewer: Viewer
) -> None:
    """Make ``wish`` a label, part of the caller's transaction; it is in force once each process has
    looked (see VocabularyWatch). The same one sent twice is held once. Raises LabelRefused."""
    live = [one.label for one in held(session) if one.withdrawn_on is None]
    if wish in live:
        return
    require_free(vocabulary, wish)
    words = _compared(wish)
    for other in live:  # added a moment ago, and perhaps not in force here yet
        if _compared(other) == words:
            same = other.concept == wish.concept
            raise LabelRefused(Fault.ITS_OWN if same else Fault.ANOTHERS, (other.concept,))
    session.add(
        CuratorLabel(
            concept=wish.concept,
            language=wish.language,
            label=wish.label,
            kind=wish.kind,
            weak=wish.weak,
            reason=reason[:LONGEST_REASON],
            vocabulary=vocabulary.version,
            added_by=viewer.signature,
        )
    )
    _note(session, "label-added", viewer, wish)


def withdraw(session: Session, label_id: int, viewer: Viewer) -> bool:
    """End a label; the row stays. False where there is none, or it has ended already."""
    row = session.get(CuratorLabel, label_id)
    if row is None or row.withdrawn_on is not None:
        return False
    row.withdrawn_on, row.withdrawn_by = today(), viewer.signature
    _note(session, "label-withdrawn", viewer, _label(row))
    return True


def held(session: Session) -> tuple[Held, ...]:
    """Every label that was ever added, the last first."""
    rows = session.scalars(select(CuratorLabel).order_by(CuratorLabel.id.desc()))
    return tuple(
        Held(
            id=row.id,
            label=_label(row),
            reason=row.reason,
            vocabulary=row.vocabulary,
            added_by=row.added_by,
            added_on=row.added_on,
            withdrawn_by=row.withdrawn_by,
            withdrawn_on=row.withdrawn_on,
        )
        for row in rows
    )


def standing(runtime: Runtime, viewer: Viewer, words: str, language: str) -> Standing:
    """In how many documents ``words`` stand next to each other, as ``viewer`` may find them."""
    quoted = '"' + words.replace('"', " ") + '"'
    try:
        published: int | None = searching.total(
            runtime, viewer, Query(quoted, viewer.audience, language=language)
        )
    except SearchUnavailable:
        published = None
    with runtime.database.reading() as session:
        return Standing(published, _in_review(session, words_of(words)))


def _in_review(session: Session, words: tuple[str, ...]) -> int:
    """Documents in review are in no index: there are few, and they are looked through."""
    rows = session.execute(
        select(Page.document_id, Page.text)
        .join(Document)
        .where(Document.state == State.IN_REVIEW)
        .execution_options(yield_per=_AT_ONCE)
    )
    found: set[int] = set()
    for document_id, text in rows:
        # Not by words_of, which keeps whatever it was asked.
        if document_id not in found and _holds(tuple(map(fold, WORD.findall(text))), words):
            found.add(document_id)
    return len(found)


def _holds(text: tuple[str, ...], words: tuple[str, ...]) -> bool:
    first, length = words[0], len(words)
    return any(
        word == first and text[start : start + length] == words for start, word in enumerate(text)
    )


def _compared(label: AddedLabel) -> tuple[str, tuple[str, ...]]:
    return label.language, label_words(label.label, label.language)


def _label(row: CuratorLabel) -> AddedLabel:
    return AddedLabel(row.concept, row.language, row.label, row.kind, row.weak)


def _note(session: Session, action: str, viewer: Viewer, label: AddedLabel) -> None:
    detail = {"concept": label.concept, "language": label.language, "label": label.label}
    session.add(AuditEvent(action=action, actor=viewer.signature, detail=detail))
