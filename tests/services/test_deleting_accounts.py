"""An account that ends leaves its contributions to the repository and nothing of itself."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from repo_app.models import (
    AccessLink,
    AuditEvent,
    Contribution,
    Document,
    Job,
    Membership,
    Organization,
    Person,
    Role,
    State,
)
from repo_app.runtime import Runtime
from repo_app.services import links, people
from repo_app.services.people import Account, AccountRefused, Refusal
from tests.accounts import PASSWORD, an_account
from tests.factories import a_document

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def boss(runtime: Runtime) -> Account:
    return an_account(runtime, Role.ADMINISTRATOR)


def delete(runtime: Runtime, by: Account, account: Account) -> None:
    with runtime.database.writing() as session:
        people.delete(session, by.signature, account.id)


def contribute(runtime: Runtime, account: Account, *states: State) -> list[int]:
    with runtime.database.writing() as session:
        rows = [a_document(session, f"De {state}", state=state) for state in states]
        for row in rows:
            row.contribution = Contribution(contributor_id=account.id)
        session.flush()
        return [row.id for row in rows]


def test_everything_that_names_the_person_goes(runtime: Runtime, boss: Account) -> None:
    account = an_account(runtime, email="canary@example.org")
    with runtime.database.writing() as session:
        session.get_one(Person, account.id).organizations = [Organization(name="Red")]
        links.make_reset(session, boss.signature, account.id, by_mail=True)
    delete(runtime, boss, account)
    with runtime.database.reading() as session:
        assert session.get(Person, account.id) is None
        assert session.query(Organization).count() == 1
        for gone in (Membership, AccessLink, Job):
            assert session.query(gone).count() == 0
        events = session.query(AuditEvent).order_by(AuditEvent.id).all()
        last = events[-1]
        assert (last.actor, last.action, last.detail) == (
            boss.signature, "person-deleted", {"person": account.id},
        )  # fmt: skip
        assert "canar" not in str([(e.actor, e.action, e.detail) for e in events]).lower()
        assert people.current(session, account.id, account.epoch) is None
    assert people.authenticate(runtime.database, account.email, PASSWORD) is None


def test_what_was_sent_stays_and_is_nobodys(runtime: Runtime, boss: Account) -> None:
    account, other = an_account(runtime), an_account(runtime, email="other@example.org")
    sent = (State.RECEIVED, State.IN_REVIEW, State.REFUSED, State.PUBLISHED)
    mine = contribute(runtime, account, *sent)
    theirs = contribute(runtime, other, State.PUBLISHED, State.DRAFT)
    delete(runtime, boss, account)
    with runtime.database.reading() as session:
        states = [session.get_one(Document, number).state for number in mine]
        assert states == list(sent)
        owners = dict(
            session.execute(select(Contribution.document_id, Contribution.contributor_id)).all()
        )
    assert owners == dict.fromkeys(mine) | dict.fromkeys(theirs, other.id)


@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED])
def test_what_nobody_else_could_reach_is_thrown_away(
    runtime: Runtime, boss: Account, state: State
) -> None:
    account = an_account(runtime)
    (draft,) = contribute(runtime, account, state)
    delete(runtime, boss, account)
    with runtime.database.reading() as session:
        row = session.get_one(Document, draft)
        assert (row.state, row.title, row.pages) == (State.WITHDRAWN, "", [])
        assert session.query(Job).filter_by(document_id=draft).count() == 1  # the purge


def test_the_last_administrator_cannot_go(runtime: Runtime, boss: Account) -> None:
    second = an_account(runtime, Role.ADMINISTRATOR, "second@example.org")
    delete(runtime, boss, second)
    with pytest.raises(AccountRefused) as raised:
        delete(runtime, boss, boss)
    assert raised.value.reason is Refusal.LAST_ADMINISTRATOR
    with pytest.raises(AccountRefused) as raised:
        people.delete_oneself(runtime.database, boss, PASSWORD)
    assert raised.value.reason is Refusal.LAST_ADMINISTRATOR
    assert people.authenticate(runtime.database, boss.email, PASSWORD)


def test_a_disabled_administrator_can_go(runtime: Runtime, boss: Account) -> None:
    second = an_account(runtime, Role.ADMINISTRATOR, "second@example.org")
    with runtime.database.writing() as session:
        people.disable(session, boss.signature, second.id)
    delete(runtime, boss, second)


def test_oneself_is_deleted_with_the_password_only(runtime: Runtime, boss: Account) -> None:
    account = an_account(runtime)
    with pytest.raises(AccountRefused) as raised:
        people.delete_oneself(runtime.database, account, "wrong")
    assert raised.value.reason is Refusal.PASSWORD_WRONG
    people.delete_oneself(runtime.database, account, PASSWORD)
    with pytest.raises(AccountRefused) as raised:
        people.delete_oneself(runtime.database, account, PASSWORD)
    assert raised.value.reason is Refusal.NO_SUCH_ACCOUNT


def test_the_address_may_come_back_as_somebody_new(runtime: Runtime, boss: Account) -> None:
    account = an_account(runtime)
    delete(runtime, boss, account)
    again = an_account(runtime)
    assert again.id != account.id
    with runtime.database.reading() as session:
        assert people.current(session, account.id, account.epoch) is None


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(-1, 4), min_size=1, max_size=12))
def test_no_number_is_ever_given_twice(
    runtime: Runtime, boss_once: Account, steps: list[int]
) -> None:
    """-1 adds an account, another number deletes the one that stands there."""
    living: list[Account] = []
    given_out: set[int] = set(_numbers(runtime))
    for step in steps:
        if step < 0 or step >= len(living):
            made = an_account(runtime, email=f"p{len(given_out)}@example.org")
            assert made.id not in given_out
            given_out.add(made.id)
            living.append(made)
        else:
            delete(runtime, boss_once, living.pop(step))
    for account in living:
        delete(runtime, boss_once, account)


@pytest.fixture
def boss_once(runtime: Runtime) -> Account:
    return an_account(runtime, Role.ADMINISTRATOR)


def _numbers(runtime: Runtime) -> list[int]:
    """Every number that was ever given, as the log has it."""
    with runtime.database.reading() as session:
        events = session.query(AuditEvent).filter(AuditEvent.action == "person-added")
        return [event.detail["person"] for event in events]
