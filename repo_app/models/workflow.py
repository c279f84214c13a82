"""The states of a document, the moves between them, what happened, and what is to be done."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from repo_app.db import Base, today


class State(StrEnum):
    RECEIVED = "received"  # the file is held, nobody has read it yet
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    REFUSED = "refused"


MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.IN_REVIEW, State.PUBLISHED, State.REFUSED}),
    State.IN_REVIEW: frozenset({State.PUBLISHED, State.REFUSED}),
    State.PUBLISHED: frozenset(),
    State.REFUSED: frozenset({State.RECEIVED}),  # the same file sent again is read again
}


class ForbiddenMove(Exception):
    """The table of moves does not hold this one."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(f"{before.value} to {after.value}")
        self.before, self.after = before, after


class AuditEvent(Base):
    """What was done to a document, by whom (a role or account, never a network address), and
    on which day: the order of ids tells what came first, the hour could tell who it was."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", ondelete="SET NULL"), index=True
    )
    action: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(default=today)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DEAD = "dead"  # tried too often; a person has to look


class Job(Base):
    """Work that must follow a change, written in the change's own transaction."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "kind", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    link_id: Mapped[int | None] = mapped_column(
        ForeignKey("access_link.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[JobState] = mapped_column(
        Enum(
            JobState, native_enum=False, length=16, values_callable=lambda e: [s.value for s in e]
        ),
        default=JobState.READY,
    )
    strikes: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(Text)
