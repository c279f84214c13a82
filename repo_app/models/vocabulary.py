"""What curators make of the vocabulary: labels they add, and what they decide on proposals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from repo_app.db import Base, today
from repo_app.models.tags import Origin


class CuratorLabel(Base):
    """Words that a curator made a label of a concept, with who, when and why. One that was
    withdrawn stays, with its end. ``vocabulary``: the version in force when it was added."""

    __tablename__ = "curator_label"

    id: Mapped[int] = mapped_column(primary_key=True)
    concept: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    weak: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    vocabulary: Mapped[str] = mapped_column(String(40))
    added_by: Mapped[str] = mapped_column(String(40))
    added_on: Mapped[date] = mapped_column(default=today)
    withdrawn_by: Mapped[str | None] = mapped_column(String(40))
    withdrawn_on: Mapped[date | None]


class ProposalDecision(Base):
    """What a person decided on a proposal: also where it was not taken, and the proposal is gone
    since. ``labels``: the words it rested on; ``vocabulary``: the version it came from. The last
    decision on a value of a document counts. Goes with the document."""

    __tablename__ = "proposal_decision"
    __table_args__ = (Index(None, "document_id", "facet", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(80))
    accepted: Mapped[bool]
    origin: Mapped[Origin] = mapped_column(
        Enum(Origin, native_enum=False, length=16, values_callable=lambda e: [o.value for o in e])
    )
    actor: Mapped[str] = mapped_column(String(40))
    labels: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str | None] = mapped_column(String(8))
    vocabulary: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(default=today)


class VocabularyMark(Base):
    """One row: the version of the vocabulary with which the search index was last asked to be
    built, whichever process asked."""

    __tablename__ = "vocabulary_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    indexed_with: Mapped[str] = mapped_column(String(40), default="")
