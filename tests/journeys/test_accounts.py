"""Coming in, going out, being invited, forgetting a password: as people meet it, and as
those meet it who should not come in."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repo_app.models import AuditEvent, Job, Organization, Person, Role, State
from repo_app.runtime import Runtime
from repo_app.services.people import Account
from repo_app.web import build_app
from tests.accounts import PASSWORD, an_account, log_in, send, token, visitor
from tests.factories import a_document, indexed

pytestmark = pytest.mark.usefixtures("cheap_passwords")
NEW = "cuatro perros azules"
SCRIPT = '"><script>alert(1)</script>'


def link_on(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found
    return unescape(found.group(1))


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
