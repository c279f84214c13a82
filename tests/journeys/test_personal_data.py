"""Whoever contributes and whoever reviews is told where personal data may stand; nobody else is."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest import Sandbox
from repo_app.models import State
from repo_app.runtime import Runtime
from tests.accounts import visitor
from tests.contributing import answer, begun, document, with_file, words
from tests.factories import a_document
from tests.pdfs import a_pdf
from tests.reading import read_all

pytestmark = pytest.mark.usefixtures("cheap_passwords")
FILE = a_pdf(
    [
        "Mesas de convivencia en Choloma, Honduras. Un informe de la municipalidad.",
        "Contacto: canary.person@example.org, tel. 5550-1147.",
    ]
)
EMAILS = "It may hold e-mail addresses of persons (1 found; pages: 2)."
NOTED = ["personal-data:email:1:2", "personal-data:shoe:1:1", "unheard-of"]


def test_a_contributor_is_warned_by_page_and_never_shown_the_value(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me, "en")
    with_file(me, draft, FILE)
    read_all(runtime, sandbox)
    page = words(me.get(draft).text)
    assert EMAILS in page
    assert "telephone numbers of persons (1 found; pages: 2)" in page
    assert "Please look at these pages" in page
    assert "canary.person" not in page
    assert not any("canary" in remark for remark in document(runtime, draft).remarks)


def test_a_curator_is_warned_and_readers_are_not(
    runtime: Runtime, app: Flask, desk: FlaskClient
) -> None:
    with runtime.database.writing() as session:
        waiting = a_document(session, state=State.IN_REVIEW, remarks=NOTED)
        public = a_document(session, state=State.PUBLISHED, remarks=NOTED)
        session.flush()
        paths = waiting.public_id, public.public_id
    assert EMAILS in words(desk.get(f"/en/review/{paths[0]}").text)
    assert EMAILS in words(desk.get("/en/review/").text)
    read = visitor(app).get(f"/en/documents/{paths[1]}", follow_redirects=True)
    assert read.status_code == 200
    assert "personal" not in words(read.text)
    assert "e-mail addresses" not in words(read.text)


def test_the_scope_its_text_speaks_for_is_told_and_not_chosen(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me, "en")
    with_file(me, draft, FILE)
    read_all(runtime, sandbox)
    page = me.get(f"{draft}/scope").text
    assert "“Choloma”" in page
    assert 'value="local" checked' not in page
    assert document(runtime, draft).scope is None
    answer(me, draft, "scope", "national")
    assert document(runtime, draft).scope == "national"


def test_where_the_text_speaks_for_nothing_the_page_says_so(
    runtime: Runtime, me: FlaskClient, sandbox: Sandbox
) -> None:
    draft = begun(me, "en")
    silent = "The text does not clearly speak for any of these."
    assert silent not in words(me.get(f"{draft}/tags").text)
    with_file(me, draft, a_pdf(["La receta lleva harina, agua, sal y un poco de paciencia."]))
    read_all(runtime, sandbox)
    assert silent in words(me.get(f"{draft}/tags").text)
