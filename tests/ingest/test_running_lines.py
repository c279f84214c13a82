"""Running headers and footers go; everything else stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.draft import PageText
from ingest.running_lines import without_running_lines


def texts(*pages: str) -> list[str]:
    found = without_running_lines([PageText(n, text) for n, text in enumerate(pages, 1)])
    return [page.text for page in found]


def page(number: int, body: str) -> str:
    return f"Ministerio de muestra\n{body}\nInforme anual — página {number} de 40"


COVER = "Título\nde la portada\ny un tercer renglón\nautoras\naño"


def test_header_and_numbered_footer_of_three_pages_go() -> None:
    found = texts(COVER, page(2, "Dos."), page(3, "Tres."), page(4, "Cuatro."))
    assert found == [COVER, "Dos.", "Tres.", "Cuatro."]


def test_the_top_of_the_first_page_stays_for_there_it_is_the_title() -> None:
    bodies = ["uno\ndos", "tres\ncuatro", "cinco\nseis", "siete\nocho"]
    found = texts(*(f"El tejido social\n{body}" for body in bodies))
    assert found[0] == "El tejido social\nuno\ndos"
    assert not any("tejido" in text for text in found[1:])


def test_headers_that_alternate_between_left_and_right_pages_go() -> None:
    pages = [f"{'Título' if n % 2 else 'Autora'}\nTexto {'abcdefgh'[n]}." for n in range(8)]
    assert texts(COVER, *pages) == [COVER, *(f"Texto {letter}." for letter in "abcdefgh")]


def test_two_pages_are_too_few_to_tell() -> None:
    assert texts(page(1, "Uno."), page(2, "Dos.")) == [page(1, "Uno."), page(2, "Dos.")]


def test_a_line_repeated_in_the_middle_stays() -> None:
    def around(letter: str) -> str:
        above = [f"{word} {letter}" for word in ("uno", "dos", "tres", "cuatro", "cinco", "seis")]
        return "\n".join([*above, "el mismo párrafo", "alfa", "beta", "gama"])

    assert all(text.endswith("el mismo párrafo") for text in texts(COVER, *map(around, "abc"))[1:])


def test_a_page_that_holds_nothing_else_keeps_its_lines() -> None:
    empty = "Ministerio de muestra\nInforme anual — página 4 de 40"
    assert texts(COVER, page(2, "Uno."), page(3, "Dos."), page(3, "Tres."), empty)[4] == empty


@given(st.lists(st.text(alphabet="ab1 \n", max_size=40), max_size=12))
def test_only_whole_lines_are_ever_taken_and_no_page_is_emptied(pages: list[str]) -> None:
    for before, after in zip(pages, texts(*pages), strict=True):
        assert bool(before.strip()) == bool(after.strip())
        remaining = iter(before.split("\n"))
        assert all(line in remaining for line in after.split("\n") if line.strip())
