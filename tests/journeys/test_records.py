"""A document's pages as people open them: what it is about, citing it, its file, its text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import LANGUAGES
from repo_app.runtime import Runtime
from repo_app.web import build_app, marking
from tests.collection import STUDY, Collection, Place
from tests.factories import a_document


@pytest.fixture(scope="module")
def beginning(collection: Collection) -> Path:
    return collection.instance


def test_a_record_says_what_it_is_about_in_sentences_that_lead_on(place: Place) -> None:
    page = place.client.get(f"/es/documents/{place.study}").text
    assert re.search(r'Habla de <a href="/es/countries/\w\w">', page)
    assert "Sirve a una prioridad del plan" in page
    assert "Es útil para una actividad del plan" in page
    assert "/es/plan/2026/P2-R2-A1" in page
    assert "Se puede buscar en 2 de 3 páginas" in page
    assert "Algunas páginas son imágenes sin texto" in page
    assert "unheard-of" not in page
    assert "imagen sin texto" in page
    assert "noviembre de 2026" in page
    assert "Creative Commons" in page


def test_a_record_can_be_cited_by_people_and_programs(place: Place) -> None:
    page = place.client.get(f"/es/documents/{place.study}").text
    tags = re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', page)
    assert ("citation_title", STUDY) in tags
    assert [value for name, value in tags if name == "citation_author"] == [
        "María Ruiz",
        "José Menjívar",
    ]
    assert ("citation_publication_date", "2024") in tags
    assert ("citation_language", "es") in tags
    assert ("citation_technical_report_institution", "Universidad de la Frontera") in tags
    assert ("citation_doi", "10.5555/1234") in tags
    address = f"http://localhost/documents/{place.study}"
    assert ("citation_pdf_url", f"{address}/file") in tags
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert data
    described = json.loads(data.group(1))
    assert described["@id"] == address
    assert described["@type"] == "Report"
    assert described["inLanguage"] == "es"
    assert described["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "María Ruiz y José Menjívar (2024)." in page
    assert f'<link rel="canonical" href="{address.replace("/documents", "/es/documents")}">' in page
    for language in LANGUAGES:
        assert f'hreflang="{language}"' in page


def test_addresses_written_down_are_the_public_ones(runtime: Runtime, place: Place) -> None:
    settings = replace(runtime.settings, public_url="https://repositorio.example")
    client = build_app(replace(runtime, settings=settings), limited=False).test_client()
    answer = client.get(f"/es/documents/{place.study}", headers={"Host": "evil.example"})
    assert f"https://repositorio.example/documents/{place.study}" in answer.text
    assert "evil.example" not in answer.text
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_file_comes_under_a_neutral_name_and_in_parts(place: Place) -> None:
    address = f"/documents/{place.study}/file"
    whole = place.client.get(address, buffered=True)
    assert whole.data == place.pdf
    assert whole.mimetype == "application/pdf"
    name = f"mirps-{place.study}-es.pdf"
    assert whole.headers["Content-Disposition"] == f"inline; filename={name}"
    assert "default-src 'none'" in whole.headers["Content-Security-Policy"]
    assert "Last-Modified" not in whole.headers
    saved = place.client.get(f"{address}?download=1", buffered=True)
    assert saved.headers["Content-Disposition"].startswith("attachment")
    part = place.client.get(address, headers={"Range": "bytes=0-4"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"%PDF-")
    etag = whole.headers["ETag"]
    again = place.client.get(address, headers={"If-None-Match": etag}, buffered=True)
    assert again.status_code == 304


def test_a_blob_that_is_gone_is_not_found(place: Place, runtime: Runtime) -> None:
    for key in list(runtime.blobs.stored()):
        runtime.blobs.delete(key)
    assert place.client.get(f"/documents/{place.study}/file").status_code == 404


@given(st.text(alphabet="ab .-\n1)", max_size=400))
def test_reflowing_a_page_moves_no_character(text: str) -> None:
    flowing = marking.reflowed(text)
    assert len(flowing) == len(text)
    assert all(a == b or (a, b) == ("\n", " ") for a, b in zip(text, flowing, strict=True))


def test_lines_that_fill_the_page_run_on_and_headings_stand_alone() -> None:
    full = "Una línea que llega hasta el borde derecho de la página impresa y"
    text = f"Título\n{full}\nsigue aquí.\n• Un punto"
    assert marking.reflowed(text) == f"Título\n{full} sigue aquí.\n• Un punto"


@given(
    st.text(alphabet="abc", max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5),
)
def test_pieces_are_the_whole_text_again(text: str, marks: list[tuple[int, int]]) -> None:
    spans = sorted((min(a, b), min(max(a, b), len(text))) for a, b in marks)
    found = marking.pieces(text, [span for span in spans if span[0] < span[1]])
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)


def test_running_heads_do_not_hide_what_tells_pages_apart(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        texts = [f"Informe anual de la Red Capítulo {n}" for n in ("uno", "dos", "tres")]
        report = a_document(session, "Informe", texts).public_id
    page = build_app(runtime, limited=False).test_client().get(f"/es/documents/{report}").text
    assert ">uno</span>" in page
    assert "Informe anual de la Red" not in page


def test_a_very_long_document_lists_its_pages_in_stretches(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        law = a_document(session, "Ley", ["Artículo"] * 30).public_id
    client = build_app(runtime, limited=False).test_client()
    first = client.get(f"/es/documents/{law}").text
    assert "/pages/12" in first
    assert "/pages/13" not in first
    assert f"/es/documents/{law}?from=13#pages" in first
    last = client.get(f"/es/documents/{law}?from=999").text
    assert "/pages/30" in last
