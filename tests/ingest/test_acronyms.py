"""An acronym that a text spells out means what the text says, not what the vocabulary knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.acronyms import meant_otherwise
from tests.ingest.test_tagging import draft, proposed

OTHERWISE = [
    ("The IDP (International Driving Permit) desk is open.", "IDP"),
    ("The IDP — the International Driving Permit desk — is open.", "IDP"),
    ("Business claimed as Confidential Business Information (CBI) is kept.", "CBI"),
    ("La Cámara de Armadores de México (CAM) pidió muelles.", "CAM"),
    ("International Driving Permits (IDPs) are printed here.", "IDPs"),
]
AS_KNOWN = [
    "Internally displaced persons (IDPs) and IDP (internally displaced population).",
    "Niñas, niños y adolescentes (NNA) solicitan asilo.",
    "La NNA, niñez y adolescencia, espera.",
    "IDP figures are published (see the annex on driving).",
    "The IDP (a word of agencies) has no home.",
]


@pytest.mark.parametrize(("text", "acronym"), OTHERWISE)
def test_what_a_text_spells_out_is_believed(text: str, acronym: str) -> None:
    assert acronym in meant_otherwise(text)


@pytest.mark.parametrize("text", AS_KNOWN)
def test_the_usual_meaning_in_other_words_stays(text: str) -> None:
    assert meant_otherwise(text) == frozenset()


def test_once_spelt_out_an_acronym_is_so_on_every_page() -> None:
    pages = ("IDP desks are busy.", "The IDP (International Driving Permit) costs ten dollars.")
    text = draft(*pages, title="IDP services", language="en")
    assert proposed(text, "population") == []
    assert proposed(text, "theme") == []
    usual = draft(pages[0], title="IDP services", language="en")
    assert proposed(usual, "population") == ["internally-displaced-persons"]


@given(st.text(alphabet="IDPCAM ()—-,.;sabñ\n"))
def test_no_text_is_too_strange_and_only_what_stands_there_is_told(text: str) -> None:
    assert all(acronym.removesuffix("s") in text for acronym in meant_otherwise(text))
