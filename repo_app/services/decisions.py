"""What people decide on proposals, kept: those that were not taken too, and after they are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app.models import Document, ProposalDecision, Tag
from repo_app.services.tags import CARRIED_OVER, SCOPE, By


def note(
    session: Session,
    document: Document,
    facets: Collection[str],
    by: By,
    values: Collection[str] | None = None,
) -> None:
    """Keep what a person has just decided on the proposals of ``facets``, all of which they saw,
    or only on ``values``: a confirmed one was accepted, any other was not. Part of the caller's
    transaction; what was decided the same way before is not kept twice.

    A scope is accepted by giving it; none given decides on nothing.
    """
    proposed = [
        tag
        for tag in document.tags
        if tag.facet in facets and tag.score is not None and (values is None or tag.value in values)
    ]
    if not proposed:
        return
    before = last(session, document)
    for tag in proposed:
        accepted = _accepted(document, tag)
        if accepted is not None and before.get((tag.facet, tag.value)) is not accepted:
            session.add(_decision(document, tag, by, accepted=accepted))


def _accepted(document: Document, tag: Tag) -> bool | None:
    """None where nothing was decided: a scope is a column of the row, which may be left empty."""
    if tag.facet != SCOPE:
        return tag.confirmed_on is not None
    return None if document.scope is None else document.scope == tag.value


def _decision(document: Document, tag: Tag, by: By, *, accepted: bool) -> ProposalDecision:
    return ProposalDecision(
        document_id=document.id,
        facet=tag.facet,
        value=tag.value,
        accepted=accepted,
        origin=by.origin,
        actor=by.signature,
        labels=labels(tag),
        language=document.language,
        vocabulary=tag.vocabulary,
    )


def labels(tag: Tag) -> list[str]:
    """The words a proposal rests on, each once."""
    words = (str(one["label"]) for one in tag.evidence if one.get("where") != CARRIED_OVER)
    return list(dict.fromkeys(words))


def last(session: Session, document: Document) -> dict[tuple[str, str], bool]:
    """Whether each value was accepted, as it was decided last."""
    rows: Iterable[ProposalDecision] = session.scalars(
        select(ProposalDecision)
        .where(ProposalDecision.document_id == document.id)
        .order_by(ProposalDecision.id)
    )
    return {(row.facet, row.value): row.accepted for row in rows}
