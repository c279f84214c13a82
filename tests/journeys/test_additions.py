"""What is searched for beside the words typed is told, and each part of it can be left out."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.factories import a_document, indexed

TEXTS = {
    "es": ("Desplazados", "Las personas desplazadas internas de la colonia."),
    "en": ("Displaced", "Most internally displaced people of the valley."),
    "fr": ("Déplacées", "Les personnes déplacées internes."),
}


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    with runtime.database.writing() as session:
        for language, (title, text) in TEXTS.items():
            a_document(session, title, [text], language=language)
        a_document(session, "Plan", ["El plan de desarrollo integral de la CEPAL."])
    indexed(runtime)
    return build_app(runtime, limited=False).test_client()


def asked(client: FlaskClient, address: str, language: str = "es") -> str:
    return unescape(client.get(f"/{language}/search{address}").text)


def titles(page: str) -> set[str]:
    return set(re.findall(r'<h2><a href="[^"]+"[^>]*>([^<]+)</a></h2>', page))


def link(page: str, words: str) -> str:
    found = re.search(rf'<a [^>]*href="(\?[^"]+)"[^>]*>(?:(?!</a>).)*{words}', page, re.DOTALL)
    assert found, words
    return found.group(1)


def test_a_spanish_question_finds_the_other_languages_and_says_so(client: FlaskClient) -> None:
    page = asked(client, "?q=desplazados internos")
    assert titles(page) == {"Desplazados", "Displaced", "Déplacées"}
    assert "También se buscó, con otras palabras y en otros idiomas" in page
    assert '<span lang="en">internally displaced persons' in page
    assert "En inglés" in page
    assert "<mark>internally displaced people</mark>" in page
    assert '<a href="/es/concepts/internally-displaced-persons">' in page
    assert "personas de interés de ACNUR" not in page  # hidden labels are never shown


def test_a_text_in_the_reader_s_own_language_is_in_no_other(client: FlaskClient) -> None:
    """Even where the words are read as another."""
    page = asked(client, "?q=people OR valley OR CEPAL")
    assert titles(page) == {"Displaced", "Plan"}
    assert "En español" not in page


def test_every_addition_can_be_left_out_and_taken_in_again(client: FlaskClient) -> None:
    page = asked(client, link(asked(client, "?q=desplazados internos"), "personnes déplacées"))
    assert titles(page) == {"Desplazados", "Displaced"}
    assert "No se buscó:" in page
    assert "without=internally-displaced-persons.fr" in page
    again = asked(client, link(page, "personnes déplacées"))
    assert titles(again) == {"Desplazados", "Displaced", "Déplacées"}
    alone = asked(client, link(page, "Solo las palabras que escribí"))
    assert titles(alone) == {"Desplazados"}
    assert "Se buscaron solo las palabras escritas" in alone
    assert titles(asked(client, link(alone, "Volver a buscarlo todo"))) == titles(again)


def test_what_is_left_out_stays_so_on_the_next_pages_and_orders(client: FlaskClient) -> None:
    page = asked(client, "?q=desplazados internos&without=internally-displaced-persons.fr")
    assert "without=internally-displaced-persons.fr" in link(page, "Más recientes")
    assert "without" not in link(asked(client, "?q=desplazados&without=<script>"), "Más recientes")


def test_an_acronym_of_several_readings_offers_each(client: FlaskClient) -> None:
    page = asked(client, "?q=PDI", "en")
    assert titles(page) == {"Desplazados", "Displaced", "Déplacées", "Plan"}
    assert "“PDI” has several meanings, and all were searched for." in page
    only = asked(client, link(page, "Comprehensive Development Plan"), "en")
    assert titles(only) == {"Plan"}


def test_a_page_of_a_document_marks_what_was_added(client: FlaskClient) -> None:
    page = asked(client, "?q=desplazados internos")
    reading = re.search(r'href="(/es/documents/\w+/pages/1\?q=[^"]+)#found"', page)
    assert reading
    marked = set()
    for address in re.findall(r'href="(/es/documents/\w+/pages/1\?q=[^"]+)#found"', page):
        marked |= set(re.findall(r"<mark[^>]*>([^<]+)<", unescape(client.get(address).text)))
    assert "personnes déplacées internes" in marked
    assert "internally displaced people" in marked


def test_what_is_left_out_of_a_search_is_marked_on_no_page(client: FlaskClient) -> None:
    left_out = "&without=internally-displaced-persons.en"
    page = asked(client, f"?q=desplazados internos{left_out}")
    addresses = re.findall(r'href="(/es/documents/\w+/pages/1\?[^"]+)#found"', page)
    assert addresses
    assert all(left_out in address for address in addresses)
    back = 'href="/es/search?q=desplazados+internos' + left_out
    for address in addresses:
        whole = unescape(client.get(address).text)
        assert "<mark" in whole
        assert back in whole
        listed = unescape(client.get(address.replace("/pages/1?", "/pages?")).text)
        assert "<mark>" in listed
        assert back in listed
        assert f"/pages/1?q=desplazados+internos{left_out}#found" in listed
    english = re.search(r'href="(/es/documents/\w+)"[^>]*>Displaced<', asked(client, "?q=valley"))
    assert english
    asking = "?q=desplazados+internos"
    for left, marks in ((left_out, False), ("", True)):
        for pages in ("/pages/1", "/pages"):
            shown = client.get(f"{english.group(1)}{pages}{asking}{left}").text
            assert ("<mark" in shown) is marks, (pages, left)
    assert "without" not in client.get(f"{english.group(1)}/pages{asking}").text


def test_pages_mark_the_words_that_were_put_right(client: FlaskClient) -> None:
    page = asked(client, "?q=colonya")
    (address,) = re.findall(r'href="(/es/documents/\w+/pages/1\?q=[^"]+)#found"', page)
    assert ">colonia</mark>" in client.get(address).text
