"""Documents held twice: the same file, or the same words in another one; and making one of two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from index.vocabulary import Vocabulary
from repo_app.models import (
    Consent,
    Contribution,
    Document,
    FileRole,
    Origin,
    Party,
    State,
)
from repo_app.policy import Viewer
from repo_app.services import answers, editing, reviews, tags, withdrawals
from repo_app.services.answers import Field, Value
from repo_app.services.editing import EDITABLE, NOT_LISTED, Stale
from repo_app.services.reviews import WITH_CONTRIBUTOR, OwnContribution
from repo_app.services.tags import FACETS, By
from repo_app.workflow import Actor

MOST_GROUPS = 50
FLOWS_FROM = EDITABLE
"""States whose description completes the one that is kept: what curators have before them. What
was refused, or is with its contributor, who may be changing it, goes and leaves nothing."""
FILLED_FROM_THE_FILE = ("doi", "isbn")


class CannotMerge(Exception):
    """The one to keep must be published, or in review where none of them is published."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One of several, for a curator to compare. ``tags`` are the confirmed ones; of the
    organization there is only what readers may know, and of what is with its contributor no more
    than the queue says. ``flows``: what is said of it would complete the one that is kept."""

    public_id: str
    revision: int
    title: str
    state: State
    source_kind: str | None
    document_kind: str | None
    language: str | None
    year: int | None
    organization: str | None
    received_on: date
    published_on: date | None
    page_total: int
    has_file: bool
    tags: tuple[tuple[str, str], ...]
    flows: bool
    content: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Documents with the same bytes or the same words, the published ones first."""

    twins: tuple[Twin, ...]
    same_file: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What merging would do: the fields the kept one gets, and the tags that are added to it."""

    kept: Twin
    gone: tuple[Twin, ...]
    fields: tuple[Field, ...]
    tags: tuple[tuple[str, str], ...]


def groups(session: Session) -> tuple[Group, ...]:
    """The first MOST_GROUPS groups of documents that are held twice."""
    rows = {row.id: row for row in _with_the_same(session, Document.text_sha256)}
    rows |= {row.id: row for row in _with_the_same(session, Document.content_sha256)}
    found = [Group(_in_order(group), _same_file(group)) for group in _joined(rows.values())]
    found.sort(key=lambda group: group.twins[0].public_id)
    return tuple(found[:MOST_GROUPS])


def _with_the_same(
    session: Session, digest: InstrumentedAttribute[str | None]
) -> Sequence[Document]:
    """A new version on its way says what its document says: that is no duplicate."""
    listed = Document.state.not_in(NOT_LISTED)
    version = Document.contribution.has(Contribution.replaces_id.is_not(None))
    twice = (
        select(digest)
        .where(listed, ~version, digest.is_not(None))
        .group_by(digest)
        .having(func.count() > 1)
        .order_by(digest)
        .limit(MOST_GROUPS)
    )
    return session.scalars(
        select(Document)
        .where(listed, ~version, digest.in_(twice.scalar_subquery()))
        .options(selectinload(Document.tags), selectinload(Document.files))
    ).all()


def _joined(rows: Iterable[Document]) -> list[list[Document]]:
    """Whoever shares bytes or words belongs together, also through a third one."""
    joined: dict[str, list[Document]] = {}
    for row in rows:
        mine = [row]
        for digest in {row.content_sha256, row.text_sha256} - {None}:
            for other in joined.get(str(digest), ()):
                if other not in mine:
                    mine.append(other)
        for one in mine:
            for digest in {one.content_sha256, one.text_sha256} - {None}:
                joined[str(digest)] = mine
    apart = {id(group): group for group in joined.values() if len(group) > 1}
    return list(apart.values())


def _same_file(rows: list[Document]) -> bool:
    digests = {row.content_sha256 for row in rows}
    return len(digests) == 1 and None not in digests


def _in_order(rows: Iterable[Document]) -> tuple[Twin, ...]:
    published_first = sorted(
        rows, key=lambda row: (row.state is not State.PUBLISHED, row.received_on, row.public_id)
    )
    return tuple(map(_twin, published_first))


def _twin(row: Document) -> Twin:
    open_ = row.state not in WITH_CONTRIBUTOR
    return Twin(
        public_id=row.public_id,
        revision=row.revision,
        title=row.title,
        state=row.state,
        source_kind=row.source_kind,
        document_kind=row.document_kind if open_ else None,
        language=row.language,
        year=row.year if open_ else None,
        organization=row.public_organization,
        received_on=row.received_on,
        published_on=row.published_on,
        page_total=row.page_total,
        has_file=row.file(FileRole.CLEAN) is not None or row.file(FileRole.ORIGINAL) is not None,
        tags=tuple((t.facet, t.value) for t in row.tags if open_ and t.confirmed_on is not None),
        flows=row.state in FLOWS_FROM,
        content=row.content_sha256,
        text=row.text_sha256,
    )


def plan(session: Session, kept_id: str, gone_ids: Iterable[str]) -> Plan | None:
    """What merging these would do; None where they are not, or no longer, duplicates.

    Raises CannotMerge.
    """
    found = _the_same(session, kept_id, gone_ids)
    if found is None:
        return None
    kept, gone = found
    answered = _completed(kept, gone)
    has = {(tag.facet, tag.value) for tag in kept.tags if tag.confirmed_on}
    brought = dict.fromkeys(
        (tag.facet, tag.value) for row in _flowing(gone) for tag in row.tags if tag.confirmed_on
    )
    return Plan(
        _twin(kept),
        tuple(map(_twin, gone)),
        tuple(f for f in answered if f not in (Field.TAGS, Field.COUNTRIES)),
        tuple(pair for pair in brought if pair not in has),
    )


def merge(
    session: Session,
    vocabulary: Vocabulary,
    revisions: dict[str, int],
    kept_id: str,
    viewer: Viewer,
) -> None:
    """Complete the kept document from the others and withdraw those; their addresses lead to it.

    ``revisions`` holds each document's public id with its revision when it was shown, ``viewer``
    is the curator. Raises Stale, CannotMerge, OwnContribution.
    """
    found = _the_same(session, kept_id, [one for one in revisions if one != kept_id])
    if found is None:
        raise Stale
    kept, gone = found
    if any(row.revision != revisions.get(row.public_id) for row in (kept, *gone)):
        raise Stale
    if any(reviews.is_for_others(viewer, row) for row in (kept, *gone)):
        raise OwnContribution
    by = Actor(Party.CURATOR, viewer.signature)
    signed = By(Origin.CURATOR, by.signature)
    _fill_beside_the_questions(kept, gone)
    editing.edit(session, vocabulary, kept, _completed(kept, gone), signed, kept.revision)
    for row in gone:
        _hand_on(session, row, kept)
        withdrawals.withdraw(session, row, by)
        row.merged_into = kept.public_id
        _lead_on(session, row, kept)


def _lead_on(session: Session, gone: Document, kept: Document) -> None:
    """What led to the one that goes leads to the one that stays: addresses of documents merged
    earlier, and new versions on their way."""
    session.execute(
        update(Document)
        .where(Document.merged_into == gone.public_id)
        .values(merged_into=kept.public_id)
    )
    session.execute(
        update(Contribution).where(Contribution.replaces_id == gone.id).values(replaces_id=kept.id)
    )


def _the_same(
    session: Session, kept_id: str, gone_ids: Iterable[str]
) -> tuple[Document, list[Document]] | None:
    kept = editing.found(session, kept_id)
    others = [editing.found(session, public_id) for public_id in dict.fromkeys(gone_ids)]
    gone = [row for row in others if row is not None and row is not kept]
    if kept is None or not gone or len(gone) < len(others):
        return None
    if [len(group) for group in _joined([kept, *gone])] != [1 + len(gone)]:
        return None
    published = any(row.state is State.PUBLISHED for row in (kept, *gone))
    if kept.state not in EDITABLE or (published and kept.state is not State.PUBLISHED):
        raise CannotMerge
    return kept, gone


def _flowing(gone: Iterable[Document]) -> list[Document]:
    return [row for row in gone if row.state in FLOWS_FROM]


def _completed(kept: Document, gone: Iterable[Document]) -> dict[Field, Value]:
    """The questions the others answer and the kept one leaves open; of tags all together."""
    completed: dict[Field, Value] = {}
    for field in Field:
        own = answers.present(kept, field)
        theirs = [answers.present(row, field) for row in _flowing(gone)]
        if field in (Field.TAGS, Field.COUNTRIES):
            together = _united([own, *theirs])
            if together != own:
                completed[field] = together
        elif not own and any(theirs):
            completed[field] = next(value for value in theirs if value)
    return completed


def _united(several: Iterable[Value]) -> Value:
    tags = (tag for value in several if isinstance(value, tuple) for tag in value)
    return tuple(sorted(dict.fromkeys(tags)))


def _fill_beside_the_questions(kept: Document, gone: Iterable[Document]) -> None:
    """Numbers of the publication, and countries that are only mentioned: nobody is asked."""
    has = {(tag.facet, tag.value) for tag in kept.tags}
    for row in _flowing(gone):
        for name in FILLED_FROM_THE_FILE:
            setattr(kept, name, getattr(kept, name) or getattr(row, name))
        for tag in row.tags:
            pair = (tag.facet, tag.value)
            if tag.facet not in FACETS and tag.confirmed_on and pair not in has:
                has.add(pair)
                kept.tags.append(tags.copied(tag))


def _hand_on(session: Session, gone: Document, kept: Document) -> None:
    """Whoever contributed the one that goes can take back the one that stays, unless somebody
    else contributed that; what they agreed to goes with it.

    Not where a copy still under review joins what was published before: sending in a copy must
    give nobody a right over a public document.
    """
    theirs = gone.contribution
    joins = kept.state is State.PUBLISHED and gone.state is not State.PUBLISHED
    if theirs is None or kept.contribution is not None or joins:
        return
    kept.contribution = Contribution(
        contributor_id=theirs.contributor_id, answered=list(theirs.answered)
    )
    session.flush()
    session.execute(
        update(Consent).where(Consent.document_id == gone.id).values(document_id=kept.id)
    )
