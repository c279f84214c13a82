"""Similar documents on a document's page."""

from __future__ import annotations

from sqlalchemy import update

from repo_app.models import Document, State
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, indexed

WELLS = "Los pozos comunitarios dan agua potable: pozos comunitarios y agua potable en el barrio."
SCHOOLS = "Las maestras abren escuelas rurales; las maestras rurales enseñan a leer a la niñez."


def test_a_document_s_page_leads_to_similar_ones_that_the_reader_may_see(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        first = a_document(session, "Pozos", [WELLS])
        like = a_document(session, "Agua para el barrio", [f"{WELLS} Y tubería."])
        gone = a_document(session, "Agua que se retiró", [WELLS])
        for n in range(8):
            a_document(session, f"Escuelas {n}", [f"{SCHOOLS} {n}"])
        address, like_id, gone_id = first.public_id, like.public_id, gone.public_id
        gone_key = gone.id
    indexed(runtime)
    client = build_app(runtime).test_client()
    page = client.get(f"/es/documents/{address}").text
    assert "Documentos parecidos" in page
    assert like_id in page
    assert gone_id in page
    with runtime.database.writing() as session:  # before the index hears of it
        hidden = update(Document).where(Document.id == gone_key).values(state=State.WITHDRAWN)
        session.execute(hidden)
    page = client.get(f"/en/documents/{address}").text
    assert "Similar documents" in page
    assert like_id in page
    assert gone_id not in page


def test_a_page_without_an_index_shows_no_similar_documents_and_no_error(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        address = a_document(session, "Pozos", [WELLS]).public_id
    answer = build_app(runtime).test_client().get(f"/es/documents/{address}")
    assert answer.status_code == 200
    assert "Documentos parecidos" not in answer.text
