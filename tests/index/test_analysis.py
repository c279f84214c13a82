"""The same text gives the same terms to the index, to questions and to passages."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import analysis
from index.analysis import LANGUAGES, NO_TERM, analyse, fold, stem, token_spans, tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("asylum-seekers", ["asylum", "seekers"]),
        ("l'asile", ["asile"]),
        ("d’água, qu'elle", ["água", "elle"]),
        ("women's rights don't", ["women", "rights", "don"]),
        ("O'Higgins", ["O", "Higgins"]),
        ("P4-R4-A5 (2026)", ["P4", "R4", "A5", "2026"]),
        ("snake_case", ["snake", "case"]),
        ("protec\u00adción", ["protec\u00adción"]),
        ("nin\u0303ez", ["nin\u0303ez"]),
        ("", []),
        ("¿—…!\x00\ud800", []),
    ],
)
def test_text_is_cut_into_words(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@pytest.mark.parametrize(
    ("token", "folded"),
    [
        ("Protección", "proteccion"),
        ("NIÑEZ", "niñez"),
        ("nin\u0303ez", "niñez"),
        ("ﬁn", "fin"),
        ("protec\u00adción", "proteccion"),
        ("Straße", "strasse"),
        ("œuvre", "oeuvre"),
        ("ação", "acao"),
    ],
)
def test_case_and_accents_are_folded_and_enye_is_kept(token: str, folded: str) -> None:
    assert fold(token) == folded


@given(st.text(max_size=200))
def test_any_text_has_terms_and_spans_that_fit_it(text: str) -> None:
    spans = list(token_spans(text))
    assert [token for token, _, _ in spans] == tokenise(text)
    assert all(text[start:end] == token for token, start, end in spans)
    for language in (*LANGUAGES, None, "xx"):
        for term in analyse(text, language):
            assert len(term.exact) <= analysis.LONGEST
            assert bool(term.stem) == bool(term.exact)


@given(st.text("aábcñéíóúüçãõ'-. ", max_size=80))
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    for language in LANGUAGES:
        composed = analyse(unicodedata.normalize("NFC", text), language)
        assert analyse(unicodedata.normalize("NFD", text), language) == composed


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "migración migraciones"),
        ("es", "joven jóvenes"),
        ("es", "crimen crímenes"),
        ("es", "refugiado refugiadas"),
        ("es", "solicitud solicitudes"),
        ("en", "organisation organization organizations"),
        ("en", "organised organized"),
        ("en", "labor labour"),
        ("en", "woman women"),
        ("pt", "migração migrações migracao"),
        ("pt", "nacional nacionais"),
        ("pt", "responsável responsáveis"),
        ("fr", "réfugié réfugiée réfugiés réfugiées"),
    ],
)
def test_forms_of_a_word_share_their_stem(language: str, words: str) -> None:
    assert len({term.stem for term in analyse(words, language)}) == 1


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "maras", "mar"),
        ("es", "casas", "casos"),
        ("es", "mesa", "mes"),
        ("es", "trata", "trato"),
        ("es", "marco", "marca"),
        ("es", "niñez", "niños"),
        ("en", "international", "internal"),
        ("en", "police", "policy"),
        ("en", "important", "import"),
        ("pt", "casa", "caso"),
    ],
)
def test_unrelated_words_keep_their_own_stems(language: str, one: str, other: str) -> None:
    assert stem(fold(one), language) != stem(fold(other), language)


def test_stop_words_keep_their_place_and_have_no_term() -> None:
    assert [t.exact for t in analyse("el derecho al asilo", "es")] == ["", "derecho", "", "asilo"]
    assert analyse("EL", "es") == [NO_TERM]


@pytest.mark.parametrize(
    ("language", "word"),
    [("es", "no"), ("es", "estado"), ("en", "not"), ("en", "us"), ("en", "who"), ("pt", "não")],
)
def test_words_that_carry_meaning_are_no_stop_words(language: str, word: str) -> None:
    assert not analysis.is_stop_word(word, language)


def test_codes_and_numbers_are_not_stemmed() -> None:
    assert [t.stem for t in analyse("P4 R4 A5s 2026", "en")] == ["p4", "r4", "a5s", "2026"]


def test_slots_of_a_phrase_keep_distances() -> None:
    slots = analysis.slots(("el", "derecho", "al", "asilo"), "es")
    assert slots == ((0, ("derech", "derecho")), (2, ("asil", "asilo")))


def test_threads_agree_on_terms() -> None:
    words = [f"organización{chr(97 + n % 26)}{n}es migraciones niñas" for n in range(2_000)]
    text = " ".join(words)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tuple(analyse(text, "es")), range(16)))
    assert len(set(answers)) == 1
