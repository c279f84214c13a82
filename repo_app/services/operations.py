"""What whoever runs the site needs to see: documents, the queue, the index, room on disk, mail.

Numbers, codes and places only: no title, no name, no address. Everything is counted by the
database, so that a large collection costs no more memory than a small one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from config import Settings
from index import IndexStatus, SearchUnavailable
from index.vocabulary import Unsound
from ingest import Reason
from repo_app import jobs
from repo_app.blobs import PARTIAL
from repo_app.db import database_now
from repo_app.models import AuditEvent, Document, File, FileRole, Job, JobState, State
from repo_app.runtime import Runtime
from repo_app.services import arrivals, indexing

MOST_SHOWN = 50
NEWEST = 10
LITTLE_ROOM = 2 << 30
"""Bytes; below, a few large contributions and a rebuild of the index may fill the disk."""
LONG = timedelta(minutes=15)
"""However much there is to do, the oldest task is not left for so long."""
REFUSED_WHEN_READ = frozenset({State.DRAFT, State.RETURNED, State.REFUSED})
"""Where a document may stand whose file could not be read."""


class Alarm(StrEnum):
    """What a person has to look at, the worst first."""

    NO_WORKER = "no-worker"
    INDEX_UNUSABLE = "index-unusable"
    LITTLE_ROOM = "little-room"
    TASKS_DEAD = "tasks-dead"
    QUEUE_STANDS = "queue-stands"
    INDEX_BEHIND = "index-behind"
    VOCABULARY_UNSOUND = "vocabulary-unsound"
    MAIL_WAITS = "mail-waits"


@dataclass(frozen=True, slots=True)
class Line:
    """The tasks of one kind; ``oldest`` is how long the first that could run has waited."""

    kind: str
    waiting: int = 0
    running: int = 0
    dead: int = 0
    oldest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DeadTask:
    """A task that failed too often; ``document`` is a public id, ``error`` a type and place."""

    id: int
    kind: str
    document: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many files reading has refused for one reason, and when the newest of them came."""

    reason: Reason
    files: int
    newest: date


@dataclass(frozen=True, slots=True)
class RefusedFile:
    document: str
    reason: Reason
    day: date


@dataclass(frozen=True, slots=True)
class IndexState:
    """``status`` is None where the index cannot be used; ``syncing`` are documents that wait to
    be brought into it, ``rebuilding`` whether it is being built anew."""

    status: IndexStatus | None
    published: int
    syncing: int
    rebuilding: bool
    built: datetime | None
    bytes: int

    @property
    def agrees(self) -> bool:
        """As far as numbers tell: ``differing`` compares document by document."""
        return self.status is not None and self.status.documents == self.published


@dataclass(frozen=True, slots=True)
class Held:
    role: FileRole
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes on disk; ``free`` is that of the fullest disk that anything is written to."""

    held: tuple[Held, ...]
    database: int
    free: int
    arriving_files: int
    arriving_bytes: int


@dataclass(frozen=True, slots=True)
class Mail:
    is_set_up: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    documents: Mapping[State, int]
    queue: tuple[Line, ...]
    dead: tuple[DeadTask, ...]
    refusals: tuple[Refusals, ...]
    refused: tuple[RefusedFile, ...]
    index: IndexState
    storage: Storage
    mail: Mail
    has_worker: bool
    unsound: tuple[Unsound, ...]

    @property
    def dead_total(self) -> int:
        return sum(line.dead for line in self.queue)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Letters without a mail server stand for another reason than other tasks do."""
        index = self.index
        oldest = [line.oldest for line in self.queue if line.kind != jobs.SEND_MAIL]
        stands = any(waited is not None and waited > LONG for waited in oldest)
        behind = index.status is not None and not (index.agrees or index.syncing)
        rung = {
            Alarm.NO_WORKER: not self.has_worker,
            Alarm.INDEX_UNUSABLE: index.status is None,
            Alarm.LITTLE_ROOM: self.storage.free < LITTLE_ROOM,
            Alarm.TASKS_DEAD: self.dead_total > 0,
            Alarm.QUEUE_STANDS: self.has_worker and stands,
            Alarm.INDEX_BEHIND: behind and not index.rebuilding,
            Alarm.VOCABULARY_UNSOUND: bool(self.unsound),
            Alarm.MAIL_WAITS: self.mail.waiting > 0 and not self.mail.is_set_up,
        }
        return tuple(alarm for alarm in Alarm if rung[alarm])


def overview(runtime: Runtime) -> Overview:
    """Everything at a glance, from one reading of the database."""
    with runtime.database.reading() as session:
        documents = dict.fromkeys(State, 0) | _by_state(session)
        queue = _queue(session)
        by_kind = {line.kind: line for line in queue}
        return Overview(
            documents=documents,
            queue=queue,
            dead=tuple(_dead(session)),
            refusals=tuple(_refusals(session)),
            refused=tuple(_newest_refused(session)),
            index=_index(runtime, documents[State.PUBLISHED], by_kind),
            storage=_storage(runtime.settings, session),
            mail=Mail(bool(runtime.settings.smtp_url), _unfinished(by_kind, jobs.SEND_MAIL)),
            has_worker=worker_runs(runtime.settings.worker_lock_file),
            unsound=runtime.watch.unsound,
        )


def differing(runtime: Runtime) -> tuple[str, ...]:
    """The public ids on which index and database disagree; raises SearchUnavailable. Takes
    about a second for 100,000 documents."""
    return tuple(sorted(indexing.drift(runtime)))


def retry(session: Session, actor: str, job_id: int) -> bool:
    """Give a dead task another try; False where it is none any more."""
    job = session.get(Job, job_id)
    if job is None or job.state is not JobState.DEAD:
        return False
    _note(session, actor, "task-retried", job.document_id, kind=job.kind)
    return _revive(session, Job.id == job_id) == 1


def retry_all(session: Session, actor: str) -> int:
    """Give every dead task another try; how many there were."""
    revived = _revive(session, true())
    if revived:
        _note(session, actor, "tasks-retried", None, tasks=revived)
    return revived


def build_anew(session: Session, actor: str) -> None:
    """Have the worker build the index from the database; asked twice it does so once."""
    jobs.enqueue_once(session, jobs.REBUILD_INDEX)
    _note(session, actor, "rebuild-asked", None)


def worker_runs(lock: Path) -> bool:
    """Whether a worker holds its lock. Asked with a shared one, let go at once: a worker that
    starts at that very moment tries again."""
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _by_state(session: Session) -> dict[State, int]:
    rows = session.execute(select(Document.state, func.count()).group_by(Document.state))
    return {state: count for state, count in rows}


def _queue(session: Session) -> tuple[Line, ...]:
    """One line for each kind of task there is, in the order of their names."""
    moment = database_now(session)
    rows = session.execute(
        select(Job.kind, Job.state, func.count(), func.min(Job.run_at)).group_by(
            Job.kind, Job.state
        )
    )
    counts: dict[str, dict[JobState, tuple[int, datetime]]] = {}
    for kind, state, count, first in rows:
        counts.setdefault(kind, {})[state] = count, first
    return tuple(_line(kind, counts[kind], moment) for kind in sorted(counts))


def _line(kind: str, counts: Mapping[JobState, tuple[int, datetime]], moment: datetime) -> Line:
    nothing = 0, moment
    waiting, first = counts.get(JobState.READY, nothing)
    return Line(
        kind,
        waiting,
        counts.get(JobState.RUNNING, nothing)[0],
        counts.get(JobState.DEAD, nothing)[0],
        # One that failed has its next try in the future: it waits for nobody.
        moment - first if first < moment else None,
    )


def _dead(session: Session) -> Iterator[DeadTask]:
    rows = session.execute(
        select(Job.id, Job.kind, Document.public_id, Job.error)
        .outerjoin(Document, Document.id == Job.document_id)
        .where(Job.state == JobState.DEAD)
        .order_by(Job.id.desc())
        .limit(MOST_SHOWN)
    )
    for id_, kind, public_id, error in rows:
        yield DeadTask(id_, kind, public_id, error or "")


def _refusals(session: Session) -> Iterator[Refusals]:
    newest = func.max(Document.received_on)
    rows = session.execute(
        select(Document.refusal, func.count(), newest)
        .where(Document.state.in_(REFUSED_WHEN_READ), Document.refusal.in_(tuple(Reason)))
        .group_by(Document.refusal)
        .order_by(newest.desc(), func.count().desc())
    )
    for reason, files, day in rows:
        yield Refusals(Reason(str(reason)), files, day)


def _newest_refused(session: Session) -> Iterator[RefusedFile]:
    """Those sent by the operator. What a contributor's own draft holds is nobody else's matter."""
    rows = session.execute(
        select(Document.public_id, Document.refusal, Document.received_on)
        .where(Document.state == State.REFUSED, Document.refusal.in_(tuple(Reason)))
        .order_by(Document.id.desc())
        .limit(NEWEST)
    )
    for public_id, reason, day in rows:
        yield RefusedFile(public_id, Reason(str(reason)), day)


def _index(runtime: Runtime, published: int, queue: Mapping[str, Line]) -> IndexState:
    folder = _folder(runtime.settings.search_url)
    return IndexState(
        _status(runtime),
        published,
        syncing=_unfinished(queue, jobs.SYNC_INDEX),
        rebuilding=_unfinished(queue, jobs.REBUILD_INDEX) > 0,
        built=_changed(folder / "CURRENT"),  # renamed into place when a generation is complete
        bytes=sum(_sizes(folder.rglob("*"))),
    )


def _status(runtime: Runtime) -> IndexStatus | None:
    try:
        return runtime.index.status()
    except SearchUnavailable:
        return None


def _unfinished(queue: Mapping[str, Line], kind: str) -> int:
    line = queue.get(kind)
    return line.waiting + line.running if line else 0


def _storage(settings: Settings, session: Session) -> Storage:
    rows = session.execute(
        select(File.role, func.count(), func.sum(File.size)).group_by(File.role)
    ).all()
    uploads = _folder(settings.blobs_url)
    arriving = [*(settings.instance / arrivals.FOLDER).rglob("*"), *uploads.glob(PARTIAL + "*")]
    sizes = list(_sizes(arriving))
    return Storage(
        held=tuple(Held(role, files, size) for role, files, size in rows),
        database=_database_bytes(session),
        free=min(_free(folder) for folder in (settings.instance, uploads)),
        arriving_files=len(sizes),
        arriving_bytes=sum(sizes),
    )


def _database_bytes(session: Session) -> int:
    by_dialect = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    return int(session.scalar(sql(by_dialect[session.get_bind().dialect.name])) or 0)


def _folder(url: str) -> Path:
    """Of a URL such as ``file:FOLDER``."""
    return Path(url.partition(":")[2])


def _free(folder: Path) -> int:
    """Room on the disk of a folder that may not be there yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def _sizes(paths: Iterable[Path]) -> Iterator[int]:
    """Of files; what is removed while we look counts nothing."""
    for path in paths:
        with suppress(FileNotFoundError):
            if path.is_file():
                yield path.stat().st_size


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _revive(session: Session, which: ColumnElement[bool]) -> int:
    """As if they had never failed; their last error stays until they are done."""
    found = session.execute(
        update(Job)
        .where(Job.state == JobState.DEAD, which)
        .values(state=JobState.READY, strikes=0, run_at=database_now(session))
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def _note(
    session: Session, actor: str, action: str, document_id: int | None, **detail: object
) -> None:
    session.add(AuditEvent(action=action, actor=actor, document_id=document_id, detail=detail))
