"""Every page in its own language; people's word over every guess; none rather than a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.draft import Draft, PageText, Remark
from ingest.languages import FOREIGN, LANGUAGES, UNSURE, Verdict, judge, tell_languages

# Articles 1 and 2 of the Universal Declaration of Human Rights.
DECLARATION = {
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como "
    "están de razón y conciencia, deben comportarse fraternalmente los unos con los otros. Toda "
    "persona tiene todos los derechos y libertades proclamados en esta Declaración.",
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with "
    "reason and conscience and should act towards one another in a spirit of brotherhood. "
    "Everyone is entitled to all the rights and freedoms set forth in this Declaration.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de "
    "razão e de consciência, devem agir uns para com os outros em espírito de fraternidade. Todos "
    "os seres humanos podem invocar os direitos e as liberdades proclamados na Declaração.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués "
    "de raison et de conscience et doivent agir les uns envers les autres dans un esprit de "
    "fraternité. Chacun peut se prévaloir de tous les droits et de toutes les libertés proclamés.",
}
OTHERS = {
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit "
    "Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen, und "
    "jeder hat Anspruch auf die in dieser Erklärung verkündeten Rechte und Freiheiten.",
    "Haitian Creole": "Tout moun fèt lib, egal ego pou diyite kou wè dwa. Nou gen la rezon ak la "
    "konsyans epi nou fèt pou nou aji youn ak lòt ak yon lespri fwatènite. Chak moun gen tout dwa "
    "ak tout libète ki pwoklame nan Deklarasyon sa a, san okenn distenksyon.",
    "K'iche'": "Konojel ri winaq are taq ki kalaxik pa ri uwach ulew yakalik, e junam pa ri "
    "kiya'talil xuquje pa ri kij, e k'o ki chomanik, ri ki no'jibal, rumal ri' rajawaxik "
    "kakiloq'oj kib' chi kijujunal.",
    "Miskito": "Upla sut ba kulkanka lakara, airaya sim baku bri baku, bara sin raitka bri baku "
    "pri, sut lukan ba aiwina kaikan bara bila nit nani ba wan luki ba bara, upla wala ra "
    "kulkras kaia sa.",
    "Latin": "Cum sociis natoque penatibus et magnis dis parturient montes, nascetur ridiculus "
    "mus. Ut consequat ultricies est, non rhoncus mauris congue porta. Vivamus viverra suscipit "
    "felis eget condimentum, in faucibus nulla volutpat vitae.",
    "Arabic": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميراً وعليهم "
    "أن يعامل بعضهم بعضاً بروح الإخاء",
}


def told(pages: Sequence[str], language: str | None = None) -> Draft:
    numbered = tuple(PageText(number, text) for number, text in enumerate(pages, 1))
    return tell_languages(Draft(Path("x"), given_language=language, pages=numbered))


def of_pages(draft: Draft) -> list[str | None]:
    return [page.language for page in draft.pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_told(language: str) -> None:
    assert judge(DECLARATION[language]) == Verdict(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_capitals_do_not_hide_the_language(language: str) -> None:
    assert judge(DECLARATION[language].upper()) == Verdict(language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_in_none_of_the_four_has_no_language(language: str) -> None:
    assert judge(OTHERS[language]) == FOREIGN
    draft = told([OTHERS[language]] * 3)
    assert (draft.language, of_pages(draft)) == (None, [None] * 3)


def test_a_table_of_names_says_nothing_by_itself() -> None:
    table = "Aguascalientes 12 Tegucigalpa 340 San Pedro Sula 77 Comayagua 8 Choluteca 45 " * 3
    assert judge(table) in (UNSURE, Verdict("es"))
    assert told([DECLARATION["en"], table]).pages[1].language == "en"


def test_short_and_empty_pages_inherit_the_documents_language() -> None:
    draft = told([DECLARATION["fr"], "Annexe 1", ""])
    assert (draft.language, of_pages(draft)) == ("fr", ["fr"] * 3)


def test_most_letters_decide_the_document() -> None:
    draft = told([DECLARATION["en"], DECLARATION["es"] * 4])
    assert (draft.language, of_pages(draft)) == ("es", ["en", "es"])


def test_a_second_language_is_remarked_from_its_share_of_pages_on() -> None:
    assert Remark.MIXED_LANGUAGES in told([DECLARATION["es"]] * 5 + [DECLARATION["en"]]).remarks
    assert not told([DECLARATION["es"]] * 9 + [DECLARATION["en"]]).remarks


def test_peoples_word_wins_over_every_guess() -> None:
    draft = told([DECLARATION["es"], "Anexo"], language="pt")
    assert (draft.language, of_pages(draft)) == ("pt", ["es", "pt"])
    foreign = told(["Wal 1", DECLARATION["es"]], language="miq")
    assert (foreign.language, of_pages(foreign)) == ("miq", [None, "es"])


def test_slides_are_judged_together() -> None:
    assert told(["Quiénes somos", "Lo que hacemos en la", "frontera con las familias"]).language


def test_codes_and_names_alone_have_no_language() -> None:
    draft = told(["Potato 0\n" * 20, "Potato 1\n" * 20])
    assert (draft.language, of_pages(draft)) == (None, [None, None])


def test_a_document_without_letters_has_no_language() -> None:
    assert told(["", "1 2 3"]).language is None
    assert told([]).language is None


def test_the_same_text_always_gets_the_same_answer() -> None:
    text = "Anexo estadístico Honduras cantidad total por departamento cabecera municipal 2024"
    assert len({judge(text) for _ in range(20)}) == 1
