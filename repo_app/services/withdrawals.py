"""Taking a document back: gone at once, for everybody.

The row is emptied in the caller's transaction; what is left is a public id that leads nowhere
and is never given again. What files still hold goes with the purge that follows (purges.py).
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from repo_app import jobs, workflow
from repo_app.models import Consent, Document, ProposalDecision, State
from repo_app.workflow import Actor

WORDS = ("title", "abstract", "planning_use", "tagged_with")
VALUES = (
    *("language", "source_kind", "document_kind", "evidence_type", "scope", "year"),
    *("licence", "url", "doi", "isbn", "refusal", "content_sha256", "text_sha256"),
    *("merged_into", "organization"),
)
ROWS = ("authors", "remarks", "pages", "tags", "audience", "notes", "edits")


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
    session.execute(delete(ProposalDecision).where(ProposalDecision.document_id == document.id))
    jobs.drop(session, jobs.READ_DOCUMENT, document.id)
    jobs.enqueue(session, jobs.PURGE_DOCUMENT, document.id)
