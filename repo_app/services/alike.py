"""Documents like the one a reader has before them."""

from __future__ import annotations

from sqlalchemy import select

from index import SearchUnavailable
from repo_app.models import Document, Page
from repo_app.policy import Viewer, visible_to
from repo_app.runtime import Runtime
from repo_app.services import indexing
from repo_app.services.cards import Card, cards

SHOWN = 4
PAGES_COMPARED = 40
"""Of the document: its beginning says what it is about, and a law may have 2,000 pages."""


def alike(runtime: Runtime, viewer: Viewer, public_id: str) -> tuple[Card, ...]:
    """At most SHOWN other documents ``viewer`` may see, the most alike first; none where the
    index cannot be used, for the page is of use without them."""
    with runtime.database.reading() as session:
        row = session.scalar(
            select(Document).where(Document.public_id == public_id, visible_to(viewer))
        )
        if row is None:
            return ()
        beginning = session.scalars(
            select(Page)
            .where(Page.document_id == row.id, Page.number <= PAGES_COMPARED)
            .order_by(Page.number)
        )
        document = indexing.as_index_document(row, beginning)
        try:
            hits = runtime.index.similar(document, viewer.audience, SHOWN)
        except SearchUnavailable:
            return ()
        known = cards(session, viewer, [hit.id for hit in hits])
    return tuple(known[hit.id] for hit in hits if hit.id in known)
