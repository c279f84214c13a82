"""Taking a document back: gone at once for everybody, then gone from every file.

Withdrawing empties the row in the caller's transaction; what is left is a public id that leads
nowhere and is never given again. The purge that follows removes the words from the index's
files and older generations, deletes the blobs nobody else uses, and empties SQLite's log, whose
freed pages ``secure_delete`` has overwritten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from repo_app import jobs, workflow
from repo_app.db import empty_log
from repo_app.models import Consent, Document, File, State
from repo_app.runtime import Runtime
from repo_app.workflow import Actor

WORDS = ("title", "abstract", "planning_use")
VALUES = (
    *("language", "source_kind", "document_kind", "evidence_type", "scope", "year"),
    *("licence", "url", "doi", "isbn", "refusal", "content_sha256", "text_sha256"),
    *("merged_into", "organization"),
)
ROWS = ("authors", "remarks", "pages", "tags", "audience", "notes", "edits")


class StillHeld(Exception):
    """Something of a withdrawn document could not be removed yet; trying again makes sense."""


def withdraw(session: Session, document: Document, by: Actor) -> None:
    """Empty ``document`` for good, part of the caller's transaction; raises ForbiddenMove.

    Its files keep their rows until the purge has deleted them; nobody can reach them.
    """
    workflow.move(session, document, State.WITHDRAWN, by=by)
    for name in WORDS:
        setattr(document, name, "")
    for name in VALUES:
        setattr(document, name, None)
    for name in ROWS:
        setattr(document, name, [])
    document.contribution = None
    document.page_total = document.pages_with_text = 0
    session.execute(delete(Consent).where(Consent.document_id == document.id))
    jobs.drop(session, jobs.READ_DOCUMENT, document.id)
    jobs.enqueue(session, jobs.PURGE_DOCUMENT, document.id)


def purge(runtime: Runtime, document_ids: Collection[int]) -> None:
    """Remove everything withdrawn documents left in files. Idempotent; documents that are not
    withdrawn are passed over. Raises SearchUnavailable, StillHeld."""
    with runtime.database.reading() as session:
        gone = tuple(_gone(session, document_ids))
    found_once = [one.public_id for one in gone if one.was_published]
    if found_once:
        runtime.index.remove(found_once)
        runtime.index.purge()
    _delete_files(runtime, [one.id for one in gone])
    if not empty_log(runtime.database):
        raise StillHeld("the database's log is in use")


@dataclass(frozen=True, slots=True)
class _Gone:
    id: int
    public_id: str
    was_published: bool


def _gone(session: Session, document_ids: Collection[int]) -> Iterator[_Gone]:
    rows = session.execute(
        select(Document.id, Document.public_id, Document.published_on).where(
            Document.id.in_(document_ids), Document.state == State.WITHDRAWN
        )
    )
    for id_, public_id, published_on in rows:
        yield _Gone(id_, public_id, published_on is not None)


def _delete_files(runtime: Runtime, ids: Collection[int]) -> None:
    """Blobs before their rows: whatever interrupts this, what is left is found and deleted by
    the next try. While we write nobody can begin to use a blob."""
    with runtime.database.writing() as session:
        for file in session.scalars(select(File).where(File.document_id.in_(ids))):
            others = select(File.id).where(File.sha256 == file.sha256, File.document_id.not_in(ids))
            if session.scalar(others.limit(1)) is None:
                runtime.blobs.delete(file.sha256)
            session.delete(file)
        session.execute(
            update(Document)
            .where(Document.id.in_(ids), Document.state == State.WITHDRAWN)
            .values(published_on=None)
        )
