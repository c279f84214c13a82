"""From a question to a cited page, in both languages, as a reader walks it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import abort
from markupsafe import escape

from config import LANGUAGES
from index import SearchUnavailable
from repo_app import jobs
from repo_app.i18n import translator
from repo_app.models import Job, State
from repo_app.runtime import Runtime
from repo_app.web import build_app
from repo_app.web.errors import SENTENCES
from tests.collection import Collection, Place
from tests.factories import a_document


@pytest.fixture(scope="module")
def beginning(collection: Collection) -> Path:
    return collection.instance


@pytest.mark.parametrize(
    ("browser", "remembered", "language"),
    [
        ("", "", "es"),
        ("en-GB,en;q=0.9", "", "en"),
        ("de, fr", "", "es"),
        ("en", "es", "es"),
        ("", "xx", "es"),
    ],
)
def test_a_bare_address_leads_to_the_readers_language(
    place: Place, browser: str, remembered: str, language: str
) -> None:
    if remembered:
        place.client.set_cookie("language", remembered)
    headers = {"Accept-Language": browser} if browser else {}
    answer = place.client.get("/search?q=a%26b&country=HN", headers=headers)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{language}/search?q=a%26b&country=HN"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_every_bare_address_keeps_its_question(place: Place) -> None:
    for address in ("/", "/plan", "/plan/2026", "/about", "/accessibility"):
        assert place.client.get(address).status_code == 302
    page = place.client.get(f"/documents/{place.study}/pages/3?q=empleo")
    assert page.headers["Location"] == f"/es/documents/{place.study}/pages/3?q=empleo"


def test_the_switch_keeps_path_question_and_filters(place: Place) -> None:
    asked = "q=integraci%C3%B3n&country=HN&country=GT&sort=newest&page=1"
    page = place.client.get(f"/es/search?{asked}").text
    switch = re.search(r'class="switch" href="([^"]+)"', page)
    assert switch
    assert switch.group(1).replace("&amp;", "&") == f"/en/search?{asked}"


def test_the_first_page_counts_what_is_held_and_keeps_the_plans_five_apart(place: Place) -> None:
    page = place.client.get("/es/").text
    assert "14 documentos hasta ahora" in page
    five, outside = page.split('class="outside"')
    for kind in ("academic", "civil-society", "refugee-led", "local-government", "private-sector"):
        assert f"source_kind={kind}" in five
    assert "source_kind=international-org" in outside
    assert "source_kind=international-org" not in five


def test_a_search_leads_to_the_page_where_the_words_stand(place: Place) -> None:
    page = place.client.get("/es/search?q=empleo formal").text
    assert "<strong>1 documento</strong>" in page
    assert "<mark>empleo formal</mark>" in page
    link = re.search(r'href="([^"]+/pages/3\?q=empleo\+formal#found)"', page)
    assert link
    reading = place.client.get(link.group(1).split("#")[0]).text
    assert '<mark id="found">empleo formal</mark>' in reading
    assert f"/documents/{place.study}/file#page=3" in reading
    assert f"/documents/{place.study}/pages/2?q=empleo+formal" in reading


def test_every_filter_is_a_link_that_can_be_taken_back(place: Place) -> None:
    page = place.client.get("/es/search?q=integración").text
    chosen = re.search(r'href="(\?q=[^"]*country=HN)"', page)
    assert chosen
    narrowed = place.client.get(f"/es/search{unescape(chosen.group(1))}").text
    assert "Filtros (1)" in narrowed
    assert "Quitar el filtro" in narrowed
    assert 'href="?q=integraci%C3%B3n"' in narrowed
    assert '<input type="hidden" name="country" value="HN">' in narrowed


def test_several_values_of_one_filter_widen(place: Place) -> None:
    both = place.client.get("/es/search?country=HN&country=SV").text
    assert "<strong>2 documentos</strong>" in both
    none = place.client.get("/es/search?country=HN&language=en").text
    assert "Todavía no encontramos nada" in none
    assert "Buscar sin los filtros" in none


def test_pages_of_results_follow_one_another_without_gap_or_double(place: Place) -> None:
    first = place.client.get("/es/search?sort=title").text
    following = re.search(r'href="([^"]+)" rel="next nofollow"', first)
    assert following
    second = place.client.get(f"/es/search{unescape(following.group(1))}").text
    titles = re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", first + second)
    assert len(titles) == len(set(titles)) == 14
    assert 'rel="next' not in second
    beyond = place.client.get("/es/search?page=99")
    assert beyond.status_code == 200
    assert "No hay tantas páginas" in beyond.text


def test_words_of_another_language_say_which(place: Place) -> None:
    spanish = place.client.get("/es/search?q=rent").text
    assert f'href="/es/documents/{place.english}" lang="en"' in spanish
    assert '<p lang="en">' in spanish
    english = place.client.get("/en/search?q=rent").text
    assert 'lang="en"' not in english.split("<main")[1]


def test_nothing_found_says_what_may_help(place: Place) -> None:
    page = place.client.get('/es/search?q="formal empleo"&country=HN').text
    for way in ("Buscar las palabras sin las comillas", "1 documento", "Ver todos los documentos"):
        assert way in page
    assert "Buscar sin los filtros" not in page


def test_words_on_different_pages_are_announced(place: Place) -> None:
    page = place.client.get("/es/search?q=refugiadas empleo").text
    assert "Ninguna página contiene todas sus palabras" in page


def test_a_search_without_an_index_says_so_and_has_it_rebuilt(
    place: Place, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_query: object) -> None:
        raise SearchUnavailable

    monkeypatch.setattr(type(runtime.index), "search", lambda _self, query: gone(query))
    answer = place.client.get("/es/search?q=empleo&country=HN")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Su búsqueda no se pierde" in answer.text
    assert 'value="empleo"' in answer.text
    with runtime.database.reading() as session:
        assert session.query(Job).filter_by(kind=jobs.REBUILD_INDEX).count() == 1


def test_the_plan_shows_every_activity_and_says_where_nothing_is_held(place: Place) -> None:
    spanish = place.client.get("/es/plan").text
    assert len(re.findall(r'<li id="P\d-R\d-A\d">', spanish)) == 20
    assert spanish.count('<span class="none">aún no hay evidencia</span>') == 19 + 3
    assert "traducción de trabajo" in spanish
    assert spanish.count('<p lang="en">') == 24
    assert 'href="/es/search?activity=2026:P2-R2-A1"' in spanish
    english = place.client.get("/en/plan/2026").text
    assert "Creation of a repository of academic studies" in english
    assert "The plan names no body that carries it out." in english
    assert place.client.get("/es/plan/2031").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_goes_wrong_is_explained(place: Place, language: str) -> None:
    words = {
        "es": ("Esa página no existe", "Esta página solo sirve para leer"),
        "en": ("There is no such page", "This page only shows things"),
    }[language]
    missing = place.client.get(f"/{language}/nothing")
    assert missing.status_code == 404
    assert words[0] in missing.text
    sent = place.client.post(f"/{language}/search")
    assert sent.status_code == 405
    assert words[1] in sent.text
    assert "GET" in sent.headers["Allow"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [400, 404, 405, 413, 429, 500, 418, 502])
def test_every_error_says_what_to_do_in_the_readers_language(
    place: Place, language: str, code: int
) -> None:
    app = place.client.application
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(**_: object) -> str:
        abort(code)

    app.view_functions["about.about"] = fail
    answer = place.client.get(f"/{language}/about")
    title, advice = SENTENCES.get(code, SENTENCES[500 if code > 500 else 400])
    assert answer.status_code == code
    assert escape(translator(language)(title)) in answer.text
    assert escape(translator(language)(advice)) in answer.text


def test_criticism_is_no_ground_for_refusal(place: Place) -> None:
    about = place.client.get("/es/about").text
    assert "nunca es motivo para rechazarlo" in about


def test_health_tells_the_operator_what_runs(
    place: Place, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = place.client.get("/health")
    assert well.status_code == 200
    assert well.json == {"database": "ok", "index": "ok", "queue_age_seconds": None}
    with runtime.database.writing() as session:
        jobs.enqueue(session, jobs.REBUILD_INDEX)
    assert place.client.get("/health").json["queue_age_seconds"] >= 0

    def gone(_self: object) -> None:
        raise SearchUnavailable

    monkeypatch.setattr(type(runtime.index), "status", gone)
    ill = place.client.get("/health")
    assert ill.status_code == 503
    assert ill.json["index"] == "unavailable"


def test_people_see_that_new_documents_are_being_read(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Nuevo", state=State.RECEIVED)
    page = build_app(runtime, limited=False).test_client().get("/es/").text
    assert "Se está leyendo 1 documento nuevo" in page


def test_robots_that_train_models_are_asked_to_stay_away(place: Place) -> None:
    rules = place.client.get("/robots.txt").text
    assert "User-agent: GPTBot" in rules
    assert "Disallow: /es/search" in rules
