"""The gates of proposals: populations, bodies in passing, figures, regions, ends of files."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.draft import Draft, PageText
from ingest.tagging import propose_tags

FILLER = "El informe describe el trabajo de campo del equipo. " * 60


def proposed(facet: str, *pages: str, title: str | None = None, language: str = "es") -> list[str]:
    numbered = tuple(PageText(n, text, language) for n, text in enumerate(pages, start=1))
    draft = Draft(Path("file.pdf"), title=title, language=language, pages=numbered)
    return [p.value for p in propose_tags(draft).proposals if p.facet == facet]


def test_displaced_persons_are_those_of_the_displacement_the_text_speaks_of() -> None:
    people = "Las personas desplazadas recibieron apoyo."
    assert proposed("population", people) == ["forcibly-displaced-persons"]
    internal = f"El desplazamiento interno crece. {people}"
    assert proposed("population", internal) == ["internally-displaced-persons"]
    disaster = f"El desplazamiento por desastres crece. {people}"
    assert proposed("population", disaster) == ["disaster-displaced-persons"]


def test_returned_people_need_protection_only_where_a_danger_is_told() -> None:
    safe = "Las personas retornadas abrieron un taller de costura en el barrio."
    assert proposed("population", safe) == ["returnees"]
    danger = "Las personas retornadas no pueden volver a su colonia por las amenazas."
    assert set(proposed("population", danger)) == {"returnees", "returnees-protection-needs"}


def test_a_weak_word_for_people_needs_the_title_or_what_concerns_them() -> None:
    passing = "Las mujeres del equipo escribieron el informe."
    assert proposed("population", passing) == []
    assert proposed("population", passing, title="Mujeres que cosen") == ["women-girls"]
    concerned = "La violencia de género sigue. Las mujeres piden un espacio."
    assert proposed("population", concerned) == ["women-girls"]


def test_people_named_at_the_end_of_a_longer_label_are_named() -> None:
    text = "La reintegración de personas retornadas avanza en el barrio."
    assert proposed("population", text) == ["returnees"]
    body = "Lo decidió la Comisión Nacional para los Refugiados."
    assert proposed("population", body) == []


def test_one_body_in_passing_is_not_regional_coordination() -> None:
    passing = "Usamos la Caja de herramientas de cohesión social del Proceso de Quito."
    assert proposed("theme", passing, title="La cohesión social") == ["social-cohesion"]
    about = proposed("theme", "Lo acordaron.", title="El Proceso de Quito y la CRM")
    assert "regional-coordination" in about


def test_figures_on_a_subject_are_of_the_priority_of_the_subject() -> None:
    figures = "Los microdatos y las estadísticas de la encuesta de hogares."
    assert proposed("priority", figures, title="Datos y estadísticas") == ["2026:P4"]
    subject = f"{figures} Miden el desplazamiento interno y la violencia generalizada."
    assert proposed("priority", subject, title="Datos y estadísticas") == ["2026:P2"]


def test_what_a_text_says_it_is_not_about_is_not_proposed() -> None:
    text = "Este texto no aborda la salud mental ni la apatridia. La cohesión social crece."
    assert proposed("theme", text) == ["social-cohesion"]
    places = "Este texto no se ocupa de Panamá. En Honduras crece la cohesión social."
    assert proposed("country", places) == ["HN"]


def test_where_people_came_from_gives_way_to_where_they_are() -> None:
    text = "Las familias que salieron de Honduras viven en Tapachula."
    assert proposed("country", text) == ["MX"]
    assert proposed("country", "Las familias salieron de Honduras. Salieron de Honduras.") == ["HN"]


def test_the_venue_of_a_meeting_is_not_what_it_was_about() -> None:
    text = "La reunión se celebró en Tegucigalpa. Se habló de Belice y de Belmopan."
    assert proposed("country", text) == ["BZ"]


MEMBERS = "Belice, Costa Rica, El Salvador, Guatemala, Honduras, México y Panamá"


def test_a_list_of_the_members_makes_the_scope_regional() -> None:
    text = f"Participaron {MEMBERS}. La secretaría está en Guatemala."
    assert proposed("country", text) == []
    assert proposed("scope", text) == ["regional-mirps"]
    on_one = f"El MIRPS reúne a {MEMBERS}. En Honduras crece. Honduras responde."
    assert proposed("country", on_one, title="La respuesta de Honduras") == ["HN"]


def test_a_list_of_half_the_world_is_about_no_region() -> None:
    listed = f"Afganistán, Argentina, Brasil, Canadá, Chile, Colombia, Cuba, {MEMBERS}, Uruguay"
    for text in (listed, listed.replace(", ", "\n"), listed.replace(", ", ". ")):
        assert proposed("country", text) == []
        assert proposed("scope", text) == []


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("La respuesta en Honduras y en Guatemala", ["multi-country"]),
        ("La respuesta en Tapachula", ["local"]),
        ("La respuesta en Chiapas", ["subnational"]),
        ("La respuesta en Honduras", ["national"]),
        ("La respuesta", []),
    ],
)
def test_the_scope_is_proposed_where_places_say_it_plainly(title: str, scope: list[str]) -> None:
    assert proposed("scope", "Un texto.", title=title) == scope


@pytest.mark.parametrize("heading", ["Anexo 1. Lista de participantes", "ANEXOS", "Annex B"])
def test_annexes_say_nothing(heading: str) -> None:
    text = f"{FILLER}La cohesión social en Honduras.\n{heading}\nPanamá. Panamá. Panamá."
    assert proposed("country", text) == ["HN"]


def test_a_list_of_acronyms_says_nothing() -> None:
    listed = "Siglas y acrónimos\nCOMAR Comisión Mexicana\nONPAR Oficina Nacional\nOEA   Estados"
    assert proposed("country", listed, f"{FILLER}Honduras y Honduras.") == ["HN"]


def test_a_numbered_heading_counts_more_than_a_line() -> None:
    text = f"{FILLER} Con cohesión social, y cohesión social.\n{{}}La cohesión social\n{FILLER}"
    plain = proposed_score(text.format(""))
    heading = proposed_score(text.format("3.2 "))
    assert heading > plain


def proposed_score(text: str) -> float:
    draft = Draft(Path("f"), language="es", abstract="x", pages=(PageText(1, text, "es"),))
    return next(p.score for p in propose_tags(draft).proposals if p.facet == "theme")


SENTENCES = (
    "Las personas desplazadas internamente de la colonia {n} salieron de Choloma hace {n} días. "
    "El municipio de Mixco abrió {n} escuelas con la COMAR, según la encuesta {n} de hogares. "
    "La reunión número {n} se hizo en Heredia y no abordó la salud mental de {n} familias. "
)


def test_sixty_pages_are_tagged_within_the_time_of_a_page_turned() -> None:
    names = ["a" * k + "b" * n for n in range(1, 61) for k in range(1, 11)]
    pages = [
        "\n".join(SENTENCES.format(n=name) for name in names[n * 10 : n * 10 + 10])
        for n in range(60)
    ]
    proposed("theme", pages[0])  # the lexicon is built once
    before = time.process_time()
    assert proposed("theme", *pages)
    assert time.process_time() - before < 2


def test_a_reader_builds_no_lexicon_of_its_own() -> None:
    """Each file has a process of its own: what it builds is built again for the next one."""
    code = """
from index.thesaurus import recognise
from index.vocabulary.lexicon import concept_lexicon_of as concept_lexicon
from index.vocabulary.lexicon import place_lexicon_of as place_lexicon
from ingest import sandbox_helper
sandbox_helper.warm()
before = concept_lexicon.cache_info().misses, place_lexicon.cache_info().misses
for language in ("es", "en", "pt", "fr", "ht", None):
    recognise("asilo asylum refuge", language)
assert (concept_lexicon.cache_info().misses, place_lexicon.cache_info().misses) == before
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_town_named_once_beside_the_country_of_the_title_is_no_subject() -> None:
    text = "Las escuelas abrieron aulas. El equipo agradece a quienes leyeron en Guadalajara."
    assert proposed("country", text, title="Escuelas de Honduras") == ["HN"]
    assert proposed("country", "Las escuelas de Guadalajara abrieron aulas.") == ["MX"]
