"""What every search engine promises. One text, every adapter: add a name to ENGINES."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import open_index
from index.contract import (
    FACETS,
    PAGES_PER_HIT,
    IndexDocument,
    IndexPage,
    Query,
    Relaxation,
    Results,
    SearchIndex,
    Sort,
)

ENGINES = ("memory", "folder")
PUBLIC = frozenset({"public"})
BOARD = frozenset({"board"})


def new_index(engine: str, folder: Path) -> SearchIndex:
    url = "whoosh::memory:" if engine == "memory" else f"whoosh:{folder / 'search'}"
    index = open_index(url)
    index.create()
    return index


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    index = new_index(request.param, tmp_path)
    yield index
    index.close()


def doc(
    id_: str,
    *pages: str,
    title: str = "",
    language: str | None = "es",
    audience: frozenset[str] = PUBLIC,
    revision: int = 1,
    date: str = "",
    abstract: str = "",
    authors: tuple[str, ...] = (),
    organization: str = "",
    **facets: Iterable[str],
) -> IndexDocument:
    return IndexDocument(
        id_,
        revision,
        title,
        language,
        audience,
        tuple(IndexPage(number, text, language) for number, text in enumerate(pages, 1)),
        authors,
        organization,
        abstract,
        {facet: frozenset(values) for facet, values in facets.items()},
        date,
    )


def ids(results: Results) -> list[str]:
    assert results.total >= len(results.hits)
    return [hit.id for hit in results.hits]


def without_scores(results: Results) -> Results:
    return replace(results, hits=tuple(replace(hit, score=0.0) for hit in results.hits))


def found(index: SearchIndex, text: str, audience: frozenset[str] = PUBLIC, **more) -> set[str]:
    return set(ids(index.search(Query(text, audience, size=100, **more))))


# Who may find what ----------------------------------------------------------------------


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


# Words ----------------------------------------------------------------------------------


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


# Phrases, prefixes, OR, NOT, fields -------------------------------------------------------


def test_a_phrase_matches_words_in_order_and_next_to_each_other(index: SearchIndex) -> None:
    index.put(
        [
            doc("yes", "Se reconoce el derecho al asilo."),
            doc("apart", "derecho humano fundamental al buen asilo"),
            doc("turned", "asilo, un derecho"),
        ]
    )
    assert found(index, '"derecho al asilo"') == {"yes"}
    assert found(index, "“derecho al asilo”") == {"yes"}


def test_a_phrase_never_runs_from_one_part_of_the_record_into_another(index: SearchIndex) -> None:
    index.put([doc("a", title="Plan regional", organization="Marco Azul", abstract="Acción")])
    assert found(index, '"regional marco"') == set()
    assert found(index, '"plan regional"') == {"a"}


def test_a_phrase_of_stop_words_matches_nothing_and_says_so(index: SearchIndex) -> None:
    index.put([doc("a", "de la casa")])
    results = index.search(Query('"de la"', PUBLIC))
    assert (results.total, set(results.ignored)) == (0, {"de", "la"})


def test_stop_words_alone_find_nothing_and_are_named(index: SearchIndex) -> None:
    index.put([doc("a", "de la casa", country={"HN"})])
    assert found(index, "de la") == set()
    assert found(index, "país:HN la") == {"a"}
    results = index.search(Query("la casa", PUBLIC))
    assert (ids(results), results.ignored) == (["a"], ("la",))


def test_codes_are_searched_as_one_thing(index: SearchIndex) -> None:
    index.put([doc("a", "actividad P4-R4-A5 del plan"), doc("b", "A5 y luego R4 y P4")])
    assert found(index, "P4-R4-A5") == {"a"}


def test_a_prefix_matches_every_word_that_begins_so(index: SearchIndex) -> None:
    index.put([doc("a", "migración"), doc("b", "migrantes"), doc("c", "inmigrante")])
    assert found(index, "migr*") == {"a", "b"}
    assert found(index, "Migració*") == {"a"}


def test_or_widens_and_minus_excludes(index: SearchIndex) -> None:
    index.put([doc("a", "asilo"), doc("b", "refugio"), doc("c", "asilo refugio")])
    assert found(index, "asilo OR refugio") == {"a", "b", "c"}
    assert found(index, "asilo O refugio") == {"a", "b", "c"}
    assert found(index, "asilo -refugio") == {"a"}
    assert found(index, "(asilo refugio) OR refugio") == {"b", "c"}
    assert found(index, "-refugio") == {"a"}


def test_an_excluded_word_excludes_the_document_whatever_its_page(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", "maras"), doc("b", "asilo"), doc("c", title="asilo maras")])
    assert found(index, "asilo -maras") == {"b"}
    assert found(index, "-maras") == {"b"}


def test_title_and_author_fields_look_nowhere_else(index: SearchIndex) -> None:
    index.put(
        [
            doc("a", title="Migraciones de hoy", authors=("Ana María López",)),
            doc("b", "migraciones López", title="Otra"),
        ]
    )
    assert found(index, "título:migración") == {"a"}
    assert found(index, "title:migr*") == {"a"}
    assert found(index, 'titulo:"migraciones de hoy"') == {"a"}
    assert found(index, "autor:lopez") == {"a"}
    assert found(index, 'author:"maría lópez"') == {"a"}


def test_fields_typed_work_as_facets_chosen(index: SearchIndex) -> None:
    index.put(
        [
            doc("a", "asilo", country={"HN"}, activity={"2026:P2-R2-A5"}, year={"2019"}),
            doc("b", "asilo", country={"GT"}, source_kind={"refugee-led"}, year={"2024"}),
            doc("c", "asilo", country={"SV"}),
        ]
    )
    assert found(index, "país:hn asilo") == {"a"}
    assert found(index, "country:HN,GT") == {"a", "b"}
    assert found(index, "pais:HN pais:GT") == {"a", "b"}
    assert found(index, "-país:HN asilo") == {"b", "c"}
    assert found(index, "asilo (país:HN OR país:SV)") == {"a", "c"}
    assert found(index, "actividad:P2-R2-A5") == {"a"}
    assert found(index, "actividad:2026:P2-R2-A5") == {"a"}
    assert found(index, 'fuente:"refugee led"') == {"b"}
    assert found(index, "país:XX") == set()
    typed, chosen = (
        index.search(Query("asilo país:HN", PUBLIC)),
        index.search(Query("asilo", PUBLIC, {"country": frozenset({"HN"})})),
    )
    assert typed == chosen


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ("2020-2022", {"b"}),
        ("2020-", {"b", "c"}),
        ("-2021", {"a", "b"}),
        ("2019", {"a"}),
        ("2030-2020", set()),
    ],
)
def test_years_may_be_ranges(index: SearchIndex, years: str, expected: set[str]) -> None:
    index.put([doc("a", year={"2019"}), doc("b", year={"2021"}), doc("c", year={"2024"}), doc("d")])
    assert found(index, f"año:{years}") == expected
    assert found(index, "", filters={"year": frozenset({years})}) == expected


# Facets, totals, order --------------------------------------------------------------------


def test_values_of_a_facet_widen_and_facets_narrow_each_other(index: SearchIndex) -> None:
    index.put(
        [
            doc("a", "asilo", country={"HN"}, theme={"t1"}),
            doc("b", "asilo", country={"GT", "HN"}, theme={"t2"}),
            doc("c", "asilo", country={"SV"}, theme={"t1"}),
        ]
    )
    chosen = {"country": frozenset({"GT", "SV"}), "theme": frozenset({"t1"})}
    results = index.search(Query("asilo", PUBLIC, chosen))
    assert ids(results) == ["c"]
    assert results.facets["country"] == {"HN": 1, "SV": 1}
    assert results.facets["theme"] == {"t1": 1, "t2": 1}


def test_facets_count_documents_not_pages(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", "asilo", "asilo", country={"HN"})])
    results = index.search(Query("asilo", PUBLIC))
    assert (results.total, results.facets["country"]) == (1, {"HN": 1})


def test_an_empty_question_lists_everything_newest_first(index: SearchIndex) -> None:
    index.put([doc("b", "x", date="2021-05-01"), doc("a"), doc("c", date="2024-01-01")])
    for text in ("", "   ", "()", '""', "*", "país:"):
        results = index.search(Query(text, PUBLIC))
        assert ids(results) == ["c", "b", "a"]
        assert results.total == 3


def test_documents_are_sorted_as_asked(index: SearchIndex) -> None:
    index.put(
        [
            doc("1", "asilo", title="Ñandú", date="2020-01-01"),
            doc("2", "asilo asilo asilo", title="«nube»", date="2022-01-01"),
            doc("3", "asilo", title="Árbol", date="2021-01-01"),
            doc("4", "asilo", title="Oso", date="2021-01-01"),
        ]
    )

    def order(sort: Sort) -> list[str]:
        return ids(index.search(Query("asilo", PUBLIC, sort=sort)))

    assert order(Sort.TITLE) == ["3", "2", "1", "4"]
    assert order(Sort.NEWEST) == ["2", "3", "4", "1"]
    assert order(Sort.RELEVANCE)[0] == "2"


def test_totals_are_exact_and_paging_is_stable(index: SearchIndex) -> None:
    index.put([doc(f"d{n:02d}", "asilo") for n in range(37)])
    for sort in Sort:
        seen: list[str] = []
        for page in range(1, 6):
            results = index.search(Query("asilo", PUBLIC, sort=sort, page=page, size=10))
            assert results.total == 37
            seen += ids(results)
        assert sorted(seen) == [f"d{n:02d}" for n in range(37)]
    assert index.search(Query("asilo", PUBLIC, page=99)).hits == ()
    assert index.search(Query("asilo", PUBLIC, page=0, size=0)).hits == ()


def test_equal_documents_are_ordered_by_id_however_they_were_put(index: SearchIndex) -> None:
    for id_ in ("c", "a", "b"):
        index.put([doc(id_, "asilo")])
    assert ids(index.search(Query("asilo", PUBLIC))) == ["a", "b", "c"]


def test_a_hit_names_its_best_pages_and_how_many_matched(index: SearchIndex) -> None:
    pages = ["relleno " * 20] * 9
    pages[3] = "asilo asilo asilo"
    for at in (0, 1, 2, 5, 6, 7):
        pages[at] = "asilo " + "relleno " * 20
    index.put([doc("a", *pages)])
    hit = index.search(Query("asilo", PUBLIC)).hits[0]
    assert hit.page_total == 7
    assert len(hit.pages) == PAGES_PER_HIT
    assert hit.pages[0] == 4
    assert hit.pages[1:] == (1, 2, 3, 6)


def test_more_pages_that_match_are_a_small_advantage_only(index: SearchIndex) -> None:
    index.put(
        [
            doc("a1", "asilo y frontera"),
            doc("a2", "asilo y frontera", "asilo y frontera"),
            doc("best", "asilo asilo asilo frontera frontera"),
        ]
    )
    assert ids(index.search(Query("asilo frontera", PUBLIC))) == ["best", "a2", "a1"]


# Writing ----------------------------------------------------------------------------------


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


def test_newer_documents_come_first_among_alike_ones_only_where_that_is_asked_for(
    index: SearchIndex,
) -> None:
    index.put(
        [
            doc("a", "asilo en la frontera", date="2001-01-01"),
            doc("b", "asilo en la frontera", date="2025-01-01"),
            doc("c", "asilo en la frontera"),
            doc("d", "asilo, asilo y más asilo", date="1999-01-01"),
        ]
    )
    plain = index.search(Query("asilo", PUBLIC))
    recent = index.search(Query("asilo", PUBLIC, recency=0.1))
    assert ids(plain) == ["d", "a", "b", "c"]
    assert ids(recent) == ["d", "b", "a", "c"]


def test_put_replaces_everything_of_a_document(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", "frontera", title="Viejo", country={"HN"}), doc("b", "asilo")])
    index.put([doc("a", "refugio", title="Nuevo", country={"GT"}, revision=2)])
    assert found(index, "asilo") == {"b"}
    assert found(index, "viejo") == set()
    assert found(index, "nuevo refugio") == {"a"}
    assert index.search(Query("", PUBLIC)).facets["country"] == {"GT": 1}
    assert index.revisions() == {"a": 2, "b": 1}


def test_of_two_versions_in_one_batch_the_last_stays(index: SearchIndex) -> None:
    index.put([doc("a", "asilo"), doc("a", "refugio", revision=2)])
    assert found(index, "asilo") == set()
    assert index.revisions() == {"a": 2}
    index.rebuild([doc("a", "asilo"), doc("a", "frontera", revision=3)])
    assert index.revisions() == {"a": 3}


def test_remove_takes_documents_out_and_ignores_unknown_ids(index: SearchIndex) -> None:
    index.put([doc("a", "asilo", country={"HN"}), doc("b", "asilo")])
    index.remove(["a", "unknown"])
    index.remove([])
    assert found(index, "asilo") == {"b"}
    assert index.search(Query("", PUBLIC)).facets["country"] == {}
    assert index.revisions() == {"b": 1}


def test_replacing_all_of_an_early_commit_loses_nothing_of_the_later_ones(
    index: SearchIndex,
) -> None:
    index.put([doc("first", "asilo")])
    index.put([doc("second", "asilo")])
    index.put([doc("first", "asilo", revision=2)])
    assert index.revisions() == {"first": 2, "second": 1}
    index.remove(["first"])
    assert found(index, "asilo") == {"second"}


@given(changes=st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=14))
def test_whatever_is_put_and_removed_commit_by_commit_the_index_holds_just_that(
    changes: list[tuple[str, bool]],
) -> None:
    with closing(open_index("whoosh::memory:")) as index:
        index.rebuild([])
        held: dict[str, int] = {}
        for revision, (id_, put) in enumerate(changes, start=1):
            if put:
                index.put([doc(id_, "asilo", revision=revision)])
                held[id_] = revision
            else:
                index.remove([id_])
                held.pop(id_, None)
            assert index.revisions() == held
        index.purge()
        assert index.revisions() == held
        assert found(index, "asilo") == held.keys()


def test_a_purge_changes_no_answer(index: SearchIndex) -> None:
    index.put([doc(f"d{n}", f"asilo número {n}", country={"HN"}) for n in range(6)])
    index.put([doc("d1", "asilo otra vez", revision=2)])
    index.remove(["d2", "d3"])
    before = index.search(Query("asilo", PUBLIC)), index.revisions()
    index.purge()
    assert (index.search(Query("asilo", PUBLIC)), index.revisions()) == before


def test_a_rebuild_replaces_the_whole_content(index: SearchIndex) -> None:
    index.put([doc("a", "asilo"), doc("b", "asilo")])
    index.rebuild(iter([doc("b", "refugio", revision=5), doc("c", "asilo")]))
    assert index.revisions() == {"b": 5, "c": 1}
    assert found(index, "asilo") == {"c"}


def test_a_rebuild_that_fails_leaves_the_old_content(index: SearchIndex) -> None:
    def broken() -> Iterator[IndexDocument]:
        yield doc("new", "asilo")
        raise RuntimeError("the database went away")

    index.put([doc("old", "asilo")])
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert found(index, "asilo") == {"old"}
    index.put([doc("later", "asilo")])
    assert found(index, "asilo") == {"old", "later"}


def test_a_put_that_fails_lets_the_next_one_write(index: SearchIndex) -> None:
    def broken() -> Iterator[IndexDocument]:
        raise RuntimeError("the database went away")
        yield doc("new", "asilo")

    with pytest.raises(RuntimeError):
        index.put(broken())
    index.put([doc("a", "asilo")])
    assert found(index, "asilo") == {"a"}


def test_readers_see_the_old_content_while_a_rebuild_runs(index: SearchIndex) -> None:
    def slowly() -> Iterator[IndexDocument]:
        yield doc("new", "asilo")
        assert found(index, "asilo") == {"old"}

    index.put([doc("old", "asilo")])
    index.rebuild(slowly())
    assert found(index, "asilo") == {"new"}


def test_create_leaves_a_usable_index_alone(index: SearchIndex) -> None:
    index.put([doc("a", "asilo")])
    index.create()
    assert found(index, "asilo") == {"a"}


def test_strange_texts_are_indexed_without_complaint(index: SearchIndex) -> None:
    strange = ["\x00\ud800\udfff", "a" * 100_000, "😀 asilo 🏳️‍🌈", "½ ﬁn Ⅻ", "\u202easilo\u202c", ""]
    index.put([doc("a", *strange, title="\ud800 " * 3, authors=("\x00",))])
    assert found(index, "asilo") == {"a"}
    assert found(index, "fin") == {"a"}
    assert found(index, "a" * 100_000) == {"a"}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(st.text(max_size=200), st.text('ab-"()*:ORÑ ñé,país', max_size=60)))
def test_whatever_is_typed_is_answered(text: str) -> None:
    results = _crowd().search(Query(text, PUBLIC))
    assert results.total >= len(results.hits)


_SHARED: list[SearchIndex] = []


def _crowd() -> SearchIndex:
    if not _SHARED:
        index = open_index("whoosh::memory:")
        index.put([doc("a", "asilo ab OR país", title="ba", country={"HN"}), doc("b", "refugio")])
        _SHARED.append(index)
    return _SHARED[0]


# A naive search, to compare with ------------------------------------------------------------

WORDS = ("casa", "lobo", "nube", "rio")
COUNTRIES = ("HN", "GT", "SV")

page_texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
documents = st.builds(
    lambda pages, title, country, theme, audience: doc(
        "?", *pages, title=title, country=country, theme=theme, audience=frozenset(audience)
    ),
    st.lists(page_texts, max_size=3),
    st.sampled_from(("", *WORDS)),
    st.sets(st.sampled_from(COUNTRIES), max_size=2),
    st.sets(st.sampled_from(("t1", "t2")), max_size=1),
    st.sets(st.sampled_from(("public", "board")), max_size=2),
)
collections = st.lists(documents, max_size=6).map(
    lambda found: [replace(one, id=f"d{n}") for n, one in enumerate(found)]
)
alternatives = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)
questions = st.tuples(
    st.lists(alternatives, min_size=1, max_size=3),
    st.sets(st.sampled_from(WORDS), max_size=1),
    st.sets(st.sampled_from(COUNTRIES), max_size=2),
    st.sets(st.sampled_from(("t1", "t2")), max_size=1),
)


def naive(
    collection: list[IndexDocument],
    groups: list[list[str]],
    excluded: set[str],
    chosen: dict[str, set[str]],
) -> tuple[Relaxation, set[str], dict[str, dict[str, int]]]:
    visible = [one for one in collection if "public" in one.audience]
    whole = {one.id: " ".join((one.title, *(p.text for p in one.pages))).split() for one in visible}

    def held(words: list[str]) -> list[bool]:
        return [any(word in words for word in group) for group in distinct]

    def on_a_page(one: IndexDocument) -> bool:
        pages = [*(page.text for page in one.pages), ""]
        return any(all(held(f"{one.title} {text}".split())) for text in pages)

    def has(one: IndexDocument, facet: str) -> bool:
        return not chosen[facet] or bool(chosen[facet] & one.facets[facet])

    distinct = [list(group) for group in dict.fromkeys(tuple(sorted(g)) for g in groups)]
    kept = [one for one in visible if not excluded & set(whole[one.id])]
    levels = [
        (Relaxation.NONE, [one for one in kept if on_a_page(one)]),
        (Relaxation.ACROSS_PAGES, [one for one in kept if all(held(whole[one.id]))]),
    ]
    if len(distinct) > 1:
        most = [one for one in kept if 2 * sum(held(whole[one.id])) >= len(distinct)]
        levels.append((Relaxation.MOST_WORDS, most))
    found = (
        (relaxation, matched)
        for relaxation, matched in levels
        if any(has(one, "country") and has(one, "theme") for one in matched)
    )
    relaxation, matched = next(found, levels[0])
    counts: dict[str, dict[str, int]] = {"country": {}, "theme": {}}
    for facet, other in (("country", "theme"), ("theme", "country")):
        for one in matched:
            for value in one.facets[facet] if has(one, other) else ():
                counts[facet][value] = counts[facet].get(value, 0) + 1
    answer = {one.id for one in matched if has(one, "country") and has(one, "theme")}
    return relaxation, answer, counts


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(collection=collections, question=questions)
def test_answers_and_counts_are_those_of_a_naive_search(collection, question) -> None:
    groups, excluded, countries, themes = question
    text = " ".join([" OR ".join(group) for group in groups] + [f"-{word}" for word in excluded])
    chosen = {"country": countries, "theme": themes}
    index = open_index("whoosh::memory:")
    for part in (collection[:3], collection[3:]):
        index.put(part)
    filters = {facet: frozenset(values) for facet, values in chosen.items()}
    results = index.search(Query(text, PUBLIC, filters, size=50))
    relaxation, answer, counts = naive(collection, groups, excluded, chosen)
    assert set(ids(results)) == answer
    assert results.total == len(answer)
    assert results.relaxation is relaxation
    assert {facet: results.facets[facet] for facet in counts} == counts
    assert all(a.score >= b.score for a, b in pairwise(results.hits))
