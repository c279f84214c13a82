"""Any engine finds what means the same, in other words and languages, and shows where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index import Query, SearchIndex, asking
from index.annotation import with_concepts
from index.contract import Relaxation, Results
from index.expansion import ALL
from index.passages import PageText, choose
from index.wanted import wanted_by
from tests.indexes import BOARD, PUBLIC, doc, ids

SPANISH = "Las personas desplazadas internas de la colonia piden protección."
ENGLISH = "Most internally displaced people of the valley never registered."
FRENCH = "Les personnes déplacées internes n'ont pas été enregistrées."
PORTUGUESE = "As pessoas deslocadas internamente não foram registradas."
OTHER = "El presupuesto municipal de carreteras internas."


@pytest.fixture
def filled(index: SearchIndex) -> SearchIndex:
    texts = {"es": SPANISH, "en": ENGLISH, "fr": FRENCH, "pt": PORTUGUESE}
    documents = [doc(language, text, language=language) for language, text in texts.items()]
    index.put(map(with_concepts, [*documents, doc("other", OTHER)]))
    return index


def asked(index: SearchIndex, text: str, language: str = "es", **options: object) -> Results:
    query = Query(text, PUBLIC, language=language, expand=True)
    return index.search(replace(query, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("desplazados internos", "es"),
        ("internally displaced persons", "en"),
        ("personnes déplacées internes", "fr"),
        ("deslocados internos", "pt"),
        ("IDPs", "en"),
        ("idps", "es"),
    ],
)
def test_a_question_in_one_language_finds_all_four(
    filled: SearchIndex, question: str, language: str
) -> None:
    results = asked(filled, question, language)
    assert set(ids(results)) == {"es", "en", "fr", "pt"}
    assert results.total == 4
    assert results.facets["language"] == {}  # counted from tags, and these have none


def test_only_the_words_typed_are_found_where_nothing_is_to_be_added(filled: SearchIndex) -> None:
    assert ids(asked(filled, "IDPs", expand=False)) == []
    assert ids(asked(filled, "IDPs", left_out=frozenset({ALL}))) == []
    assert ids(asked(filled, '"IDPs"')) == []


def test_a_language_left_out_is_not_searched(filled: SearchIndex) -> None:
    key = "internally-displaced-persons.fr"
    results = asked(filled, "desplazados internos", left_out=frozenset({key}))
    assert set(ids(results)) == {"es", "en", "pt"}
    assert key in {one.key for one in results.left_out}


def test_words_typed_come_before_words_added(index: SearchIndex) -> None:
    index.put(
        map(
            with_concepts,
            [
                doc("added", "Internally displaced persons.", language="en"),
                doc("typed", "Desplazados internos."),
                *(doc(f"n{n}", "Nada que ver.") for n in range(5)),
            ],
        )
    )
    assert ids(asked(index, "desplazados internos")) == ["typed", "added"]


def test_ranking_among_those_that_hold_the_words_stays_as_it_was(filled: SearchIndex) -> None:
    filled.put(
        map(with_concepts, [doc("more", f"{SPANISH} {SPANISH}"), doc("less", SPANISH + OTHER * 9)])
    )
    plain = ids(asked(filled, "desplazadas internas", expand=False))
    added = [id_ for id_ in ids(asked(filled, "desplazadas internas")) if id_ in plain]
    assert len(plain) == 3
    assert added == plain


def test_a_country_is_found_by_its_tag_its_people_and_its_towns(index: SearchIndex) -> None:
    index.put(
        map(
            with_concepts,
            [
                doc("name", "Hogares de Honduras."),
                doc("people", "Los hogares hondureños."),
                doc("town", "Households of Tegucigalpa.", language="en"),
                doc("tag", "Hogares de la frontera.", country={"HN"}),
                doc("none", "Hogares de Guatemala."),
            ],
        )
    )
    assert set(ids(asked(index, "hogares Honduras"))) == {"name", "people", "tag"}
    assert set(ids(asked(index, "Honduras"))) == {"name", "people", "tag", "town"}


def test_a_concept_asked_for_by_name_is_found_in_any_words(filled: SearchIndex) -> None:
    query = Query('concepto:"desplazados internos"', PUBLIC)
    assert set(ids(filled.search(query))) == {"es", "en", "fr", "pt"}


def test_what_is_added_shows_nobody_more_than_they_may_see(filled: SearchIndex) -> None:
    filled.put([with_concepts(doc("secret", ENGLISH, language="en", audience=BOARD))])
    assert "secret" not in ids(asked(filled, "desplazados internos"))
    assert asked(filled, "desplazados internos").total == 4


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        (ENGLISH, "en", ["internally displaced people"]),
        (FRENCH, "fr", ["personnes déplacées internes"]),
        (PORTUGUESE, "pt", ["pessoas deslocadas internamente"]),
        ("Hubo familias\ndesplazadas  internas.", None, ["familias desplazadas internas"]),
    ],
)
def test_what_was_added_is_marked_where_it_stands(
    filled: SearchIndex, text: str, language: str | None, marked: list[str]
) -> None:
    results = asked(filled, "IDPs")
    wanted = wanted_by(results.tree, results.language)
    (passage,) = choose(1, text, language, wanted)
    assert [passage.text[start:end] for start, end in passage.marks] == marked
    assert choose(1, OTHER, "es", wanted) == ()
    assert PageText(1, text, language).text == text


def test_a_misspelt_word_is_put_right_and_said(filled: SearchIndex) -> None:
    query = Query("desplasadas internas", PUBLIC, expand=True)
    answer = asking.ask(filled, query)
    assert answer.respelt == {"desplasadas": "desplazadas"}
    assert answer.query.text == "desplazadas internas"
    assert set(ids(answer.results)) == {"es", "en", "fr", "pt"}
    left = replace(query, left_out=frozenset({asking.SPELLING}))
    assert asking.ask(filled, left).respelt == {}
    assert asking.ask(filled, replace(query, expand=False)).respelt == {}


def test_a_term_of_the_field_is_never_put_right(filled: SearchIndex) -> None:
    filled.put([with_concepts(doc("sea", "Los mares del norte."))])
    assert filled.corrections(Query("maras", PUBLIC)) == {"maras": "mares"}
    answer = asking.ask(filled, Query("maras", PUBLIC, expand=True))
    assert answer.respelt == {}


def test_of_another_language_only_the_concepts_are_expected(filled: SearchIndex) -> None:
    results = asked(filled, "desplazados internos inscripción padrón censo")
    assert "en" in ids(results)
    assert results.relaxation is Relaxation.MOST_WORDS
    assert (
        asked(filled, "desplazados a b c d e f tractores carreteras semillas quintales").total == 0
    )
