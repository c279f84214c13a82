"""What people say of a document, and putting it into its row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from index.vocabulary import Vocabulary
from repo_app.db import today
from repo_app.models import AudienceGroup, Document, Organization, Origin, Tag
from repo_app.policy import PUBLIC

TAG_FACETS = ("country", "mentioned", "theme", "population", "priority", "activity")
"""The facets that are tags of their own; the others are columns of the document."""


@dataclass(frozen=True, slots=True)
class Description:
    """A person's words about a document. ``tags`` are (facet, value) pairs they confirm;
    None or '' means they did not say."""

    title: str = ""
    language: str | None = None
    source_kind: str | None = None
    document_kind: str | None = None
    year: int | None = None
    authors: tuple[str, ...] = ()
    organization: str = ""
    evidence_type: str | None = None
    scope: str | None = None
    abstract: str = ""
    planning_use: str = ""
    licence: str | None = None
    url: str | None = None
    audience: frozenset[str] = frozenset({PUBLIC})
    tags: tuple[tuple[str, str], ...] = ()


def describe(
    session: Session,
    vocabulary: Vocabulary,
    document: Document,
    description: Description,
    *,
    origin: Origin,
) -> None:
    """Write a description into a row that has none yet; its tags count as confirmed."""
    document.title = description.title
    document.language = description.language
    document.source_kind = description.source_kind
    document.document_kind = description.document_kind
    document.year = description.year
    document.authors = list(description.authors)
    document.evidence_type = description.evidence_type
    document.scope = description.scope
    document.abstract = description.abstract
    document.planning_use = description.planning_use
    document.licence = description.licence
    document.url = description.url
    document.organization = _organization(session, description)
    document.audience = [AudienceGroup(name=name) for name in sorted(description.audience)]
    document.tags = [
        Tag(
            facet=facet,
            value=value,
            origin=origin,
            confirmed_on=today(),
            confirmed_by=origin.value,
            vocabulary=vocabulary.version,
        )
        for facet, value in with_implied(vocabulary, description.tags)
    ]


def with_implied(
    vocabulary: Vocabulary, tags: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The tags and what they imply (an activity its priority), each once, in order."""
    found = dict.fromkeys(tags)
    for facet, value in tags:
        found |= dict.fromkeys(vocabulary.implied(facet, value))
    return tuple(found)


def _organization(session: Session, description: Description) -> Organization | None:
    if not description.organization:
        return None
    name = description.organization
    known = session.scalar(select(Organization).where(Organization.name == name))
    return known or Organization(name=name, source_kind=description.source_kind)
