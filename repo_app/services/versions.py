"""New versions: put together like a new contribution, then in the place of the old one.

A document keeps its address for ever. Its new version is a draft of its own until a curator
publishes it; then the two change places, and the draft, which now holds what the old version
held, is withdrawn: texts and files that were replaced are purged like any that were taken back.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Delete, Update, delete, inspect, select, update
from sqlalchemy.orm import Session

from repo_app import workflow
from repo_app.models import (
    AudienceGroup,
    Consent,
    Contribution,
    Document,
    File,
    Origin,
    Page,
    Role,
    State,
    Tag,
)
from repo_app.models.workflow import ForbiddenMove
from repo_app.policy import Viewer
from repo_app.services import answers, drafts, editing, tags, withdrawals
from repo_app.services.answers import Field, Value
from repo_app.services.editing import Changes
from repo_app.services.tags import By
from repo_app.workflow import Actor

DESCRIBED = tuple(field.value for field in Field if field.value in inspect(Document).columns)
DESCRIPTION = (*DESCRIBED, "organization")
FROM_THE_FILE = (
    *("doi", "isbn", "page_total", "pages_with_text"),
    *("remarks", "content_sha256", "text_sha256"),
)
OPEN = frozenset({State.DRAFT, State.RECEIVED, State.IN_REVIEW, State.RETURNED})
"""States in which a new version is still on its way."""


class NotPublished(Exception):
    """There is no new version of what is not published."""


def may_begin(document: Document, viewer: Viewer) -> bool:
    """Curators may, and whoever contributed it: nobody else need know that it can be done."""
    if document.state is not State.PUBLISHED or viewer.person_id is None:
        return False
    return viewer.role is Role.CURATOR or document.is_contributed_by(viewer.person_id)


def begin(session: Session, document: Document, contributor_id: int) -> Document:
    """A draft with the same description and tags, to be the new version of ``document``; the
    one this person has begun already, if it is still on its way. Raises NotPublished,
    TooManyDrafts.

    File and pages are not copied: what is withdrawn must not live on in a draft. A draft that
    is sent without a file of its own leaves the file as it is (see take_over).
    """
    if document.state is not State.PUBLISHED:
        raise NotPublished
    begun = _open_version(session, document, contributor_id)
    if begun is not None:
        return begun
    drafts.require_room(session, contributor_id)
    draft = Document(
        state=State.DRAFT,
        audience=[AudienceGroup(name=group.name) for group in document.audience],
        tags=[tags.copied(tag) for tag in document.tags if tag.confirmed_on is not None],
    )
    _copy(document, draft, DESCRIPTION)
    said = [field.value for field in Field if answers.present(document, field)]
    draft.contribution = Contribution(
        contributor_id=contributor_id, answered=said, replaces_id=document.id
    )
    session.add(draft)
    session.flush()
    return draft


def take_over(session: Session, draft: Document, by: Actor) -> None:
    """Publish ``draft`` as the new version of the document it replaces, under that one's old
    address, and withdraw what it replaced. Raises ForbiddenMove.

    Where the document has been withdrawn meanwhile there is nothing to replace: the draft is
    published as a document of its own.
    """
    if not workflow.may_move(draft.state, State.PUBLISHED, by.party):
        raise ForbiddenMove(draft.state, State.PUBLISHED)
    published = draft.replaced
    if published is None:
        _publish_alone(session, draft, by)
        return
    before = _said(published)
    _copy(draft, published, DESCRIPTION)
    _take_tags(session, draft, published)
    brings_content = bool(draft.files) or draft.page_total > 0
    if brings_content:
        _copy(draft, published, FROM_THE_FILE)
        _take_content(session, draft, published)
    # The consent given for the new version stands for the document that now holds it.
    session.execute(
        update(Consent).where(Consent.document_id == draft.id).values(document_id=published.id)
    )
    session.flush()
    session.expire_all()
    changes = _changes(before, _said(published))
    if brings_content:
        changes[editing.CONTENT] = [None, None]
    signed = By(Origin.CURATOR, by.signature)
    editing.record(session, published, changes, signed, action="new-version")
    draft.published_on = published.published_on  # so that the purge reaches the index as well
    withdrawals.withdraw(session, draft, by)
    draft.merged_into = published.public_id


def _open_version(session: Session, document: Document, contributor_id: int) -> Document | None:
    """Only this person's: of what others put together nobody knows."""
    return session.scalars(
        select(Document)
        .join(Contribution, Contribution.document_id == Document.id)
        .where(
            Contribution.replaces_id == document.id,
            Contribution.contributor_id == contributor_id,
            Document.state.in_(OPEN),
        )
        .order_by(Document.id)
    ).first()


def _publish_alone(session: Session, draft: Document, by: Actor) -> None:
    workflow.move(session, draft, State.PUBLISHED, by=by)
    if draft.contribution is not None:
        draft.contribution.replaces_id = None


def _copy(source: Document, target: Document, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(source, name)
        setattr(target, name, list(value) if isinstance(value, list) else value)


def _said(document: Document) -> dict[Field, Value]:
    return {field: answers.present(document, field) for field in Field}


def _changes(before: dict[Field, Value], after: dict[Field, Value]) -> Changes:
    return {
        field.value: [before[field], after[field]]
        for field in Field
        if before[field] != after[field]
    }


def _take_tags(session: Session, draft: Document, published: Document) -> None:
    session.flush()
    _run(session, delete(Tag).where(Tag.document_id == published.id))
    _run(session, update(Tag).where(Tag.document_id == draft.id).values(document_id=published.id))


def _take_content(session: Session, draft: Document, published: Document) -> None:
    """Pages and files in statements: texts of 2,000 pages have no place in memory. The old
    files stay with the draft, whose withdrawal deletes them; the old texts go here."""
    session.flush()
    old = [
        {"role": f.role, "sha256": f.sha256, "size": f.size, "media_type": f.media_type}
        for f in published.files
    ]
    for kind in (Page, File):
        _run(session, delete(kind).where(kind.document_id == published.id))
        theirs = update(kind).where(kind.document_id == draft.id)
        _run(session, theirs.values(document_id=published.id))
    session.add_all(File(document_id=draft.id, **values) for values in old)


def _run(session: Session, statement: Delete | Update) -> None:
    """What is loaded is read anew afterwards."""
    session.execute(statement, execution_options={"synchronize_session": False})
