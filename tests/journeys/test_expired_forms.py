"""Forms of curators and administrators on a page that was open for too long: whoever was logged
out meanwhile is told what to do, and nothing that was typed is lost."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import AccessLink, Contribution, Document, Organization, Person, Role, State
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.accounts import an_account, log_in, token, visitor
from tests.factories import a_document, a_pdf

pytestmark = pytest.mark.usefixtures("cheap_passwords")

CANARY = "palabras que nadie debe perder"
EDITED = {
    "title": "Estudio", "language": "es", "source_kind": "academic", "revision": "1",
    "document_kind": "research-report", "countries": ["HN", "GT"], "abstract": CANARY,
}  # fmt: skip
MADE = {key: value for key, value in EDITED.items() if key != "revision"} | {
    "url": "https://example.org/tesis"
}
ASKED = {"decision": "return", "revision": "1", "ask": ["title=title-unclear"]}
FORMS: list[tuple[Role, str, dict[str, object]]] = [
    (Role.CURATOR, "/es/curate/published", EDITED),
    (Role.CURATOR, "/es/curate/new", MADE),
    (Role.CURATOR, "/es/review/waiting/decide", {**ASKED, "words-title": CANARY}),
    (Role.ADMINISTRATOR, "/es/organizations/new", {"name": CANARY, "source_kind": "refugee-led"}),
    (Role.ADMINISTRATOR, "/es/organizations/1", {"name": CANARY, "source_kind": "academic"}),
    (Role.ADMINISTRATOR, "/es/people/invite", {"email": "new@example.org", "role": "curator"}),
]


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    contributor = an_account(runtime).id
    with runtime.database.writing() as session:
        said = {"document_kind": "research-report", "tags": {"country": ["HN"]}}
        a_document(session, "Estudio", public_id="published", **said)  # type: ignore[arg-type]
        row = a_document(session, "Aporte", public_id="waiting", state=State.IN_REVIEW)
        row.contribution = Contribution(contributor_id=contributor)
        session.add(Organization(name="Red de muestra", source_kind="academic"))
    return build_app(runtime, limited=False)


def hidden(page: str) -> dict[str, list[str]]:
    """What the page that gives everything back would send."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


def as_sent(typed: dict[str, object]) -> dict[str, list[str]]:
    return {k: [str(v) for v in (x if isinstance(x, list) else [x])] for k, x in typed.items()}


@pytest.mark.parametrize(("role", "path", "typed"), FORMS, ids=[path for _, path, _ in FORMS])
@pytest.mark.parametrize("expired", ["the session", "the token"])
def test_a_form_that_expired_gives_everything_back_and_takes_it_again(
    runtime: Runtime, app: Flask, role: Role, path: str, typed: dict[str, object], expired: str
) -> None:
    account = an_account(runtime, role)
    client = visitor(app, account)
    sign = token(client.get(path).text)
    if expired == "the session":
        client.delete_cookie("session")
    answer = client.post(
        path, data={"csrf_token": sign if expired != "the token" else "x", **typed}
    )
    assert answer.status_code == 400
    assert "Nada se perdió" in answer.text
    assert ("ventana nueva" in answer.text) is (expired == "the session")
    kept = hidden(answer.text)
    assert {name: kept[name] for name in typed} == as_sent(typed)
    taken = _sent_again(client, account.email, path, kept, answer)
    assert taken.status_code in (200, 303)
    with runtime.database.reading() as session:
        told = [row.abstract for row in session.query(Document)]
        told += [note.words for row in session.query(Document) for note in row.notes]
        told += [row.name for row in session.query(Organization)]
        invited = session.query(AccessLink).count() == 1
    assert invited if path.endswith("invite") else CANARY in told


def _sent_again(
    client: FlaskClient, email: str, path: str, kept: dict[str, list[str]], page: TestResponse
) -> TestResponse:
    """Logged in from another window, then the page that was given back is sent; the token that
    belonged to no session is asked for once more."""
    if "ventana nueva" in page.text:
        log_in(client, email)
    answer = client.post(path, data=kept)
    return client.post(path, data=hidden(answer.text)) if answer.status_code == 400 else answer


@pytest.mark.parametrize("expired", ["the session", "the token"])
def test_files_that_did_not_come_along_are_said_to_be_chosen_again(
    runtime: Runtime, app: Flask, expired: str
) -> None:
    client = visitor(app, an_account(runtime, Role.CURATOR))
    sign = token(client.get("/es/curate/deposit/").text)
    if expired == "the session":
        client.delete_cookie("session")
    sent = {
        "csrf_token": sign if expired == "the session" else "x",
        "files": (io.BytesIO(a_pdf("A")), "a.pdf"),
    }
    answer = client.post("/es/curate/deposit/", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "Solo faltan los archivos" in answer.text
    assert 'href="/es/curate/deposit/"' in answer.text
    assert "a.pdf" not in answer.text


@pytest.mark.parametrize(
    ("role", "path", "said"),
    [
        (Role.CURATOR, "/es/curate/published/withdraw", "retirado entretanto"),
        (Role.ADMINISTRATOR, "/es/people/{}/disable", ""),
        (Role.ADMINISTRATOR, "/es/people/{}/enable", ""),
    ],
)
def test_a_button_pressed_twice_does_it_once_and_says_where_it_stands(
    runtime: Runtime, app: Flask, role: Role, path: str, said: str
) -> None:
    subject = an_account(runtime, email="subject@example.org")
    client = visitor(app, an_account(runtime, role))
    sign = {"csrf_token": token(client.get("/es/account").text)}
    first, second = (client.post(path.format(subject.id), data=sign) for _ in range(2))
    assert first.status_code == 303
    assert second.status_code == (404 if said else 303)
    assert said in second.text
    with runtime.database.reading() as session:
        person = session.query(Person).filter_by(email="subject@example.org").one()
        assert person.id == subject.id
