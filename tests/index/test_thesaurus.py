"""The thesaurus finds what a text names, in four languages, and what it does not name it leaves."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.thesaurus import fold, recognise
from index.vocabulary import Concept, load
from index.vocabulary.forms import forms

LANGUAGES = ("es", "en", "pt", "fr")


def concepts(text: str, language: str | None = "es") -> list[str]:
    return [m.id for m in recognise(text, language) if m.kind == "concept"]


def countries(text: str, language: str | None = "es") -> set[str]:
    return {m.id for m in recognise(text, language) if m.kind == "country"}


def shown_labels(concept: Concept, language: str) -> list[str]:
    preferred = getattr(concept.labels, language)
    return [label for label in (preferred, *concept.alt.of(language)) if label]


def test_every_label_of_every_concept_is_found_in_its_language() -> None:
    for concept in load().concepts.concepts:
        for language in LANGUAGES:
            for label in shown_labels(concept, language):
                mentions = recognise(f"x {label} x", language)
                found = {(m.id, m.start, m.end) for m in mentions}
                end = 2 + len(label.rstrip(")+'"))
                spans = {(i, s, e) for i, s, e in found if i == concept.id and s == 2 and e >= end}
                assert spans, (concept.id, language, label, mentions)


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_case_does_not_matter_for_a_label(change: object) -> None:
    assert callable(change)
    assert concepts(change("personas desplazadas internamente")) == ["internally-displaced-persons"]


def test_accents_do_not_matter_but_ene_does() -> None:
    assert concepts("proteccion de la niñez") == ["children-adolescents-protection"]
    assert concepts("proteccion de la ninez") == []
    decomposed = unicodedata.normalize("NFD", "cohesión social en niñez no acompañada")
    assert concepts(decomposed) == ["social-cohesion", "unaccompanied-children"]
    assert fold("Año") == "año"
    assert fold("ÁÉÍÓÚÜÇ") == "aeiouuc"


def test_the_longest_label_wins_and_consumes_its_words() -> None:
    assert concepts("personas retornadas con necesidades de protección") == [
        "returnees-protection-needs"
    ]
    assert concepts("personas retornadas") == ["returnees"]
    assert concepts("niñas, niños y adolescentes no acompañados") == ["unaccompanied-children"]


def test_a_label_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert "social-cohesion" not in concepts("Faltó cohesión. Social es el tema que sigue.")
    assert "social-cohesion" not in concepts("Faltó cohesión\n\nSocial")
    assert "social-cohesion" in concepts("Faltó cohesión\nsocial")


def test_number_and_gender_are_generated() -> None:
    assert concepts("una persona refugiada") == ["refugees"]
    assert concepts("las desplazadas internas") == ["internally-displaced-persons"]
    assert concepts("un desplazado interno") == ["internally-displaced-persons"]
    assert concepts("an internally displaced person", "en") == ["internally-displaced-persons"]
    assert concepts("internally displaced people", "en") == ["internally-displaced-persons"]
    assert concepts("une réfugiée", "fr") == ["refugees"]
    assert concepts("labor rights and a job fair", "en") == [
        "labour-rights",
        "employability-intermediation",
    ]
    assert concepts("refugee-led organisation", "en") == ["refugee-led-organizations"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("personas desplazadas por el desastre", "es", ["disaster-displaced-persons"]),
        ("el derecho a trabajo", "es", ["work-permits"]),
        ("la inscripción del nacimiento", "es", ["legal-identity"]),
        ("Conférence régionale sur la migration", "fr", ["rcm"]),
        ("os direitos dos trabalhadores e a coesão social", "pt", ["social-cohesion"]),
        ("displacement due to a disaster", "en", ["disaster-displacement"]),
    ],
)
def test_articles_and_number_differ_in_any_part_of_a_label(
    text: str, language: str, expected: list[str]
) -> None:
    found = [m.id for m in recognise(text, language) if m.kind == "concept" and m.weight == 1.0]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "language", "population"),
    [
        ("familias desplazadas internas", "es", "internally-displaced-persons"),
        ("internally displaced women", "en", "internally-displaced-persons"),
        ("children with disabilities", "en", "persons-with-disabilities"),
        ("mulheres refugiadas", "pt", "refugees"),
        ("familles apatrides", "fr", "stateless-persons"),
    ],
)
def test_whoever_is_meant_by_persons_may_be_called_otherwise(
    text: str, language: str, population: str
) -> None:
    assert population in concepts(text, language)


def test_it_is_not_a_matter_of_persons() -> None:
    assert concepts("Se trata de personas que esperan.") == []
    assert concepts("La trata de personas sigue.") == ["human-trafficking"]
    assert "older-persons" not in concepts("niños mayores de doce años")
    assert "older-persons" not in concepts("older children", "en")


def test_nothing_is_stemmed() -> None:
    assert concepts("el nivel del mar") == []
    assert concepts("las maras") == ["gangs-maras"]
    assert concepts("el refugio") == []
    assert concepts("un menor costo y drogas ilegales") == ["migrants"]  # weak, see below
    assert [m.weight for m in recognise("drogas ilegales", "es")] == [0.2]


def test_labels_count_in_the_language_of_the_text_only() -> None:
    assert concepts("education pour tous", "fr") == ["education-access"]
    assert concepts("students and health", "es") == []
    assert concepts("shelters", "en") == ["shelter-reception"]
    assert concepts("shelters", "es") == []


def test_names_of_bodies_count_in_any_language() -> None:
    assert concepts("el Global Refugee Forum", "es") == ["global-refugee-forum"]
    assert concepts("the Proceso de Quito", "en") == ["quito-process"]
    assert concepts("Pwosesis la: Proceso de Quito", "ht") == ["quito-process"]
    assert countries("depi Honduras rive Tapachula", "ht") == {"HN", "MX"}


def test_acronyms_count_in_their_exact_case_only() -> None:
    assert concepts("la OEA") == ["oas-cam"]
    assert concepts("la oea") == []
    assert concepts("la IA generativa") == ["artificial-intelligence"]
    assert concepts("il y a ai et ia", "fr") == []
    assert concepts("ven acá, aca mismo") == []


def test_a_heading_in_capitals_is_no_row_of_acronyms() -> None:
    assert concepts("SE ACERCA ACA LA NOCHE") == []
    assert concepts("el acuerdo ACA de 2019") == ["third-country-removals"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Las PDI de Honduras", "es", ["internally-displaced-persons"]),
        ("El PDI de la CEPAL", "es", ["comprehensive-development-plan"]),
        ("la sede del BID", "es", ["development-banks"]),
        ("BID procedures for children", "en", ["best-interests", "children-adolescents"]),
        ("the Banco (BID)", "en", ["development-banks"]),
        ("la CONARE de Guatemala", "es", ["national-refugee-commissions"]),
        ("CONARE, el Consejo Nacional de Rectores", "es", []),
        ("el PAC y Cartagena", "es", ["cartagena-process"]),
        ("el PAC del distrito", "es", []),
        ("the CAM of the OAS", "en", ["oas-cam", "oas-cam"]),
        ("the CAM region", "en", []),
        ("un CRM para ventas", "es", []),
        ("la CRM sobre migración", "es", ["rcm"]),
        ("archivo PPT adjunto", "es", []),
        ("la PPT y su presidencia", "es", ["pro-tempore-presidency"]),
        ("planta PTA de aguas", "es", []),
        ("el PTA de ACNUR", "es", ["protection-transfer-arrangement"]),
        ("Amnesty AI report", "en", []),
        ("AI in asylum", "en", ["artificial-intelligence", "asylum-systems"]),
        ("DIS inter superior", "es", ["best-interests"]),
        ("the DIS prefix", "en", []),
    ],
)
def test_a_contested_acronym_is_read_by_what_stands_around_it(
    text: str, language: str, expected: list[str]
) -> None:
    assert concepts(text, language) == expected


def test_weak_labels_and_acronyms_weigh_less() -> None:
    weights = {m.label: m.weight for m in recognise("salud, cohesión social, OEA", "es")}
    assert weights == {"salud": 0.2, "cohesión social": 1.0, "OEA": 0.5}


def test_a_stigmatising_word_is_found_and_never_shown() -> None:
    hidden = {
        fold(label)
        for concept in load().concepts.concepts
        for language in LANGUAGES
        for label in concept.hidden.of(language)
    }
    for concept in load().concepts.concepts:
        for language in LANGUAGES:
            for label in concept.hidden.of(language):
                mentions = [m for m in recognise(label, language) if m.kind == "concept"]
                assert concept.id in {m.id for m in mentions}
                assert not hidden & {fold(m.label) for m in mentions}


def test_masked_phrases_say_nothing() -> None:
    assert concepts("un asilo de ancianos") == []
    assert concepts("refugio nacional de vida silvestre") == []
    for mask in load().places.masks:
        assert countries(f"según {mask}, de 2014", "es") == set(), mask


def test_every_country_is_found_by_name_in_every_language() -> None:
    for country in load().places.countries:
        for language in LANGUAGES:
            for name in country.names.of(language):
                assert countries(f"x {name} x", language) == {country.code}, name


def test_a_people_names_its_country_with_half_the_weight() -> None:
    (mention,) = recognise("hondureñas", "es")
    assert (mention.id, mention.weight) == ("HN", 0.5)
    assert countries("familles honduriennes", "fr") == {"HN"}
    assert countries("familles honduriennes", "es") == set()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("en Tapachula y Tenosique", "es", {"MX"}),
        ("San Pedro Sula", "es", {"HN"}),
        ("Ciudad de Belice", "es", {"BZ"}),
        ("Guatemala City", "en", {"GT"}),
        ("Estado de México", "es", {"MX"}),
        ("según la COMAR", "es", {"MX"}),
        ("the INM", "en", set()),
        ("Nuevo México y el Golfo de México", "es", set()),
        ("la Declaración de San José", "es", set()),
        ("la Declaración de San Pedro Sula", "es", set()),
        ("los Panama Papers", "es", set()),
        ("el salvador de la patria, dijo Ana", "es", set()),
        ("EL SALVADOR", "es", {"SV"}),
        ("refugiados en el salvador", "es", {"SV"}),  # a query typed without capitals
        ("Salvador Dalí", "es", set()),
        ("retour au Salvador", "fr", {"SV"}),
        ("Costa Rica, Sinaloa", "es", {"MX"}),
        ("San José, Costa Rica", "es", {"CR"}),
        ("San Jose, California", "en", {"US"}),
        ("la construcción de la Paz", "es", set()),
        ("departamento de La Paz, Honduras", "es", {"HN"}),
        ("la Unión Europea", "es", set()),
        ("departamento de La Unión, El Salvador", "es", {"SV"}),
        ("Puerto Cortés", "es", {"HN"}),
        ("el señor Cortés", "es", set()),
        ("departamento de Valle", "es", {"HN"}),
        ("gracias a Dios", "es", set()),
        ("departamento de Gracias a Dios", "es", {"HN"}),
        ("el señor Guerrero", "es", set()),
        ("estado de Guerrero", "es", {"MX"}),
        ("Liberia, África", "es", {"LR"}),
        ("Liberia, Guanacaste", "es", {"CR"}),
        ("la salsa Tabasco", "es", set()),
        ("San Vicente y las Granadinas", "es", {"VC"}),
        ("la estación San Vicente en Darién", "es", {"PA"}),
        ("San Miguelito", "es", set()),
        ("Frontera Corozal", "es", {"MX", "GT"}),
        ("El Ceibo", "es", {"MX", "GT"}),
        ("chile habanero, dijo Ana", "es", set()),
        ("Centroamérica", "es", set()),
        ("el Triángulo Norte", "es", set()),
        ("Central America and Mexico", "en", set()),
        ("los países centroamericanos", "es", set()),
        ("New Mexico, Panama City Beach", "en", set()),
        ("Nicaragüenses en Costa Rica", "es", {"NI", "CR"}),
        ("Universidad de San Marcos", "es", set()),
        ("Francisco Morazán, el prócer", "es", set()),
    ],
)
def test_a_place_counts_for_the_country_that_is_meant(
    text: str, language: str, expected: set[str]
) -> None:
    assert countries(text, language) == expected


def test_an_ambiguous_place_alone_is_but_a_whisper() -> None:
    assert [m.weight for m in recognise("Una familia en San José", "es")] == [0.15]


def test_a_border_point_speaks_for_both_sides() -> None:
    mentions = recognise("cruzaron por Paso Canoas", "es")
    assert {(m.id, m.weight) for m in mentions} == {("CR", 0.4), ("PA", 0.4)}


def test_a_list_of_the_member_states_is_about_none_of_them() -> None:
    listed = "Lo integran Belice, Costa Rica, El Salvador, Guatemala, Honduras, México y Panamá."
    assert countries(listed) == set()
    assert countries(f"{listed} El caso es Honduras.") == {"HN"}
    assert countries("Guatemala, Honduras y El Salvador.") == {"GT", "HN", "SV"}


def test_mentions_point_at_the_words_they_stand_for() -> None:
    text = "En  Honduras, las «PERSONAS\nREFUGIADAS» …"
    assert [text[m.start : m.end] for m in recognise(text, "es")] == [
        "Honduras",
        "PERSONAS\nREFUGIADAS",
    ]


@given(st.text(max_size=300), st.sampled_from([*LANGUAGES, "ht", "", None]))
def test_no_text_is_too_strange(text: str, language: str | None) -> None:
    mentions = recognise(text, language)
    assert mentions == recognise(text, language)
    assert all(0 <= m.start < m.end <= len(text) for m in mentions)
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)


WORDS = ["personas", "desplazadas", "internas", "refugiadas", "en", "Honduras", "salud", "x", "."]


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_mentions_of_concepts_never_overlap(words: list[str]) -> None:
    found = [m for m in recognise(" ".join(words), "es") if m.kind == "concept"]
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.lists(st.sampled_from(["personas", "refugiadas", "de", "salud"]), min_size=1, max_size=5))
def test_a_label_is_one_of_its_own_forms(words: list[str]) -> None:
    for language in (*LANGUAGES, "ht"):
        assert tuple(words) in forms(tuple(words), language, of_people=True)
