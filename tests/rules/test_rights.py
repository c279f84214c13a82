"""Each role may use what the table names for it; everything else does not exist for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from repo_app.models import Contribution, File, FileRole, LinkPurpose, Role, State
from repo_app.policy import AUDIENCES, MAY
from repo_app.runtime import Runtime
from repo_app.services import links, organizations
from repo_app.services.links import Invitation
from repo_app.services.organizations import Profile
from repo_app.services.people import Account
from repo_app.web import build_app
from repo_app.web.security import HEADERS, PUBLIC
from tests.accounts import TOKEN, an_account, token, visitor
from tests.factories import a_document, a_pdf, indexed, with_file

WHO = [None, *Role]
pytestmark = pytest.mark.usefixtures("cheap_passwords")

CANARY = "canary-words"
WAITING = "waiting"
EXAMPLES = {"curation": WAITING, "review": WAITING}
"""Blueprints whose pages are about a document → the public id of one they have pages for."""
OWN = frozenset({"contributions", "uploads"})
"""Blueprints whose pages are about what oneself contributes."""
ASKED_WITH = {"uploads.arrived": "?size=4&checksum=00000000"}


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    app = build_app(runtime, limited=False)

    @app.get("/es/forgotten-endpoint")
    def forgotten_endpoint() -> str:
        return "secret"

    return app


class Clients(dict[Role | None, FlaskClient]):
    """A visitor for each role, logged in when first asked for."""

    def __init__(self, app: Flask, accounts: Mapping[Role, Account]) -> None:
        self._app = app
        self._accounts = accounts

    def __missing__(self, who: Role | None) -> FlaskClient:
        self[who] = visitor(self._app, self._accounts[who] if who else None)
        return self[who]


@pytest.fixture
def clients(app: Flask, runtime: Runtime) -> Clients:
    with runtime.database.writing() as session:
        organizations.create(session, "operator", Profile("Red", "refugee-led"))
        a_waiting_document(runtime, session)
    accounts = {role: an_account(runtime, role) for role in Role}
    with runtime.database.writing() as session:
        for role, account in accounts.items():
            a_draft(runtime, session, role, account.id)
    an_account(runtime, email="subject@example.org")
    return Clients(app, accounts)


def draft_of(role: Role | None) -> str:
    return f"draft{(role or Role.PLANNER).value[:8]}"


def a_draft(runtime: Runtime, session: Session, role: Role, contributor: int) -> None:
    row = a_document(session, state=State.DRAFT, public_id=draft_of(role))
    row.contribution = Contribution(contributor_id=contributor)
    with_file(runtime, session, row, a_pdf("Borrador"))


def a_waiting_document(runtime: Runtime, session: Session) -> None:
    row = a_document(session, state=State.IN_REVIEW, public_id=WAITING)
    blob = with_file(runtime, session, row, a_pdf("Espera"))
    row.files.append(
        File(role=FileRole.THUMBNAIL, sha256=blob.key, size=blob.size, media_type="image/webp")
    )


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods that a browser uses."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method


def filled(app: Flask, rule: Rule, who: Role | None = None) -> str:
    blueprint = rule.endpoint.partition(".")[0]
    public_id = draft_of(who) if blueprint in OWN else EXAMPLES.get(blueprint, "nothing")
    values = {
        "lang": "es", "number": 1, "year": 2026, "filename": "site.css",
        "public_id": public_id, "name": "title",
        "token": "nothing", "person_id": 5, "organization_id": 1, "link_id": 9, "job_id": 9,
        "label_id": 9,
    }  # fmt: skip
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        chosen = {name: values[name] for name in rule.arguments - set(rule.defaults or {})}
        address = adapter.build(rule.endpoint, chosen | dict(rule.defaults or {}))
    return address + ASKED_WITH.get(rule.endpoint, "")


@pytest.mark.parametrize("who", WHO, ids=str)
def test_every_role_gets_exactly_what_the_table_says(
    app: Flask, clients: Clients, who: Role | None
) -> None:
    client = clients[who]
    client.get("/es/never-was")  # a first page brings the cookie of its form's token
    nowhere = {m: client.open("/es/never-was", method=m) for m in ("GET", "POST")}
    for rule, method in rules(app):
        if rule.endpoint in PUBLIC or "log_out" in rule.endpoint:
            continue
        address = filled(app, rule, who)
        answer = client.open(address, method=method, buffered=True)
        roles = MAY.get(rule.endpoint, frozenset())
        if who in roles:
            assert answer.status_code == (200 if method == "GET" else 400), address
        elif who is None and roles:
            assert_sent_to_log_in(answer, method)
        else:
            unknown = nowhere[method]
            assert answer.status_code == 404, address
            assert TOKEN.sub("", answer.text) == TOKEN.sub("", unknown.text), address
            assert dict(answer.headers) == dict(unknown.headers)


def assert_sent_to_log_in(answer: object, method: str) -> None:
    if method == "GET":
        assert answer.status_code == 302  # type: ignore[attr-defined]
        assert answer.headers["Location"].startswith("/es/log-in?next=")  # type: ignore[attr-defined]
    else:
        assert answer.status_code == 400  # type: ignore[attr-defined]
        assert "su sesión se cerró" in answer.text  # type: ignore[attr-defined]


def test_the_table_and_the_public_list_name_what_there_is_and_nothing_twice(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known >= MAY.keys()
    assert not PUBLIC & MAY.keys()
    assert known - PUBLIC - MAY.keys() == {"forgotten_endpoint"}


@pytest.mark.parametrize("who", [None, Role.CONTRIBUTOR, Role.ADMINISTRATOR], ids=str)
def test_no_form_acts_without_its_token_and_nothing_typed_is_lost(
    app: Flask, runtime: Runtime, clients: Clients, who: Role | None
) -> None:
    client = clients[who]
    sent = 0
    for rule, method in rules(app):
        roles = MAY.get(rule.endpoint, frozenset())
        if method != "POST" or not (rule.endpoint in PUBLIC or who in roles):
            continue
        typed = {"name": CANARY, "email": '"><b>', "password": "canary-secret", "csrf_token": "x"}
        answer = client.post(filled(app, rule, who), data=typed)
        sent += 1
        assert answer.status_code == 400, rule
        assert f'<input type="hidden" name="name" value="{CANARY}">' in answer.text
        assert 'value="&#34;&gt;&lt;b&gt;"' in answer.text
        assert "canary-secret" not in answer.text
        assert 'type="password" id="f-password"' in answer.text
        assert HEADERS.keys() <= set(answer.headers.keys())
        assert answer.headers["Cache-Control"] == "no-store"
    assert sent >= 5


def test_what_was_typed_can_be_sent_again_from_the_page_that_kept_it(
    clients: Clients,
) -> None:
    client = clients[Role.ADMINISTRATOR]
    kept = client.post("/es/organizations/new", data={"name": "Otra", "source_kind": "academic"})
    again = {"name": "Otra", "source_kind": "academic", "csrf_token": token(kept.text)}
    assert client.post("/es/organizations/new", data=again).status_code == 303
    assert "Otra" in client.get("/es/organizations").text


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_of_another_site_gets_neither_a_page_to_send_nor_a_cookie(
    clients: Clients, origin: str
) -> None:
    for address in ("/es/log-in", "/es/people/invite"):
        answer = clients[None].post(
            address, data={"email": CANARY}, headers={"Sec-Fetch-Site": origin}
        )
        assert answer.status_code == 400
        assert CANARY not in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("who", WHO, ids=str)
@pytest.mark.parametrize("group", ["public", "registered", "curators", "ntt"])
def test_documents_are_found_by_those_they_are_for(
    app: Flask, runtime: Runtime, clients: Clients,
    who: Role | None, group: str,
) -> None:  # fmt: skip
    with runtime.database.writing() as session:
        row = a_document(session, "Canario", ["Texto canario"], audience=[group])
        with_file(runtime, session, row, a_pdf("Canario"))
        public_id = row.public_id
    indexed(runtime)
    allowed = group in (AUDIENCES[who] if who else {"public"})
    client = clients[who]
    for address in (
        f"/es/documents/{public_id}",
        f"/es/documents/{public_id}/pages/1",
        f"/documents/{public_id}/file",
    ):
        answer = client.get(address, buffered=True)
        assert answer.status_code == (200 if allowed else 404), address
        if allowed and who:
            assert answer.headers["Cache-Control"] == "no-store"
    for address in ("/es/", "/es/search?q=canario", "/es/search"):
        assert (f"/es/documents/{public_id}" in client.get(address).text) is allowed


def test_planners_and_contributors_are_in_no_national_team_by_their_role() -> None:
    for role in (Role.PLANNER, Role.CONTRIBUTOR):
        assert AUDIENCES[role] == {"public", "registered"}
    assert "curators" in AUDIENCES[Role.CURATOR]


def test_links_lead_to_pages_that_exist(app: Flask, runtime: Runtime) -> None:
    """Mail and command line write addresses without Flask; they must be the site's own."""
    with runtime.database.writing() as session:
        invitation = Invitation("new@example.org", Role.PLANNER, "en")
        invited = links.invite(session, "operator", invitation, by_mail=False)
        person = an_account_in(session)
        reset = links.make_reset(session, "operator", person, by_mail=False)
    for purpose, secret in ((LinkPurpose.INVITATION, invited), (LinkPurpose.RESET, reset)):
        address = links.address("", purpose, "en", str(secret))
        assert app.test_client().get(address).status_code == 200


def an_account_in(session: object) -> int:
    from repo_app.services import passwords, people

    row = people.enrol(
        session,  # type: ignore[arg-type]
        "other@example.org",
        "Otra",
        Role.PLANNER,
        "en",
        passwords.hashed("cuatro perros azules"),
    )
    return row.id
