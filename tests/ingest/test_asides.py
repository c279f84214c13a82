"""What a text says in passing is told from what it is about, in four languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.asides import Asides

DENIALS = [
    ("es", "Este informe no aborda la X.", True),
    ("es", "La vivienda no se aborda: la X sí.", True),
    ("es", "No se trata de la X, sino de otra cosa.", True),
    ("es", "No se trata de otra cosa, sino de la X.", False),
    ("es", "La X queda fuera del alcance del estudio.", True),
    ("es", "A diferencia de la X, aquí hay cifras.", True),
    ("es", "A diferencia de otros, aquí hay X.", False),
    ("es", "No hay X en el municipio.", False),
    ("en", "This note does not cover X.", True),
    ("en", "X is beyond the scope of this note.", True),
    ("en", "Unlike X, this is about cash.", True),
    ("en", "Officers do not trust X.", False),
    ("pt", "Este texto não trata de X.", True),
    ("pt", "Este texto trata de X.", False),
    ("fr", "Cette note n'aborde pas X.", True),
    ("fr", "Cette note aborde X.", False),
    ("pt", "A X não é assunto deste texto.", True),
    ("en", "X is not the subject of this page.", True),
    ("fr", "La X n’est pas le sujet de cette note.", True),
    ("pt", "A X não é segura.", False),
]
PLACES = [
    ("es", "La reunión se celebró en X, con tres equipos.", True),
    ("es", "La reunión trató de la vida en X.", False),
    ("es", "La organización tiene su oficina regional en X.", True),
    ("es", "Publicado en X en 2020.", True),
    ("es", "X, 3 de mayo de 2024", True),
    ("es", "Viven en X desde el 3 de mayo de 2024", False),
    ("es", "Pérez (2019). Libro. X: Editorial Azul, 2019.", True),
    ("en", "The meeting was held in X last year.", True),
    ("en", "The project was funded by the Government of X.", True),
    ("en", "The market in X was held back by rain.", False),
    ("pt", "O encontro foi realizado em X, com todos.", True),
    ("fr", "La réunion s'est tenue à X en mai.", True),
    ("es", "Oficina Multipaís, Ciudad de Panamá, X. Informe", True),
    ("es", "Oficina regional para América, X.", True),
    ("es", "La oficina regional cerró. En Choluteca, X, abrió otra.", False),
    ("en", "UNHCR Regional Office, Geneva, X.", True),
    ("pt", "Escritório regional, Brasília, X.", True),
    ("fr", "Bureau régional, Genève, X.", True),
    ("es", "Antes del partido entre Brasil y X repartimos volantes.", True),
    ("es", "El partido de gobierno gobierna X.", False),
    ("en", "During the match between Chile and X they sold food.", True),
]
ORIGINS = [
    ("es", "mujeres que salieron de X", True),
    ("es", "llegaron a Tapachula desde X", True),
    ("es", "familias de Haití, Cuba y X", True),
    ("es", "llegaron a la frontera sur de X", False),
    ("es", "viven en X", False),
    ("es", "la ley de X", False),
    ("en", "families from El Salvador and X", True),
    ("en", "people who fled X", True),
    ("en", "lessons from X", False),
    ("pt", "pessoas vindas da X", True),
    ("fr", "des familles venues d'X", True),
    ("fr", "au sud de X", False),
    ("es", "un panadero de X", True),
    ("es", "una maestra originaria de X", True),
    ("es", "la embajada de X", True),
    ("es", "pasaron por Guatemala y X", True),
    ("es", "el vuelo hizo escala en X", True),
    ("es", "agradecemos a Suecia y a X", True),
    ("es", "60 % eran de Honduras y 25 % de X", True),
    ("es", "inspirado en X", True),
    ("es", "la Universidad Nacional Autónoma de X", True),
    ("es", "pasaron hambre en X", False),
    ("es", "un municipio de X", False),
    ("es", "el gobierno de X", False),
    ("en", "a barber from X", True),
    ("en", "two retired nurses from X", True),
    ("en", "a comparative case from X", False),
    ("en", "an example from X", False),
    ("en", "Respondents were from Honduras (61 %) and X", True),
    ("en", "inspired by a scheme in X", True),
    ("en", "they crossed X", True),
    ("en", "the law crossed out in X", False),
    ("en", "the Embassy of X", True),
    ("pt", "uma costureira de X", True),
    ("pt", "uma cidade de X", False),
    ("fr", "un boulanger du X", True),
    ("fr", "inspirée par le X", True),
    ("pt", "passaram pelo X", True),
    ("fr", "un village du X", False),
]


@pytest.mark.parametrize(("language", "text", "expected"), DENIALS)
def test_what_a_text_says_it_is_not_about(language: str, text: str, expected: bool) -> None:
    for one in (text, text.upper()):
        assert Asides(one, language).disclaims(one.rindex("X")) is expected


@pytest.mark.parametrize(("language", "text", "expected"), PLACES)
def test_a_venue_a_seat_and_a_printer_are_not_where_a_text_is_set(
    language: str, text: str, expected: bool
) -> None:
    start = text.index("X")
    assert Asides(text, language).is_elsewhere(start, start + 1) is expected


@pytest.mark.parametrize(("language", "text", "expected"), ORIGINS)
def test_where_people_came_from(language: str, text: str, expected: bool) -> None:
    assert Asides(text, language).is_origin(text.index("X")) is expected


def test_an_author_s_institute_is_told_on_the_first_page_only() -> None:
    text = "Universidad de X, Facultad de Derecho\n\nEn X viven tres familias."
    line, sentence = text.index("X"), text.rindex("X")
    first = Asides(text, "es", first_page=True)
    assert first.is_elsewhere(line, line + 1)
    assert not first.is_elsewhere(sentence, sentence + 1)
    assert not Asides(text, "es").is_elsewhere(line, line + 1)


def test_who_wrote_a_text_is_told_by_how_the_sentence_begins() -> None:
    text = "Autora: Escuela de Sociología, X. En Y hay un programa. El autor: X vive."
    asides = Asides(text, "es", first_page=True)
    first, last = text.index("X"), text.rindex("X")
    assert asides.is_elsewhere(first, first + 1)
    assert not asides.is_elsewhere(text.index("Y"), text.index("Y") + 1)
    assert not asides.is_elsewhere(last, last + 1)


def test_what_a_picture_shows_may_be_elsewhere() -> None:
    text = "Foto: mujeres en un mercado de X, 2019. El texto trata de Y."
    asides = Asides(text, "es")
    assert asides.is_elsewhere(text.index("X"), text.index("X") + 1)
    assert not asides.is_elsewhere(text.index("Y"), text.index("Y") + 1)


def test_a_denial_ends_with_its_sentence() -> None:
    text = "No se aborda la salud. Se aborda X."
    assert not Asides(text, "es").disclaims(text.index("X"))


def test_danger_is_told_near_by_only() -> None:
    text = "X no puede volver. " + "El resto del texto habla de otra cosa. " * 9
    asides = Asides(text, "es")
    assert asides.tells_of_danger(0, 1)
    assert not asides.tells_of_danger(len(text) - 1, len(text))


@given(st.text(max_size=300), st.sampled_from(["es", "en", "pt", "fr", "ht", None]))
def test_no_text_is_too_strange(text: str, language: str | None) -> None:
    asides = Asides(text, language, first_page=True)
    for start in range(0, len(text), 7):
        asides.disclaims(start)
        asides.is_elsewhere(start, start + 1)
        asides.is_origin(start)
        asides.tells_of_danger(start, start + 1)
