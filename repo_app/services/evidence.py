"""What is held on a subject, and by whom it is said: counts that name no document.

Every count is of documents the viewer may see, by tags that people confirmed: what a page says is
held is what the search beside it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from repo_app.models import Document, Tag
from repo_app.policy import Viewer, visible_to
from repo_app.services import catalogue
from repo_app.services.cards import Card

NEWEST = 3

Crossed = Mapping[tuple[str, str], int]
"""Number of documents by (value of a facet, source kind); '' where nobody has said who speaks."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Documents with one or more of these values of a tag facet, as a filter of the search."""

    facet: str
    values: tuple[str, ...]


def source_kinds(session: Session, viewer: Viewer, subject: Subject) -> Mapping[str, int]:
    """How many documents on ``subject`` each source kind has, '' where nobody has said whose they
    are. A document has one source kind: the sum is the number of documents."""
    kind = func.coalesce(Document.source_kind, "")
    rows = session.execute(
        select(kind, func.count()).where(visible_to(viewer), _carries(subject)).group_by(kind)
    )
    return {name: count for name, count in rows}


def crossed(session: Session, viewer: Viewer, subject: Subject, facet: str) -> Crossed:
    """Documents on ``subject`` by value of ``facet`` and source kind, in one query.

    A document counts once for each value it has, so that values add up to more than there are.
    """
    kind = func.coalesce(Document.source_kind, "")
    rows = session.execute(
        select(Tag.value, kind, func.count())
        .join(Document, Tag.document_id == Document.id)
        .where(Tag.facet == facet, Tag.confirmed_on.is_not(None))
        .where(visible_to(viewer), _carries(subject))
        .group_by(Tag.value, kind)
    )
    return {(value, name): count for value, name, count in rows}


def activities_in(session: Session, viewer: Viewer, country: str) -> Crossed:
    """Documents about a country by activity of a plan and source kind: what is missing there is
    what this does not hold."""
    return crossed(session, viewer, Subject("country", (country,)), "activity")


def by_value(counts: Crossed) -> Mapping[str, int]:
    """The documents of each value, whoever speaks."""
    total: Counter[str] = Counter()
    for (value, _), count in counts.items():
        total[value] += count
    return total


def newest(session: Session, viewer: Viewer, subject: Subject) -> tuple[Card, ...]:
    return catalogue.newest(session, viewer, NEWEST, _carries(subject))


def _carries(subject: Subject) -> ColumnElement[bool]:
    """A list of documents, not a question to each: the index of tags by value is short."""
    return Document.id.in_(
        select(Tag.document_id).where(
            Tag.facet == subject.facet,
            Tag.value.in_(subject.values),
            Tag.confirmed_on.is_not(None),
        )
    )
