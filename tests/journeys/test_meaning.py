"""Did you mean: from words this reader may see, as they are written there."""

from __future__ import annotations

import re
from html import unescape

from repo_app.models import State
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, indexed


def test_a_misspelt_question_is_answered_with_the_one_that_was_meant(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Estudio", ["La Protección internacional de la niñez."])
        a_document(session, "Borrador", ["protecsionismo"], state=State.IN_REVIEW)
    indexed(runtime)
    client = build_app(runtime).test_client()
    page = unescape(client.get("/es/search?q=protecsion+de+la+niñez&country=HN").text)
    assert "protección" not in page.split("</h1>")[1]  # it would find nothing there
    page = unescape(client.get("/es/search?q=protecsion+de+la+niñez").text)
    assert "estos son los resultados de «protección de la niñez»" in page
    assert "<mark>Protección</mark>" in page
    assert "protecsionismo" not in page
    assert "results for “protección”" in client.get("/en/search?q=protecsion").text
    assert "estos son los resultados" not in client.get("/es/search?q=protección").text


def test_whoever_meant_what_they_wrote_may_ask_for_that(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Estudio", ["La Protección internacional de la niñez."])
    indexed(runtime)
    client = build_app(runtime).test_client()
    page = unescape(client.get("/es/search?q=protecsion").text)
    link = re.search(r'<a href="(\?[^"]+)"[^>]*>Buscar exactamente «protecsion»', page)
    assert link
    page = unescape(client.get(f"/es/search{link.group(1)}").text)
    assert "Todavía no encontramos nada" in page
    assert "¿Quiso decir «protección»?" in page


def test_what_was_meant_keeps_the_rest_of_the_question(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Estudio", ["Protección temporal y protección internacional."])
    indexed(runtime)
    client = build_app(runtime).test_client()
    page = unescape(client.get('/es/search?q=protecsion+"temporal+y"+-asilo').text)
    assert 'estos son los resultados de «protección "temporal y" -asilo»' in page
