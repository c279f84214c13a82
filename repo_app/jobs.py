"""The jobs table is the queue.

A job is written in the transaction of the change it follows from, so it exists if and only
if the change does. A worker claims it for a LEASE on the database's clock and keeps it by
heartbeats; a worker that dies gives it back by doing nothing. Every finish carries the token
of its claim: who lost the lease can change nothing any more.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from repo_app.db import database_now
from repo_app.models import Job, JobState

LEASE = timedelta(seconds=90)
MOST_STRIKES = 20
FAILURE = 4
"""Strikes of a failure; the death of a worker while it held a job is one strike, for it is seldom
the job's fault: parsers die in the sandbox, workers when machines restart."""
READ_DOCUMENT = "read-document"
SYNC_INDEX = "sync-index"
REBUILD_INDEX = "rebuild-index"
SEND_MAIL = "send-mail"
PURGE_DOCUMENT = "purge-document"
FORGET_WORDS = "forget-words"
PROPOSE_AGAIN = "propose-again"


class LeaseLost(Exception):
    """Another worker has the job now; whatever this one did must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    kind: str
    document_id: int | None
    token: str
    strikes: int
    link_id: int | None = None


def enqueue(
    session: Session, kind: str, document_id: int | None = None, *, link_id: int | None = None
) -> None:
    """Part of the caller's transaction. Handlers are idempotent: twice is harmless."""
    moment = database_now(session)
    session.add(Job(kind=kind, document_id=document_id, link_id=link_id, run_at=moment))


def enqueue_once(session: Session, kind: str) -> None:
    """Enqueue unless one of the kind already waits or runs."""
    if not waiting(session, kind):
        enqueue(session, kind)


def claim(
    session: Session, kinds: Collection[str], *, limit: int = 1, lease: timedelta = LEASE
) -> tuple[Claimed, ...]:
    """Take up to ``limit`` due jobs, oldest first, in a transaction of the caller's."""
    moment = database_now(session)
    found = session.scalars(
        select(Job)
        .where(_due(kinds, moment))
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
    ).all()
    taken = []
    for job in found:
        if job.state is JobState.RUNNING and not _survives(job):
            continue
        job.state = JobState.RUNNING
        job.token, job.lease_until = secrets.token_hex(8), moment + lease
        taken.append(
            Claimed(job.id, job.kind, job.document_id, job.token, job.strikes, job.link_id)
        )
    return tuple(taken)


def release(session: Session) -> None:
    """Take every running job from its worker, for whoever is certain to be the only one now."""
    for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING)):
        if _survives(job):
            job.state, job.lease_until, job.token = JobState.READY, None, None


def _survives(job: Job) -> bool:
    """One strike for a worker that died with a file; work on the index kills nobody."""
    if job.kind == READ_DOCUMENT:
        job.strikes += 1
    if job.strikes < MOST_STRIKES:
        return True
    job.state, job.error = JobState.DEAD, job.error or "its worker died every time"
    return False


def any_due(session: Session, kinds: Collection[str]) -> bool:
    return (
        session.scalar(select(Job.id).where(_due(kinds, database_now(session))).limit(1))
        is not None
    )


def waiting(session: Session, *kinds: str) -> int:
    """How many jobs of these kinds wait or run; dead ones do neither."""
    counted = select(func.count()).where(Job.kind.in_(kinds), Job.state != JobState.DEAD)
    return session.scalar(counted.select_from(Job)) or 0


def revive(session: Session, kind: str, document_id: int) -> None:
    """One fresh job in the place of a document's dead ones."""
    session.execute(
        delete(Job).where(
            Job.kind == kind, Job.document_id == document_id, Job.state == JobState.DEAD
        )
    )
    enqueue(session, kind, document_id)


def drop_waiting(session: Session, kind: str) -> None:
    """Forget the jobs of a kind that nobody has begun: what they ask for has been done."""
    session.execute(delete(Job).where(Job.kind == kind, Job.state == JobState.READY))


def drop(session: Session, kind: str, document_id: int) -> None:
    """Call a document's jobs of a kind off; whoever is at one loses the lease."""
    session.execute(delete(Job).where(Job.kind == kind, Job.document_id == document_id))


def dead(session: Session, kind: str) -> bool:
    found = select(Job.id).where(Job.kind == kind, Job.state == JobState.DEAD).limit(1)
    return session.scalar(found) is not None


def unfinished(session: Session, document_id: int) -> bool:
    """Whether anything still waits or runs for a document."""
    found = select(Job.id).where(Job.document_id == document_id, Job.state != JobState.DEAD)
    return session.scalar(found.limit(1)) is not None


def _due(kinds: Collection[str], moment: datetime) -> ColumnElement[bool]:
    waiting = and_(Job.state == JobState.READY, Job.run_at <= moment)
    abandoned = and_(Job.state == JobState.RUNNING, Job.lease_until < moment)
    return and_(Job.kind.in_(sorted(kinds)), or_(waiting, abandoned))


def keep(session: Session, claimed: Claimed, *, lease: timedelta = LEASE) -> bool:
    """The heartbeat; False when the lease is lost."""
    return _change(session, claimed, lease_until=database_now(session) + lease)


def finish(session: Session, claimed: Claimed) -> None:
    """Done: in the same transaction as the work's result. Raises LeaseLost to roll it back."""
    gone = session.execute(delete(Job).where(Job.id == claimed.id, Job.token == claimed.token))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost


def retry_later(session: Session, claimed: Claimed, error: BaseException) -> None:
    """Back to the queue with a growing pause, or dead at MOST_STRIKES.

    Only the error's type and place are kept: its text may quote a document.
    """
    strikes = claimed.strikes + FAILURE
    pause = timedelta(seconds=min(2 ** (strikes // FAILURE), 300))
    dead = strikes >= MOST_STRIKES
    _change(
        session,
        claimed,
        state=JobState.DEAD if dead else JobState.READY,
        strikes=strikes,
        run_at=database_now(session) + pause,
        lease_until=None,
        token=None,
        error=where(error),
    )


def go_on_later(session: Session, claimed: Claimed) -> None:
    """One step of a long job is done: the next comes after whatever waits already. Raises
    LeaseLost."""
    moment = database_now(session)
    if not _change(
        session,
        claimed,
        state=JobState.READY,
        run_at=moment,
        lease_until=None,
        token=None,
        strikes=0,
    ):
        raise LeaseLost


def give_back(session: Session, claimed: Claimed) -> None:
    """The worker stops in order: the job waits for the next one, without a strike."""
    _change(
        session,
        claimed,
        state=JobState.READY,
        lease_until=None,
        token=None,
    )


def _change(session: Session, claimed: Claimed, **values: object) -> bool:
    changed = session.execute(
        update(Job).where(Job.id == claimed.id, Job.token == claimed.token).values(**values)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def where(error: BaseException) -> str:
    """`ValueError at repo_app/worker.py:42`, without the message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    name = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} at {name}:{trace.tb_lineno}"
