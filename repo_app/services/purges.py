"""What was withdrawn goes from every file: blobs, half-arrived uploads, the index and its older
generations, and the database's log, whose freed pages ``secure_delete`` has overwritten. So do
names that an edit took out of a document that stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repo_app.db import empty_log
from repo_app.models import Document, File, State
from repo_app.runtime import Runtime
from repo_app.services import arrivals, indexing


class StillHeld(Exception):
    """Something that has to go could not be removed yet; trying again makes sense."""


def purge(runtime: Runtime, document_ids: Collection[int]) -> None:
    """Remove everything withdrawn documents left in files. Idempotent; documents that are not
    withdrawn are passed over. Raises SearchUnavailable, StillHeld."""
    with runtime.database.reading() as session:
        gone = tuple(_gone(session, document_ids))
    found_once = [one.public_id for one in gone if one.was_published]
    if found_once:
        # A version that was replaced stands in the index under the address of the new one.
        indexing.sync_index(runtime, _in_their_place(runtime, gone))
        runtime.index.remove(found_once)
        runtime.index.purge()
    _delete_files(runtime, [one.id for one in gone])
    for one in gone:
        arrivals.discard(runtime.settings.instance, one.public_id)
    if not empty_log(runtime.database):
        raise StillHeld("the database's log is in use")


def forget_words(runtime: Runtime, document_ids: Collection[int]) -> None:
    """Bring the index to what the documents say now, and remove what they said before from its
    files and from the database's log. Idempotent. Raises SearchUnavailable, StillHeld."""
    indexing.sync_index(runtime, document_ids)
    runtime.index.purge()
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


def _in_their_place(runtime: Runtime, gone: Collection[_Gone]) -> Collection[int]:
    """The documents that took the place of any of these."""
    merged = select(Document.merged_into).where(Document.id.in_([one.id for one in gone]))
    with runtime.database.reading() as session:
        return session.scalars(select(Document.id).where(Document.public_id.in_(merged))).all()


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
