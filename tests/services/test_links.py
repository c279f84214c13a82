"""Links that let people in: once, in time, for whom they are, and nowhere but in the link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from repo_app import jobs
from repo_app.db import Database, open_database
from repo_app.models import (
    AccessLink,
    AuditEvent,
    Base,
    Job,
    LinkPurpose,
    Organization,
    Person,
    Role,
)
from repo_app.services import links, people
from repo_app.services.links import Invitation
from repo_app.services.people import Account, AccountRefused, Refusal

ADDRESS = "ana@example.org"
SECRET, NEW = "tres gatos sin paraguas", "cuatro perros azules"
BY = "administrator:1"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'links.db'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


def invite(database: Database, email: str = ADDRESS, organization: int | None = None) -> str:
    with database.writing() as session:
        invitation = Invitation(email, Role.PLANNER, "en", organization)
        return str(links.invite(session, BY, invitation, by_mail=False))


def somebody(database: Database) -> Account:
    return people.add(database, "operator", ADDRESS, "Ana", Role.CURATOR, "es", SECRET)


def make_reset(database: Database, account: Account) -> str:
    with database.writing() as session:
        return str(links.make_reset(session, BY, account.id, by_mail=False))


def age(database: Database, by: timedelta) -> None:
    with database.writing() as session:
        for link in session.query(AccessLink):
            link.expires_at -= by


def refused(database: Database, token: str) -> Refusal:
    with pytest.raises(AccountRefused) as raised:
        links.accept(database, token, "Ana", "es", SECRET)
    return raised.value.reason


def test_an_invitation_makes_the_account_it_names_and_works_once(database: Database) -> None:
    with database.writing() as session:
        session.add(Organization(name="Red"))
    token = invite(database, " ANA@example.org", organization=1)
    made = links.accept(database, token, "  Ana  Ruiz ", "en", SECRET)
    assert (made.email, made.name, made.role, made.language) == (
        ADDRESS, "Ana Ruiz", Role.PLANNER, "en",
    )  # fmt: skip
    assert [o.name for o in made.organizations] == ["Red"]
    assert refused(database, token) is Refusal.LINK_INVALID
    assert people.authenticate(database, ADDRESS, SECRET) == made
    with database.reading() as session:
        assert session.query(AccessLink).one().email is None


def test_a_refused_password_or_name_leaves_the_invitation_valid(database: Database) -> None:
    token = invite(database)
    for name, password in (("Ana", "short"), ("   ", SECRET)):
        with pytest.raises(AccountRefused):
            links.accept(database, token, name, "es", password)
    assert links.accept(database, token, "Ana", "es", SECRET)


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\ud800"])
def test_no_other_token_opens_anything(database: Database, token: str) -> None:
    invite(database)
    assert refused(database, token) is Refusal.LINK_INVALID


def test_a_link_that_has_not_been_sent_opens_nothing(database: Database) -> None:
    with database.writing() as session:
        links.invite(session, BY, Invitation(ADDRESS, Role.PLANNER, "es"), by_mail=True)
    for token in ("None", ""):
        assert refused(database, token) is Refusal.LINK_INVALID


def test_links_expire(database: Database) -> None:
    token = invite(database)
    age(database, timedelta(days=6, hours=23))
    with database.reading() as session:
        assert links.opened(session, LinkPurpose.INVITATION, token)
        assert not links.waiting(session)[0].expired
    age(database, timedelta(hours=2))
    assert refused(database, token) is Refusal.LINK_INVALID
    with database.reading() as session:
        assert links.waiting(session)[0].expired


def test_a_link_serves_one_purpose_only(database: Database) -> None:
    account = somebody(database)
    invited, reset = invite(database, "new@example.org"), make_reset(database, account)
    assert refused(database, reset) is Refusal.LINK_INVALID
    with pytest.raises(AccountRefused):
        links.reset(database, invited, NEW)


def test_a_new_password_ends_sessions_and_other_links(database: Database) -> None:
    account = somebody(database)
    first, second = make_reset(database, account), make_reset(database, account)
    changed = links.reset(database, first, NEW)
    assert changed.epoch == account.epoch + 1
    assert people.authenticate(database, ADDRESS, SECRET) is None
    assert people.authenticate(database, ADDRESS, NEW) == changed
    for token in (first, second):
        with pytest.raises(AccountRefused):
            links.reset(database, token, SECRET)


def test_a_disabled_account_gets_no_new_password(database: Database) -> None:
    account = somebody(database)
    token = make_reset(database, account)
    with database.writing() as session:
        people.disable(session, BY, account.id)
    with pytest.raises(AccountRefused):
        links.reset(database, token, NEW)


def test_an_address_that_got_an_account_meanwhile_cannot_be_taken(database: Database) -> None:
    token = invite(database)
    somebody(database)
    assert refused(database, token) is Refusal.LINK_INVALID


def test_asking_for_a_password_writes_the_same_for_everybody(database: Database) -> None:
    account = somebody(database)
    rows = []
    for email in (" ANA@example.org", "nobody@example.org", "'; DROP TABLE person", ""):
        with database.writing() as session:
            links.request_reset(session, email, "es")
        with database.reading() as session:
            rows.append((session.query(AccessLink).count(), session.query(Job).count()))
            written = session.query(AccessLink).order_by(AccessLink.id.desc()).first()
            assert written is not None
            assert written.email is None
            assert written.token_hash is None
            assert written.person_id == (account.id if len(rows) == 1 else None)
    assert rows == [(n, n) for n in (1, 2, 3, 4)]


def test_a_mailbox_is_not_flooded(database: Database) -> None:
    account = somebody(database)
    for _ in range(5):
        with database.writing() as session:
            links.request_reset(session, ADDRESS, "es")
    with database.reading() as session:
        held = [link.person_id for link in session.query(AccessLink).order_by(AccessLink.id)]
    assert held == [account.id, None, None, None, None]
    age(database, links.PAUSE)
    with database.writing() as session:
        links.request_reset(session, ADDRESS, "es")
    with database.reading() as session:
        assert session.query(AccessLink).filter_by(person_id=account.id).count() == 2


def test_only_a_hash_of_a_token_is_kept_and_nothing_once_it_is_old(database: Database) -> None:
    account = somebody(database)
    tokens = [invite(database, "new@example.org"), make_reset(database, account)]
    with database.reading() as session:
        held = str([(link.token_hash, link.email) for link in session.query(AccessLink)])
        notes = str([(e.actor, e.action, e.detail) for e in session.query(AuditEvent)])
        assert session.query(Job).count() == 0
    for token in tokens:
        assert token not in held + notes
    assert "@" not in notes
    age(database, timedelta(days=15))
    invite(database, "later@example.org")
    with database.reading() as session:
        assert [link.email for link in session.query(AccessLink)] == ["later@example.org"]


def test_withdrawing_an_invitation_withdraws_nothing_else(database: Database) -> None:
    account = somebody(database)
    token = make_reset(database, account)
    with database.writing() as session:
        links.withdraw(session, BY, session.query(AccessLink).one().id)
        links.withdraw(session, BY, 999)
    assert links.reset(database, token, NEW)


def test_a_withdrawn_invitation_takes_its_letter_along(database: Database) -> None:
    with database.writing() as session:
        links.invite(session, BY, Invitation(ADDRESS, Role.PLANNER, "es"), by_mail=True)
        assert session.query(Job).one().kind == jobs.SEND_MAIL
        links.withdraw(session, BY, session.query(AccessLink).one().id)
    with database.reading() as session:
        assert session.query(Job).count() == 0
        assert session.query(Person).count() == 0
