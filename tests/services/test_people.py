"""Accounts: who comes in, who does not, and that nothing more than needed is kept of either."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from repo_app.db import Database, open_database
from repo_app.models import AuditEvent, Base, Organization, Person, Role
from repo_app.services import passwords, people
from repo_app.services.passwords import Weakness, weakness
from repo_app.services.people import Account, AccountRefused, Refusal

ADDRESS = "ana@example.org"
SECRET = "tres gatos sin paraguas"
BY = "administrator:1"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'people.db'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


def add(
    database: Database, email: str = ADDRESS, role: Role = Role.CURATOR, password: str = SECRET
) -> Account:
    return people.add(database, "operator", email, "Ana", role, "es", password)


def actions(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(e.actor, e.action) for e in session.query(AuditEvent).order_by(AuditEvent.id)]


def test_whoever_knows_the_password_comes_in_however_the_address_is_written(
    database: Database,
) -> None:
    made = add(database, "Ana@Example.ORG ")
    for written in (ADDRESS, " ANA@example.org", "ana@EXAMPLE.org "):
        assert people.authenticate(database, written, SECRET) == made


@pytest.mark.parametrize("wrong", ["", "tres gatos sin paragua", SECRET.upper(), "x" * 10_000])
def test_nobody_comes_in_with_another_password(database: Database, wrong: str) -> None:
    add(database)
    assert people.authenticate(database, ADDRESS, wrong) is None


def test_unknown_disabled_and_passwordless_accounts_are_all_the_same(database: Database) -> None:
    add(database, "boss@example.org", Role.ADMINISTRATOR)
    made = add(database)
    assert people.authenticate(database, "nobody@example.org", SECRET) is None
    with database.writing() as session:
        people.disable(session, BY, made.id)
    assert people.authenticate(database, ADDRESS, SECRET) is None
    with database.writing() as session:
        people.enable(session, BY, made.id)
        session.get_one(Person, made.id).password_hash = None
    assert people.authenticate(database, ADDRESS, SECRET) is None


def test_the_time_an_answer_takes_does_not_tell_who_has_an_account(database: Database) -> None:
    add(database)
    people.authenticate(database, "warm@example.org", "up")

    def cost(email: str) -> float:
        start = time.process_time()  # of this process: others on the machine change it little
        people.authenticate(database, email, "not the password")
        return time.process_time() - start

    # In turns, so that a busy moment of the machine makes both dear.
    pairs = [(cost(ADDRESS), cost("nobody@example.org")) for _ in range(5)]
    known, unknown = (min(costs) for costs in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_a_hash_of_older_parameters_is_renewed_at_log_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = PasswordHash((Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1),))
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "HASHER", weak)
        made = add(database)
    for _ in range(2):
        assert people.authenticate(database, ADDRESS, SECRET) == made
        with database.reading() as session:
            assert "m=19456,t=2,p=1" in str(session.get_one(Person, made.id).password_hash)


def test_an_accent_typed_in_two_ways_is_the_same_password(database: Database) -> None:
    add(database, password="ni\u00f1a y \u00e1rbol altos")
    assert people.authenticate(database, ADDRESS, "nin\u0303a y a\u0301rbol altos")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("corta", Weakness.SHORT),
        ("once letras", Weakness.SHORT),
        ("x" * 201, Weakness.LONG),
        ("Password1234", Weakness.COMMON),
        ("Contraseña2026", Weakness.COMMON),
        ("ContraseñaContraseña", Weakness.COMMON),
        ("¡Guatemala2026!", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.COMMON),
        ("abcabcabcabcabc", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("098765432109", Weakness.COMMON),
        ("1234567890987", Weakness.COMMON),
        ("qwertyuiopas", Weakness.COMMON),
        ("hola ana.ruiz@example.org", Weakness.HOLDS_EMAIL),
        ("mi ANA.RUIZ secreta", Weakness.HOLDS_EMAIL),
        ("tres gatos sin paraguas", None),
        ("correct horse battery", None),
        ("doce letras.", None),
        ("ana y su perro", None),
        ("Zq7#kk!p02Lm", None),
    ],
)
def test_passwords_are_refused_for_being_guessed_first_and_for_nothing_else(
    password: str, reason: Weakness | None
) -> None:
    assert weakness(password, "ana.ruiz@example.org") is reason


@given(st.text(min_size=12, max_size=200))
def test_any_text_is_accepted_or_refused_with_a_reason(password: str) -> None:
    assert weakness(password, ADDRESS) in (None, *Weakness)


@pytest.mark.parametrize(
    "text",
    [
        "", "ana", "@example.org", "ana@", "ana@host", "ana@@example.org", "ana@example..org",
        "ana@.org", "ana@example.org.", "a b@example.org", "ana@exa\nmple.org", "ána@example.org",
        "ana@example.org\r\nBcc: x@example.org", "<ana@example.org>", "a" * 250 + "@example.org",
        "ana@example.org, eva@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(database: Database, text: str) -> None:
    with pytest.raises(AccountRefused) as raised:
        add(database, text)
    assert raised.value.reason is Refusal.EMAIL_INVALID


def test_one_address_has_one_account(database: Database) -> None:
    add(database)
    with pytest.raises(AccountRefused) as raised:
        add(database, "ANA@example.org")
    assert raised.value.reason is Refusal.EMAIL_TAKEN


def test_a_new_password_needs_the_present_one_and_ends_other_sessions(database: Database) -> None:
    made = add(database)
    with pytest.raises(AccountRefused) as raised:
        people.change_password(database, made, "wrong", "cuatro perros azules")
    assert raised.value.reason is Refusal.PASSWORD_WRONG
    changed = people.change_password(database, made, SECRET, "cuatro perros azules")
    with database.reading() as session:
        assert people.current(session, made.id, made.epoch) is None
        assert people.current(session, made.id, changed.epoch) == changed
    assert people.authenticate(database, ADDRESS, SECRET) is None
    assert people.authenticate(database, ADDRESS, "cuatro perros azules")


def test_logging_out_everywhere_and_disabling_end_every_session(database: Database) -> None:
    add(database, "boss@example.org", Role.ADMINISTRATOR)
    made = add(database)
    with database.writing() as session:
        people.log_out_everywhere(session, made)
    with database.reading() as session:
        assert people.current(session, made.id, made.epoch) is None
        now = people.current(session, made.id, made.epoch + 1)
    assert now is not None
    with database.writing() as session:
        people.disable(session, BY, made.id)
    with database.writing() as session:
        people.enable(session, BY, made.id)
    with database.reading() as session:
        assert people.current(session, made.id, now.epoch) is None


def test_the_last_administrator_stays(database: Database) -> None:
    boss = add(database, "boss@example.org", Role.ADMINISTRATOR)
    second = add(database, "second@example.org", Role.ADMINISTRATOR)
    with database.writing() as session:
        people.disable(session, BY, second.id)
    for change in (
        lambda s: people.disable(s, BY, boss.id),
        lambda s: people.change_role(s, BY, boss.id, Role.CURATOR),
    ):
        with pytest.raises(AccountRefused) as raised, database.writing() as session:
            change(session)
        assert raised.value.reason is Refusal.LAST_ADMINISTRATOR
    with database.writing() as session:
        people.enable(session, BY, second.id)
        people.change_role(session, BY, boss.id, Role.CURATOR)


def test_every_change_is_noted_by_role_and_number_alone(database: Database) -> None:
    boss = add(database, "boss@example.org", Role.ADMINISTRATOR)
    made = add(database)
    by = boss.signature
    with database.writing() as session:
        organization = Organization(name="Red")
        session.add(organization)
        session.flush()
        people.change_role(session, by, made.id, Role.PLANNER)
        people.change_organizations(session, by, made.id, [organization.id, 999])
        people.disable(session, by, made.id)
        people.enable(session, by, made.id)
    assert actions(database)[2:] == [
        (by, "role-changed"),
        (by, "organizations-changed"),
        (by, "person-disabled"),
        (by, "person-enabled"),
    ]
    with database.reading() as session:
        notes = [(e.actor, e.action, str(e.detail)) for e in session.query(AuditEvent)]
        assert people.account(session, made.id).organizations[0].name == "Red"
    assert "@" not in str(notes)
    assert "Ana" not in str(notes)


def test_an_account_says_nothing_of_itself_in_a_log(database: Database) -> None:
    assert "ana" not in repr(add(database)).lower()
