"""Organizations: who they say they are, and what readers may see of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from repo_app import jobs
from repo_app.models import AuditEvent, Document, Membership, Naming, Organization, State

LONGEST_NAME = 200


class Missing(StrEnum):
    NAME = "organization-name-missing"
    NAME_TAKEN = "organization-name-taken"
    ALIAS = "alias-missing"
    KIND = "source-kind-missing"


class OrganizationRefused(Exception):
    """Nothing was changed; ``reason`` says why."""

    def __init__(self, reason: Missing) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organization says of itself. Nobody asks for papers."""

    name: str
    source_kind: str | None
    country: str | None = None
    naming: Naming = Naming.SHOWN
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list, with how many people act for it and how many documents it has."""

    id: int
    profile: Profile
    people: int
    documents: int


def everything(session: Session) -> tuple[Entry, ...]:
    people = _counted(session, Membership.organization_id)
    documents = _counted(session, Document.organization_id)
    rows = session.scalars(select(Organization).order_by(func.lower(Organization.name)))
    return tuple(
        Entry(row.id, _profile(row), people.get(row.id, 0), documents.get(row.id, 0))
        for row in rows
    )


def profile(session: Session, organization_id: int) -> Profile | None:
    row = session.get(Organization, organization_id)
    return _profile(row) if row else None


def create(session: Session, actor: str, wanted: Profile) -> int:
    row = Organization(name="")
    _write(session, row, wanted)
    session.add(row)
    session.flush()
    _note(session, actor, "organization-added", row.id)
    return row.id


def change(session: Session, actor: str, organization_id: int, wanted: Profile) -> None:
    """What it is called follows everywhere: each of its published documents is indexed anew, and
    a name that was shown before is left in no file of the index."""
    row = session.get_one(Organization, organization_id)
    before = row.public_name
    _write(session, row, wanted)
    if row.public_name != before:
        _index_again(session, organization_id, jobs.FORGET_WORDS if before else jobs.SYNC_INDEX)
    _note(session, actor, "organization-changed", organization_id)


def _write(session: Session, row: Organization, wanted: Profile) -> None:
    name, alias = _line(wanted.name), _line(wanted.alias)
    if not name:
        raise OrganizationRefused(Missing.NAME)
    if not wanted.source_kind:
        raise OrganizationRefused(Missing.KIND)
    if wanted.naming is Naming.ALIAS and not alias:
        raise OrganizationRefused(Missing.ALIAS)
    same = select(Organization.id).where(Organization.name == name, Organization.id != row.id)
    if session.scalar(same) is not None:
        raise OrganizationRefused(Missing.NAME_TAKEN)
    row.name, row.alias, row.naming = name, alias or None, wanted.naming
    row.source_kind, row.country = wanted.source_kind, wanted.country


def _index_again(session: Session, organization_id: int, kind: str) -> None:
    rows = session.scalars(
        select(Document).where(
            Document.organization_id == organization_id, Document.state == State.PUBLISHED
        )
    )
    for document in rows:
        document.revision += 1
        jobs.enqueue(session, kind, document.id)


def _profile(row: Organization) -> Profile:
    return Profile(row.name, row.source_kind, row.country, row.naming, row.alias or "")


def _counted(session: Session, column: InstrumentedAttribute[Any]) -> dict[int, int]:
    rows = session.execute(select(column, func.count()).group_by(column))
    return {key: count for key, count in rows if key is not None}


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


def _note(session: Session, actor: str, action: str, organization_id: int) -> None:
    session.add(AuditEvent(action=action, actor=actor, detail={"organization": organization_id}))
