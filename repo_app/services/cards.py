"""What a list shows of a document, loaded in two queries however long the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session, load_only

from repo_app.models import Document, File, FileRole, Tag
from repo_app.policy import Viewer, visible_to


@dataclass(frozen=True, slots=True)
class Card:
    """A document in a list. ``countries`` are the confirmed ones it is about; ``size`` is that
    of the file readers get in bytes, 0 where there is none."""

    id: str
    title: str
    language: str | None
    source_kind: str | None
    document_kind: str | None
    year: int | None
    authors: tuple[str, ...]
    organization: str | None
    countries: tuple[str, ...]
    abstract: str
    page_total: int
    size: int
    has_thumbnail: bool
    published_on: date | None


def cards(session: Session, viewer: Viewer, public_ids: Iterable[str]) -> dict[str, Card]:
    """Cards by public id; whatever ``viewer`` may not see (any more) is missing."""
    rows = session.scalars(_seen_by(viewer), {"ids": list(public_ids)}).all()
    keys = [row.id for row in rows]
    countries = _countries(session, keys)
    sizes = _sizes(session, keys)
    return {row.public_id: _card(row, countries[row.id], sizes[row.id]) for row in rows}


@lru_cache(maxsize=64)
def _seen_by(viewer: Viewer) -> Select[Document]:
    """Putting a statement together costs more than asking it; every list of results asks it."""
    shown = Document.public_id.in_(_SOME_IDS), visible_to(viewer)
    return select(Document).where(*shown).options(load_only(*_ON_A_CARD))


def card(session: Session, row: Document) -> Card:
    """The card of a document that is at hand, whoever may see it."""
    return _card(row, _countries(session, [row.id])[row.id], _sizes(session, [row.id])[row.id])


_ON_A_CARD = (
    *(Document.public_id, Document.title, Document.language, Document.source_kind),
    *(Document.document_kind, Document.year, Document.authors, Document.abstract),
    *(Document.page_total, Document.published_on),
)
_SOME_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_SOME: BindParameter[int] = bindparam("keys", expanding=True)
_CONFIRMED = select(Tag.document_id, Tag.value).where(
    Tag.document_id.in_(_SOME), Tag.facet == "country", Tag.confirmed_on.is_not(None)
)
"""In no order: for it SQLite would go through the countries of the whole collection."""
_FILES = select(File.document_id, File.role, File.size).where(File.document_id.in_(_SOME))


def _countries(session: Session, keys: list[int]) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.execute(_CONFIRMED, {"keys": keys})
    for key, value in sorted((key, value) for key, value in rows):
        found[key].append(value)
    return found


def _sizes(session: Session, keys: list[int]) -> Mapping[int, dict[FileRole, int]]:
    found: defaultdict[int, dict[FileRole, int]] = defaultdict(dict)
    for key, role, size in session.execute(_FILES, {"keys": keys}):
        found[key][role] = size
    return found


def _card(row: Document, countries: list[str], sizes: dict[FileRole, int]) -> Card:
    return Card(
        id=row.public_id,
        title=row.title,
        language=row.language,
        source_kind=row.source_kind,
        document_kind=row.document_kind,
        year=row.year,
        authors=tuple(row.authors),
        organization=row.public_organization,
        countries=tuple(countries),
        abstract=row.abstract,
        page_total=row.page_total,
        size=sizes.get(FileRole.CLEAN, 0),
        has_thumbnail=FileRole.THUMBNAIL in sizes,
        published_on=row.published_on,
    )
