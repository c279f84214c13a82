"""Reviewing: what may be asked of a contribution, why it may be refused, and deciding.

A decision names the revision it was made from: if anybody changed the document meanwhile,
nothing is done. Nobody decides on what they contributed themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app import workflow
from repo_app.models import AuditEvent, Document, Party, ReviewNote, State
from repo_app.policy import Viewer
from repo_app.services import versions
from repo_app.services.answers import Field
from repo_app.workflow import Actor

FILE = "file"
"""What an ask is about where it is no answer but the document itself."""


class Ask(StrEnum):
    """Why something goes back to its contributor: a closed list, so that it reads the same in
    every language and nobody is asked for what they need not give."""

    TITLE_UNCLEAR = "title-unclear"
    LANGUAGE_WRONG = "language-wrong"
    YEAR_MISSING = "year-missing"
    YEAR_WRONG = "year-wrong"
    AUTHORS_WRONG = "authors-wrong"
    AUTHORS_AT_RISK = "authors-at-risk"
    ORGANIZATION_UNCLEAR = "organization-unclear"
    KIND_WRONG = "kind-wrong"
    RIGHTS_UNCLEAR = "rights-unclear"
    COUNTRIES_WRONG = "countries-wrong"
    TAGS_TOO_MANY = "tags-too-many"
    TAGS_MISSING = "tags-missing"
    ABSTRACT_MISSING = "abstract-missing"
    ABSTRACT_UNCLEAR = "abstract-unclear"
    USE_UNCLEAR = "use-unclear"
    ADDRESS_BROKEN = "address-broken"
    NAMES_SOMEBODY = "names-somebody"
    FILE_UNREADABLE = "file-unreadable"
    FILE_IS_A_SCAN = "file-is-a-scan"
    FILE_HOLDS_PERSONAL_DATA = "file-holds-personal-data"
    FACES_OR_SIGNATURES = "faces-or-signatures"
    PLACES_TOO_EXACT = "places-too-exact"
    ONE_PERSONS_STORY = "one-persons-story"
    OTHER_VERSION_WANTED = "other-version-wanted"


def _of(*fields: Field) -> frozenset[str]:
    return frozenset(field.value for field in fields)


_TEXTS = _of(Field.TITLE, Field.ABSTRACT, Field.PLANNING_USE)
_THE_FILE = frozenset({FILE})

ASKED_OF: Mapping[Ask, frozenset[str]] = {
    Ask.TITLE_UNCLEAR: _of(Field.TITLE),
    Ask.LANGUAGE_WRONG: _of(Field.LANGUAGE),
    Ask.YEAR_MISSING: _of(Field.YEAR),
    Ask.YEAR_WRONG: _of(Field.YEAR),
    Ask.AUTHORS_WRONG: _of(Field.AUTHORS),
    Ask.AUTHORS_AT_RISK: _of(Field.AUTHORS),
    Ask.ORGANIZATION_UNCLEAR: _of(Field.ORGANIZATION),
    Ask.KIND_WRONG: _of(Field.SOURCE_KIND, Field.DOCUMENT_KIND, Field.EVIDENCE_TYPE, Field.SCOPE),
    Ask.RIGHTS_UNCLEAR: _of(Field.LICENCE),
    Ask.COUNTRIES_WRONG: _of(Field.COUNTRIES),
    Ask.TAGS_TOO_MANY: _of(Field.TAGS),
    Ask.TAGS_MISSING: _of(Field.TAGS),
    Ask.ABSTRACT_MISSING: _of(Field.ABSTRACT),
    Ask.ABSTRACT_UNCLEAR: _of(Field.ABSTRACT),
    Ask.USE_UNCLEAR: _of(Field.PLANNING_USE),
    Ask.ADDRESS_BROKEN: _of(Field.URL),
    Ask.NAMES_SOMEBODY: _TEXTS,
    Ask.FILE_UNREADABLE: _THE_FILE,
    Ask.FILE_IS_A_SCAN: _THE_FILE,
    Ask.FILE_HOLDS_PERSONAL_DATA: _THE_FILE,
    Ask.FACES_OR_SIGNATURES: _THE_FILE,
    Ask.PLACES_TOO_EXACT: _TEXTS | _THE_FILE,
    Ask.ONE_PERSONS_STORY: _TEXTS | _THE_FILE,
    Ask.OTHER_VERSION_WANTED: _THE_FILE,
}
"""The questions each ask may be about; FILE is the document itself."""


class RefusedFor(StrEnum):
    """Why a contribution is refused: a closed list. That a document criticises a government or
    an institution is no ground, and stands nowhere in it."""

    OUT_OF_SCOPE = "out-of-scope"
    INDIVIDUAL_TESTIMONY = "individual-testimony"
    PERSONAL_DATA = "personal-data-that-cannot-be-removed"
    NO_RIGHTS = "no-rights"
    ALREADY_HELD = "already-held"
    CALLS_FOR_VIOLENCE = "calls-for-violence"
    ADVERTISING_OR_EMPTY = "advertising-or-empty"
    UNREADABLE = "unreadable"


LONGEST_WORDS = 1000
"""Characters of a curator's own words about one field."""
REASON_GIVEN = "refused-for"
"""The entry of the audit log that holds the reason of the refusal after it."""

WITH_CONTRIBUTOR = frozenset({State.RECEIVED, State.RETURNED})
"""Not in curators' hands: what a contributor changes is seen when it has been sent and read."""


class Decision(StrEnum):
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    REOPEN = "reopen"  # a second look at what was refused


AFTER: Mapping[Decision, State] = {
    Decision.PUBLISH: State.PUBLISHED,
    Decision.RETURN: State.RETURNED,
    Decision.REFUSE: State.REFUSED,
    Decision.REOPEN: State.IN_REVIEW,
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is asked about one question, or about FILE: a reason, the curator's own words, or
    both."""

    field: str
    reason: Ask | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with what belongs to it: ``checked`` (the list of what could harm people) to
    publish, ``notes`` to return, ``refused_for`` to refuse. ``unread``: what is asked in the notes
    may go unread, for something else was decided."""

    decision: Decision | None
    checked: bool = False
    notes: tuple[Note, ...] = ()
    refused_for: RefusedFor | None = None
    unread: bool = False


class Gap(StrEnum):
    NO_DECISION = "decision"
    NOT_CHECKED = "checked"
    NOTHING_ASKED = "notes"
    NO_REASON = "refused_for"
    TOO_LONG = "words"
    WOULD_GO_UNREAD = "unread"


class Incomplete(Exception):
    """Something a decision needs is missing or cannot be taken, ``field`` where it is about one;
    nothing was done."""

    def __init__(self, gap: Gap, field: str = "") -> None:
        super().__init__(gap.value)
        self.gap, self.field = gap, field


class Overtaken(Exception):
    """The document changed since the form was made; nothing was done. ``state`` is the one it is
    in now, ``day`` that of the last thing that happened to it."""

    def __init__(self, state: State, day: date | None) -> None:
        super().__init__(state.value)
        self.state, self.day = state, day


class OwnContribution(Exception):
    """Somebody else has to decide on it."""


def is_own(viewer: Viewer, document: Document) -> bool:
    return document.is_contributed_by(viewer.person_id)


def is_for_others(viewer: Viewer, document: Document) -> bool:
    """Until it is published nobody acts as the curator of what they contributed themselves."""
    return document.state is not State.PUBLISHED and is_own(viewer, document)


def decisions(viewer: Viewer, document: Document) -> tuple[Decision, ...]:
    """What ``viewer``, a curator, may decide on a document now."""
    if is_own(viewer, document):
        return ()
    moves = (d for d in Decision if _may_move(document, AFTER[d]))
    return tuple(d for d in moves if d is not Decision.RETURN or _has_contributor(document))


def _may_move(document: Document, after: State) -> bool:
    if after is State.IN_REVIEW and document.refusal not in set(RefusedFor):
        return False  # a file nobody can read is gone: there is nothing to look at again
    return workflow.may_move(document.state, after, Party.CURATOR)


def _has_contributor(document: Document) -> bool:
    """What was deposited by the team, or whose contributor's account is gone, can be returned to
    nobody."""
    contribution = document.contribution
    return contribution is not None and contribution.contributor_id is not None


def require_current(session: Session, document: Document, revision: int) -> None:
    """Raises Overtaken."""
    if document.revision != revision:
        raise Overtaken(document.state, _last_day(session, document))


def _last_day(session: Session, document: Document) -> date | None:
    return session.scalar(
        select(AuditEvent.day)
        .where(AuditEvent.document_id == document.id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def decide(
    session: Session, viewer: Viewer, document: Document, verdict: Verdict, revision: int
) -> str:
    """Carry a decision out, in the caller's transaction; returns the public id where its outcome
    is found: of a new version, that of the document it took the place of.

    ``revision`` is the one of the page it was made on. Raises OwnContribution, Overtaken,
    Incomplete.
    """
    if is_own(viewer, document):
        raise OwnContribution
    require_current(session, document, revision)
    if verdict.decision not in decisions(viewer, document):
        raise Incomplete(Gap.NO_DECISION)
    goes_unread = verdict.decision in (Decision.PUBLISH, Decision.REFUSE) and verdict.notes
    if goes_unread and not verdict.unread:
        raise Incomplete(Gap.WOULD_GO_UNREAD)
    by = Actor(Party.CURATOR, viewer.signature)
    match verdict.decision:
        case Decision.PUBLISH:
            return _publish(session, document, verdict, by)
        case Decision.RETURN:
            _return(session, document, verdict, by)
        case Decision.REFUSE:
            _refuse(session, document, verdict, by)
        case _:
            document.refusal = None
            workflow.move(session, document, State.IN_REVIEW, by=by)
    return document.public_id


def _publish(session: Session, document: Document, verdict: Verdict, by: Actor) -> str:
    if not verdict.checked:
        raise Incomplete(Gap.NOT_CHECKED)
    old = document.replaced
    if old is None:
        workflow.move(session, document, State.PUBLISHED, by=by)
        return document.public_id
    versions.take_over(session, document, by)
    return old.public_id


def _return(session: Session, document: Document, verdict: Verdict, by: Actor) -> None:
    if not verdict.notes:
        raise Incomplete(Gap.NOTHING_ASKED)
    for note in verdict.notes:
        if len(note.words) > LONGEST_WORDS:
            raise Incomplete(Gap.TOO_LONG, note.field)
    document.notes.extend(
        ReviewNote(field=note.field, reason=note.reason or "", words=note.words)
        for note in verdict.notes
    )
    workflow.move(session, document, State.RETURNED, by=by)


def _refuse(session: Session, document: Document, verdict: Verdict, by: Actor) -> None:
    if verdict.refused_for is None:
        raise Incomplete(Gap.NO_REASON)
    reason = verdict.refused_for.value
    document.refusal = reason
    session.add(
        AuditEvent(
            document_id=document.id,
            action=REASON_GIVEN,
            actor=by.signature,
            detail={"reason": reason},
        )
    )
    workflow.move(session, document, State.REFUSED, by=by)
