"""The sentences shown hold what matched, whole where possible, and marked exactly."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.marks import find
from index.passages import LONGEST, PageText, Passage, best, choose
from tests.asking import wanted_of


def test_passages_are_whole_sentences_with_the_most_words_first() -> None:
    text = (
        "Una frase sin nada. El asilo es un derecho. "
        + "Relleno que separa. " * 30
        + "El asilo y la frontera sur. "
        + "Más relleno que separa. " * 30
    )
    passages = choose(7, text, "es", wanted_of("asilo frontera", "es"))
    assert [p.page for p in passages] == [7, 7]
    assert passages[0].text.startswith("El asilo y la frontera sur.")
    assert passages[1].text.startswith("El asilo es un derecho.")
    assert all(len(p.text) <= LONGEST for p in passages)


def test_marks_fit_the_text_of_the_passage_although_spaces_were_joined() -> None:
    text = "Antes.\n\nEl   derecho\nal\n asilo  de las\tpersonas."
    (passage,) = choose(1, text, "es", wanted_of('"derecho al asilo"', "es"))
    assert passage == Passage(1, "El derecho al asilo de las personas.", ((3, 19),))


def test_an_endless_sentence_is_cut_between_words_with_ellipses() -> None:
    text = "palabra " * 200 + "asilo " + "palabra " * 200
    (passage,) = choose(1, text, "es", wanted_of("asilo", "es"))
    assert passage.text.startswith("…palabra")
    assert passage.text.endswith("palabra…")
    assert len(passage.text) <= LONGEST + 2
    ((start, end),) = passage.marks
    assert passage.text[start:end] == "asilo"


def test_a_page_without_a_match_has_no_passage() -> None:
    assert choose(1, "nada de eso", "es", wanted_of("asilo", "es")) == ()
    assert choose(1, "asilo", "es", wanted_of("", "es")) == ()


ACCENT = "\u0301"
BETWEEN = "[^\\w\u0301]+"
SENTENCES = st.sampled_from(
    [
        "El asilo es un derecho. ",
        "Según el Art. 5 y el Sr. Pérez, J. A., hay 1.214 casas. ",
        "¿Quién tiene derecho al asilo? ",
        "Nadie… o casi nadie. ",
        "palabra " * 60,
        "asilopalabra" * 60 + " ",
        "\n• Asilo en la casa\n",
        "Casa   12   345\nDerecho   6   7\n",
        "....................... 12\n",
        "des-\nplazamiento ",
        "asi\u0301lo pala\u00adbra ",
        "l'asile\n\n",
        "rn0lest1a d3 l4 c4sa ~~ ^ | ",
        "\x00\x07\u202e ",
        "(“Asilo”). ",
    ]
)
QUESTIONS = st.sampled_from(
    ["asilo", "as*", '"derecho al asilo" casa', "derecho asilo", "casa OR asilo palabra",
     '"casa derecho"~6', "aislo~", "l'asile", "asilo -casa", "plazamiento", "la", ""]
)  # fmt: skip
TEXTS = st.lists(SENTENCES, max_size=25).map("".join)


def _folded(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text)


@given(st.lists(TEXTS, min_size=1, max_size=3), QUESTIONS)
def test_passages_are_cut_from_the_page_and_marked_where_it_matched(
    texts: list[str], question: str
) -> None:
    asked = wanted_of(question, "es")
    pages = [PageText(number, text, "es") for number, text in enumerate(texts, 1)]
    passages = best(pages, asked)
    assert len(passages) <= 2
    assert bool(passages) == any(find(page.text, "es", asked) for page in pages)
    for passage in passages:
        text = texts[passage.page - 1]
        shown = passage.text.removeprefix("…").removesuffix("…")
        assert shown in _folded(text) or passage.text in _folded(text)
        assert len(shown) <= LONGEST + 1
        assert passage.marks
        ends = [0, *(at for span in passage.marks for at in span), len(passage.text)]
        assert ends == sorted(ends)
        matched = {_folded(text[start:end]) for start, end, _ in find(text, "es", asked)}
        for start, end in passage.marks:
            word = passage.text[start:end]
            assert word in matched or len(word) >= LONGEST
    assert best(pages, asked) == passages


@given(
    st.lists(TEXTS, min_size=1, max_size=3),
    st.sampled_from(["asilo", "as*", "aislo~", "palabra"]),
    st.integers(1, 4),
)
def test_the_passages_of_one_word_are_those_chosen_among_several(
    texts: list[str], word: str, limit: int
) -> None:
    """What is asked besides stands nowhere: all marks are weighed, and the choice is the same."""
    pages = [PageText(number, text, "es") for number, text in enumerate(texts, 1)]
    among_several = best(pages, wanted_of(f"{word} xylophon", "es"), limit)
    assert best(pages, wanted_of(word, "es"), limit) == among_several


GAPS = st.sampled_from([" ", " ", ". ", "\n", ", ", "-", "\n\n", "   ", "/", "… ", ".\n• "])
KINDS = st.sampled_from(["asilo", "casa", "w{}", "w{}", "w{}", "w{}" + "x" * 60, "\u0301w{}\u0301"])


@given(st.lists(st.tuples(KINDS, GAPS), max_size=200))
def test_no_word_is_cut_and_no_passage_overlaps_another(each: list[tuple[str, str]]) -> None:
    text = "".join(kind.format(n) + gap for n, (kind, gap) in enumerate(each))
    words = [f" {kind.format(n).strip(ACCENT)} " for n, (kind, _) in enumerate(each)]
    passages = choose(1, text, "es", wanted_of("asilo casa", "es"), limit=4)
    shown = [f" {word.strip(ACCENT)} " for p in passages for word in re.split(BETWEEN, p.text)]
    assert set(shown) <= {*words, "  "}
    assert all(
        Counter(words)[word] >= count for word, count in Counter(shown).items() if word.strip()
    )


def test_passages_of_one_page_come_from_different_places() -> None:
    filler = "Otra cosa distinta que llena. " * 20
    text = "El asilo uno. " + filler + "El asilo dos. " + filler + "Una casa. "
    one, two = choose(1, text, "es", wanted_of("asilo casa", "es"))
    assert {one.text[:9], two.text[:9]} == {"El asilo ", "Una casa."}


def test_passages_are_the_best_of_all_pages() -> None:
    pages = [
        PageText(4, "Asilo. " + "Nada de eso. " * 40 + "Asilo otra vez.", "es"),
        PageText(2, "La casa del asilo.", "es"),
        PageText(9, "The homes of asylum.", "en"),
    ]
    passages = best(pages, wanted_of("asilo casa", "es"))
    assert [(p.page, p.text[:18]) for p in passages] == [
        (2, "La casa del asilo."),
        (4, passages[1].text[:18]),
    ]
    assert [p.page for p in best(pages, wanted_of("asylum", "es"))] == [9]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Nada aquí. El Art. 5 y el Sr. J. Pérez piden asilo. Fin.",
            "El Art. 5 y el Sr. J. Pérez piden asilo. Fin.",
        ),
        ("Nada aquí. ¿Quién pide asilo? Fin.", "¿Quién pide asilo? Fin."),
        ("Título largo\n\nEl asilo.", "El asilo."),
        ("Uno. dos asilo", "Uno. dos asilo"),
        ("Uno:\n• Dos nada.\n• Tres asilo\n• Cuatro", "• Tres asilo • Cuatro"),
    ],
)
def test_sentences_begin_where_people_begin_them(text: str, shown: str) -> None:
    (passage,) = choose(1, text, "es", wanted_of("asilo", "es"))
    assert passage.text == shown


def test_choosing_takes_a_moment_even_on_a_hostile_page() -> None:
    asked = wanted_of(" ".join(f"a{n}*" for n in range(20)) + ' a b "a a a a" "a b"~50', "en")
    for text in (
        "a " * 50_000,
        "a" * 100_000,
        "a1" * 50_000,
        "a0. " * 20_000,
        "a" + "." * 50_000 + "b",
        "a" + " " * 50_000 + "b",
        "a\n" * 30_000,
        "a" + "\n " * 30_000 + "b",
    ):
        started = time.process_time()
        choose(1, text, "en", asked)
        assert time.process_time() - started < 3, text[:10]
