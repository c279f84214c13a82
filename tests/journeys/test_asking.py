"""The help page tells the truth, and a search that finds nothing leads to one that does."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import LANGUAGES, Settings
from index.grammar import (
    FIELD_NAMES,
    And,
    Area,
    Concept,
    Filter,
    Fuzzy,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    parse,
    terms,
)
from repo_app.runtime import Runtime, running
from repo_app.services.found_pages import PAGES_LISTED
from repo_app.web import build_app, query_help
from tests.factories import a_document, indexed

SAMPLES = Path(__file__).parents[2] / "samples"
TAGS = {
    "countries": "country",
    "themes": "theme",
    "populations": "population",
    "priorities": "priority",
    "activities": "activity",
}
CONSTRUCTS = {
    "words": Word,
    "phrase": Phrase,
    "near": Phrase,
    "or": Or,
    "not": Not,
    "group": Or,
    "prefix": Prefix,
    "fuzzy": Fuzzy,
}


@pytest.fixture(scope="module")
def samples(
    empty_instance: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """The sample collection, each document with its text as one page."""
    settings = Settings.load(tmp_path_factory.mktemp("samples") / "instance", env={})
    shutil.copytree(empty_instance, settings.instance)
    with running(settings) as runtime:
        with runtime.database.writing() as session:
            for row in csv.DictReader((SAMPLES / "manifest.csv").read_text("utf-8").splitlines()):
                _sample(session, row)
        indexed(runtime)
        yield build_app(runtime, limited=False).test_client()


def _sample(session: Session, row: dict[str, str]) -> None:
    text = SAMPLES / "texts" / row["language"] / f"{Path(row['file']).stem}.md"
    a_document(
        session,
        row["title"],
        [text.read_text("utf-8").split("\n---\n", 1)[1]],
        language=row["language"],
        source_kind=row["source_kind"],
        document_kind=row["document_kind"],
        year=int(row["year"]),
        authors=[name for name in row["authors"].split(";") if name],
        abstract=row["abstract"],
        tags={facet: row[column].split(";") for column, facet in TAGS.items() if row[column]},
    )


def _found(page: str) -> int:
    total = re.search(r'role="status"><strong>([\d,]+) doc', page)
    return int(total.group(1)) if total else 0


def _examples(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a href="(/\w\w/search\?q=[^"]+)" rel="nofollow"><code>([^<]+)<', page)
    return [(unescape(address), unescape(question)) for address, question in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_of_the_help_page_finds_something(
    samples: FlaskClient, language: str
) -> None:
    examples = _examples(samples.get(f"/{language}/search/help").text)
    shown = [question for _, question in examples]
    for one in (*query_help.CONSTRUCTS.values(), *query_help.FIELDS.values()):
        assert one.questions[language] in shown
    for address, question in examples:
        answer = samples.get(address).text
        assert _found(answer) > 0, question
        assert "No document holds all" not in answer, question
        assert "Ningún documento contiene todas" not in answer, question


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_the_construct_it_explains(language: str) -> None:
    assert query_help.CONSTRUCTS.keys() == CONSTRUCTS.keys()
    for name, one in query_help.CONSTRUCTS.items():
        tree = parse(one.questions[language])
        parts = tree.parts if isinstance(tree, And) else (tree,)
        assert any(isinstance(part, CONSTRUCTS[name]) for part in parts), name
        for term in terms(tree):
            if isinstance(term, Phrase):
                assert bool(term.within) == (name == "near")
    assert query_help.FIELDS.keys() == FIELD_NAMES.keys()
    for field, one in query_help.FIELDS.items():
        tree = parse(one.questions[language])
        if isinstance(tree, Filter):
            assert tree.facet == field
        else:
            assert isinstance(tree, Word | Concept)
            assert field == "concept" or tree.area is Area(field)
        names = FIELD_NAMES[field]
        assert one.questions[language].startswith(names[0 if language == "es" else 1] + ":")
        assert len({parse(f"{name}:x") for name in names}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_signs_change_what_is_found_as_the_help_page_says(
    samples: FlaskClient, language: str
) -> None:
    def total(question: str) -> int:
        """Nothing added and nothing put right: what the signs do by themselves."""
        only = {"q": question, "without": ["all", "spelling"]}
        return _found(samples.get(f"/{language}/search", query_string=only).text)

    def asked(name: str) -> str:
        return query_help.CONSTRUCTS[name].questions[language]

    words = asked("phrase").replace('"', "")
    assert 0 < total(asked("phrase")) <= total(words)
    assert total(asked("near")) >= total(re.sub("~.*", "", asked("near")))
    first, second = re.split(" OR? ", asked("or"))
    assert total(asked("or")) >= max(total(first), total(second)) > 0
    assert 0 < total(asked("not")) < total(asked("not").split(" -")[0])
    assert total(asked("fuzzy")) > total(asked("fuzzy").rstrip("~"))
    assert total(asked("prefix")) > 0


@pytest.mark.parametrize(
    ("question", "filters", "way"),
    [
        ("Choloma", "country=BZ", "Search without the filters"),
        ('"retorno municipio"', "", "Search for the words without quotation marks"),
        ("title:apatridia title:visitantes", "", "Search the whole text"),
        ("desplasamyento", "without=spelling", "Accept words that are spelt a little differently"),
        ('"tejido social" "packing line"', "", "Be content with any one of the words"),
        ('"tejido packing" idioma:pt', "", "quotation marks and without the filters"),
    ],
)
def test_each_way_on_finds_what_it_says(
    samples: FlaskClient, question: str, filters: str, way: str
) -> None:
    page = samples.get(f"/en/search?q={question}&{filters}").text
    assert "Nothing found yet" in page
    ways = re.findall(r'<li><a href="(\?[^"]+)" rel="nofollow">([^<]+)</a>: <strong>(\d+) ', page)
    assert any(way in sentence for _, sentence, _ in ways), ways
    for address, _, count in ways:
        assert _found(samples.get(f"/en/search{unescape(address)}").text) == int(count) > 0


def test_words_are_read_in_another_language_where_that_finds_more(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Towns", ["The electricity."], language="en")
        a_document(session, "Pueblos", ["Los pueblos."])
    indexed(runtime)
    client = build_app(runtime, limited=False).test_client()
    page = client.get("/es/search?q=electrical").text
    way = re.search(r'<a href="(\?q=electrical&amp;words=en)"[^>]*>Leer las palabras como', page)
    assert way
    answer = client.get(f"/es/search{unescape(way.group(1))}").text
    assert _found(answer) == 1
    assert "<mark>electricity</mark>" in answer
    assert "Sus palabras se leen como inglés" in answer
    assert 'href="?q=electrical"' in answer


def test_nothing_is_offered_that_finds_nothing(samples: FlaskClient) -> None:
    page = samples.get('/en/search?q="zyxw vuts"&country=BZ').text
    assert "Nothing found yet" in page
    assert "</a>: <strong>" not in page


def test_further_pages_of_a_document_are_one_click_away(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        texts = [f"Página {n} sobre asilo." for n in range(1, 31)]
        texts[19] += " Y empleo."
        report = a_document(session, "Informe", [*texts, "Nada."]).public_id
        hidden = a_document(session, "Oculto", ["asilo"] * 3, audience=["curators"]).public_id
    indexed(runtime)
    client = build_app(runtime, limited=False).test_client()
    page = client.get("/es/search?q=asilo").text
    link = re.search(rf'href="(/es/documents/{report}/pages\?q=asilo)"[^>]*>y 28 páginas más', page)
    assert link
    first = client.get(link.group(1)).text
    assert "Sus palabras están en 30 páginas" in first
    assert first.count("<mark>asilo</mark>") == PAGES_LISTED
    further = re.search(r'href="([^"]+)" rel="next nofollow"', first)
    assert further
    second = client.get(unescape(further.group(1))).text
    assert second.count("<mark>asilo</mark>") == 30 - PAGES_LISTED
    both = client.get(f"/es/documents/{report}/pages?q=asilo+empleo").text
    assert "1 página las contiene todas y va primero" in both
    assert both.index("/pages/20?") < both.index("/pages/1?")
    assert client.get(f"/es/documents/{hidden}/pages?q=asilo").status_code == 404
    assert "en ninguna página" in client.get(f"/es/documents/{report}/pages?q=zzz").text
    bare = client.get(f"/es/documents/{report}/pages")
    assert bare.headers["Location"] == f"/es/documents/{report}"


def test_both_passages_may_come_from_one_page(runtime: Runtime) -> None:
    filler = "Aquí no hay nada que buscar. " * 20
    with runtime.database.writing() as session:
        a_document(session, "Uno", [f"El asilo va. {filler} El empleo viene."])
        a_document(session, "Dos", ["Nada."], abstract="Un resumen sobre el asilo.")
    indexed(runtime)
    client = build_app(runtime, limited=False).test_client()
    page = client.get("/es/search?q=asilo empleo").text
    assert page.count('class="passage"') == 2
    assert "<mark>asilo</mark>" in page
    assert "<mark>empleo</mark>" in page
    abstract = client.get("/es/search?q=asilo resumen").text
    assert "<mark>resumen</mark> sobre el <mark>asilo</mark>" in abstract
