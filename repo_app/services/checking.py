"""Every invariant between database, files and index, and mending what can be mended."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from index import SearchUnavailable
from index.vocabulary import Unsound
from repo_app import jobs
from repo_app.db import database_now
from repo_app.i18n import N_
from repo_app.models import Document, File, Job, JobState, Page, State
from repo_app.runtime import Runtime
from repo_app.services import indexing
from repo_app.services.upkeep import SETTLED

REPAIRING = (
    *(jobs.READ_DOCUMENT, jobs.SYNC_INDEX, jobs.REBUILD_INDEX),
    *(jobs.PURGE_DOCUMENT, jobs.FORGET_WORDS, jobs.PROPOSE_AGAIN),
)


class Kind(StrEnum):
    INDEX_UNUSABLE = "index-unusable"
    INDEX_DRIFT = "index-drift"
    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_UNUSED = "file-unused"
    JOB_DEAD = "job-dead"
    NEVER_READ = "never-read"
    PAGES_MISSING = "pages-missing"
    NOT_PURGED = "not-purged"
    VOCABULARY_UNSOUND = "vocabulary-unsound"


SENTENCES: dict[Kind, str] = {
    Kind.INDEX_UNUSABLE: N_("The search index cannot be used (%(what)s). It can be rebuilt."),
    Kind.INDEX_DRIFT: N_("Document %(what)s: index and database disagree. It can be mended."),
    Kind.FILE_MISSING: N_("Document %(what)s: its file is missing. Restore it from a backup."),
    Kind.FILE_CHANGED: N_("Document %(what)s: its file has changed. Restore it from a backup."),
    Kind.FILE_UNUSED: N_("File %(what)s belongs to no document. It can be removed."),
    Kind.JOB_DEAD: N_("A task failed too often: %(what)s. It can be tried again."),
    Kind.NEVER_READ: N_(
        "Document %(what)s waits to be read, but no task does it. It can be mended."
    ),
    Kind.PAGES_MISSING: N_("Document %(what)s: text of pages is missing. Send its file again."),
    Kind.NOT_PURGED: N_(
        "Document %(what)s was withdrawn, but something of it is still held. It can be removed."
    ),
    Kind.VOCABULARY_UNSOUND: N_("Left out of the vocabulary: %(what)s. Please correct it."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with what: a document's public id, a blob's key, or a job's kind; ``key``
    is its number in the database, where it has one; ``unsound`` says it of the vocabulary."""

    kind: Kind
    what: str
    key: int | None = None
    unsound: Unsound | None = None

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind.value, "what": self.what}


def examine(runtime: Runtime) -> tuple[Finding, ...]:
    """Everything that does not agree, files compared byte by byte with their checksums."""
    with runtime.database.reading() as session:
        found = [
            *_jobs(session),
            *_unread(session),
            *_unpurged(session),
            *_pages(session),
            *_files(runtime, session),
        ]
    runtime.watch.look(now=True)
    unsound = (Finding(Kind.VOCABULARY_UNSOUND, str(o), unsound=o) for o in runtime.watch.unsound)
    return (*found, *_index(runtime), *unsound)


def repair(runtime: Runtime, findings: tuple[Finding, ...]) -> None:
    """Queue or do whatever mends ``findings``; what only a backup can bring back stays."""
    with runtime.database.writing() as session:
        for finding in findings:
            _mend(runtime, session, finding)


def _mend(runtime: Runtime, session: Session, finding: Finding) -> None:
    match finding.kind:
        case Kind.INDEX_UNUSABLE:
            jobs.enqueue_once(session, jobs.REBUILD_INDEX)
        case Kind.INDEX_DRIFT if finding.key is None:  # held by the index alone
            jobs.enqueue_once(session, jobs.REBUILD_INDEX)
        case Kind.INDEX_DRIFT:
            jobs.enqueue(session, jobs.SYNC_INDEX, finding.key)
        case Kind.NEVER_READ:
            jobs.enqueue(session, jobs.READ_DOCUMENT, finding.key)
        case Kind.NOT_PURGED if finding.key is not None:
            jobs.revive(session, jobs.PURGE_DOCUMENT, finding.key)
        case Kind.FILE_UNUSED if not _is_used(session, finding.what):
            runtime.blobs.delete(finding.what)
        case Kind.JOB_DEAD:
            session.execute(
                update(Job)
                .where(Job.id == finding.key)
                .values(state=JobState.READY, strikes=0, run_at=database_now(session))
            )
        case _:
            pass


def _jobs(session: Session) -> Iterator[Finding]:
    for job in session.scalars(select(Job).where(Job.state == JobState.DEAD).order_by(Job.id)):
        yield Finding(Kind.JOB_DEAD, f"{job.kind} ({job.error})", job.id)


def _unread(session: Session) -> Iterator[Finding]:
    has_job = select(Job.id).where(Job.document_id == Document.id).exists()
    rows = session.execute(
        select(Document.public_id, Document.id).where(Document.state == State.RECEIVED, ~has_job)
    )
    for public_id, key in rows:
        yield Finding(Kind.NEVER_READ, public_id, key)


def _unpurged(session: Session) -> Iterator[Finding]:
    has_job = select(Job.id).where(Job.document_id == Document.id).exists()
    holds = or_(Document.files.any(), Document.pages.any(), Document.published_on.is_not(None))
    rows = session.execute(
        select(Document.public_id, Document.id).where(
            Document.state == State.WITHDRAWN, ~has_job, holds
        )
    )
    for public_id, key in rows:
        yield Finding(Kind.NOT_PURGED, public_id, key)


def _pages(session: Session) -> Iterator[Finding]:
    held = (
        select(func.count())
        .where(Page.document_id == Document.id, Page.text != "")
        .scalar_subquery()
    )
    rows = session.execute(
        select(Document.public_id, Document.id).where(Document.pages_with_text != held)
    )
    for public_id, key in rows:
        yield Finding(Kind.PAGES_MISSING, public_id, key)


def _files(runtime: Runtime, session: Session) -> Iterator[Finding]:
    used = set()
    rows = session.execute(
        select(File.sha256, Document.public_id, Document.id).join(Document).order_by(File.id)
    )
    for key, public_id, document_id in rows:
        used.add(key)
        if not runtime.blobs.exists(key):
            yield Finding(Kind.FILE_MISSING, public_id, document_id)
        elif not _unchanged(runtime, key):
            yield Finding(Kind.FILE_CHANGED, public_id, document_id)
    # A file is held before its row is written: only one that is old is nobody's.
    for key in runtime.blobs.stored(older_than=time.time() - SETTLED):
        if key not in used and not _is_used(session, key):
            yield Finding(Kind.FILE_UNUSED, key)


def _is_used(session: Session, key: str) -> bool:
    return session.scalar(select(File.id).where(File.sha256 == key).limit(1)) is not None


def _unchanged(runtime: Runtime, key: str) -> bool:
    with runtime.blobs.local_path(key) as path, path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == key


def _index(runtime: Runtime) -> Iterator[Finding]:
    try:
        runtime.index.status()
        wrong = indexing.drift(runtime)
    except SearchUnavailable as error:
        yield Finding(Kind.INDEX_UNUSABLE, str(error))
        return
    for public_id in sorted(wrong):
        yield Finding(Kind.INDEX_DRIFT, public_id, wrong[public_id])
