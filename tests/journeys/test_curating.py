"""Curators at work: editing, taking away, tagging many, merging, depositing; and everybody who
may do none of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repo_app.models import Contribution, Document, Naming, Organization, Role, State
from repo_app.runtime import Runtime
from repo_app.services import withdrawals
from repo_app.workflow import CONTRIBUTOR
from tests.accounts import an_account, token, visitor
from tests.curating import WORDS, fields, held, save, tags_of
from tests.factories import a_document
from tests.pages import timeless

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def test_saving_the_page_as_it_stands_changes_nothing(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    page = desk.get(f"/es/curate/{study}").text
    assert "Licencia: MIT" in page
    answer = save(desk, f"/es/curate/{study}", fields(page))
    assert answer.headers["Location"].endswith("done=same")
    row = held(runtime, study)
    assert (row.revision, row.licence) == (1, "MIT")


def test_what_a_curator_changes_is_read_by_everybody_and_told_in_the_history(
    runtime: Runtime, app: Flask, desk: FlaskClient, study: str
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text)
    form |= {"title": ["Estudio del río"], "countries": ["HN", "SV"], "year": ["2021"]}
    answer = save(desk, f"/es/curate/{study}", form)
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert "Guardado." in page
    assert "<del>Estudio de la frontera</del>" in page
    assert "<del>Guatemala; Honduras</del>" in page
    assert "Curaduría" in page
    public = app.test_client().get(f"/es/documents/{study}").text
    assert "Estudio del río" in public
    assert "equipo curador" not in public
    assert "Para el equipo curador" in desk.get(f"/es/documents/{study}").text
    assert tags_of(held(runtime, study)) == {"HN", "SV", "local-integration"}


def test_two_curators_at_once_lose_nothing(
    runtime: Runtime, app: Flask, desk: FlaskClient, study: str
) -> None:
    other = visitor(app, an_account(runtime, Role.CURATOR, "second@example.org"))
    mine = fields(desk.get(f"/es/curate/{study}").text)
    theirs = fields(other.get(f"/es/curate/{study}").text)
    save(other, f"/es/curate/{study}", theirs | {"title": ["Título de ella"]})
    answer = save(desk, f"/es/curate/{study}", mine | {"title": ["Mío"], "abstract": ["Otro"]})
    assert answer.status_code == 409
    assert "no se guardó nada" in answer.text
    assert "<b>Título</b>: Título de ella" in answer.text
    again = fields(answer.text)
    assert (again["title"], again["abstract"]) == (["Mío"], ["Otro"])
    assert held(runtime, study).title == "Título de ella"
    assert save(desk, f"/es/curate/{study}", again).status_code == 303
    row = held(runtime, study)
    assert (row.title, row.abstract, row.revision) == ("Mío", "Otro", 3)


def test_an_unusable_answer_comes_back_with_everything_typed(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text)
    form |= {"title": [""], "year": ["veinte"], "abstract": ["Nuevo"], "countries": []}
    answer = save(desk, f"/es/curate/{study}", form)
    assert answer.status_code == 422
    for name in ("title", "year", "countries"):
        assert f'href="#f-{name}"' in answer.text
    again = fields(answer.text)
    assert (again["year"], again["abstract"]) == (["veinte"], ["Nuevo"])
    assert held(runtime, study).abstract.startswith("Qué se sabe")


def test_what_was_never_said_does_not_keep_the_rest_from_being_corrected(
    runtime: Runtime, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        public_id = a_document(session, "Sin más", source_kind=None).public_id
    form = fields(desk.get(f"/es/curate/{public_id}").text) | {"year": ["2020"]}
    assert save(desk, f"/es/curate/{public_id}", form).status_code == 303
    assert held(runtime, public_id).year == 2020
    form = fields(desk.get(f"/es/curate/{public_id}").text) | {"language": [""]}
    assert save(desk, f"/es/curate/{public_id}", form).status_code == 422


def test_a_name_that_is_withheld_is_withheld_from_curators_too(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        row.organization = Organization(name="Canario secreto", naming=Naming.WITHHELD)
        session.add(Organization(name="Otra secreta", naming=Naming.ALIAS, alias="Red del Sur"))
        session.flush()
        key = row.organization_id
    page = desk.get(f"/es/curate/{study}").text
    assert "secret" not in page
    assert f'value="{key}"' not in page.partition('name="organization"')[2].partition("</select")[0]
    assert "Red del Sur" in page
    guessed = fields(page) | {"organization": [str(key)]}
    assert save(desk, f"/es/curate/{study}", guessed).status_code == 422
    answer = save(desk, f"/es/curate/{study}", fields(page) | {"year": ["2022"]})
    assert "secret" not in desk.get(answer.headers["Location"]).text
    assert held(runtime, study).organization_id == key


@pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED}))
def test_only_what_is_in_review_or_published_can_be_edited(
    runtime: Runtime, desk: FlaskClient, study: str, state: State
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text)
    with runtime.database.writing() as session:
        session.query(Document).one().state = state
    answer = desk.get(f"/es/curate/{study}")
    sent = save(desk, f"/es/curate/{study}", form | {"title": ["Canario"]})
    hidden = state in (State.DRAFT, State.WITHDRAWN)
    assert answer.status_code == (404 if hidden else 200)
    assert ('name="title"' in answer.text) is (state is State.IN_REVIEW)
    assert (held(runtime, study).title == "Canario") is (state is State.IN_REVIEW)
    assert sent.status_code == (404 if hidden else 303 if state is State.IN_REVIEW else 200)


def test_an_edit_of_what_was_taken_back_answers_like_what_never_was_and_gives_the_words_back(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text) | {"abstract": ["Mis\r\npalabras"]}
    with runtime.database.writing() as session:
        withdrawals.withdraw(session, session.query(Document).one(), CONTRIBUTOR)
    answers = [save(desk, f"/es/curate/{one}", form) for one in (study, "zzzzzzzzzz")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert re.search(r"Mis\s+palabras", answers[0].text)
    gone, unknown = (timeless(answer.text) for answer in answers)
    assert gone.replace(study, "") == unknown.replace("zzzzzzzzzz", "")
    sign = {"csrf_token": form["csrf_token"]}
    for path in (f"/es/curate/{study}/withdraw", f"/es/review/{study}/tags"):
        late = desk.post(path, data=sign)
        assert late.status_code == 404
        assert "No se hizo nada de lo que usted envió" in late.text


def test_an_edit_of_what_has_moved_on_gives_the_words_back(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text) | {"abstract": ["Mis palabras"]}
    with runtime.database.writing() as session:
        session.query(Document).one().state = State.RETURNED
    answer = save(desk, f"/es/curate/{study}", form)
    assert "Mis palabras" in answer.text
    assert "Lo que usted había escrito" in answer.text


def test_a_long_list_of_authors_from_elsewhere_stays_until_somebody_changes_it(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    many = [f"Persona {n}" for n in range(250)]
    with runtime.database.writing() as session:
        session.query(Document).one().authors = many
    form = fields(desk.get(f"/es/curate/{study}").text) | {"year": ["2021"]}
    assert save(desk, f"/es/curate/{study}", form).status_code == 303
    assert (held(runtime, study).authors, held(runtime, study).year) == (many, 2021)
    form = fields(desk.get(f"/es/curate/{study}").text)
    form["authors"] = [form["authors"][0].replace("Persona 0\n", "")]
    refused = save(desk, f"/es/curate/{study}", form)
    assert refused.status_code == 422
    assert "Son más de 200" in refused.text


def test_what_could_harm_somebody_is_kept_in_no_history(
    runtime: Runtime, desk: FlaskClient, study: str
) -> None:
    form = fields(desk.get(f"/es/curate/{study}").text) | {"authors": ["Luis Sol"]}
    save(desk, f"/es/curate/{study}", form)
    assert "Ana Paz" in desk.get(f"/es/curate/{study}").text
    form = fields(desk.get(f"/es/curate/{study}").text) | {"authors": ["Luis"], "harmful": ["1"]}
    assert save(desk, f"/es/curate/{study}", form).status_code == 303
    page = desk.get(f"/es/curate/{study}").text
    assert "Ana Paz" not in page
    assert "Luis Sol" not in page
    assert "no se guarda lo que decía" in page


def test_nobody_edits_their_own_contribution_while_it_is_in_review(
    runtime: Runtime, app: Flask
) -> None:
    account = an_account(runtime, Role.CURATOR)
    with runtime.database.writing() as session:
        row = a_document(session, "Mío", state=State.IN_REVIEW)
        row.contribution = Contribution(contributor_id=account.id)
        public_id = row.public_id
    client = visitor(app, account)
    page = client.get(f"/es/curate/{public_id}").text
    assert "aporte suyo" in page
    assert 'name="title"' not in page
    secret = token(client.get("/es/account").text)
    client.post(
        f"/es/curate/{public_id}", data={"csrf_token": secret, "title": "X", "revision": "1"}
    )
    assert held(runtime, public_id).title == "Mío"


def test_a_withdrawn_document_is_gone_at_once(
    runtime: Runtime, app: Flask, desk: FlaskClient, study: str
) -> None:
    page = desk.get(f"/es/curate/{study}/withdraw").text
    assert "no se puede deshacer" in page.lower()
    answer = desk.post(f"/es/curate/{study}/withdraw", data={"csrf_token": token(page)})
    assert answer.headers["Location"] == "/es/curate/documents/?done=withdrawn"
    assert "está retirado" in desk.get(answer.headers["Location"]).text
    for client in (desk, app.test_client()):
        assert client.get(f"/es/documents/{study}").status_code == 404
    assert desk.get(f"/es/curate/{study}").status_code == 404
    assert held(runtime, study).title == ""


def test_nobody_learns_who_contributed(runtime: Runtime, desk: FlaskClient, study: str) -> None:
    own = an_account(runtime, email="canary@example.org")
    with runtime.database.writing() as session:
        row = session.query(Document).one()
        row.contribution = Contribution(contributor_id=own.id)
        row.text_sha256 = WORDS
        a_document(session, "Otro", text_sha256=WORDS)
    for address in (f"/es/curate/{study}", "/es/curate/documents/", "/es/curate/duplicates/"):
        page = desk.get(address).text
        assert "canary" not in page
        assert own.name not in page
