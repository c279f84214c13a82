"""Did you mean: from words this reader may see, as they are written there."""

from __future__ import annotations

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
    assert "¿Quiso decir «protección de la niñez»?" not in page  # it would find nothing there
    page = unescape(client.get("/es/search?q=protecsion+de+la+niñez").text)
    assert "¿Quiso decir «protección de la niñez»?" in page
    assert "protecsionismo" not in page
    assert "Did you mean “protección”?" in client.get("/en/search?q=protecsion").text
    assert "¿Quiso decir" not in client.get("/es/search?q=protección").text


def test_what_was_meant_keeps_the_rest_of_the_question(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Estudio", ["Protección temporal y protección internacional."])
    indexed(runtime)
    client = build_app(runtime).test_client()
    page = unescape(client.get('/es/search?q=protecsion+"temporal+y"+-asilo').text)
    assert '¿Quiso decir «protección "temporal y" -asilo»?' in page
