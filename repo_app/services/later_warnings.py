"""Warnings of personal data for documents that were read before there were any, or by older rules.

From their stored pages: what is found is named by kind and page, never kept. A file's reader has
seen the running lines too, which no stored page has: what it warned of is never taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from repo_app.models import AuditEvent, Document, Page, State
from repo_app.runtime import Runtime
from repo_app.services import warnings
from repo_app.services.warnings import Warned
from repo_app.workflow import OPERATOR


@dataclass(frozen=True, slots=True)
class Looked:
    """A document whose warnings should be others: ``found`` are all it then has, ``remarks`` what
    its row then holds. ``seen`` tells whether it was changed meanwhile."""

    document_id: int
    public_id: str
    title: str
    found: tuple[Warned, ...]
    remarks: tuple[str, ...]
    seen: tuple[object, ...]


def held(runtime: Runtime) -> Sequence[int]:
    """The documents whose text is held, but for withdrawn ones."""
    with runtime.database.reading() as session:
        return session.scalars(
            select(Document.id)
            .where(Document.state != State.WITHDRAWN, Document.pages.any())
            .order_by(Document.id)
        ).all()


def look(runtime: Runtime, document_id: int) -> Looked | None:
    """What its pages speak for, where that is not noted yet; writes nothing. No transaction is
    open while the text is looked through."""
    with runtime.database.reading() as session:
        row = session.get(Document, document_id)
        if row is None or row.state is State.WITHDRAWN:
            return None
        pages = session.execute(
            select(Page.number, Page.text)
            .where(Page.document_id == document_id)
            .order_by(Page.number)
        ).all()
    found = warnings.in_texts((number, text) for number, text in pages)
    remarks = warnings.added(row.remarks, found)
    if remarks == tuple(row.remarks):
        return None
    noted = warnings.warned(remarks)
    return Looked(document_id, row.public_id, row.title, noted, remarks, _seen(row))


def note(runtime: Runtime, looked: Looked) -> bool:
    """Keep what was found. False where the document was changed meanwhile: it has just been read,
    is gone, or is looked through by the next run."""
    with runtime.database.writing() as session:
        row = session.get(Document, looked.document_id, with_for_update={"of": Document})
        if row is None or _seen(row) != looked.seen:
            return False
        row.remarks = list(looked.remarks)
        detail = {"kinds": sorted(one.kind.value for one in looked.found)}
        session.add(
            AuditEvent(document_id=row.id, action="warned", actor=OPERATOR.signature, detail=detail)
        )
        return True


def _seen(row: Document) -> tuple[object, ...]:
    return row.state, row.revision, row.text_sha256, tuple(row.remarks)
