"""How many drafts one account may have open: far more than anybody needs, so that neither a
mistake nor ill will fills the disk."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repo_app.models import Contribution, Document, State

MOST_OPEN = 50


class TooManyDrafts(Exception):
    """One has to be sent or thrown away before another is begun; nothing was begun."""


def has_room(session: Session, person_id: int) -> bool:
    """Whether this person may begin one more; new versions count like everything else."""
    opened = (
        select(func.count())
        .select_from(Document)
        .join(Contribution, Contribution.document_id == Document.id)
        .where(Contribution.contributor_id == person_id, Document.state == State.DRAFT)
    )
    return (session.scalar(opened) or 0) < MOST_OPEN


def require_room(session: Session, person_id: int) -> None:
    """Raises TooManyDrafts."""
    if not has_room(session, person_id):
        raise TooManyDrafts
