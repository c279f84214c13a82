"""Whatever a page holds, proposing neither fails nor makes things up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.vocabulary import load
from ingest.draft import Draft, PageText
from ingest.languages import tell_languages
from ingest.tagging import propose_tags
from tests.evaluation.judgements import load_half

WORDS = [word for passage in load_half("open").passages for word in passage.text.split()]
FACETS = {"country": 4, "scope": 1, "theme": 5, "population": 4, "priority": 2, "activity": 3}


def proposed(*pages: str, title: str | None = None) -> dict[str, list[str]]:
    draft = Draft(
        Path("x.pdf"),
        given_title=title,
        page_total=len(pages),
        pages=tuple(PageText(number, text) for number, text in enumerate(pages, 1)),
    )
    found: dict[str, list[str]] = {}
    for proposal in propose_tags(tell_languages(draft)).proposals:
        assert proposal.evidence
        found.setdefault(proposal.facet, []).append(proposal.value)
    return found


def every_country() -> list[str]:
    return [country.labels.es for country in load().places.countries]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\f\n ",
        "1 2 3 4 5",
        "lIl1 0O0 rn m vv ~~ ¦¦ .,.,",
        "Die Gemeinde baut eine neue Brücke über den Fluss, und alle freuen sich auf den Sommer.",
        "A ponte nova abre no sábado e o prefeito corta a fita.",
        "Quadro 3. Médias mensais de chuva por estação, 1990 a 2020.",
    ],
)
def test_a_text_on_nothing_of_ours_proposes_no_theme_and_no_country(text: str) -> None:
    found = proposed(text)
    assert not {"country", "theme", "population", "activity"} & found.keys()


def test_a_list_of_all_countries_is_about_none() -> None:
    for between in (", ", "\n", " / ", ". "):
        assert proposed(between.join(every_country())) == {}


def test_a_bibliography_full_of_places_is_about_none_of_them() -> None:
    entries = "\n".join(
        f"Arosemena, L. (20{n:02}). Refugio en {name}. {name}: Ediciones."
        for n, name in enumerate(every_country()[:30])
    )
    text = (
        f"La cohesión social en Honduras. La cohesión social en Honduras.\n\nReferencias\n{entries}"
    )
    assert proposed(text)["country"] == ["HN"]


def test_capitals_and_missing_accents_change_little() -> None:
    text = (
        "Las personas desplazadas internas de Honduras piden protección. "
        "El desplazamiento interno crece en Honduras por las extorsiones."
    )
    for written in (text, text.upper(), text.replace("ó", "o")):
        found = proposed(written)
        assert found["country"] == ["HN"]
        assert "internal-displacement" in found["theme"]
        assert found["population"][0] == "internally-displaced-persons"


def test_pages_in_two_languages_are_each_read_in_their_own() -> None:
    found = proposed(
        "El desplazamiento interno crece en Honduras. Las maras expulsan a las familias. " * 3,
        "Internally displaced families in Honduras ask for protection from the gangs. " * 3,
    )
    assert found["theme"][0] == "internal-displacement"
    assert found["country"] == ["HN"]


def test_a_page_of_a_fifth_language_takes_nothing_from_the_others() -> None:
    french = "Le déplacement interne au Honduras. Le déplacement interne au Honduras s'aggrave."
    german = "Die Stadt baut eine Brücke. Der Fluss ist breit, und der Sommer ist lang. " * 3
    assert proposed(french, german, "")["theme"][0] == "internal-displacement"


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 300))
def test_words_in_any_order_keep_the_limits(chance: random.Random, length: int) -> None:
    found = proposed(" ".join(chance.choices(WORDS, k=length)), title=chance.choice(WORDS))
    for facet, values in found.items():
        assert len(values) == len(set(values)) <= FACETS[facet]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_no_text_brings_proposing_down(text: str, title: str) -> None:
    proposed(text, text.upper(), title=title)
