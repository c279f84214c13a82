"""Exactly what matched is marked: the quick search agrees with looking at every word."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import analysis
from index import wanted as wanting
from index.grammar import Concept, Or, Word
from index.marks import Mark, find, holds_quoted, leading, mark
from index.spelling import is_near
from index.vocabulary import load
from index.wanted import Wanted, wanted_by
from tests.asking import wanted_of

SAMPLES = Path(__file__).parents[2] / "samples" / "texts"


def marked(text: str, question: str, language: str = "es", page: str | None = None) -> list[str]:
    spans = mark(text, page or language, wanted_of(question, language))
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Las Personas REFUGIADAS", "refugiado", ["REFUGIADAS"]),
        ("la protección", "proteccion", ["protección"]),
        ("la proteccion", "protección", ["proteccion"]),
        ("la proteccio\u0301n y la protec\u00adción", "protección", 2 * ["protección"]),
        ("migración, migrantes e inmigrante", "migr*", ["migración", "migrantes"]),
        ("el derecho al asilo y el derecho", '"derecho al asilo"', ["derecho al asilo"]),
        ("derecho y asilo", '"derecho al asilo"', ["derecho y asilo"]),
        ("derecho, asilo", '"derecho al asilo"', []),
        ("asilo y maras", "asilo -maras", ["asilo"]),
        ("la casa de la esquina", "la casa", ["casa"]),
        ("García y asilo", "autor:garcía asilo", ["asilo"]),
        ("actividad P4-R4-A5.", "P4-R4-A5", ["P4-R4-A5"]),
        ("nada", "", []),
        ("asilo", '"asilo político" asilo', ["asilo"]),
        ("el desplazamiento y el despacho", "desplasamiento~", ["desplazamiento"]),
        ("el desplazamiento", "deslpasamiento~1", []),
        ("maras y moras, marras", "maras~", ["maras", "moras", "marras"]),
        ("Tierra sin agua", '"agua tierra"~1', ["Tierra", "agua"]),
        ("Tierra, poca y mala, sin agua", '"agua tierra"~1', []),
        ("agua lejos de toda otra tierra; agua", '"agua tierra"~1', ["tierra", "agua"]),
        ("¿Qué es el asilo? “Asilo” (asilo): asilo.", "asilo", 4 * ["asilo"]),
        ("l'asile et d’asile", "asile", 2 * ["asile"]),
        ("1.º, nº 5 y N.º 5", "nº", ["nº"]),
        ("oﬁcina y Œuvre", "oficina oeuvre", ["oﬁcina", "Œuvre"]),
        ("難民 la casa", "難民", ["難民"]),
    ],
)
def test_marks_are_what_matched(text: str, question: str, expected: list[str]) -> None:
    found = [re.sub("[\u00ad]", "", word) for word in marked(text, question)]
    assert [word.casefold() for word in map(_composed, found)] == [
        word.casefold() for word in expected
    ]


def _composed(text: str) -> str:
    return text.replace("o\u0301", "ó")


def test_words_of_another_language_are_marked_as_typed() -> None:
    assert marked("the asylum seekers", "asylum", "es", "en") == ["asylum"]
    assert marked("two migrants", "migrant", "es", "en") == ["migrants"]
    assert marked("ka refugiados hawa", '"refugiados hawa"', "es", "xx") == ["refugiados hawa"]


def _word_by_word(text: str, language: str | None, wanted: Wanted) -> set[Mark]:
    """What ``find`` promises, by looking at every token of the text."""
    tokens, known = list(analysis.token_spans(text)), analysis.terms_in(language)
    terms = [known[token] for token, _, _ in tokens]
    found = {
        Mark(start, end, wanted.number(term))
        for (_, start, end), term in zip(tokens, terms, strict=True)
        if term.exact and wanted.number(term) >= 0
    }
    for slots, number in wanted.phrases:
        last = slots[-1][0]
        for at in range(len(terms) - last):
            if all(terms[at + offset].stem in forms for offset, forms in slots):
                found.add(Mark(tokens[at][1], tokens[at + last][2], number))
    for groups, width, number in wanted.near:
        for first in range(len(terms)):
            near = range(first, min(first + width, len(terms)))
            if all(any(terms[at].stem in forms for at in near) for forms in groups):
                fitting = (at for at in near if any(terms[at].stem in forms for forms in groups))
                found |= {Mark(tokens[at][1], tokens[at][2], number) for at in fitting}
    return found


_WORDS = (
    "asilo asilos Asilo derecho derechos al la agua aguas niñez niño migración migrante casas"
    " casa l'asile women's women woman lying lie organisation organizations P4-R4 2026 nações"
    " nação asi\u0301lo oﬁcina º ª µ ß œuvre straße _asilo_ ʼasilo ? ?asilo asilo? “asilo” 難民"
    " a a' 'a"
)
WORDS = st.sampled_from(_WORDS.split())
GAPS = st.sampled_from([" ", " ", "\n", ", ", "'", "’", "-", "?", "", "\u00ad", "_", "ñ", "\u0301"])
PAGE = st.lists(st.tuples(WORDS, GAPS), max_size=60).map(lambda each: "".join(map("".join, each)))
QUESTION = st.lists(
    st.sampled_from(
        ["asilo", "derecho", "agua*", "as*", "asil~", "derehco~", "women", "lie", "organise",
         "nação", "niñez", "º", "straße", "œuvre", '"derecho al asilo"', '"asilo derecho"~2',
         '"agua asilo casa"~4', '"agua aguas"~1', "難民", "casa", "P4-R4", '"la casa"', "µ"]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)  # fmt: skip
TONGUE = st.sampled_from(["es", "en", "pt", "fr", None])


@given(PAGE | st.text(max_size=120), QUESTION, TONGUE, st.sampled_from(["es", "en"]))
def test_no_word_is_missed_and_none_is_marked_in_vain(
    text: str, question: str, page: str | None, language: str
) -> None:
    asked = wanted_of(question, language)
    assert set(find(text, page, asked)) == _word_by_word(text, page, asked)


_PLACES = (
    "Tegucigalpa San Pedro Sula pedro Comayagua Olancho olanchos l'Olancho Cortés Cortes cortés."
    " Ceiba La ceiba Colón de co\u0301lon Colo\u0301n Yoro? “Yoro” Yo\u00adro santa Rosa ﬁn"
)
PLACES = st.sampled_from(_PLACES.split())


@given(
    st.lists(st.tuples(PLACES, GAPS), max_size=40).map(lambda each: "".join(map("".join, each))),
    TONGUE,
)
def test_places_looked_for_among_the_words_of_a_page_are_those_looked_for_one_by_one(
    text: str, page: str | None
) -> None:
    among_words, one_by_one = (_places_marked(text, page, many) for many in (1, 10_000))
    assert among_words == one_by_one


@pytest.mark.parametrize("page", ["es", "fr", None])
@pytest.mark.parametrize("code", ["HN", "SV", "GT", "MX"])
def test_no_place_of_a_country_is_missed_among_the_words_of_a_page(
    code: str, page: str | None
) -> None:
    country = next(one for one in load().places.countries if one.code == code)
    names = [*country.cities, *(name for one in country.subdivisions for name in one.names)]
    for name in names:
        among_words, one_by_one = (_places_marked(name, page, n, code) for n in (1, 10_000))
        assert among_words == one_by_one, name


def _places_marked(text: str, page: str | None, many: int, country: str = "HN") -> list[Mark]:
    before, wanting.MANY = wanting.MANY, many
    try:
        return find(text, page, wanted_by(Concept(country), "es"))
    finally:
        wanting.MANY = before


def test_places_of_a_country_are_marked_where_it_is_not_named() -> None:
    text = "En Tegucigalpa y San Pedro Sula, no en Lima"
    found = find(text, "es", wanted_by(Concept("HN"), "es"))
    assert [text[one.start : one.end] for one in found] == ["Tegucigalpa", "San Pedro Sula"]


REPEATED = st.lists(
    st.sampled_from(["asilo", "asilos", "la", "solicitante de asilo", "asilo,", "x", "ley", ""]),
    max_size=80,
).map(" ".join)


@given(
    REPEATED,
    st.sampled_from(["asilo", "as*", "asilp~", '"asilo la"', '"asilo x"~2', ""]),
    st.integers(0, 3),
    st.integers(1, 20),
)
def test_the_leading_marks_of_one_term_are_those_of_the_first_stretches(
    text: str, question: str, stretches: int, reach: int
) -> None:
    asked = wanted_of(question, "es")
    left, kept = find(text, "es", asked), list[Mark]()
    for _ in range(stretches):
        kept += [mark for mark in left if mark.start < left[0].start + reach]
        left = [mark for mark in left if mark.start >= left[0].start + reach]
    assert leading(text, "es", asked, stretches, reach) == kept


ASYLUM = Or((Word("asilo"), Concept("asylum-seekers"), Word("ley")))


@given(REPEATED, st.integers(1, 3), st.integers(1, 60))
def test_the_leading_marks_of_several_terms_hold_whatever_the_page_holds_so_many_times(
    text: str, stretches: int, reach: int
) -> None:
    """Or they are all there are."""
    asked = wanted_by(ASYLUM, "es")
    every, found = find(text, "es", asked), leading(text, "es", asked, stretches, reach)
    assert found == every[: len(found)]
    if found != every:
        whole = {mark.number for mark in every}
        assert sum(held == whole for held in _held_by_stretches(found, reach)) >= stretches


def _held_by_stretches(marks: list[Mark], reach: int) -> Iterator[set[int]]:
    while marks:
        first = [mark for mark in marks if mark.start < marks[0].start + reach]
        yield {mark.number for mark in first}
        marks = marks[len(first) :]


def test_words_are_found_by_any_other_of_their_stem() -> None:
    endings = "ing ies ied ying isation ising women ement emment amment euse ences oes ais veis"
    endings += " logías uciones encias mente abilities fully ousness ational enes ões yen iendo"
    texts = " ".join(path.read_text("utf-8") for path in sorted(SAMPLES.rglob("*.md")))
    written = sorted(set(analysis.tokenise(texts)))
    assert len(written) > 5_000
    written += [word[:5] + ending for word in written[::20] for ending in endings.split()]
    written += ["woman", "women", "centre", "center", "lying", "lie", "dying", "die"]
    for language in analysis.LANGUAGES:
        families: dict[str, list[str]] = {}
        for word in written:
            families.setdefault(analysis.terms_in(language)[word].stem, []).append(word)
        for stem, words in families.items():
            if stem and len(words) > 1:
                found = find(" ".join(words), language, wanted_of(f'"{words[0]}"', language))
                assert len(found) == len(words), (language, words)


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 2))
def test_nearness_is_optimal_string_alignment(one: str, two: str, edits: int) -> None:
    table = [[i + j for j in range(len(two) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(two) + 1):
            replaced = table[i - 1][j - 1] + (one[i - 1] != two[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced)
            if i > 1 and j > 1 and one[i - 2 : i] == two[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    assert is_near(one, two, edits) == (table[-1][-1] <= edits)


def test_exact_wording_of_a_phrase_is_told_apart() -> None:
    asked = wanted_of('"personas refugiadas" asilo', "es")
    assert holds_quoted("Las PERSONAS\nrefugiadas.", asked)
    assert not holds_quoted("La persona refugiada.", asked)
    assert holds_quoted("nada", wanted_of("asilo", "es"))
    assert holds_quoted("nada", wanted_of('"personas refugiadas"~3', "es"))


QUOTED = ["la casa", "asilo a casa", "nação agua", "casa 難民"]
AMONG = st.sampled_from(["la", "Casa", "a", "asilo", "nação", "agua", "難民", "l'asilo", "casaº"])
SIGNS = st.sampled_from([" ", "\n", ", ", "'", "’", "-", "?", "", "\u00ad", "_", "\u0301"])
ALIKE = st.lists(st.tuples(AMONG, SIGNS), max_size=6).map(lambda each: "".join(map("".join, each)))


@settings(max_examples=300)
@given(ALIKE, st.sampled_from(QUOTED))
def test_a_quoted_phrase_is_held_where_its_words_follow_one_another(text: str, phrase: str) -> None:
    exact = analysis.terms_in(None)
    words, sought = (
        [exact[token].exact for token in analysis.tokenise(each)] for each in (text, phrase)
    )
    starts = range(len(words) - len(sought) + 1)
    held = any(words[start : start + len(sought)] == sought for start in starts)
    assert holds_quoted(text, wanted_of(f'"{phrase}" casa', "es")) == held


def test_marking_takes_a_moment_even_on_a_hostile_page() -> None:
    asked = wanted_of(
        " ".join(f"a{n}*" for n in range(20)) + ' "a a a a" "a b"~50 a~ abcdefg~', "es"
    )
    for text in (
        "a " * 50_000,
        "a" * 100_000,
        "a1" * 50_000,
        "a?" * 50_000,
        "a'" * 50_000,
        "a\u00ad" * 50_000,
        "難" * 50_000,
        "l'a b " * 20_000,
        "?" * 100_000,
    ):
        started = time.process_time()
        find(text, "es", asked)
        assert time.process_time() - started < 3, text[:10]
