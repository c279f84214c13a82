"""Who finds what by which words. Every module of search here is what every engine promises:
one text, all adapters (ENGINES in tests/indexes.py)."""

from __future__ import annotations

import pytest

from index.contract import FACETS, Query, Relaxation, SearchIndex
from tests.indexes import BOARD, PUBLIC, doc, found, ids, without_scores


def test_nobody_finds_what_they_may_not_read(index: SearchIndex) -> None:
    index.put([doc("open", "presupuesto"), doc("closed", "presupuesto", audience=BOARD)])
    assert found(index, "presupuesto") == {"open"}
    assert found(index, "presupuesto", BOARD) == {"closed"}
    assert found(index, "presupuesto", BOARD | PUBLIC) == {"open", "closed"}
    assert found(index, "presupuesto", frozenset()) == set()
    assert found(index, "", PUBLIC) == {"open"}


def test_a_document_for_nobody_is_found_by_nobody(index: SearchIndex) -> None:
    index.put([doc("a", "presupuesto", audience=frozenset())])
    assert found(index, "presupuesto", PUBLIC | BOARD) == set()


def test_hidden_documents_change_nothing_that_is_seen(index: SearchIndex) -> None:
    seen = [
        doc("a", "asylum and asylum again", title="Derecho", language="es", country={"HN"}),
        doc("b", "the right of asylum seekers", language="en", country={"GT"}),
    ]
    hidden = [
        doc(f"h{n}", "asylum asilo refugio " * n, language="pt", country={"HN"}, audience=BOARD)
        for n in range(1, 9)
    ]
    queries = [Query(text, PUBLIC) for text in ("asylum", "asilo", "", "a*", "-asylum", "as*")]
    index.put(seen)
    before = [without_scores(index.search(query)) for query in queries]
    index.put(hidden)
    assert [without_scores(index.search(query)) for query in queries] == before


def test_the_audience_is_no_facet_that_can_be_asked_for(index: SearchIndex) -> None:
    index.put([doc("a", "texto", audience=BOARD), doc("b", "texto")])
    assert found(index, "texto", filters={"audience": frozenset({"public"})}) == set()
    assert set(index.search(Query("", PUBLIC)).facets) == set(FACETS)


def test_all_words_on_one_page_come_before_anything_looser(index: SearchIndex) -> None:
    index.put(
        [
            doc("page", "asilo en la frontera"),
            doc("apart", "asilo", "frontera"),
            doc("half", "asilo solamente"),
        ]
    )
    results = index.search(Query("asilo frontera", PUBLIC))
    assert ids(results) == ["page"]
    assert results.relaxation is Relaxation.NONE


def test_words_on_different_pages_follow_when_no_page_has_all(index: SearchIndex) -> None:
    index.put([doc("apart", "asilo", "nada", "frontera"), doc("half", "asilo solamente")])
    results = index.search(Query("asilo frontera", PUBLIC))
    assert ids(results) == ["apart"]
    assert results.relaxation is Relaxation.ACROSS_PAGES
    assert set(results.hits[0].pages) == {1, 3}
    assert results.hits[0].page_total == 2


def test_most_words_follow_when_no_document_has_all(index: SearchIndex) -> None:
    index.put([doc("two", "asilo", "frontera"), doc("one", "asilo"), doc("none", "otra cosa")])
    results = index.search(Query("asilo frontera naufragio", PUBLIC))
    assert ids(results) == ["two"]
    assert results.relaxation is Relaxation.MOST_WORDS


def test_filters_relax_the_question_within_their_choice_only(index: SearchIndex) -> None:
    index.put([doc("a", "asilo frontera", country={"GT"}), doc("b", "asilo", country={"HN"})])
    results = index.search(Query("asilo frontera", PUBLIC, {"country": frozenset({"HN"})}))
    assert ids(results) == ["b"]
    assert results.relaxation is Relaxation.MOST_WORDS


def test_quoted_and_excluded_words_are_never_given_up(index: SearchIndex) -> None:
    index.put([doc("a", "asilo frontera"), doc("b", "asilo del plan de acción")])
    assert found(index, '"plan de acción" frontera naufragio') == set()
    assert found(index, "asilo naufragio -frontera") == {"b"}


def test_title_authors_and_abstract_count_as_part_of_every_page(index: SearchIndex) -> None:
    index.put(
        [
            doc(
                "a",
                "nada",
                "frontera sur",
                title="Informe de asilo",
                authors=("Ana Gómez",),
                organization="Red Amiga",
                abstract="Sobre la niñez",
            )
        ]
    )
    for word in ("asilo", "gomez", "amiga", "niñez"):
        results = index.search(Query(f"{word} frontera", PUBLIC))
        assert ids(results) == ["a"]
        assert results.relaxation is Relaxation.NONE
        assert results.hits[0].pages == (2,)


def test_a_match_in_the_title_alone_names_no_page(index: SearchIndex) -> None:
    index.put([doc("a", "otra cosa", title="Informe de asilo")])
    hit = index.search(Query("asilo", PUBLIC)).hits[0]
    assert (hit.pages, hit.page_total) == ((), 0)


def test_records_without_pages_are_found(index: SearchIndex) -> None:
    index.put([doc("a", title="Memoria del taller", abstract="Acuerdos sobre refugio")])
    assert found(index, "taller refugio") == {"a"}
    assert found(index, '"memoria del taller"') == {"a"}


def test_a_match_in_the_title_ranks_above_one_on_a_page(index: SearchIndex) -> None:
    filler = "palabras que llenan la página sin decir mucho " * 5
    index.put(
        [
            doc("page", filler + "asilo", title="Otra cosa distinta"),
            doc("title", filler, title="El asilo"),
        ]
    )
    assert ids(index.search(Query("asilo", PUBLIC))) == ["title", "page"]


def test_accents_and_case_may_be_left_out(index: SearchIndex) -> None:
    index.put([doc("a", "La Protección Internacional de los NIÑOS")])
    for text in ("proteccion", "PROTECCIÓN", "protección", "niños", "Niños"):
        assert found(index, text) == {"a"}


def test_the_letter_enye_is_kept(index: SearchIndex) -> None:
    index.put([doc("year", "el año pasado"), doc("other", "el ano")])
    assert found(index, "año") == {"year"}


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("es", "personas refugiadas", "refugiado"),
        ("es", "migraciones", "migración"),
        ("es", "los jóvenes", "joven"),
        ("en", "displaced persons", "displacement"),
        ("pt", "as migrações", "migração"),
        ("pt", "os migrantes", "migrante"),
        ("fr", "les réfugiées", "réfugié"),
        ("fr", "la demande d'asile", "asile"),
    ],
)
def test_inflected_words_are_found_in_their_language(
    index: SearchIndex, language: str, written: str, asked: str
) -> None:
    index.put([doc("a", written, language=language)])
    assert found(index, asked, language=language) == {"a"}


def test_the_word_as_typed_ranks_above_its_kin(index: SearchIndex) -> None:
    index.put([doc("kin", "los refugiados llegan"), doc("same", "las refugiadas llegan")])
    assert ids(index.search(Query("refugiadas", PUBLIC))) == ["same", "kin"]
    assert ids(index.search(Query("refugiados", PUBLIC))) == ["kin", "same"]


def test_texts_of_another_language_are_found_from_any_interface(index: SearchIndex) -> None:
    index.put([doc("en", "asylum seekers at the borders", language="en"), doc("es", "asilo")])
    results = index.search(Query("asylum border", PUBLIC, language="es"))
    assert ids(results) == ["en"]
    assert results.language == "en"


def test_words_of_two_languages_are_found_as_typed(index: SearchIndex) -> None:
    index.put([doc("a", "the Mara Salvatrucha gang", language="en"), doc("b", "pandillas")])
    assert found(index, "mara salvatrucha") == {"a"}


def test_stop_words_typed_decide_the_language(index: SearchIndex) -> None:
    index.put([doc("a", "migration policies", language="en")])
    results = index.search(Query("the policy", PUBLIC, language="es"))
    assert (ids(results), results.language, results.ignored) == (["a"], "en", ("the",))


def test_names_known_everywhere_leave_the_language_of_the_reader(index: SearchIndex) -> None:
    index.put([doc("a", "Honduras", language="es"), doc("b", "Honduras", language="en")])
    for language in ("es", "en"):
        assert index.search(Query("Honduras", PUBLIC, language=language)).language == language


def test_pages_of_unknown_language_are_found_by_word_and_by_phrase(index: SearchIndex) -> None:
    index.put([doc("a", "ka refugiados hawa watu", language=None)])
    assert found(index, "refugiados") == {"a"}
    assert found(index, '"refugiados hawa watu"') == {"a"}


WATER = "pozos comunitarios y agua potable: los pozos comunitarios dan agua potable al barrio"
SCHOOL = "maestras y escuelas: las maestras abren escuelas para la niñez; las maestras enseñan"


def test_similar_documents_share_telling_words_and_are_never_the_document_itself(
    index: SearchIndex,
) -> None:
    others = [doc(f"o{n}", f"informe anual {n} de actividades", title="Informe") for n in range(9)]
    water = doc("water", WATER)
    index.put([water, doc("wells", f"{WATER} y tubería"), doc("school", SCHOOL), *others])
    assert [hit.id for hit in index.similar(water, PUBLIC)] == ["wells"]
    new = doc("unheard-of", WATER)
    alike = index.similar(new, PUBLIC)
    assert {hit.id for hit in alike} == {"water", "wells"}
    assert all(0 < hit.score <= 1 and hit.pages == () for hit in alike)
    assert len(index.similar(new, PUBLIC, most=1)) == 1


def test_similar_documents_are_those_the_viewer_may_see_and_betray_no_other(
    index: SearchIndex,
) -> None:
    others = [doc(f"o{n}", f"informe anual {n} de actividades", title="Informe") for n in range(9)]
    water = doc("water", WATER)
    index.put([water, doc("wells", f"{WATER} y tubería"), *others])
    before = index.similar(water, PUBLIC)
    index.put([doc(f"secret{n}", WATER, audience=BOARD) for n in range(3)])
    assert index.similar(water, PUBLIC) == before
    assert index.similar(water, frozenset()) == ()
    index.remove(["wells"])
    assert index.similar(water, PUBLIC) == ()


def test_tags_bring_similar_documents_of_other_languages(index: SearchIndex) -> None:
    others = [doc(f"o{n}", f"informe anual {n}", theme=["work"], country=["GT"]) for n in range(9)]
    toolbox = doc("toolbox", SCHOOL, theme=["cohesion"], country=["PA"])
    english = doc("en", "a box of tools", language="en", theme=["cohesion"], country=["PA"])
    index.put([toolbox, english, *others])
    assert [hit.id for hit in index.similar(toolbox, PUBLIC)] == ["en"]


def test_words_that_stand_nowhere_are_led_to_the_nearest_that_does(index: SearchIndex) -> None:
    index.put([doc("a", "desplazamiento forzado"), doc("b", "desplazados"), doc("c", "asilo")])
    asked = Query('desplasamiento forsado asilo "fraze entera" de', PUBLIC)
    assert index.corrections(asked) == {"desplasamiento": "desplazamiento", "forsado": "forzado"}
    assert index.corrections(Query("xilófono asilos", PUBLIC)) == {}


def test_corrections_name_no_word_the_viewer_may_not_read(index: SearchIndex) -> None:
    index.put([doc("a", "testigo protegido", audience=BOARD), doc("b", "texto")])
    assert index.corrections(Query("protegdo", PUBLIC)) == {}
    assert index.corrections(Query("protegdo", BOARD)) == {"protegdo": "protegido"}
    index.remove(["a"])
    assert index.corrections(Query("protegdo", BOARD)) == {}
