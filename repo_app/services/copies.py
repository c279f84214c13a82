"""Clean copies and thumbnails of documents that were read before there were any.

Nothing that people said or that was read of the text is touched. Whatever interrupts this, what
is left is still lacking and made the next time; a worker beside it is not in the way.
"""

from __future__ import annotations

import tempfile
from enum import StrEnum

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session

from ingest import Refused, Remark, Sandbox
from repo_app.jobs import READ_DOCUMENT
from repo_app.models import Document, File, FileRole, Job, JobState, State
from repo_app.runtime import Runtime
from repo_app.services.submissions import forget_blob, store_made

READ = frozenset({State.IN_REVIEW, State.RETURNED, State.REFUSED, State.PUBLISHED})
"""A document in another state is still to be read, which makes its copy, or has no file."""


class Outcome(StrEnum):
    MADE = "made"
    IMPOSSIBLE = "impossible"  # from now on a remark says so
    NOT_NEEDED = "not-needed"  # withdrawn, or sent anew, or made by somebody else meanwhile


def lacking(session: Session) -> tuple[int, ...]:
    """The numbers of the documents that hold the file that was sent and no copy of it, and of
    which nothing says that none can be made."""
    return tuple(session.scalars(select(Document.id).where(_lacks_copy()).order_by(Document.id)))


def make(runtime: Runtime, sandbox: Sandbox, document_id: int) -> Outcome:
    """Read the file with no transaction open, then write what is missing, and nothing else.

    Raises SandboxDied, and FileNotFoundError where the file itself is missing.
    """
    with runtime.database.reading() as session:
        key = _original(session, document_id)
    if key is None:
        return Outcome.NOT_NEEDED
    with tempfile.TemporaryFile(dir=runtime.settings.instance) as copy:
        try:
            with runtime.blobs.local_path(key) as path:
                draft = sandbox.read(path, copy=copy).draft
        except Refused:  # limits have become narrower since it was read
            draft = None
        made = tuple(store_made(runtime, draft, copy)) if draft else ()
    with runtime.database.writing() as session:
        # While we write nobody deletes a file; before, a document with the same copy may have
        # been purged.
        still_there = all(runtime.blobs.exists(file.sha256) for file in made)
        outcome = _record(session, document_id, key, made) if still_there else None
    if outcome is None:
        return make(runtime, sandbox, document_id)
    if outcome is Outcome.NOT_NEEDED:
        for file in made:
            forget_blob(runtime, file.sha256)
    return outcome


def _lacks_copy() -> ColumnElement[bool]:
    remarked = cast(Document.remarks, String).contains(f'"{Remark.NO_CLEAN_COPY.value}"')
    being_read = select(Job.id).where(
        Job.document_id == Document.id,
        Job.kind == READ_DOCUMENT,
        Job.state != JobState.DEAD,
    )
    return (
        Document.state.in_(READ)
        & Document.files.any(File.role == FileRole.ORIGINAL)
        & ~Document.files.any(File.role == FileRole.CLEAN)
        & ~remarked
        & ~being_read.exists()
    )


def _original(session: Session, document_id: int) -> str | None:
    """The key of its file, while it still lacks a copy."""
    return session.scalar(
        select(File.sha256)
        .join(Document)
        .where(Document.id == document_id, File.role == FileRole.ORIGINAL, _lacks_copy())
    )


def _record(session: Session, document_id: int, key: str, made: tuple[File, ...]) -> Outcome:
    if _original(session, document_id) != key:
        return Outcome.NOT_NEEDED
    document = session.get_one(Document, document_id)
    held = {file.role for file in document.files}
    document.files.extend(file for file in made if file.role not in held)
    if any(file.role is FileRole.CLEAN for file in made):
        return Outcome.MADE
    document.remarks = [*document.remarks, Remark.NO_CLEAN_COPY.value]
    return Outcome.IMPOSSIBLE
