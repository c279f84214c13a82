"""A document, its pages, its files and who may find it."""

from __future__ import annotations

import secrets
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repo_app.db import Base, today
from repo_app.models.workflow import Edit, ReviewNote, State

if TYPE_CHECKING:
    from repo_app.models.organizations import Organization
    from repo_app.models.tags import Tag

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Without 0 o 1 i l u: an identifier is read aloud, typed from paper and spells no word."""


def new_public_id() -> str:
    """Ten letters, about 49 bits: not guessable one after another, short enough to cite."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Document(Base):
    """One contribution. Whatever people said of it is here; tags are rows of their own.

    ``tagged_with``: the version of the vocabulary its proposals come from, '' for none yet.
    """

    __tablename__ = "document"
    __table_args__ = (Index(None, "published_on", "public_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=16, values_callable=lambda e: [s.value for s in e]),
        default=State.RECEIVED,
        index=True,
    )
    revision: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str | None] = mapped_column(String(8))
    source_kind: Mapped[str | None] = mapped_column(String(40))
    document_kind: Mapped[str | None] = mapped_column(String(60))
    evidence_type: Mapped[str | None] = mapped_column(String(40))
    scope: Mapped[str | None] = mapped_column(String(40))
    year: Mapped[int | None]
    authors: Mapped[list[str]] = mapped_column(default=list)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    abstract: Mapped[str] = mapped_column(Text, default="")
    planning_use: Mapped[str] = mapped_column(Text, default="")
    licence: Mapped[str | None] = mapped_column(String(60))
    url: Mapped[str | None] = mapped_column(Text)
    doi: Mapped[str | None] = mapped_column(String(200))
    isbn: Mapped[str | None] = mapped_column(String(20))
    page_total: Mapped[int] = mapped_column(default=0)
    pages_with_text: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[list[str]] = mapped_column(default=list)
    content_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    text_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    publish_when_read: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None] = mapped_column(String(40))
    received_on: Mapped[date] = mapped_column(default=today)
    published_on: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(16))
    tagged_with: Mapped[str] = mapped_column(String(40), default="", server_default="")

    organization: Mapped[Organization | None] = relationship(lazy="joined")
    pages: Mapped[list[Page]] = relationship(
        back_populates="document", order_by="Page.number", cascade="all, delete-orphan"
    )
    files: Mapped[list[File]] = relationship(
        back_populates="document", cascade="all, delete-orphan"
    )
    tags: Mapped[list[Tag]] = relationship(
        back_populates="document", order_by="Tag.id", cascade="all, delete-orphan"
    )
    audience: Mapped[list[AudienceGroup]] = relationship(cascade="all, delete-orphan")
    contribution: Mapped[Contribution | None] = relationship(
        back_populates="document",
        cascade="all, delete-orphan",
        foreign_keys="Contribution.document_id",
    )
    notes: Mapped[list[ReviewNote]] = relationship(
        order_by="ReviewNote.id", cascade="all, delete-orphan"
    )
    edits: Mapped[list[Edit]] = relationship(order_by="Edit.id", cascade="all, delete-orphan")

    @property
    def public_organization(self) -> str | None:
        """In whose name it may be said to come; None where nobody's, or withheld."""
        return self.organization.public_name if self.organization else None

    @property
    def replaced(self) -> Document | None:
        """The published document whose new version this one is to be; None where there is none,
        or it has been withdrawn meanwhile."""
        other = self.contribution.replaces if self.contribution else None
        return other if other is not None and other.state is State.PUBLISHED else None

    def is_contributed_by(self, person_id: int | None) -> bool:
        own = self.contribution
        return own is not None and person_id is not None and own.contributor_id == person_id

    def file(self, role: FileRole) -> File | None:
        return next((file for file in self.files if file.role is role), None)


class Contribution(Base):
    """What makes a document somebody's own contribution; it is gone once that is withdrawn.

    ``answered`` lists the questions its contributor has answered, ``replaces_id`` the published
    document of which it is to be the new version.
    """

    __tablename__ = "contribution"

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True
    )
    contributor_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    answered: Mapped[list[str]] = mapped_column(default=list)
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", ondelete="SET NULL"), index=True
    )

    document: Mapped[Document] = relationship(
        back_populates="contribution", foreign_keys=document_id
    )
    replaces: Mapped[Document | None] = relationship(foreign_keys=replaces_id)


class Consent(Base):
    """What a contributor agreed to: which words, in which language, on which day, and each choice
    with its yes. No name."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    day: Mapped[date] = mapped_column(default=today)
    choices: Mapped[list[str]] = mapped_column(default=list)


class AudienceGroup(Base):
    """One group that may find a document. A document without groups is found by nobody."""

    __tablename__ = "audience_group"

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(40), primary_key=True)


class Page(Base):
    """The text of one page: the only copy; the index keeps words, not text."""

    __tablename__ = "page"

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))

    document: Mapped[Document] = relationship(back_populates="pages")


class FileRole(StrEnum):
    """Readers get the clean copy, never the original: it may tell who wrote and sent it."""

    ORIGINAL = "original"
    CLEAN = "clean"
    THUMBNAIL = "thumbnail"


class File(Base):
    """A blob that belongs to a document. The name a person gave it is never kept."""

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("document_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    role: Mapped[FileRole] = mapped_column(
        Enum(FileRole, native_enum=False, length=16, values_callable=lambda e: [r.value for r in e])
    )
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))

    document: Mapped[Document] = relationship(back_populates="files")
