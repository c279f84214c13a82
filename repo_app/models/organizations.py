"""Who contributes."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from repo_app.db import Base


class Naming(StrEnum):
    """What readers see of an organization."""

    SHOWN = "shown"
    ALIAS = "alias"
    WITHHELD = "withheld"


class Organization(Base):
    """A contributing organization. ``source_kind`` is self-declared, never inferred."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    source_kind: Mapped[str | None] = mapped_column(String(40))
    country: Mapped[str | None] = mapped_column(String(2))
    naming: Mapped[Naming] = mapped_column(
        Enum(Naming, native_enum=False, length=16, values_callable=lambda e: [n.value for n in e]),
        default=Naming.SHOWN,
        server_default=Naming.SHOWN.value,
    )
    alias: Mapped[str | None] = mapped_column(Text)

    @property
    def public_name(self) -> str | None:
        """What pages, search, citations and exports may say; None where it is withheld."""
        return public_name(self.naming, self.name, self.alias)


def public_name(naming: Naming, name: str, alias: str | None) -> str | None:
    """Of these columns, for lists that load no more."""
    if naming is Naming.WITHHELD:
        return None
    return alias if naming is Naming.ALIAS else name
