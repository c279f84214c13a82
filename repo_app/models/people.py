"""People with an account, what they belong to, and the links that let them in.

Of a visit nothing is kept: no address, no device, no time. An e-mail address stands in two
places only, the account's and an open invitation's; everything else names a person by number.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from repo_app.db import Base, today

if TYPE_CHECKING:
    from repo_app.models.organizations import Organization

LONGEST_EMAIL = 254
LONGEST_NAME = 120


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    PLANNER = "planner"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


def _values(kind: type[StrEnum]) -> list[str]:
    return [item.value for item in kind]


ROLE = Enum(Role, native_enum=False, length=16, values_callable=_values)


class Person(Base):
    """An account. ``session_epoch`` goes up to end every session at once; a person without a
    password cannot log in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(ROLE)
    language: Mapped[str] = mapped_column(String(8))
    session_epoch: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None]
    created_on: Mapped[date] = mapped_column(default=today)

    organizations: Mapped[list[Organization]] = relationship(
        secondary="membership", order_by="Organization.name"
    )


class Membership(Base):
    """A person acts for an organization."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class AccessLink(Base):
    """A link that works once: to make an account, or to choose a new password.

    Only a hash of its token is kept; a link that waits to be mailed has none yet. One for
    nobody (neither person nor e-mail) is what asking for an unknown account's password leaves
    behind, until the worker clears it.
    """

    __tablename__ = "access_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(
        Enum(LinkPurpose, native_enum=False, length=16, values_callable=_values)
    )
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str | None] = mapped_column(String(LONGEST_EMAIL))
    role: Mapped[Role | None] = mapped_column(ROLE)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE")
    )
    language: Mapped[str] = mapped_column(String(8))
    expires_at: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person | None] = relationship()
    organization: Mapped[Organization | None] = relationship()
