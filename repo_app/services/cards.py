"""What a list shows of a document, loaded in one query however long the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import Session

from repo_app.models import Document, File, FileRole, Organization, Tag
from repo_app.models.organizations import public_name
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
    rows = session.connection().execute(_seen_by(viewer), {"ids": list(public_ids)})
    found = map(card_of, rows)
    return {one.id: one for one in found}


def card(session: Session, row: Document) -> Card:
    """The card of a document that is at hand, whoever may see it."""
    return card_of(session.execute(_OF_ONE, {"key": row.id}).one())


def of_documents_visible_to(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The statement that has a row for each, to be narrowed; ``card_of`` reads it."""
    return _CARDS.where(visible_to(viewer))


@lru_cache(maxsize=64)
def _seen_by(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Putting a statement together costs more than asking it."""
    return of_documents_visible_to(viewer).where(Document.public_id.in_(_SOME_IDS))


def _size(role: FileRole) -> ScalarSelect[int]:
    """In bytes, of a document's file; NULL where there is none."""
    held = select(File.size).where(File.document_id == Document.id, File.role == role)
    return held.correlate(Document).scalar_subquery()


_SOME_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_BETWEEN = " "
_CONFIRMED_COUNTRIES = (
    select(func.aggregate_strings(Tag.value, _BETWEEN))
    .where(Tag.document_id == Document.id, Tag.facet == "country", Tag.confirmed_on.is_not(None))
    .correlate(Document)
    .scalar_subquery()
)
"""Codes, in no order: for it SQLite would go through the countries of the whole collection."""
_CARDS = select(
    *(Document.public_id, Document.title, Document.language, Document.source_kind),
    *(Document.document_kind, Document.year, Document.authors, Document.abstract),
    *(Document.page_total, Document.published_on),
    *(Organization.naming, Organization.name, Organization.alias),
    _CONFIRMED_COUNTRIES.label("countries"),
    _size(FileRole.CLEAN).label("size"),
    _size(FileRole.THUMBNAIL).label("thumbnail"),
).outerjoin(Document.organization)
_OF_ONE = _CARDS.where(Document.id == bindparam("key"))


def card_of(row: Sequence[Any]) -> Card:
    """The card that a row begins with."""
    # All at once: by name, one after the other, takes three times as long.
    id_, title, language, source_kind, document_kind, year, authors, abstract, *others = row
    pages, published_on, naming, name, alias, countries, size, thumbnail, *_ = others
    return Card(
        id=id_,
        title=title,
        language=language,
        source_kind=source_kind,
        document_kind=document_kind,
        year=year,
        authors=tuple(authors),
        organization=public_name(naming, name, alias) if naming is not None else None,
        countries=tuple(sorted(countries.split(_BETWEEN))) if countries else (),
        abstract=abstract,
        page_total=pages,
        size=size or 0,
        has_thumbnail=thumbnail is not None,
        published_on=published_on,
    )
