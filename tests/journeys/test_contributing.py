"""Contributing without a script: from the first screen to sent, on a bad line, in two windows,
twice, by mistake, and by people it is no business of."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import LANGUAGES
from ingest import Sandbox
from repo_app.models import Consent, Contribution, Document, Membership, Naming, State
from repo_app.runtime import Runtime
from repo_app.services import organizations
from repo_app.services.organizations import Profile
from repo_app.web import build_app
from tests.accounts import an_account, send, token, visitor
from tests.contributing import (
    BOXES,
    NEEDED,
    PDF,
    answer,
    answered,
    begun,
    document,
    with_file,
    with_file_at,
    words,
)
from tests.factories import a_document
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")


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


def test_an_answer_that_comes_too_late_is_told_so_and_given_back(
    runtime: Runtime, me: FlaskClient
) -> None:
    draft = begun(me)
    answered(me, draft)
    answer(me, draft, "url", "https://example.org/informe")
    page, form = token(me.get(f"{draft}/title").text), me.get(f"{draft}/file").text
    send(me, f"{draft}/send", agreed=BOXES)
    for name, values, shown in (
        ("abstract", ["Lo que escribí en la otra ventana"], "Lo que escribí en la otra ventana"),
        ("year", ["mil"], "mil"),
        ("countries", ["SV"], "El Salvador"),
        ("document_kind", ["research-report"], "nforme"),
    ):
        late = me.post(f"{draft}/{name}", data={"csrf_token": page, name: values})
        assert late.status_code == 409
        assert "Ya se había enviado" in late.text
        assert shown in late.text.partition('role="alert"')[2].partition("</dl>")[0]
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


def test_authors_that_do_not_fit_come_back_with_a_sentence(me: FlaskClient) -> None:
    draft = begun(me)
    named = "\n".join(f"Persona {n}" for n in range(201))
    refused = answer(me, draft, "authors", named)
    assert refused.status_code == 422
    assert "Son más de 200 personas autoras" in refused.text
    assert "Persona 200" in refused.text
