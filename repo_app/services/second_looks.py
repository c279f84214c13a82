"""Second looks: whoever contributed what was refused asks for one, once after each refusal.

It is no move: the document stays refused until a curator puts it back into review. The audit
log says that its contributor asked, never which person that is.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from repo_app.models import AuditEvent, Document, State
from repo_app.services.reviews import RefusedFor
from repo_app.workflow import CONTRIBUTOR

ASKED = "second-look-asked"
"""The entry of the audit log."""


class SecondLook(StrEnum):
    POSSIBLE = "possible"
    ASKED = "asked"


def is_asked() -> ColumnElement[bool]:
    """The SQL condition on Document: refused, and asked about since."""
    since = func.coalesce(_last(State.REFUSED.value), 0)
    return and_(Document.state == State.REFUSED, _last(ASKED) > since)


def standing(session: Session, document: Document) -> SecondLook | None:
    """None where there is nothing to look at again: it is not refused, or its file could not be
    read and is gone."""
    if document.state is not State.REFUSED or document.refusal not in set(RefusedFor):
        return None
    asked = session.scalar(select(Document.id).where(Document.id == document.id, is_asked()))
    return SecondLook.POSSIBLE if asked is None else SecondLook.ASKED


def ask(session: Session, document: Document) -> None:
    """Note it, as its contributor; asked twice, or of what is not refused, it changes nothing."""
    if standing(session, document) is SecondLook.POSSIBLE:
        session.add(AuditEvent(document_id=document.id, action=ASKED, actor=CONTRIBUTOR.signature))


def _last(action: str) -> ScalarSelect[int | None]:
    return (
        select(func.max(AuditEvent.id))
        .where(AuditEvent.document_id == Document.id, AuditEvent.action == action)
        .correlate(Document)
        .scalar_subquery()
    )
