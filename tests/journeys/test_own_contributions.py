"""What one has contributed: nobody else's business, answered, taken back, sent anew."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repo_app import workflow
from repo_app.models import Contribution, Document, Naming, Party, ReviewNote, Role, State
from repo_app.runtime import Runtime
from repo_app.web.security import PAGE_POLICY
from repo_app.web.uploads import SCRIPT_POLICY
from repo_app.workflow import Actor
from tests.accounts import an_account, send, token, visitor
from tests.contributing import BOXES, answer, answered, begun, document, with_file, words
from tests.factories import a_document
from tests.pages import timeless

pytestmark = pytest.mark.usefixtures("cheap_passwords")


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
