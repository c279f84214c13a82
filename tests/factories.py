"""Documents for tests: rows as the services write them, with pages, tags and files."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.orm import Session

from repo_app.blobs import Blob
from repo_app.models import (
    AudienceGroup,
    Document,
    File,
    FileRole,
    Organization,
    Origin,
    Page,
    State,
    Tag,
)
from repo_app.policy import PUBLIC
from repo_app.runtime import Runtime
from repo_app.services import indexing

ADDED = date(2026, 11, 3)


def a_pdf(*pages: str) -> bytes:
    """A small PDF with one line of text per page, the same bytes every time."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=True)
    for text in pages or ("Página de muestra",):
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def a_document(
    session: Session,
    title: str = "Integración local en la frontera",
    pages: Sequence[str] = ("La integración local de personas refugiadas.",),
    *,
    language: str | None = "es",
    source_kind: str | None = "academic",
    tags: Mapping[str, Sequence[str]] | None = None,
    authors: Sequence[str] = (),
    organization: str | None = None,
    audience: Sequence[str] = (PUBLIC,),
    state: State = State.PUBLISHED,
    **columns: object,
) -> Document:
    """A document in the database, published for everyone unless said otherwise."""
    row = Document(
        title=title,
        language=language,
        source_kind=source_kind,
        authors=list(authors),
        state=state,
        published_on=ADDED,
        page_total=len(pages),
        pages_with_text=sum(1 for text in pages if text),
        **columns,
    )
    row.pages = [Page(number=n, text=t, language=language) for n, t in enumerate(pages, 1)]
    row.audience = [AudienceGroup(name=name) for name in audience]
    row.tags = [_tag(f, value) for f, values in (tags or {}).items() for value in values]
    if organization:
        row.organization = Organization(name=organization)
    session.add(row)
    session.flush()
    return row


def _tag(facet: str, value: str) -> Tag:
    return Tag(
        facet=facet,
        value=value,
        origin=Origin.MANIFEST,
        vocabulary="test",
        confirmed_on=ADDED,
        confirmed_by="test",
    )


def with_file(runtime: Runtime, session: Session, row: Document, content: bytes) -> Blob:
    """Give ``row`` a PDF, held as what readers get."""
    blob = runtime.blobs.put(io.BytesIO(content), limit=10_000_000)
    row.files.append(
        File(
            role=FileRole.CLEAN,
            sha256=blob.key,
            size=blob.size,
            media_type="application/pdf",
        )
    )
    session.flush()
    return blob


def indexed(runtime: Runtime) -> None:
    """Bring the index up to the database, as the worker would."""
    indexing.rebuild_index(runtime)
