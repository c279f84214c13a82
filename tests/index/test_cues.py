"""Cues: what a text says without naming it, in any form of its verbs, and never across phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.thesaurus import CUE, recognise
from index.vocabulary.cues import cues


def said(text: str, language: str = "es") -> set[str]:
    found = recognise(text, language, with_cues=True)
    return {mention.id for mention in found if mention.weight == CUE}


@pytest.mark.parametrize(
    ("text", "language", "concept"),
    [
        ("Los sacaron de la casa de madrugada.", "es", "internal-displacement"),
        ("Las expulsaron de su comunidad.", "es", "internal-displacement"),
        ("Tuvieron que irse.", "es", "internal-displacement"),
        ("They were driven out of their homes.", "en", "internal-displacement"),
        ("Foram expulsos, expulsaram-nos de suas casas.", "pt", "internal-displacement"),
        ("Ils ont été chassés de leur maison.", "fr", "internal-displacement"),
        ("Perdieron la cosecha dos veces.", "es", "climate-change-mobility"),
        (
            "Aprendió el oficio y certificaron su experiencia.",
            "es",
            "skills-recognition-certification",
        ),
    ],
)
def test_a_wording_says_a_concept_it_does_not_name(text: str, language: str, concept: str) -> None:
    assert concept in said(text, language)


@pytest.mark.parametrize(
    ("text", "language", "concept"),
    [
        ("S'installer ailleurs. Elles veulent s'établir ici.", "fr", "local-integration"),
        ("The decision-maker writes.", "en", "eligibility-officers"),
        ("Recognised by a well-founded fear.", "en", "eligibility-criteria"),
    ],
)
def test_what_a_text_has_as_several_words_is_said_by_all_of_them(
    text: str, language: str, concept: str
) -> None:
    assert concept in said(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Il s'agit d'un équilibre.", "fr"), ("The self, the main decision, a start.", "en")],
)
def test_a_part_of_such_a_word_says_nothing(text: str, language: str) -> None:
    assert said(text, language) == set()


def test_a_gap_ends_with_its_phrase() -> None:
    assert "internal-displacement" in said("Los sacaron ayer de la casa.")
    assert "internal-displacement" not in said("Los sacaron. Ayer, de la casa salió humo.")
    assert "internal-displacement" not in said("Los sacaron uno dos tres cuatro cinco de la casa.")


def test_a_cue_tells_the_words_of_the_text() -> None:
    (mention,) = (m for m in recognise("Perdieron toda la cosecha.", "es", with_cues=True))
    assert mention.words == "Perdieron … cosecha"


def test_only_who_asks_gets_cues() -> None:
    assert recognise("Los sacaron de la casa.", "es") == ()
    assert cues("de") == cues(None) == {}


@given(st.text(), st.sampled_from(["es", "en", "pt", "fr", "de", None]))
def test_no_text_brings_the_cues_down(text: str, language: str | None) -> None:
    for mention in recognise(text, language, with_cues=True):
        assert 0 <= mention.start < mention.end <= len(text)
