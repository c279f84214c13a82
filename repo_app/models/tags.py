"""A tag on a document: its value, who proposed it, why, and who confirmed it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repo_app.db import Base

if TYPE_CHECKING:
    from repo_app.models.documents import Document


class Origin(StrEnum):
    """Who put the tag there. Only people confirm; a rule proposes."""

    MANIFEST = "manifest"
    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    RULE = "rule"


_CONFIRMED = text("confirmed_on IS NOT NULL")


class Tag(Base):
    """One value of one facet. Unconfirmed tags feed no facet, count or search: the indexes hold
    confirmed ones only, with all that counting them needs."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint("document_id", "facet", "value"),
        *(
            Index(None, *columns, sqlite_where=_CONFIRMED, postgresql_where=_CONFIRMED)
            for columns in (("facet", "value", "document_id"), ("document_id", "facet", "value"))
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(80))
    origin: Mapped[Origin] = mapped_column(
        Enum(Origin, native_enum=False, length=16, values_callable=lambda e: [o.value for o in e])
    )
    score: Mapped[float | None]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    vocabulary: Mapped[str] = mapped_column(String(40), default="")
    confirmed_on: Mapped[date | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(40))

    document: Mapped[Document] = relationship(back_populates="tags")
