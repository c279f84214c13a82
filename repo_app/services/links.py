"""Links that work once: an invitation to make an account, a new password for one.

The token is in the link and nowhere else; the database keeps its SHA-256, which 256 random
bits make enough. A link that goes out by mail gets its token when the worker sends it, so that
none lies in the queue.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repo_app import jobs
from repo_app.db import Database, now
from repo_app.models import AccessLink, LinkPurpose, Organization, Person, Role
from repo_app.services import people
from repo_app.services.people import Account, AccountRefused, Refusal

LIFETIMES = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=24)}
"""A day for a new password: links are also read aloud or carried by hand."""

PAUSE = timedelta(minutes=15)
"""Between two letters about the same password, so that nobody's mailbox can be flooded."""


@dataclass(frozen=True, slots=True)
class Invitation:
    email: str = field(repr=False)
    role: Role
    language: str
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the page behind a valid link shows."""

    email: str = field(repr=False)
    role: Role
    organization: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation nobody has accepted yet."""

    id: int
    email: str = field(repr=False)
    role: Role
    organization: str | None
    expired: bool


def address(base: str, purpose: LinkPurpose, language: str, token: str) -> str:
    """Where a link leads, for page, command line and mail alike; ``base`` has no slash."""
    return f"{base}/{language}/{purpose.value}/{token}"


def invite(session: Session, actor: str, invitation: Invitation, *, by_mail: bool) -> str | None:
    """The token, once, or None where it goes by mail. An open invitation to the same address
    ends. Raises AccountRefused for an address that is none or has an account."""
    email = people.folded_email(invitation.email)
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise AccountRefused(Refusal.EMAIL_TAKEN)
    session.execute(delete(AccessLink).where(AccessLink.email == email))
    link = AccessLink(
        purpose=LinkPurpose.INVITATION,
        email=email,
        role=invitation.role,
        organization_id=_known(session, invitation.organization_id),
        language=invitation.language,
    )
    people.note(session, actor, "person-invited", None, role=invitation.role.value)
    return _issued(session, link, by_mail=by_mail)


def make_reset(session: Session, actor: str, person_id: int, *, by_mail: bool) -> str | None:
    """A new password for somebody, by an administrator: the token, or None by mail."""
    found = people.account(session, person_id)
    people.note(session, actor, "reset-link-made", person_id)
    return _issued(session, _reset_of(found.id, found.language), by_mail=by_mail)


def request_reset(session: Session, email: str, language: str) -> None:
    """By whoever typed an address. The same rows are written whether or not there is an
    account, so that neither the answer nor its time tells."""
    row = session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.disabled_at.is_(None))
    )
    fresh = now() + LIFETIMES[LinkPurpose.RESET] - PAUSE
    recent = session.scalar(
        select(AccessLink.id)
        .where(
            AccessLink.person_id == (row.id if row else None),
            AccessLink.purpose == LinkPurpose.RESET,
            AccessLink.expires_at > fresh,
        )
        .limit(1)
    )
    somebody = row.id if row and recent is None else None
    _issued(session, _reset_of(somebody, row.language if row else language), by_mail=True)


def opened(session: Session, purpose: LinkPurpose, token: str) -> Opened | None:
    link = _valid(session, purpose, token)
    if link is None:
        return None
    if link.person is not None:
        return Opened(link.person.email, link.person.role, None)
    if link.email is None or link.role is None:
        return None
    return Opened(link.email, link.role, link.organization.name if link.organization else None)


def accept(database: Database, token: str, name: str, language: str, password: str) -> Account:
    """Make the account an invitation is for; raises AccountRefused and leaves the link valid."""
    with database.reading() as session:
        found = _open_or_refuse(session, LinkPurpose.INVITATION, token)
    clean = people.clean_name(name)
    secret = people.new_password(password, found.email)
    try:
        with database.writing() as session:
            link = _valid(session, LinkPurpose.INVITATION, token)
            if link is None or link.email is None or link.role is None:
                raise AccountRefused(Refusal.LINK_INVALID)
            row = people.enrol(session, link.email, clean, link.role, language, secret)
            if link.organization is not None:
                row.organizations = [link.organization]
            link.used, link.email = True, None
            people.note(session, f"{row.role.value}:{row.id}", "invitation-accepted", row.id)
            session.flush()
            return people.as_account(row)
    except IntegrityError as error:  # the address got an account in the meantime
        raise AccountRefused(Refusal.LINK_INVALID) from error


def reset(database: Database, token: str, password: str) -> Account:
    """A new password; ends every session and every other link of the person."""
    with database.reading() as session:
        found = _open_or_refuse(session, LinkPurpose.RESET, token)
    secret = people.new_password(password, found.email)
    with database.writing() as session:
        link = _valid(session, LinkPurpose.RESET, token)
        if link is None or link.person is None:
            raise AccountRefused(Refusal.LINK_INVALID)
        row = link.person
        people.give_password(row, secret)
        session.execute(
            delete(AccessLink).where(AccessLink.person_id == row.id, AccessLink.id != link.id)
        )
        link.used = True
        people.note(session, f"{row.role.value}:{row.id}", "password-reset", row.id)
        return people.as_account(row)


def waiting(session: Session) -> tuple[Waiting, ...]:
    rows = session.scalars(
        select(AccessLink)
        .where(AccessLink.purpose == LinkPurpose.INVITATION, AccessLink.used.is_(False))
        .order_by(AccessLink.id)
    )
    return tuple(
        Waiting(
            link.id,
            link.email,
            link.role,
            link.organization.name if link.organization else None,
            link.expires_at <= now(),
        )
        for link in rows
        if link.email is not None and link.role is not None
    )


def withdraw(session: Session, actor: str, link_id: int) -> None:
    """End an open invitation; one that is gone already stays gone."""
    link = session.get(AccessLink, link_id)
    if link is not None and link.purpose is LinkPurpose.INVITATION and not link.used:
        session.delete(link)
        people.note(session, actor, "invitation-withdrawn", None)


def give_token(link: AccessLink) -> str:
    """A fresh token for a link, which is valid from now on; the earlier one is not any more."""
    token = secrets.token_urlsafe(32)
    link.token_hash = _hash(token)
    link.expires_at = now() + LIFETIMES[link.purpose]
    return token


def _known(session: Session, organization_id: int | None) -> int | None:
    found = select(Organization.id).where(Organization.id == organization_id)
    return session.scalar(found) if organization_id is not None else None


def _reset_of(person_id: int | None, language: str) -> AccessLink:
    return AccessLink(purpose=LinkPurpose.RESET, person_id=person_id, language=language)


def _issued(session: Session, link: AccessLink, *, by_mail: bool) -> str | None:
    _forget_old(session)
    link.expires_at = now() + LIFETIMES[link.purpose]
    token = None if by_mail else give_token(link)
    session.add(link)
    session.flush()
    if by_mail:
        jobs.enqueue(session, jobs.SEND_MAIL, link_id=link.id)
    return token


def _forget_old(session: Session) -> None:
    """Used and long expired links; an expired invitation is shown for a while to be renewed."""
    old = now() - LIFETIMES[LinkPurpose.INVITATION]
    session.execute(
        delete(AccessLink).where(or_(AccessLink.used.is_(True), AccessLink.expires_at < old))
    )


def _valid(session: Session, purpose: LinkPurpose, token: str) -> AccessLink | None:
    link = session.scalar(select(AccessLink).where(AccessLink.token_hash == _hash(token)))
    if link is None or link.purpose is not purpose or link.used or link.expires_at <= now():
        return None
    disabled = link.person is not None and link.person.disabled_at is not None
    return None if disabled else link


def _open_or_refuse(session: Session, purpose: LinkPurpose, token: str) -> Opened:
    found = opened(session, purpose, token)
    if found is None:
        raise AccountRefused(Refusal.LINK_INVALID)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
