"""Proposing tags anew for the documents held, when the vocabulary or the plan has changed.

From their stored pages. What people confirmed is never taken away; what a machine proposed comes
and goes. Each document carries the version its proposals come from: what is left to do is told by
the rows themselves, so that work goes on where it stopped, and done twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, selectinload

from index.vocabulary import Vocabulary
from ingest import Draft, Evidence, PageText, Proposal
from repo_app import jobs
from repo_app.models import AuditEvent, Document, Origin, State, Tag
from repo_app.runtime import Runtime
from repo_app.services.editing import EDITABLE
from repo_app.services.submissions import propose
from repo_app.services.tags import CARRIED_OVER, FACETS, may_be_proposed
from repo_app.workflow import OPERATOR

Rules = Callable[[Draft], Draft | None]
"""``Sandbox.propose``: a draft with its proposals, or None where that would take too long."""
STEP = 20
"""Documents of one step of the job, and of one look ahead."""
MOST_PAGES = 400
"""Of one look ahead, so that a page answers within seconds."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A value to be proposed, with the words it rests on; ``instead_of`` is the value of an older
    plan whose place it takes, '' where there is none."""

    facet: str
    value: str
    labels: tuple[str, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A confirmed value that the vocabulary does not know any more: it stays. ``becomes`` is what
    takes its place, '' where nothing does."""

    facet: str
    value: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What proposing anew would do to one document. ``goes``: proposals nobody confirmed that no
    rule makes any more. ``unread``: its reader ran into its limits, so everything stays."""

    public_id: str
    title: str
    language: str | None
    state: State
    comes: tuple[Coming, ...]
    goes: tuple[tuple[str, str], ...]
    unknown: tuple[Gone, ...]
    unread: bool = False

    @property
    def any(self) -> bool:
        return bool(self.comes or self.goes or self.unknown or self.unread)


@dataclass(frozen=True, slots=True)
class LookAhead:
    """What would change of the next documents. ``looked`` counts them, ``after`` is where the next
    look begins; 0 where none is left."""

    changes: tuple[Changes, ...]
    looked: int
    after: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the documents whose tags may change: how many there are, and how many still have
    proposals of another vocabulary. ``running``: somebody has asked for them to be renewed."""

    documents: int
    left: int
    running: bool


def progress(session: Session, version: str) -> Progress:
    counted = select(func.count()).select_from(Document)
    documents = session.scalar(counted.where(Document.state.in_(EDITABLE))) or 0
    left = session.scalar(counted.where(_pending(version))) or 0
    return Progress(documents, left, jobs.waiting(session, jobs.PROPOSE_AGAIN) > 0)


def ask(session: Session, vocabulary: Vocabulary, actor: str) -> None:
    """Have the worker propose anew; asked twice it does so once."""
    jobs.enqueue_once(session, jobs.PROPOSE_AGAIN)
    detail = {"vocabulary": vocabulary.version}
    session.add(AuditEvent(action="proposals-asked", actor=actor, detail=detail))


def look_ahead(runtime: Runtime, rules: Rules, after: int = 0) -> LookAhead:
    """What proposing anew would change, and why, of up to STEP documents beyond ``after``: nothing
    is written. Raises SandboxDied."""
    vocabulary = runtime.vocabulary
    pending = _next(runtime, vocabulary.version, after, STEP)
    changes, pages = [], 0
    for number, key in enumerate(pending, 1):
        with runtime.database.reading() as session:
            row = _held(session, key)
            if row is not None:
                draft = draft_of(row)
                pages += len(draft.pages)
                changes.append(expected(vocabulary, row, rules(draft)))
        if pages >= MOST_PAGES:
            pending = pending[:number]
            break
    is_last = not pending or not _next(runtime, vocabulary.version, pending[-1], 1)
    found = tuple(one for one in changes if one.any)
    return LookAhead(found, len(pending), 0 if is_last else pending[-1])


def go_on(runtime: Runtime, rules: Rules, job: jobs.Claimed) -> None:
    """One step of the job; it comes again until every document is done. Raises SandboxDied,
    LeaseLost."""
    runtime.watch.look(now=True)  # whoever asked has just changed it, perhaps elsewhere
    for key in _next(runtime, runtime.vocabulary.version, 0, STEP):
        renew(runtime, rules, key)
    with runtime.database.writing() as session:
        if progress(session, runtime.vocabulary.version).left:
            jobs.go_on_later(session, job)
        else:
            jobs.finish(session, job)


def renew(runtime: Runtime, rules: Rules, document_id: int) -> None:
    """Propose anew for one document. Read with no transaction open; one that was changed
    meanwhile is left for the next step."""
    with runtime.database.reading() as session:
        row = _held(session, document_id)
        if row is None:
            return
        draft, revision = draft_of(row), row.revision
    outcome = rules(draft)
    with runtime.database.writing() as session:
        row = _held(session, document_id, pages=False)
        if row is not None and row.revision == revision:
            _write(session, runtime.vocabulary, row, outcome)


def draft_of(row: Document) -> Draft:
    """A document as the rules read it: with what people say of it."""
    pages = tuple(PageText(p.number, p.text, p.language or row.language) for p in row.pages)
    return Draft(
        Path("-"),
        page_total=row.page_total,
        pages=pages or (PageText(1, "", row.language),),
        language=row.language,
        title=row.title or None,
        abstract=row.abstract or None,
    )


def expected(vocabulary: Vocabulary, row: Document, outcome: Draft | None) -> Changes:
    """What ``outcome``, the document with proposals by ``vocabulary``, would change of its tags;
    None is one that could not be proposed for."""
    found = _proposals(vocabulary, row, outcome) if outcome else ()
    held = {(tag.facet, tag.value) for tag in row.tags}
    comes = [_coming(one) for one in found if (one.facet, one.value) not in held]
    goes = _going(vocabulary, row, found) if outcome else ()
    unknown = [
        Gone(tag.facet, tag.value, vocabulary.carried_over(tag.facet, tag.value) or "")
        for tag in row.tags
        if tag.confirmed_on
        and tag.facet in FACETS
        and not vocabulary.is_known(tag.facet, tag.value)
    ]
    return Changes(
        public_id=row.public_id,
        title=row.title,
        language=row.language,
        state=row.state,
        comes=tuple(comes),
        goes=tuple((tag.facet, tag.value) for tag in goes),
        unknown=tuple(unknown),
        unread=outcome is None,
    )


def _write(session: Session, vocabulary: Vocabulary, row: Document, outcome: Draft | None) -> None:
    if outcome is None:  # another try with the same words would end the same way
        row.tagged_with = vocabulary.version
        return
    changes = expected(vocabulary, row, outcome)
    found = _proposals(vocabulary, row, outcome)
    for tag in _going(vocabulary, row, found):
        row.tags.remove(tag)
    by_value = {(one.facet, one.value): one for one in found}
    for tag in row.tags:
        fresh = by_value.get((tag.facet, tag.value))
        if fresh is not None and tag.origin is Origin.RULE and tag.confirmed_on is None:
            tag.score, tag.vocabulary = fresh.score, outcome.vocabulary
            tag.evidence = [asdict(reason) for reason in fresh.evidence]
    session.flush()
    propose(row, found, vocabulary, outcome.vocabulary)
    if changes.comes or changes.goes:
        session.add(_event(row, changes, outcome.vocabulary))


def _event(row: Document, changes: Changes, version: str) -> AuditEvent:
    detail = {
        "vocabulary": version,
        "came": [f"{one.facet}={one.value}" for one in changes.comes],
        "went": [f"{facet}={value}" for facet, value in changes.goes],
    }
    return AuditEvent(
        document_id=row.id, action="proposals-renewed", actor=OPERATOR.signature, detail=detail
    )


def _proposals(vocabulary: Vocabulary, row: Document, outcome: Draft) -> tuple[Proposal, ...]:
    """What the text speaks for, and what takes the place of confirmed values of an older plan."""
    found = {
        (one.facet, one.value): one
        for one in outcome.proposals
        if may_be_proposed(vocabulary, one.facet, one.value)
    }
    for tag in row.tags:
        after = vocabulary.carried_over(tag.facet, tag.value) if tag.confirmed_on else None
        if after is None:
            continue
        reason = Evidence(tag.value, 1, CARRIED_OVER)
        known = found.get((tag.facet, after), Proposal(tag.facet, after, 1.0, ()))
        found[tag.facet, after] = replace(known, evidence=(reason, *known.evidence))
    return tuple(found.values())


def _going(vocabulary: Vocabulary, row: Document, found: Iterable[Proposal]) -> tuple[Tag, ...]:
    """Unconfirmed proposals that no rule makes any more. Of older plans no rule speaks: what was
    proposed for them stays until a person decides."""
    now = {(one.facet, one.value) for one in found}
    year = f"{vocabulary.newest_plan.year}:"
    return tuple(
        tag
        for tag in row.tags
        if tag.origin is Origin.RULE
        and tag.confirmed_on is None
        and (tag.facet, tag.value) not in now
        and (tag.facet not in ("priority", "activity") or tag.value.startswith(year))
    )


def _coming(proposal: Proposal) -> Coming:
    before = [one.label for one in proposal.evidence if one.where == CARRIED_OVER]
    labels = tuple(one.label for one in proposal.evidence if one.where != CARRIED_OVER)
    return Coming(proposal.facet, proposal.value, labels, before[0] if before else "")


def _pending(version: str) -> ColumnElement[bool]:
    return and_(Document.state.in_(EDITABLE), Document.tagged_with != version)


def _next(runtime: Runtime, version: str, after: int, most: int) -> Sequence[int]:
    with runtime.database.reading() as session:
        return session.scalars(
            select(Document.id)
            .where(_pending(version), Document.id > after)
            .order_by(Document.id)
            .limit(most)
        ).all()


def _held(session: Session, key: int, *, pages: bool = True) -> Document | None:
    """A document whose tags may change now, with what is needed of it."""
    needed = [selectinload(Document.tags), *([selectinload(Document.pages)] if pages else [])]
    return session.scalars(
        select(Document)
        .where(Document.id == key, Document.state.in_(EDITABLE))
        .options(*needed)
        .with_for_update(of=Document)
    ).one_or_none()
