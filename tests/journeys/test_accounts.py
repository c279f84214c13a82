"""Coming in, going out, being invited, forgetting a password: as people meet it, and as
those meet it who should not come in."""

from __future__ import annotations

import logging
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
from repo_app.models import AuditEvent, Job, Organization, Person, Role, State
from repo_app.runtime import Runtime
from repo_app.services import people
from repo_app.services.people import Account
from repo_app.web import build_app, limits
from repo_app.web.ways import within_site
from tests.accounts import PASSWORD, an_account, log_in, send, token, visitor
from tests.factories import a_document, indexed

pytestmark = pytest.mark.usefixtures("cheap_passwords")

HOUR = 3600
NEW = "cuatro perros azules"
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return build_app(runtime, limited=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def boss(runtime: Runtime) -> Account:
    return an_account(runtime, Role.ADMINISTRATOR)


@pytest.fixture
def office(app: Flask, boss: Account) -> FlaskClient:
    """An administrator's browser."""
    return visitor(app, boss)


def link_on(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found
    return unescape(found.group(1))


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


def test_an_invitation_becomes_an_account(
    app: Flask, runtime: Runtime, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        session.add(Organization(name="Red de Mujeres", source_kind="refugee-led"))
    made = send(
        office,
        "/es/people/invite",
        email="New@example.org",
        role="curator",
        organization="1",
        language="en",
    )
    assert made.headers["Cache-Control"] == "no-store"
    link = link_on(made.text)
    assert link.startswith("http://localhost/en/invitation/")
    assert "new@example.org" in office.get("/es/people").text
    assert link not in office.get("/es/people").text
    guest = app.test_client()
    page = guest.get(link).text
    assert "Red de Mujeres" in page
    assert "new@example.org" in page
    short = send(guest, link, name="Nora", language="en", password="short", password_again="short")
    assert short.status_code == 422
    assert "too short" in short.text
    assert 'value="Nora"' in short.text
    differing = send(guest, link, name="Nora", language="en", password=NEW, password_again="x")
    assert "not the same" in differing.text
    done = send(guest, link, name="Nora", language="en", password=NEW, password_again=NEW)
    assert done.headers["Location"] == "/en/account?done=welcome"
    mine = guest.get("/en/account").text
    assert "Red de Mujeres" in mine
    assert "Curator" in mine
    again = app.test_client().get(link)
    assert again.status_code == 422
    assert "does not work any more" in again.text
    assert log_in(app.test_client(), "new@example.org", NEW).status_code == 303


@pytest.mark.parametrize(
    ("role", "way"),
    [
        (Role.CONTRIBUTOR, "/contributions/new"),
        (Role.PLANNER, "/contributions/new"),
        (Role.CURATOR, "/review/"),
        (Role.ADMINISTRATOR, "/people/"),
    ],
)
def test_whoever_comes_in_sees_where_to_begin(
    app: Flask, runtime: Runtime, role: Role, way: str
) -> None:
    client = visitor(app, an_account(runtime, role, f"new-{role.value}@example.org"))
    for path in ("/es/", "/es/account?done=welcome"):
        main = client.get(path).text.partition('<main id="main"')[2]
        assert f'href="/es{way}"' in main, path
    assert "/contributions/new" not in app.test_client().get("/es/").text


def test_an_invitation_can_be_withdrawn_and_a_later_one_replaces_it(
    client: FlaskClient, office: FlaskClient
) -> None:
    first, second = (
        link_on(send(office, "/es/people/invite", email="new@example.org", role="planner").text)
        for _ in range(2)
    )
    assert client.get(first).status_code == 422
    assert client.get(second).status_code == 200
    form = re.search(
        r'action="(/es/people/invitations/\d+/withdraw)"', office.get("/es/people").text
    )
    assert form
    assert send(office, form.group(1), seen="/es/people").status_code == 303
    assert client.get(second).status_code == 422
    assert "new@example.org" not in office.get("/es/people").text


def test_whoever_has_an_account_is_not_invited_again(office: FlaskClient, boss: Account) -> None:
    answer = send(office, "/es/people/invite", email=boss.email, role="curator")
    assert answer.status_code == 422
    assert "Ya hay una cuenta" in answer.text
    assert f'value="{boss.email}"' in answer.text


def test_a_new_password_by_a_link_that_is_handed_over(
    app: Flask, runtime: Runtime, office: FlaskClient
) -> None:
    account = an_account(runtime)
    client = visitor(app, account)
    page = f"/es/people/{account.id}"
    link = link_on(send(office, f"{page}/reset-link", seen=page).text)
    guest = app.test_client()
    done = send(guest, link, password=NEW, password_again=NEW)
    assert done.status_code == 303
    assert guest.get("/es/account").status_code == 200
    assert client.get("/es/account").status_code == 302
    assert guest.get(link).status_code == 422
    assert log_in(app.test_client(), account.email, NEW).status_code == 303


def test_without_a_mail_server_people_are_told_whom_to_ask(client: FlaskClient) -> None:
    page = client.get("/es/forgotten").text
    assert "Pida a quien le invitó" in page
    assert "<form" not in page.split("<main")[1]


def test_links_carry_the_sites_own_address_whatever_the_host_header_says(
    runtime: Runtime, boss: Account
) -> None:
    named = replace(runtime, settings=replace(runtime.settings, public_url="https://r.example"))
    client = build_app(named, limited=False).test_client()
    evil = {"headers": {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}}
    page = client.get("/es/log-in", **evil)
    typed = {"csrf_token": token(page.text), "email": boss.email, "password": PASSWORD}
    assert client.post("/es/log-in", data=typed, **evil).headers["Location"] == "/es/"


def test_a_reset_link_is_the_public_one(runtime: Runtime, boss: Account) -> None:
    named = replace(runtime, settings=replace(runtime.settings, public_url="https://r.example"))
    client = build_app(named, limited=False).test_client()
    https = {"base_url": "https://evil.example"}
    page = client.get("/es/log-in", **https)
    typed = {"csrf_token": token(page.text), "email": boss.email, "password": PASSWORD}
    client.post("/es/log-in", data=typed, **https)
    page = client.get("/es/people/invite", **https)
    typed = {"csrf_token": token(page.text), "email": "new@example.org", "role": "planner"}
    made = client.post("/es/people/invite", data=typed, **https)
    assert link_on(made.text).startswith("https://r.example/es/invitation/")
    assert "evil.example" not in made.text


def test_roles_and_organizations_are_changed_where_they_stand(
    app: Flask, runtime: Runtime, office: FlaskClient, boss: Account
) -> None:
    account = an_account(runtime)
    client = visitor(app, account)
    send(office, "/es/organizations/new", name="Red Sur", source_kind="refugee-led", country="HN")
    page = f"/es/people/{account.id}"
    assert send(office, page, role="administrator", organization="1").status_code == 303
    assert "Red Sur" in client.get("/es/account").text
    assert client.get("/es/people").status_code == 200
    assert send(office, page, role="curator", organization="").status_code == 303
    assert client.get("/es/people").status_code == 404
    assert "Red Sur" not in client.get("/es/account").text
    refused = send(office, f"/es/people/{boss.id}", role="curator")
    assert refused.status_code == 422
    assert "única cuenta de administración" in refused.text


def test_an_organization_says_what_it_is_and_how_it_is_named(office: FlaskClient) -> None:
    form = office.get("/es/organizations/new").text
    assert "nadie pide papeles" in form
    assert 'value="international-org"' in form
    wrong = send(office, "/es/organizations/new", name="Red", source_kind="unheard-of")
    assert wrong.status_code == 422
    assert "Elija quién habla" in wrong.text
    wrong = send(
        office, "/es/organizations/new", name="Red", source_kind="refugee-led", naming="alias"
    )
    assert "Escriba el alias" in wrong.text
    typed = {"name": "Red", "source_kind": "refugee-led", "naming": "alias", "alias": "R."}
    assert send(office, "/es/organizations/new", **typed).status_code == 303
    assert "con alias" in office.get("/es/organizations").text
    twice = send(office, "/es/organizations/new", **typed)
    assert "Ya hay una organización" in twice.text


def test_a_withheld_name_is_nowhere(
    runtime: Runtime, client: FlaskClient, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, "Demandas", organization="Canariense", year=2024)
        public_id, organization_id = row.public_id, row.organization_id
    indexed(runtime)
    addresses = (
        "/es/", "/es/search?q=demandas", "/es/search?q=canariense", f"/es/documents/{public_id}",
        f"/es/documents/{public_id}/pages/1",
    )  # fmt: skip
    assert "Canariense" in client.get(f"/es/documents/{public_id}").text
    profile = f"/es/organizations/{organization_id}"
    typed = {"name": "Canariense", "source_kind": "refugee-led"}
    assert send(office, profile, **typed, naming="withheld").status_code == 303
    with runtime.database.reading() as session:
        assert session.query(Job).filter_by(kind="forget-words").count() == 1
    indexed(runtime)
    for address in addresses:
        body = client.get(address).text.replace("q=canariense", "").replace("canariense", "")
        assert "Canariense" not in body, address
    assert "Demandas" not in client.get("/es/search?q=canariense").text.split("<main")[1]
    send(office, profile, **typed, naming="alias", alias="Red del Río")
    indexed(runtime)
    assert "Red del Río" in client.get(f"/es/documents/{public_id}").text
    assert "Demandas" in client.get("/es/search?q=rio").text


def test_documents_in_review_are_not_indexed_for_a_new_name(
    runtime: Runtime, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, "Nuevo", organization="Red", state=State.IN_REVIEW)
        organization_id = row.organization_id
    send(office, f"/es/organizations/{organization_id}", name="Otra", source_kind="academic")
    with runtime.database.reading() as session:
        assert session.query(Job).count() == 0


def test_nothing_typed_comes_out_as_markup(
    app: Flask, runtime: Runtime, office: FlaskClient
) -> None:
    account = an_account(runtime)
    with runtime.database.writing() as session:
        session.get_one(Person, account.id).name = SCRIPT
    send(office, "/es/organizations/new", name=SCRIPT, source_kind="academic", alias=SCRIPT)
    own = visitor(app, account)
    pages = [
        own.get("/es/account"),
        own.get("/es/"),
        log_in(app.test_client(), SCRIPT, SCRIPT, after=SCRIPT),
        send(own, "/es/account", name=SCRIPT * 2, language=SCRIPT),
        send(office, "/es/people/invite", email=SCRIPT, role=SCRIPT, organization=SCRIPT),
        send(office, "/es/organizations/new", name=SCRIPT, alias=SCRIPT),
        office.post("/es/organizations/new", data={"name": SCRIPT, SCRIPT: SCRIPT}),
        *(office.get(f"/es/{path}") for path in (
            "people", "organizations", "organizations/1", f"people/{account.id}", "people/invite",
        )),
    ]  # fmt: skip
    for page in pages:
        assert "<script>" not in page.text
        assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=\s*[\"']", page.text)


def test_neither_address_nor_password_nor_token_is_left_anywhere(
    app: Flask, runtime: Runtime, office: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        guest = app.test_client()
        canary = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "canary-browser"}
        guest.environ_base.update(canary)
        link = link_on(
            send(office, "/es/people/invite", email="canary@example.org", role="planner").text
        )
        send(guest, link, name="Nadia", password=NEW, password_again=NEW)
        send(guest, "/en/log-out", seen="/en/account")
        log_in(guest, "canary@example.org", "wrong canary")
        log_in(guest, "canary@example.org", NEW)
        guest.post("/es/account", data={"name": "canary-name"})
    secret = link.rpartition("/")[2]
    for forbidden in ("canary", "203.0.113.7", secret, NEW):
        assert forbidden not in caplog.text
    runtime.database.engine.dispose()
    held = b"".join(p.read_bytes() for p in runtime.settings.instance.rglob("*") if p.is_file())
    for forbidden in ("canary-browser", "203.0.113.7", secret, NEW, "wrong canary", "canary-name"):
        assert forbidden.encode() not in held
    with runtime.database.reading() as session:
        notes = str([(e.actor, e.action, e.detail) for e in session.query(AuditEvent)])
    assert "invitation-accepted" in notes
    assert "@" not in notes
    assert "Nadia" not in notes


def test_account_pages_are_kept_by_no_browser_and_never_compressed(
    runtime: Runtime, office: FlaskClient, client: FlaskClient
) -> None:
    for path in ("/es/account", "/es/people", "/es/organizations/new", "/es/"):
        answer = office.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers
    for path in ("/es/log-in", "/es/forgotten", "/es/invitation/x"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/es/").headers["Cache-Control"]
    assert "noindex" in client.get("/es/log-in").text


def test_pages_still_open_when_the_accounts_cannot_be_looked_up(
    runtime: Runtime, office: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE person RENAME TO lost")
    answer = office.get("/es/about")
    assert answer.status_code == 200
    assert "Entrar" in answer.text


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 30, "9" * 5000])
def test_a_number_no_row_can_have_is_that_of_nobody(
    runtime: Runtime, app: Flask, number: str
) -> None:
    boss = visitor(app, an_account(runtime, Role.ADMINISTRATOR))
    person = an_account(runtime)
    for kind in ("people", "organizations"):
        assert boss.get(f"/es/{kind}/{number}").status_code == 404
    changed = send(boss, f"/es/people/{person.id}", role="curator", organization=number)
    assert changed.status_code == 303
    invited = send(boss, "/es/people/invite", email="new@example.org", organization=number)
    assert invited.status_code in (200, 303)


@pytest.mark.parametrize("path", ["/es/people/invite", "/es/organizations/new"])
def test_what_is_wrong_with_a_form_takes_the_focus(office: FlaskClient, path: str) -> None:
    refused = send(office, path)
    assert refused.status_code == 422
    assert re.search(r'role="alert" tabindex="-1" autofocus>\s*<p><a href="#f-', refused.text)
