"""The sentences shown hold what matched, whole where possible, and marked exactly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.marks import holds_quoted, mark, wanted
from index.passages import LONGEST, Passage, choose


def marked(text: str, question: str, language: str = "es", page: str | None = None) -> list[str]:
    spans = mark(text, page or language, wanted(question, language))
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Las Personas REFUGIADAS", "refugiado", ["REFUGIADAS"]),
        ("la protección", "proteccion", ["protección"]),
        ("la proteccion", "protección", ["proteccion"]),
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
    ],
)
def test_marks_are_what_matched(text: str, question: str, expected: list[str]) -> None:
    assert marked(text, question) == expected


def test_words_of_another_language_are_marked_as_typed() -> None:
    assert marked("the asylum seekers", "asylum", "es", "en") == ["asylum"]
    assert marked("two migrants", "migrant", "es", "en") == ["migrants"]
    assert marked("ka refugiados hawa", '"refugiados hawa"', "es", "xx") == ["refugiados hawa"]


def test_passages_are_whole_sentences_with_the_most_words_first() -> None:
    text = (
        "Una frase sin nada. El asilo es un derecho. "
        + "Relleno que separa. " * 30
        + "El asilo y la frontera sur. "
        + "Más relleno que separa. " * 30
    )
    passages = choose(7, text, "es", wanted("asilo frontera", "es"))
    assert [p.page for p in passages] == [7, 7]
    assert passages[0].text.startswith("El asilo y la frontera sur.")
    assert passages[1].text.startswith("El asilo es un derecho.")
    assert all(len(p.text) <= LONGEST for p in passages)


def test_marks_fit_the_text_of_the_passage_although_spaces_were_joined() -> None:
    text = "Antes.\n\nEl   derecho\nal\n asilo  de las\tpersonas."
    (passage,) = choose(1, text, "es", wanted('"derecho al asilo"', "es"))
    assert passage == Passage(1, "El derecho al asilo de las personas.", ((3, 19),))


def test_an_endless_sentence_is_cut_between_words_with_ellipses() -> None:
    text = "palabra " * 200 + "asilo " + "palabra " * 200
    (passage,) = choose(1, text, "es", wanted("asilo", "es"))
    assert passage.text.startswith("…palabra")
    assert passage.text.endswith("palabra…")
    assert len(passage.text) <= LONGEST + 2
    ((start, end),) = passage.marks
    assert passage.text[start:end] == "asilo"


def test_a_page_without_a_match_has_no_passage() -> None:
    assert choose(1, "nada de eso", "es", wanted("asilo", "es")) == ()
    assert choose(1, "asilo", "es", wanted("", "es")) == ()


@given(
    st.text(st.sampled_from("asilo derecho.  \n…áb'-ñ😀\ud800"), max_size=900),
    st.sampled_from(["asilo", "a*", "as*", '"asilo a"', "derecho asilo", "o", '"s o"']),
)
def test_any_text_has_passages_with_ordered_marks_within_them(text: str, question: str) -> None:
    asked = wanted(question, "es")
    passages = choose(1, text, "es", asked, limit=3)
    assert bool(passages) == bool(mark(text, "es", asked)) or '"' in question
    for passage in passages:
        assert len(passage.text) <= LONGEST + 2
        ends = [0, *(at for span in passage.marks for at in span), len(passage.text)]
        assert ends == sorted(ends)


def test_exact_wording_of_a_phrase_is_told_apart() -> None:
    asked = wanted('"personas refugiadas" asilo', "es")
    assert holds_quoted("Las PERSONAS refugiadas.", asked)
    assert not holds_quoted("La persona refugiada.", asked)
    assert holds_quoted("nada", wanted("asilo", "es"))


def test_choosing_takes_a_moment_even_on_a_hostile_page() -> None:
    asked = wanted(" ".join(f"a{n}*" for n in range(30)) + ' "a a a a"', "es")
    for text in ("a " * 50_000, "a" * 100_000, "a1" * 50_000, "a0. " * 20_000):
        started = time.process_time()
        choose(1, text, "es", asked)
        assert time.process_time() - started < 5
