"""Moving a document from state to state: by the table of moves, always with an audit event."""

from __future__ import annotations

from sqlalchemy.orm import Session

from repo_app import jobs
from repo_app.db import today
from repo_app.models import AuditEvent, Document, State
from repo_app.models.workflow import MOVES, ForbiddenMove


def move(session: Session, document: Document, after: State, *, actor: str) -> None:
    """Change the state, note it, and have the index follow; raises ForbiddenMove."""
    before = document.state
    if after not in MOVES[before]:
        raise ForbiddenMove(before, after)
    document.state = after
    document.revision += 1
    if after is State.PUBLISHED:
        document.published_on = today()
    session.add(
        AuditEvent(
            document_id=document.id,
            action=after.value,
            actor=actor,
            detail={"before": before.value},
        )
    )
    if State.PUBLISHED in (before, after):
        jobs.enqueue(session, jobs.SYNC_INDEX, document.id)
