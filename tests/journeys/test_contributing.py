"""Contributing without a script: from the first screen to sent, on a bad line, in two windows,
twice, by mistake, and by people it is no business of."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import LANGUAGES, Settings
from ingest import Sandbox
from repo_app import schema, workflow
from repo_app.models import (
    Consent,
    Contribution,
    Document,
    Membership,
    Naming,
    Party,
    ReviewNote,
    Role,
    State,
)
from repo_app.runtime import Runtime, running
from repo_app.services import arrivals, organizations, withdrawals
from repo_app.services.arrivals import FOLDER, PIECE
from repo_app.services.organizations import Profile
from repo_app.web import build_app
from repo_app.web.security import PAGE_POLICY
from repo_app.web.uploads import SCRIPT_POLICY
from repo_app.workflow import Actor
from tests.accounts import an_account, send, token, visitor
from tests.factories import a_document
from tests.pages import timeless
from tests.pdfs import a_pdf
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")

PDF = a_pdf(["Informe sobre el retorno a Honduras", "Las personas retornadas piden trabajo."])
CANARY = "canary-of-a-file-name"
ADDRESS = "203.0.113.7"
BOXES = ["publish", "nobody-singled-out", "no-child-recognised"]
NEEDED = {
    "title": "Retorno y arraigo",
    "language": "es",
    "source_kind": "refugee-led",
    "document_kind": "position-input",
    "countries": ["HN", "GT"],
}


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return build_app(runtime, limited=False)


@pytest.fixture
def me(runtime: Runtime, app: Flask) -> FlaskClient:
    return visitor(app, an_account(runtime))


def begun(client: FlaskClient, language: str = "es") -> str:
    """The address of a new draft."""
    answer = send(client, f"/{language}/contributions/new")
    assert answer.status_code == 303
    return answer.headers["Location"].removesuffix("/file")


def with_file(client: FlaskClient, draft: str, content: bytes = PDF) -> TestResponse:
    return with_file_at(client, draft, content, token(client.get(f"{draft}/file").text))


def with_file_at(client: FlaskClient, draft: str, content: bytes, sign: str = "") -> TestResponse:
    """As a browser writes it; a form somebody made themselves has no token."""
    part = "--end\r\nContent-Disposition: form-data; name="
    body = (
        f'{part}"csrf_token"\r\n\r\n{sign}\r\n'
        f'{part}"file"; filename="{CANARY}.pdf"\r\nContent-Type: x/canary\r\n\r\n'
    )
    return client.post(
        f"{draft}/file",
        data=body.encode() + content + b"\r\n--end--\r\n",
        content_type="multipart/form-data; boundary=end",
    )


def answer(client: FlaskClient, draft: str, name: str, *values: str) -> TestResponse:
    return send(client, f"{draft}/{name}", **{name: list(values)})


def answered(client: FlaskClient, draft: str) -> None:
    for name, value in NEEDED.items():
        values = value if isinstance(value, list) else [value]
        assert answer(client, draft, name, *values).status_code == 303, name


def document(runtime: Runtime, draft: str) -> Document:
    with runtime.database.reading() as session:
        public_id = draft.rpartition("/")[2]
        return session.query(Document).filter_by(public_id=public_id).one()


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_first_file_one_short_screen_says_what_will_become_of_it(
    me: FlaskClient, language: str
) -> None:
    page = me.get(f"/{language}/contributions/new").text
    begin = page.index('<div id="before">')
    screen = words(page[begin : page.index("</div>", begin)])
    assert 60 < len(screen.split()) <= 150
    longest = max(len(sentence.split()) for sentence in re.split(r"[.:]", screen))
    assert longest <= 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_goes_from_the_first_screen_to_the_curators(
    runtime: Runtime, me: FlaskClient, language: str, sandbox: Sandbox
) -> None:
    draft = begun(me, language)
    assert with_file(me, draft).headers["Location"] == draft
    page = me.get(draft).text
    assert '<meta http-equiv="refresh" content="5;' in page
    assert me.get(f"{draft}?look=12").text.count("http-equiv") == 0
    read_all(runtime, sandbox)
    page = me.get(draft).text
    assert "http-equiv" not in page
    assert {"es": "por confirmar", "en": "please confirm"}[language] in page
    assert "retorno" in me.get(f"{draft}/title").text
    answered(me, draft)
    preview = me.get(f"{draft}/send").text
    assert "Retorno y arraigo" in preview
    assert f"{draft}/copy" in preview
    assert me.get(f"{draft}/copy", buffered=True).data.startswith(b"%PDF-")
    sent = send(me, f"{draft}/send", agreed=BOXES)
    assert sent.headers["Location"] == f"{draft}?done=sent"
    assert document(runtime, draft).state is State.IN_REVIEW
    page = me.get(sent.headers["Location"]).text
    assert {"es": "Se ha enviado", "en": "It has been sent"}[language] in page
    with runtime.database.reading() as session:
        assert session.query(Consent).one().language == language


def test_saving_leads_to_the_next_question_that_is_open(me: FlaskClient) -> None:
    draft = begun(me)
    assert answer(me, draft, "title", "Uno").headers["Location"] == f"{draft}/language"
    assert answer(me, draft, "language", "es").headers["Location"] == f"{draft}/year"
    assert answer(me, draft, "title", "Dos").headers["Location"] == f"{draft}/year"
    to_list = send(me, f"{draft}/year", year="2024", list="1")
    assert to_list.headers["Location"] == draft
    assert answer(me, draft, "licence", "").headers["Location"] == draft  # the last one


def test_proposals_are_offered_with_their_reasons_and_taken_only_by_ticking(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me)
    with_file(me, draft)
    read_all(runtime, sandbox)
    page = me.get(f"{draft}/countries").text
    assert re.search(r'value="HN"> <span>Honduras <small>“Honduras” .*en el título', page)
    assert " checked" not in page
    answer(me, draft, "countries", "HN", "AR")
    page = me.get(f"{draft}/countries").text
    assert set(re.findall(r'value="(\w+)" checked', page)) == {"HN", "AR"}
    tags = me.get(f"{draft}/tags").text
    assert re.search("“retorno” .*en el título", tags)
    assert tags.count('type="checkbox"') >= 34 + 20 + 4
    sent = answer(me, draft, "tags", "theme=return-reintegration", "activity=2026:P2-R2-A4")
    assert sent.status_code == 303
    with runtime.database.reading() as session:
        row = session.query(Document).one()
        confirmed = {(t.facet, t.value) for t in row.tags if t.confirmed_on}
    assert ("priority", "2026:P2") in confirmed  # an activity brings its priority along


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("title", "", "Escriba el título"),
        ("title", "x" * 501, "500 caracteres"),
        ("year", "veinte", "cuatro cifras"),
        ("url", "javascript:alert(1)", "dirección completa"),
        ("url", "un sitio <b>", "dirección completa"),
        ("abstract", "palabra " * 800, "6,000 caracteres"),
        ("language", "xx", "Elija entre lo que se ofrece"),
        ("countries", "XX", "Elija entre lo que se ofrece"),
        ("tags", "theme=nothing", "Elija entre lo que se ofrece"),
        ("organization", "99", "Elija entre lo que se ofrece"),
        ("source_kind", "", "Elija quién habla"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_to_do(
    runtime: Runtime, me: FlaskClient, name: str, typed: str, sentence: str
) -> None:
    draft = begun(me)
    back = answer(me, draft, name, typed)
    assert back.status_code == 422
    assert sentence in words(back.text)
    assert f'href="#f-{name}"' in back.text
    assert f'id="f-{name}"' in back.text
    if name in ("title", "year", "url", "abstract"):
        assert unescape(back.text).count(typed.strip() or "id=") >= 1
    assert document(runtime, draft).revision == 1  # nothing was written


def test_two_windows_on_two_questions_do_not_undo_each_other(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    first, second = me.get(f"{draft}/title").text, me.get(f"{draft}/year").text
    me.post(f"{draft}/title", data={"csrf_token": token(first), "title": "Uno"})
    me.post(f"{draft}/year", data={"csrf_token": token(second), "year": "2020"})
    me.post(f"{draft}/title", data={"csrf_token": token(first), "title": "Uno"})
    found = document(runtime, draft)
    assert (found.title, found.year) == ("Uno", 2020)


def test_nothing_typed_is_lost_when_the_session_has_ended(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    seen = token(me.get(f"{draft}/tags").text)
    me.delete_cookie("session")
    chosen = ["theme=local-integration", "population=refugees"]
    kept = me.post(f"{draft}/tags", data={"csrf_token": seen, "tags": chosen})
    assert kept.status_code == 400
    for value in chosen:
        assert f'name="tags" value="{value}"' in kept.text
        assert f"<li>{value}</li>" not in kept.text
    back = visitor(build_app(runtime, limited=False))
    assert back.get(draft).status_code == 302  # to logging in


def test_pressing_twice_begins_one_and_sends_one(runtime: Runtime, me: FlaskClient) -> None:
    draft = begun(me)
    assert begun(me) == draft
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/a")
    page = me.get(f"{draft}/send").text
    form = {"csrf_token": token(page), "agreed": BOXES}
    for _ in range(2):
        assert me.post(f"{draft}/send", data=form).status_code == 303
    with runtime.database.reading() as session:
        assert session.query(Consent).count() == 1
        assert session.query(Document).one().state is State.IN_REVIEW
    # From the back button: every page of the form leads to where it is now.
    for path in ("send", "title", "file"):
        assert me.get(f"{draft}/{path}").headers["Location"] == draft
    late = me.post(f"{draft}/title", data={"csrf_token": token(page), "title": "Otro"})
    assert late.status_code == 409
    assert document(runtime, draft).title == "Retorno y arraigo"


def test_what_is_missing_is_listed_with_links_and_nothing_is_sent(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    page = me.get(f"{draft}/send").text
    for name in ("file", *NEEDED):
        assert f'<li><a href="{draft}/{name}">' in page
    assert 'name="agreed"' not in page
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 422
    assert document(runtime, draft).state is State.DRAFT


@pytest.mark.parametrize("lacking", BOXES)
def test_each_box_starts_empty_and_an_empty_one_sends_nothing(
    runtime: Runtime, me: FlaskClient, lacking: str
) -> None:
    draft = begun(me)
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/a")
    assert " checked" not in me.get(f"{draft}/send").text
    back = send(me, f"{draft}/send", agreed=[box for box in BOXES if box != lacking])
    assert back.status_code == 422
    assert f'id="f-{lacking}-fault"' in back.text
    assert back.text.count(" checked") == 2
    assert document(runtime, draft).state is State.DRAFT


def test_an_organization_of_ones_own_says_who_speaks(runtime: Runtime, app: Flask) -> None:
    account = an_account(runtime)
    with runtime.database.writing() as session:
        mine = organizations.create(session, "operator", Profile("Red del Río", "refugee-led"))
        other = organizations.create(session, "operator", Profile("Ajena", "academic"))
        session.add(Membership(person_id=account.id, organization_id=mine))
    client = visitor(app, account)
    draft = begun(client)
    page = client.get(f"{draft}/organization").text
    assert "Red del Río" in page
    assert "Ajena" not in page
    assert answer(client, draft, "organization", str(other)).status_code == 422
    answer(client, draft, "organization", str(mine))
    page = client.get(f"{draft}/source_kind").text
    assert 'value="refugee-led" checked' in page
    assert "Es lo que la organización dice de sí misma" in page


@pytest.mark.parametrize(
    ("naming", "alias", "said"),
    [
        (Naming.SHOWN, "", "Red del Río</label>"),
        (Naming.ALIAS, "Red R.", "Red del Río (quien lee ve «Red R.»)</label>"),
        (Naming.WITHHELD, "", "Red del Río (quien lee no ve ningún nombre)</label>"),
    ],
)
def test_whoever_names_an_organization_knows_what_readers_will_see(
    runtime: Runtime, app: Flask, naming: Naming, alias: str, said: str
) -> None:
    account = an_account(runtime)
    with runtime.database.writing() as session:
        profile = Profile("Red del Río", "refugee-led", None, naming, alias)
        mine = organizations.create(session, "operator", profile)
        session.add(Membership(person_id=account.id, organization_id=mine))
    client = visitor(app, account)
    draft = begun(client)
    assert said in client.get(f"{draft}/organization").text
    answer(client, draft, "organization", str(mine))
    assert said in client.get(f"{draft}/organization").text


@pytest.mark.parametrize(
    "path", ["", "/title", "/file", "/send", "/copy", "/take-back", "/arriving"]
)
def test_a_contribution_of_somebody_else_looks_like_an_unknown_address(
    runtime: Runtime, app: Flask, me: FlaskClient, path: str
) -> None:
    draft = begun(me)
    nowhere = draft.rpartition("/")[0] + "/nothing"
    for role in (Role.CURATOR, Role.ADMINISTRATOR):
        other = visitor(app, an_account(runtime, role))
        other.get("/es/never-was")  # a first page brings the cookie of its form's token
        unknown = other.get("/es/never-was")
        asked = "?size=4&checksum=00000000" if path == "/arriving" else ""
        seen = other.get(f"{draft}{path}{asked}")
        assert seen.status_code == 404
        assert timeless(seen.text) == timeless(unknown.text)
        assert dict(seen.headers) == dict(unknown.headers)
        if path not in ("", "/copy"):
            form = {"csrf_token": token(other.get("/es/account").text), "title": "x"}
            mine, none = (other.post(f"{at}{path}", data=form) for at in (draft, nowhere))
            assert mine.status_code == none.status_code
            assert mine.status_code in (400, 404, 422)
            assert timeless(mine.text) == timeless(none.text) or path == "/file"
    assert document(runtime, draft).title == ""


def test_pages_say_nothing_in_the_tab_and_are_kept_nowhere(me: FlaskClient) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Canario")
    for path in ("/es/contributions/", "/es/contributions/new", draft, f"{draft}/title",
                 f"{draft}/file", f"{draft}/send", f"{draft}/take-back"):  # fmt: skip
        page = me.get(path)
        assert "<title>Formulario · " in page.text, path
        assert page.headers["Cache-Control"] == "no-store"
        script = path.endswith("/file")
        policy = SCRIPT_POLICY if script else PAGE_POLICY
        assert page.headers["Content-Security-Policy"] == policy
        assert ("<script" in page.text) is script
        assert "noindex" in page.text
        assert "Salir rápido" in page.text


def test_leaving_quickly_ends_the_session(me: FlaskClient) -> None:
    draft = begun(me)
    left = send(me, "/es/log-out", seen=draft)
    assert left.headers["Location"] == "/es/"
    assert me.get(draft).status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "El archivo está vacío"),
        (b"<html><script>alert(1)</script></html>", "El archivo no es un PDF"),
    ],
)
def test_a_file_that_is_no_pdf_is_refused_at_once_whatever_it_is_called(
    runtime: Runtime, me: FlaskClient, content: bytes, sentence: str
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Mío")
    back = with_file(me, draft, content)
    assert back.status_code == 422
    assert sentence in words(back.text)
    assert back.headers["Content-Security-Policy"] == SCRIPT_POLICY
    assert list(runtime.blobs.stored()) == []
    assert document(runtime, draft).title == "Mío"


def test_a_form_without_a_file_asks_for_one(me: FlaskClient) -> None:
    draft = begun(me)
    for form in ({}, {"file": (io.BytesIO(b""), "")}):
        back = send(me, f"{draft}/file", **form)
        assert back.status_code == 422
        assert "Elija primero el archivo" in back.text


@pytest.fixture
def small(settings: Settings) -> Iterator[Runtime]:
    """An instance that takes files of at most one MiB."""
    with running(replace(settings, max_upload_mib=1)) as opened:
        schema.migrate(opened.database)
        opened.index.rebuild([])
        yield opened


@pytest.mark.parametrize("beyond", [1, 2_000_000])
def test_a_file_that_is_too_large_gets_a_kind_page_and_nothing_is_lost(
    small: Runtime, beyond: int
) -> None:
    app = build_app(small, limited=False)
    client = visitor(app, an_account(small))
    draft = begun(client)
    answer(client, draft, "title", "Mío")
    assert "1 MB" in client.get(f"{draft}/file").text
    back = with_file(client, draft, b"%PDF-" + bytes(1024 * 1024 - 5 + beyond))
    assert back.status_code in (413, 422)
    assert "más grande de lo que podemos recibir" in words(back.text)
    assert f"{draft}/file" in back.text or 'name="file"' in back.text
    assert list(small.blobs.stored()) == []
    assert document(small, draft).title == "Mío"


def test_a_file_that_is_too_large_tells_strangers_nothing(small: Runtime) -> None:
    app = build_app(small, limited=False)
    draft = begun(visitor(app, an_account(small)))
    large = b"%PDF-" + bytes(2_000_000)
    stranger = visitor(app, an_account(small, Role.PLANNER))
    assert with_file_at(stranger, draft, large).status_code == 413
    nowhere = with_file_at(stranger, draft + "x", large)
    assert timeless(nowhere.text) == timeless(with_file_at(stranger, draft, large).text)
    assert with_file_at(app.test_client(), draft, large).status_code == 413


def test_a_file_the_reader_refuses_says_why_and_what_was_said_stays(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Mío")
    with_file(me, draft, b"%PDF-1.7 and nothing")
    read_all(runtime, sandbox)
    page = words(me.get(draft).text)
    assert "No pudimos aceptar el archivo." in page
    assert "Mío" in page
    assert "por hacer: un archivo" in page
    with_file(me, draft)
    assert "No pudimos aceptar" not in me.get(draft).text


def test_a_file_sent_while_it_is_read_goes_on_by_itself_or_comes_back(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    good, bad = begun(me), ""
    with_file(me, good)
    answered(me, good)
    send(me, f"{good}/send", agreed=BOXES)
    assert document(runtime, good).state is State.RECEIVED
    assert "El archivo se está leyendo" in me.get(good).text
    bad = begun(me)
    with_file(me, bad, b"%PDF-1.7 and nothing")
    answered(me, bad)
    send(me, f"{bad}/send", agreed=BOXES)
    read_all(runtime, sandbox)
    assert document(runtime, good).state is State.IN_REVIEW
    assert document(runtime, bad).state is State.RETURNED
    listed = words(me.get("/es/contributions/").text)
    assert "De vuelta con usted" in listed
    answer(me, bad, "url", "https://example.org/a")
    assert send(me, f"{bad}/send", agreed=BOXES).status_code == 303
    assert document(runtime, bad).state is State.IN_REVIEW


def test_a_file_can_be_taken_away_and_an_address_given_instead(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    with_file(me, draft)
    assert send(me, f"{draft}/file", remove="1").status_code == 303
    assert list(runtime.blobs.stored()) == []
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/a")
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 303
    assert document(runtime, draft).state is State.IN_REVIEW


def test_the_same_content_is_told_of_and_can_be_sent_all_the_same(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    with_file(me, draft)
    key = document(runtime, draft).content_sha256
    with runtime.database.writing() as session:
        a_document(session, "Ya publicado", content_sha256=key)
        a_document(session, "Canario secreto", content_sha256=key, audience=["curators"])
    page = me.get(draft).text
    assert "Ya publicado" in page
    assert "Canario secreto" not in page
    answered(me, draft)
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 303


def test_what_a_curator_asks_stands_where_it_is_answered(runtime: Runtime, me: FlaskClient) -> None:
    draft = begun(me)
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/a")
    send(me, f"{draft}/send", agreed=BOXES)
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        row.notes.append(ReviewNote(field="title", reason="title-unclear", words="¿<b>Cuál</b>?"))
        row.notes.append(ReviewNote(field="file", reason="of a later version", words="Otro"))
        workflow.move(session, row, State.RETURNED, by=Actor(Party.CURATOR, "curator:9"))
    for path in ("/es/contributions/", draft, f"{draft}/title", f"{draft}/send"):
        page = me.get(path).text
        assert "como está en el documento" in page or "Escriba el título" in page, path
        assert "¿&lt;b&gt;Cuál&lt;/b&gt;?" in page
    assert me.get(draft).text.count("se pidió un cambio") == 2
    assert "Cuál" not in me.get(f"{draft}/year").text
    assert "Otro" in me.get(f"{draft}/file").text
    answer(me, draft, "title", "Ese")
    assert send(me, f"{draft}/send", agreed=BOXES).status_code == 303
    assert "Cuál" not in me.get("/es/contributions/").text
    assert document(runtime, draft).state is State.IN_REVIEW


def test_two_presses_from_the_list_take_it_back(runtime: Runtime, me: FlaskClient) -> None:
    draft = begun(me)
    with_file(me, draft)
    answer(me, draft, "title", "Canario")
    listed = me.get("/es/contributions/").text
    assert f'href="{draft}/take-back"' in listed
    page = me.get(f"{draft}/take-back").text
    assert "textarea" not in page  # no reason is asked for
    gone = me.post(f"{draft}/take-back", data={"csrf_token": token(page)})
    assert gone.headers["Location"] == "/es/contributions/?done=gone"
    listed = me.get(gone.headers["Location"]).text
    assert "Ya no está" in listed
    assert "Canario" not in listed
    assert me.get(draft).status_code == 404
    assert document(runtime, draft).state is State.WITHDRAWN


def test_a_published_one_can_be_taken_back_and_opened(
    runtime: Runtime, app: Flask, me: FlaskClient
) -> None:
    account = an_account(runtime, email="other@example.org")
    with runtime.database.writing() as session:
        row = a_document(session, "Canario publicado")
        row.contribution = Contribution(contributor_id=account.id)
        public_id = row.public_id
    client = visitor(app, account)
    assert f'href="/es/documents/{public_id}"' in client.get("/es/contributions/").text
    warned = words(client.get(f"/es/contributions/{public_id}/take-back").text)
    assert "Las copias que alguien ya guardó no se pueden recuperar." in warned
    assert send(client, f"/es/contributions/{public_id}/take-back").status_code == 303
    assert client.get(f"/es/documents/{public_id}").status_code == 404


def test_a_new_version_says_of_what(runtime: Runtime, app: Flask) -> None:
    account = an_account(runtime)
    with runtime.database.writing() as session:
        present = a_document(session, "El de antes")
        draft = Document(state=State.DRAFT, title="El nuevo")
        draft.contribution = Contribution(contributor_id=account.id, replaces_id=present.id)
        session.add(draft)
        session.flush()
        public_id = draft.public_id
    client = visitor(app, account)
    for path in ("", f"{public_id}", f"{public_id}/send"):
        page = client.get(f"/es/contributions/{path}").text
        assert "Será la nueva versión de «El de antes»" in page
    assert "se queda el archivo actual" in client.get(f"/es/contributions/{public_id}").text


def test_no_name_of_a_file_and_no_address_is_kept_anywhere(
    runtime: Runtime, app: Flask, caplog: pytest.LogCaptureFixture, sandbox: Sandbox
) -> None:
    client = visitor(app, an_account(runtime))
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    with caplog.at_level(logging.DEBUG):
        draft = begun(client)
        for content in (PDF, b"<html>", b"%PDF-1.7 broken"):
            page = client.get(f"{draft}/file").text
            form = {"csrf_token": token(page), "file": (io.BytesIO(content), f"{CANARY}.pdf")}
            back = client.post(f"{draft}/file", data=form, headers={"User-Agent": "canary-browser"})
            assert CANARY not in back.text
        read_all(runtime, sandbox)
        assert CANARY not in client.get(draft).text
    runtime.database.close()
    kept = [path for path in runtime.settings.instance.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        content = path.read_bytes()
        for canary in (CANARY, ADDRESS, "canary-browser"):
            assert canary.encode() not in content, path
            assert canary not in path.name
            assert canary not in caplog.text


class Line:
    """The script's side of a broken line: pieces of a file, each with the form's token."""

    def __init__(self, client: FlaskClient, draft: str, content: bytes) -> None:
        self.client, self.content = client, content
        self.token = token(client.get(f"{draft}/file").text)
        self.at = f"{draft}/arriving?size={len(content)}&checksum={zlib.crc32(content):08x}"

    def asked(self) -> TestResponse:
        return self.client.get(self.at)

    def piece(self, offset: int, length: int = PIECE, sign: str = "") -> TestResponse:
        return self.client.post(
            f"{self.at}&offset={offset}",
            data=self.content[offset : offset + length],
            content_type="application/octet-stream",
            headers={"X-CSRFToken": sign or self.token},
        )


LARGE = PDF + b"\n%" + b"x" * (2 * PIECE)


def test_a_broken_line_goes_on_from_where_it_was(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me)
    line = Line(me, draft, LARGE)
    assert line.asked().json == {"held": 0}
    assert line.piece(0).json == {"held": PIECE}
    later = Line(me, draft, LARGE)  # the page was closed, and opened another day
    assert later.asked().json == {"held": PIECE}
    doubled = later.piece(0)
    assert (doubled.status_code, doubled.json) == (409, {"held": PIECE})
    assert later.piece(PIECE).json == {"held": 2 * PIECE}
    done = later.piece(2 * PIECE)
    assert done.json == {"held": len(LARGE), "next": draft}
    # The answer was lost on its way: whoever asks again learns that all is here.
    assert later.asked().json == {"held": len(LARGE), "next": draft}
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []
    read_all(runtime, sandbox)
    assert document(runtime, draft).page_total == 2


def test_pieces_are_taken_from_nobody_else_and_never_without_the_forms_token(
    runtime: Runtime, app: Flask, me: FlaskClient
) -> None:
    draft = begun(me)
    mine = Line(me, draft, LARGE)
    assert mine.piece(0, sign="another").status_code == 400
    theirs = visitor(app, an_account(runtime, Role.CURATOR))
    other = Line(theirs, begun(theirs), LARGE)
    other.at = mine.at
    assert other.piece(0).status_code == 404
    assert other.asked().status_code == 404
    nobody = app.test_client().post(f"{mine.at}&offset=0", data=b"x")
    assert nobody.status_code == 400
    assert not (runtime.settings.instance / FOLDER).exists()


@pytest.mark.parametrize(
    "query", ["", "?size=9", "?size=x&checksum=00000000", "?size=-1&checksum=00000000",
              "?size=9&checksum=../../..", "?size=9&checksum=00000000&offset=x"],
)  # fmt: skip
def test_a_senseless_announcement_breaks_nothing(
    runtime: Runtime, me: FlaskClient, query: str
) -> None:
    draft = begun(me)
    line = Line(me, draft, LARGE)
    line.at = f"{draft}/arriving{query}"
    assert line.client.get(line.at).status_code in (200, 400)
    sent = me.post(line.at, data=b"abc", headers={"X-CSRFToken": line.token})
    assert sent.status_code in (400, 409)
    assert not (runtime.settings.instance / FOLDER).exists()


def test_a_piece_that_is_too_long_is_not_taken(me: FlaskClient) -> None:
    line = Line(me, begun(me), LARGE)
    assert line.piece(0, PIECE + 1).status_code == 400
    assert line.asked().json == {"held": 0}


def test_pieces_of_what_is_no_pdf_are_refused_with_a_sentence(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    line = Line(me, draft, b"<html></html>")
    back = line.piece(0)
    assert back.status_code == 422
    assert "El archivo no es un PDF" in back.json["sentence"]
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


def test_a_file_announced_too_large_is_refused_before_it_comes(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    line = Line(me, draft, b"%PDF-")
    line.at = f"{draft}/arriving?size={runtime.settings.max_upload_bytes + 1}&checksum=00000000"
    back = line.piece(0)
    assert back.status_code == 422
    assert "más grande" in back.json["sentence"]


def test_taking_back_forgets_what_was_arriving(runtime: Runtime, me: FlaskClient) -> None:
    draft = begun(me)
    Line(me, draft, LARGE).piece(0)
    assert len(list((runtime.settings.instance / FOLDER).iterdir())) == 1
    send(me, f"{draft}/take-back")
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_piece_that_comes_while_its_draft_is_taken_back_leaves_nothing(
    runtime: Runtime, me: FlaskClient, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    draft = begun(me)
    public_id = draft.rpartition("/")[2]
    sign = token(me.get(f"{draft}/file").text)
    accept = arrivals.accept

    def taken_back(*piece: object, **limit: object) -> int:
        """Between the look at the draft and the writing of the piece."""
        with runtime.database.writing() as session:
            withdrawals.withdraw(session, document_in(session, public_id), workflow.CONTRIBUTOR)
        arrivals.discard(runtime.settings.instance, public_id)
        return accept(*piece, **limit)  # type: ignore[arg-type]

    monkeypatch.setattr(arrivals, "accept", taken_back)
    answer = me.post(
        f"{draft}/arriving?size={len(PDF)}&checksum={zlib.crc32(PDF):08x}&offset=0",
        data=PDF if whole else PDF[:100],
        headers={"X-CSRFToken": sign},
    )
    assert answer.status_code == 404
    assert list((runtime.settings.instance / FOLDER).iterdir()) == []


def document_in(session: Session, public_id: str) -> Document:
    return session.query(Document).filter_by(public_id=public_id).one()


def test_an_answer_that_comes_too_late_is_told_so_and_given_back(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/informe")
    page, form = token(me.get(f"{draft}/title").text), me.get(f"{draft}/file").text
    send(me, f"{draft}/send", agreed=BOXES)
    for name, values, words in (
        ("abstract", ["Lo que escribí en la otra ventana"], "Lo que escribí en la otra ventana"),
        ("year", ["mil"], "mil"),
        ("countries", ["SV"], "El Salvador"),
        ("document_kind", ["research-report"], "nforme"),
    ):
        late = me.post(f"{draft}/{name}", data={"csrf_token": page, name: values})
        assert late.status_code == 409
        assert "Ya se había enviado" in late.text
        assert words in late.text.partition('role="alert"')[2].partition("</dl>")[0]
    assert document(runtime, draft).abstract == ""
    assert "Ya se había enviado" not in me.get(draft).text
    sent_late = with_file_at(me, draft, PDF, token(form))
    assert "Ya se había enviado" in me.get(sent_late.headers["Location"]).text


def test_too_many_drafts_are_told_before_another_is_begun(
    runtime: Runtime, app: Flask, me: FlaskClient
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Primero")
    with runtime.database.writing() as session:
        person = session.query(Contribution).one().contributor_id
        published = a_document(session).public_id
        session.query(Document).filter_by(public_id=published).one().contribution = Contribution(
            contributor_id=person
        )
        for n in range(49):
            row = a_document(session, f"Borrador {n}", state=State.DRAFT)
            row.contribution = Contribution(contributor_id=person, answered=["title"])
    page = me.get("/es/contributions/new").text
    assert "Tiene 50 borradores abiertos" in page
    assert "<button>Empezar" not in page
    sign = {"csrf_token": token(page)}
    for address in ("/es/contributions/new", f"/es/curate/{published}/new-version"):
        full = me.post(address, data=sign)
        assert full.status_code == 409
        assert "Tiene 50 borradores abiertos" in full.text
    me.post(f"{draft}/take-back", data=sign)
    assert me.post("/es/contributions/new", data=sign).status_code == 303


def test_whoever_was_refused_asks_for_a_second_look(
    runtime: Runtime, app: Flask, me: FlaskClient
) -> None:
    draft = begun(me)
    answer(me, draft, "title", "Informe sobre el retorno")
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        row.state, row.refusal = State.REFUSED, "out-of-scope"
    page = me.get(draft).text
    assert "pida una segunda revisión" in page
    answered_with = me.post(f"{draft}/second-look", data={"csrf_token": token(page)})
    assert answered_with.headers["Location"] == draft
    after = me.get(draft).text
    assert "Usted pidió una segunda revisión" in after
    assert "/second-look" not in after
    curator = visitor(app, an_account(runtime, Role.CURATOR))
    assert "Alguien pide que se revise otra vez" in curator.get("/es/review/").text
    assert "Se pide una segunda revisión" in curator.get("/es/review/?state=refused").text
    public_id = draft.rpartition("/")[2]
    assert "Quien lo aportó cree" in curator.get(f"/es/review/{public_id}").text
    assert curator.post(
        f"{draft}/second-look", data={"csrf_token": token(curator.get("/es/account").text)}
    ).status_code == 404  # fmt: skip


def test_authors_that_do_not_fit_come_back_with_a_sentence(me: FlaskClient) -> None:
    draft = begun(me)
    named = "\n".join(f"Persona {n}" for n in range(201))
    refused = answer(me, draft, "authors", named)
    assert refused.status_code == 422
    assert "Son más de 200 personas autoras" in refused.text
    assert "Persona 200" in refused.text


def test_a_curator_learns_no_number_of_an_organization_that_withholds_its_name(
    runtime: Runtime, app: Flask
) -> None:
    with runtime.database.writing() as session:
        row = a_document(session, organization="Canario secreto")
        assert row.organization
        row.organization.naming = Naming.WITHHELD
        session.flush()
        public_id, key = row.public_id, row.organization_id
    curator = visitor(app, an_account(runtime, Role.CURATOR))
    sign = {"csrf_token": token(curator.get("/es/account").text)}
    draft = curator.post(f"/es/curate/{public_id}/new-version", data=sign).headers["Location"]
    page = curator.get(f"{draft}/organization").text
    assert f'name="organization" value="{key}"' not in page
    assert 'value="stays" checked' in page
    guessed = curator.post(f"{draft}/organization", data={**sign, "organization": str(key)})
    assert guessed.status_code == 422
    kept = curator.post(f"{draft}/organization", data={**sign, "organization": "stays"})
    assert kept.status_code == 303
    assert document(runtime, draft).organization_id == key
