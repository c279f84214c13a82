"""The states of a document, the moves between them, what happened, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from repo_app.db import Base, today


class State(StrEnum):
    DRAFT = "draft"  # being put together; nobody but its contributor knows of it
    RECEIVED = "received"  # sent, and held; not read yet
    IN_REVIEW = "in-review"
    RETURNED = "returned"  # back with its contributor, with what is asked
    REFUSED = "refused"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # an empty row: everything it held is gone or going


class Party(StrEnum):
    """Who moves a document: whoever contributed this one, a curator, or the program itself (the
    worker, and commands of whoever runs it)."""

    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    SYSTEM = "system"


_ITS_CONTRIBUTOR = frozenset({Party.CONTRIBUTOR})
_CURATORS = frozenset({Party.CURATOR})
_THE_SYSTEM = frozenset({Party.SYSTEM})
_BOTH = _ITS_CONTRIBUTOR | _CURATORS

MOVES: Mapping[tuple[State, State], frozenset[Party]] = {
    (State.DRAFT, State.RECEIVED): _ITS_CONTRIBUTOR,
    (State.DRAFT, State.WITHDRAWN): _ITS_CONTRIBUTOR,
    (State.RECEIVED, State.IN_REVIEW): _THE_SYSTEM,
    (State.RECEIVED, State.PUBLISHED): _THE_SYSTEM,  # where the operator vouches for it
    (State.RECEIVED, State.RETURNED): _THE_SYSTEM,  # a file nobody can read
    (State.RECEIVED, State.REFUSED): _THE_SYSTEM,  # the same, with nobody to send another
    (State.RECEIVED, State.WITHDRAWN): _BOTH,
    (State.IN_REVIEW, State.PUBLISHED): _CURATORS,
    (State.IN_REVIEW, State.RETURNED): _CURATORS,
    (State.IN_REVIEW, State.REFUSED): _CURATORS,
    (State.IN_REVIEW, State.WITHDRAWN): _BOTH,
    (State.RETURNED, State.RECEIVED): _ITS_CONTRIBUTOR,
    (State.RETURNED, State.WITHDRAWN): _BOTH,
    (State.REFUSED, State.IN_REVIEW): _CURATORS,  # a second look
    (State.REFUSED, State.RECEIVED): _THE_SYSTEM,  # the same file sent again is read again
    (State.REFUSED, State.WITHDRAWN): _BOTH,
    (State.PUBLISHED, State.WITHDRAWN): _BOTH,
}
"""Every move there is, and who may make it. Nothing leaves WITHDRAWN."""


class ForbiddenMove(Exception):
    """The table of moves does not hold this one, or not for whoever tried it."""

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


class ReviewNote(Base):
    """What a curator asks of a contribution: about one field, with a reason of a closed list, or
    in the curator's own words, or both. ``settled`` once it was sent again."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    day: Mapped[date] = mapped_column(default=today)
    settled: Mapped[bool] = mapped_column(default=False)


class Edit(Base):
    """A change of what is said of a document: field → what stood there before and after it.

    History for curators. It goes with the document when that is withdrawn."""

    __tablename__ = "edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    actor: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(default=today)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
