"""What a document says of itself, and nothing that it does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.cover import read_cover
from ingest.describe import (
    Cover,
    SizedLine,
    describe_text,
    find_abstract,
    find_authors,
    find_doi,
    find_isbn,
    find_title,
    find_year,
)
from ingest.draft import Draft, PageText
from tests.pdfs import a_pdf

BODY = "El informe presenta la situación de las personas desplazadas en la región."


def pages(*texts: str) -> tuple[PageText, ...]:
    return tuple(PageText(number, text) for number, text in enumerate(texts, 1))


def sized(*lines: tuple[str, float]) -> Cover:
    return Cover(lines=tuple(SizedLine(text, size) for text, size in lines))


def test_a_plausible_title_in_the_metadata_is_taken() -> None:
    cover = Cover(info_title="Informe sobre desplazamiento interno")
    assert find_title(cover, pages("INFORME SOBRE\nDESPLAZAMIENTO INTERNO")) == cover.info_title


@pytest.mark.parametrize(
    "junk",
    [
        "Microsoft Word - informe final.docx",
        "Layout 1",
        "untitled",
        "Sin título",
        "informe_v3.indd",
        "Binder1.pdf",
        "10) LUGAR DE FALLECIMIENTO",
        "Presentación1",
        "Informe",
        "Manual de cocina para principiantes",
    ],
)
def test_a_title_no_person_wrote_for_this_text_is_not_taken(junk: str) -> None:
    text = "Microsoft Word informe final docx 10 LUGAR DE FALLECIMIENTO Layout 1"
    cover = Cover(info_title=junk, lines=(SizedLine("Vidas en movimiento", 22.0),))
    assert find_title(cover, pages(text)) == "Vidas en movimiento"


def test_the_biggest_lines_of_the_cover_are_the_title() -> None:
    cover = sized(
        ("DIARIO OFICIAL", 30.0),
        ("Viernes 3 de enero de 2025", 28.0),
        ("Caminos de protección", 24.0),
        ("en el norte de Centroamérica", 23.8),
        ("Un estudio con familias", 14.0),
    )
    title = "Caminos de protección en el norte de Centroamérica"
    assert find_title(cover, pages(BODY)) == title


def test_without_sizes_the_first_line_that_can_be_a_title_is_taken() -> None:
    assert find_title(Cover(), pages("12\nPágina 1\nMujeres en la frontera\n" + BODY)) == (
        "Mujeres en la frontera"
    )
    assert find_title(Cover(), pages("", "1 2 3")) is None


def test_peoples_title_wins() -> None:
    draft = Draft(Path("x"), given_title="Dado", pages=pages("Otro título\n" + BODY))
    assert describe_text(draft).title == "Dado"


def test_the_cover_is_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(a_pdf([BODY], title="Título dentro", headline="Rutas de integración"))
    cover = read_cover(path)
    assert cover.info_title == "Título dentro"
    biggest = max(cover.lines, key=lambda line: line.size)
    assert biggest.text == "Rutas de integración"
    assert find_title(cover, pages(BODY)) == "Rutas de integración"


def test_the_author_in_the_metadata_is_never_told(read: Callable[..., Draft]) -> None:
    draft = read(a_pdf([BODY], title="T", author="Nombre De Usuaria"))
    assert draft.authors == ()
    assert "Usuaria" not in repr(draft)


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Título\nAutora: Ana María López", ("Ana María López",)),
        ("Título\nAutores: Ana López, Juan de la Cruz y Rosa Díaz", None),
        ("Título\nAuthors: Jane Smith; John A. Doe", ("Jane Smith", "John A. Doe")),
        ("Título\nPor Ana López", ("Ana López",)),
        ("Título\nBy Ana López and Juan Pérez", ("Ana López", "Juan Pérez")),
        ("Título\nElaborado por: Instituto Nacional de Estadística", ()),
        ("Título\nAutor: Ministerio de Salud", ()),
        ("Título\n" + "línea\n" * 10 + "Por Región Judicial", ()),
        ("Otra cosa\nPor Ana López", ()),
        ("Título\nAutora: ver página 3", ()),
        ("Título\nAna López", ()),
    ],
)
def test_only_labelled_persons_are_authors(text: str, authors: tuple[str, ...] | None) -> None:
    expected = ("Ana López", "Juan de la Cruz", "Rosa Díaz") if authors is None else authors
    assert find_authors("Título", pages(text)) == expected


@pytest.mark.parametrize(
    ("text", "created", "year"),
    [
        ("Tegucigalpa, junio de 2021. Plan 2022", 2023, 2021),
        ("© 2019 Todos los derechos", None, 2019),
        ("March 3, 2020 and 1999", None, 2020),
        ("Informe 2018 sobre la ley de 2009", 2024, 2018),
        ("Agenda 2030 y Plan 2026-2030", 2022, 2022),
        ("Período 2015-2019", 2020, 2020),
        ("Decreto 57-2020, tel. 2022-1234, 12.2019", 2021, 2021),
        ("Horizonte 2199", None, None),
        ("sin fecha", 1600, None),
        ("sin fecha", None, None),
    ],
)
def test_the_year_is_the_covers_and_only_then_the_files(
    text: str, created: int | None, year: int | None
) -> None:
    assert find_year(pages(text), created) == year


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1234/ABC.5", "10.1234/abc.5"),
        ("DOI: 10.18356/9789210.", "10.18356/9789210"),
        ("(doi:10.1000/xyz123)", "10.1000/xyz123"),
        ("10.1000/xyz123", None),
        ("Referencias\nPérez (2020). doi:10.1000/ajena", None),
    ],
)
def test_a_doi_is_the_documents_own(text: str, doi: str | None) -> None:
    assert find_doi(pages(text)) == doi


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("ISBN: 978-0-306-40615-7", "9780306406157"),
        ("ISBN-10: 0-306-40615-2", "9780306406157"),
        ("978-0-306-40615-7", None),
        ("ISBN 978-0-306-40615-8", None),
    ],
)
def test_an_isbn_has_its_label_and_a_right_check_digit(text: str, isbn: str | None) -> None:
    assert find_isbn(pages("", text)) == isbn


ABSTRACT = "Este estudio describe cómo las familias desplazadas reconstruyen su vida. " * 3


@pytest.mark.parametrize(
    "head", ["Resumen\n", "RESUMEN: ", "Abstract. ", "1. Resumo\n", "Résumé\n"]
)
@pytest.mark.parametrize(
    "end", ["Palabras clave: familia", "Introducción\nTexto", "Keywords: x", ""]
)
def test_the_abstract_stands_between_its_headings(head: str, end: str) -> None:
    assert find_abstract(pages("Portada", f"{head}{ABSTRACT}\n{end}")) == ABSTRACT.strip()


def test_a_table_of_contents_is_no_abstract() -> None:
    contents = "Resumen\n........................ 3\nIntroducción ............... 5\n" + "x. " * 90
    assert find_abstract(pages(contents)) is None


def test_a_long_abstract_ends_with_a_sentence() -> None:
    found = find_abstract(pages("Resumen\n" + ABSTRACT * 30))
    assert found is not None
    assert len(found) <= 2_000
    assert found.endswith("vida.")
