"""Coming in and going out: where the way leads, what a session holds, how long it lasts."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import LANGUAGES
from repo_app.models import Person
from repo_app.runtime import Runtime
from repo_app.services import people
from repo_app.services.people import Account
from repo_app.web import build_app, limits
from repo_app.web.ways import within_site
from tests.accounts import PASSWORD, an_account, log_in, send, token, visitor

pytestmark = pytest.mark.usefixtures("cheap_passwords")

HOUR = 3600
NEW = "cuatro perros azules"


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_with_an_account_comes_in_and_goes_out(
    runtime: Runtime, client: FlaskClient, language: str
) -> None:
    account = an_account(runtime, language=language)
    words = {"es": ("Entrar", "Mi cuenta"), "en": ("Log in", "My account")}[language]
    assert words[0] in client.get(f"/{language}/").text
    answer = log_in(client, account.email)
    assert answer.headers["Location"] == f"/{language}/"
    page = client.get(f"/{language}/").text
    assert words[1] in page
    assert account.name in page
    assert send(client, f"/{language}/log-out", seen=f"/{language}/account").status_code == 303
    assert account.name not in client.get(f"/{language}/").text
    assert client.get(f"/{language}/account").status_code == 302


def test_people_go_on_where_they_wanted_to_go(client: FlaskClient, boss: Account) -> None:
    wanted = client.get("/es/people/?x=a%26b").headers["Location"]
    page = client.get(wanted).text
    after = unescape(re.findall(r'name="next" value="([^"]+)"', page)[0])
    answer = log_in(client, boss.email, after=after)
    assert answer.headers["Location"] == "/es/people/?x=a%26b"


def test_wrong_unknown_and_disabled_read_the_same(
    runtime: Runtime, client: FlaskClient, boss: Account
) -> None:
    disabled = an_account(runtime)
    with runtime.database.writing() as session:
        people.disable(session, boss.signature, disabled.id)
    bodies = set()
    for email, password in (
        (boss.email, "wrong wrong wrong"),
        ("nobody@example.org", PASSWORD),
        (disabled.email, PASSWORD),
    ):
        answer = log_in(client, email, password)
        assert answer.status_code == 422
        assert f'value="{email}"' in answer.text
        assert password not in answer.text
        bodies.add(re.sub(r'(value)="[^"]*"', r"\1", answer.text))
    assert len(bodies) == 1


def test_the_cookie_says_who_and_since_when_and_nothing_else(app: Flask, runtime: Runtime) -> None:
    account = an_account(runtime)
    client = app.test_client()
    answer = send_from(client, account)
    header = answer.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header
    assert "Expires" not in header
    with client.session_transaction() as session:
        assert set(session) == {"_user_id", "_fresh", "began"}
        assert session["_user_id"] == f"{account.id}:0"


def send_from(client: FlaskClient, account: Account, **options: object) -> object:
    page = client.get("/es/log-in", **options)  # type: ignore[arg-type]
    typed = {"csrf_token": token(page.text), "email": account.email, "password": PASSWORD}
    return client.post("/es/log-in", data=typed, **options)  # type: ignore[arg-type]


def test_the_cookie_is_secure_wherever_people_come_by_https(runtime: Runtime) -> None:
    account = an_account(runtime)
    proxied = replace(runtime, settings=replace(runtime.settings, trusted_proxies=1))
    named = replace(runtime, settings=replace(runtime.settings, public_url="https://r.example"))
    forwarded = {"headers": {"X-Forwarded-Proto": "https"}}
    for served, options in ((proxied, forwarded), (named, {})):
        client = build_app(served, limited=False).test_client()
        answer = send_from(client, account, **options)
        assert answer.status_code == 303  # type: ignore[attr-defined]
        assert "Secure" in answer.headers["Set-Cookie"]  # type: ignore[attr-defined]
    untrusted = build_app(runtime, limited=False).test_client()
    answer = send_from(untrusted, account, **forwarded)
    assert "Secure" not in answer.headers["Set-Cookie"]  # type: ignore[attr-defined]


def test_what_a_stranger_put_into_a_session_does_not_outlive_the_log_in(
    app: Flask, runtime: Runtime
) -> None:
    account = an_account(runtime)
    client = app.test_client()
    page = client.get("/es/log-in").text
    with client.session_transaction() as session:
        planted = session["csrf_token"]
        session["planted"] = "x"
    before = cookie(client)
    log_in(client, account.email)
    assert cookie(client) != before
    client.get("/es/account")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != planted
    old = client.post("/es/log-out-everywhere", data={"csrf_token": token(page)})
    assert old.status_code == 400
    assert client.get("/es/account").status_code == 200


def test_a_session_ends_after_twelve_hours_whatever_happens_in_it(
    app: Flask, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(app, an_account(runtime))
    began, real = time.time(), time.time

    def at(hours: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + hours * HOUR)

    at(11.9)
    assert client.get("/es/account").status_code == 200
    changed = send(client, "/es/account", name="Otro nombre", language="es")
    assert changed.status_code == 303
    with client.session_transaction() as session:
        assert session["began"] <= began + 1
    at(12.1)
    assert client.get("/es/account").status_code == 302
    assert "Otro nombre" not in client.get("/es/").text


def test_logging_out_everywhere_and_a_new_password_end_other_sessions(
    app: Flask, runtime: Runtime
) -> None:
    account = an_account(runtime)
    here, there = visitor(app, account), visitor(app, account)
    changed = send(
        here,
        "/es/account/password",
        present_password=PASSWORD,
        password=NEW,
        password_again=NEW,
    )
    assert changed.status_code == 303
    assert here.get("/es/account").status_code == 200
    assert there.get("/es/account").status_code == 302
    assert log_in(there, account.email, PASSWORD).status_code == 422
    assert log_in(there, account.email, NEW).status_code == 303
    send(there, "/es/log-out-everywhere", seen="/es/account")
    assert here.get("/es/account").status_code == there.get("/es/account").status_code == 302


def test_a_disabled_account_is_out_at_once(
    app: Flask, runtime: Runtime, office: FlaskClient
) -> None:
    account = an_account(runtime)
    client = visitor(app, account)
    page = f"/es/people/{account.id}"
    assert send(office, f"{page}/disable", seen=page).status_code == 303
    assert client.get("/es/account").status_code == 302
    assert "desactivada" in office.get(page).text
    assert send(office, f"{page}/enable", seen=page).status_code == 303
    assert client.get("/es/account").status_code == 302
    assert log_in(client, account.email).status_code == 303


def test_a_forged_cookie_is_nobody(client: FlaskClient, boss: Account) -> None:
    for value in ("x", "e30.x.y", f'{{"_user_id":"{boss.id}:0"}}'):
        client.set_cookie("session", value)
        client.set_cookie("remember_token", f"{boss.id}:0|x")
        assert client.get("/es/account").status_code == 302


ODD_ADDRESSES = st.one_of(
    st.text(alphabet="/\\.:@?#%eE vilorg\t\r\n\x00áｅ", max_size=20).map(lambda t: "/" + t),
    st.text(max_size=30),
    st.sampled_from(
        [
            "//evil.org", "/\\evil.org", "\\\\evil.org", "https://evil.org", "/\t/evil.org",
            "javascript:alert(1)", "/%0d%0aLocation:https://evil.org", "///evil.org", "evil.org",
            "https:evil.org", "/es/../..//evil.org", " //evil.org", "/\n/evil.org", "http:///x",
        ]
    ),
)  # fmt: skip


@given(address=ODD_ADDRESSES)
def test_no_address_leads_out_of_the_site(address: str) -> None:
    after = within_site(address)
    if after is not None:
        browsers_view = re.sub(r"[\t\r\n]", "", after).replace("\\", "/").strip()
        assert urlsplit(urljoin("http://localhost/es/log-in", browsers_view)).netloc == "localhost"
        assert after == address


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(address=ODD_ADDRESSES)
def test_logging_in_never_leads_out_of_the_site(app: Flask, runtime: Runtime, address: str) -> None:
    with runtime.database.reading() as session:
        known = session.query(Person).count()
    if not known:
        an_account(runtime)
    answer = log_in(app.test_client(), "contributor@example.org", after=address)
    where = answer.headers["Location"].replace("\\", "/")
    assert urlsplit(urljoin("http://localhost/es/log-in", where)).netloc == "localhost"


def test_guessing_gets_slow_but_locks_nobody_out(
    runtime: Runtime, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = an_account(runtime)
    real = time.monotonic
    statuses = [log_in(client, account.email, "wrong").status_code for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    asked = log_in(client, account.email)
    assert asked.status_code == 429
    assert int(asked.headers["Retry-After"]) == 1
    assert "Su cuenta no está bloqueada" in asked.text
    assert f'value="{account.email}"' in asked.text
    elsewhere = client.application.test_client()
    page = elsewhere.get("/es/log-in").text
    typed = {"csrf_token": token(page), "email": account.email, "password": PASSWORD}
    there = elsewhere.post("/es/log-in", data=typed, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert there.status_code == 303
    monkeypatch.setattr(time, "monotonic", lambda: real() + 2)
    assert log_in(client, account.email).status_code == 303


def test_the_wait_doubles_up_to_a_minute_and_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience, clock = limits.Patience(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    waits = []
    for _ in range(14):
        assert patience.begin("a", "x") == 0
        waits.append(patience.begin("a", "x") if len(waits) >= 4 else 0)
        clock[0] += max(waits[-1], 0)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert patience.begin("b", "x") == patience.begin("a", "y") == 0
    clock[0] += 2 * HOUR
    assert patience.begin("a", "x") == patience.begin("a", "x") == 0


def test_guessers_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_HELD", 100)
    patience = limits.Patience()
    for number in range(500):
        patience.begin(str(number), "x")
    assert len(patience._held) == 100
