"""Moving a document from state to state: by the table of moves, always with an audit event."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from repo_app import jobs
from repo_app.db import today
from repo_app.models import AuditEvent, Document, Party, State
from repo_app.models.workflow import MOVES, ForbiddenMove


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a document, and how the audit log names them."""

    party: Party
    signature: str


OPERATOR = Actor(Party.SYSTEM, "operator")
CONTRIBUTOR = Actor(Party.CONTRIBUTOR, "contributor")
"""Of a contribution the log says that its contributor acted, never which person that is."""


def may_move(before: State, after: State, party: Party) -> bool:
    return party in MOVES.get((before, after), frozenset())


def move(session: Session, document: Document, after: State, *, by: Actor) -> None:
    """Change the state, note it, and have the index follow; raises ForbiddenMove."""
    before = document.state
    if not may_move(before, after, by.party):
        raise ForbiddenMove(before, after)
    document.state = after
    document.revision += 1
    if after is State.PUBLISHED:
        document.published_on = today()
    session.add(
        AuditEvent(
            document_id=document.id,
            action=after.value,
            actor=by.signature,
            detail={"before": before.value},
        )
    )
    if State.PUBLISHED in (before, after):
        jobs.enqueue(session, jobs.SYNC_INDEX, document.id)
