"""Accounts: who may come in, under which role, and what was done to them.

Every change is noted by role and number (``administrator:3``), never by an e-mail address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from config import LANGUAGES
from repo_app.db import Database, now
from repo_app.models import AuditEvent, Contribution, Document, Organization, Person, Role, State
from repo_app.models.people import LONGEST_EMAIL, LONGEST_NAME
from repo_app.services import passwords, withdrawals
from repo_app.services.passwords import Weakness
from repo_app.workflow import CONTRIBUTOR

DELETED = "person-deleted"


class Refusal(StrEnum):
    EMAIL_INVALID = "email-invalid"
    EMAIL_TAKEN = "email-taken"
    NAME_MISSING = "name-missing"
    PASSWORD_SHORT = Weakness.SHORT.value
    PASSWORD_LONG = Weakness.LONG.value
    PASSWORD_COMMON = Weakness.COMMON.value
    PASSWORD_HOLDS_EMAIL = Weakness.HOLDS_EMAIL.value
    PASSWORD_WRONG = "password-wrong"  # noqa: S105 - a reason, no password
    LINK_INVALID = "link-invalid"
    NO_SUCH_ACCOUNT = "no-such-account"
    LAST_ADMINISTRATOR = "last-administrator"


class AccountRefused(Exception):
    """Nothing was changed; ``reason`` says why, the page or command chooses the words."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Belonging:
    """``public_name`` is what readers see of it, as in models.Organization."""

    id: int
    name: str
    public_name: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A person with an account. The e-mail address stays out of ``repr``, and so of logs."""

    id: int
    email: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    language: str
    epoch: int
    disabled: bool
    created_on: date
    organizations: tuple[Belonging, ...]

    @property
    def signature(self) -> str:
        """Who it was, as the audit log names them."""
        return f"{self.role.value}:{self.id}"


def folded_email(text: str) -> str:
    """The one way an address is written here; raises AccountRefused(EMAIL_INVALID)."""
    email = text.strip().lower()
    own, at, host = email.rpartition("@")
    printable = email.isascii() and all("!" <= c <= "~" and c not in '<>()[]\\,;:"' for c in email)
    sound = at and own and "@" not in own and "." in host.strip(".") and ".." not in email
    if not (printable and sound and host == host.strip(".") and len(email) <= LONGEST_EMAIL):
        raise AccountRefused(Refusal.EMAIL_INVALID)
    return email


def authenticate(database: Database, email: str, password: str) -> Account | None:
    """The account, or None: unknown, disabled, without a password and wrong are all one."""
    with database.reading() as session:
        found = _by_email(session, email)
        held = found.password_hash if found and not found.disabled_at else None
        account = as_account(found) if found and held else None
    fits, renewed = passwords.matches(password, held)
    if account is None or not fits:
        return None
    if renewed:
        with database.writing() as session:
            row = session.get_one(Person, account.id)
            if row.password_hash == held:
                row.password_hash = renewed
    return account


def current(session: Session, person_id: int, epoch: int) -> Account | None:
    """The account a session belongs to, while it may go on."""
    row = session.scalars(_WITH_ORGANIZATIONS, {"id": person_id}).unique().one_or_none()
    if row is None or row.disabled_at is not None or row.session_epoch != epoch:
        return None
    return as_account(row)


_WITH_ORGANIZATIONS = (
    select(Person).where(Person.id == bindparam("id")).options(joinedload(Person.organizations))
)
"""Every request of somebody who is logged in asks it: one statement, put together once."""


def account(session: Session, person_id: int) -> Account:
    return as_account(_get(session, person_id))


def named(session: Session, email: str) -> Account:
    """By e-mail, for the command line; raises AccountRefused(NO_SUCH_ACCOUNT)."""
    row = _by_email(session, email)
    if row is None:
        raise AccountRefused(Refusal.NO_SUCH_ACCOUNT)
    return as_account(row)


def everybody(session: Session) -> tuple[Account, ...]:
    rows = session.scalars(select(Person).order_by(func.lower(Person.name), Person.id)).all()
    return tuple(as_account(row) for row in rows)


def add(
    database: Database, actor: str, email: str, name: str, role: Role, language: str, password: str
) -> Account:
    """An account with its password at once, as the operator makes the first one."""
    email = folded_email(email)
    clean = clean_name(name)
    secret = new_password(password, email)
    try:
        with database.writing() as session:
            if _by_email(session, email) is not None:
                raise AccountRefused(Refusal.EMAIL_TAKEN)
            row = enrol(session, email, clean, role, language, secret)
            note(session, actor, "person-added", row.id, role=role.value)
            return as_account(row)
    except IntegrityError as error:
        raise AccountRefused(Refusal.EMAIL_TAKEN) from error


def enrol(
    session: Session, email: str, name: str, role: Role, language: str, password_hash: str
) -> Person:
    row = Person(
        email=email,
        name=name,
        role=role,
        language=language if language in LANGUAGES else LANGUAGES[0],
        password_hash=password_hash,
    )
    session.add(row)
    session.flush()
    last = _last_deleted(session)
    if row.id <= last:
        # SQLite gives the highest number again once its row is gone. Open sessions, the log and
        # confirmed tags name people by it: nobody may become somebody else.
        row.id = last + 1
        session.flush()
    return row


def _last_deleted(session: Session) -> int:
    """The highest number of an account that is no more."""
    number = AuditEvent.detail["person"].as_integer()
    return session.scalar(select(func.max(number)).where(AuditEvent.action == DELETED)) or 0


def clean_name(text: str) -> str:
    name = " ".join(text.split())[:LONGEST_NAME]
    if not name:
        raise AccountRefused(Refusal.NAME_MISSING)
    return name


def new_password(password: str, email: str) -> str:
    """Its hash; raises AccountRefused where it is too weak."""
    if weak := passwords.weakness(password, email):
        raise AccountRefused(Refusal(weak.value))
    return passwords.hashed(password)


def describe_oneself(session: Session, account: Account, name: str, language: str) -> Account:
    row = _get(session, account.id)
    row.name = clean_name(name)
    row.language = language if language in LANGUAGES else row.language
    return as_account(row)


def change_password(database: Database, account: Account, present: str, new: str) -> Account:
    """Ends every other session: the new epoch is that of the account handed back."""
    with database.reading() as session:
        held = _get(session, account.id).password_hash
    if not passwords.matches(present, held)[0]:
        raise AccountRefused(Refusal.PASSWORD_WRONG)
    secret = new_password(new, account.email)
    with database.writing() as session:
        row = _get(session, account.id)
        give_password(row, secret)
        note(session, account.signature, "password-changed", row.id)
        return as_account(row)


def give_password(row: Person, password_hash: str) -> None:
    row.password_hash = password_hash
    row.session_epoch += 1


def log_out_everywhere(session: Session, account: Account) -> None:
    _get(session, account.id).session_epoch += 1
    note(session, account.signature, "logged-out-everywhere", account.id)


def disable(session: Session, actor: str, person_id: int) -> None:
    """From now on, and in sessions that are open; raises AccountRefused for the last
    administrator, who could let nobody in again."""
    row = _get(session, person_id)
    if row.disabled_at is None:
        _keep_an_administrator(session, row)
        row.disabled_at = now()
        row.session_epoch += 1
        note(session, actor, "person-disabled", row.id)


def enable(session: Session, actor: str, person_id: int) -> None:
    row = _get(session, person_id)
    if row.disabled_at is not None:
        row.disabled_at = None
        note(session, actor, "person-enabled", row.id)


def delete(session: Session, actor: str, person_id: int) -> None:
    """For good: memberships and links go, contributions stay as nobody's, and the log keeps the
    number. What is with its contributor (a draft, or returned to them), and could be reached by
    nobody else ever, is thrown away. Raises AccountRefused for the last administrator."""
    row = _get(session, person_id)
    if row.disabled_at is None:
        _keep_an_administrator(session, row)
    unsent = (
        select(Document)
        .join(Contribution, Contribution.document_id == Document.id)
        .where(
            Contribution.contributor_id == row.id,
            Document.state.in_((State.DRAFT, State.RETURNED)),
        )
    )
    for document in session.scalars(unsent).all():
        withdrawals.withdraw(session, document, CONTRIBUTOR)
    session.delete(row)
    note(session, actor, DELETED, person_id)


def delete_oneself(database: Database, account: Account, password: str) -> None:
    """Whoever found a browser open does not know the password."""
    with database.reading() as session:
        held = _get(session, account.id).password_hash
    if not passwords.matches(password, held)[0]:
        raise AccountRefused(Refusal.PASSWORD_WRONG)
    with database.writing() as session:
        delete(session, account.signature, account.id)


def change_role(session: Session, actor: str, person_id: int, role: Role) -> None:
    row = _get(session, person_id)
    if row.role is role:
        return
    if row.disabled_at is None:
        _keep_an_administrator(session, row)
    before, row.role = row.role, role
    note(session, actor, "role-changed", row.id, before=before.value, after=role.value)


def change_organizations(
    session: Session, actor: str, person_id: int, organization_ids: Collection[int]
) -> None:
    """The person acts for these and no other; numbers nobody knows are left out."""
    row = _get(session, person_id)
    before = {organization.id for organization in row.organizations}
    row.organizations = list(
        session.scalars(select(Organization).where(Organization.id.in_(sorted(organization_ids))))
    )
    after = {organization.id for organization in row.organizations}
    if before != after:
        detail = {"before": sorted(before), "after": sorted(after)}
        note(session, actor, "organizations-changed", row.id, **detail)


def note(
    session: Session, actor: str, action: str, person_id: int | None, **detail: object
) -> None:
    about = {} if person_id is None else {"person": person_id}
    session.add(AuditEvent(action=action, actor=actor, detail=about | detail))


def as_account(row: Person) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        language=row.language,
        epoch=row.session_epoch,
        disabled=row.disabled_at is not None,
        created_on=row.created_on,
        organizations=tuple(Belonging(o.id, o.name, o.public_name) for o in row.organizations),
    )


def _get(session: Session, person_id: int) -> Person:
    row = session.get(Person, person_id)
    if row is None:
        raise AccountRefused(Refusal.NO_SUCH_ACCOUNT)
    return row


def _by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def _keep_an_administrator(session: Session, row: Person) -> None:
    if row.role is not Role.ADMINISTRATOR:
        return
    others = select(Person.id).where(
        Person.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None), Person.id != row.id
    )
    if session.scalar(others.limit(1)) is None:
        raise AccountRefused(Refusal.LAST_ADMINISTRATOR)
