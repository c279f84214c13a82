"""What every search engine promises of phrases, prefixes, OR, NOT, fields, facets and order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.contract import PAGES_PER_HIT, Query, SearchIndex, Sort
from tests.indexes import PUBLIC, doc, found, ids


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
    assert typed == replace(chosen, tree=typed.tree)


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
