"""Tags are proposed with their reasons, few, always the same, and never from references."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.vocabulary import load
from ingest.draft import Draft, Evidence, PageText, Proposal
from ingest.tagging import propose_tags


def draft(*pages: str, title: str | None = None, language: str | None = "es", **more: str) -> Draft:
    return Draft(
        Path("file.pdf"),
        title=title,
        language=language,
        pages=tuple(PageText(n, text, language) for n, text in enumerate(pages, start=1)),
        abstract=more.get("abstract"),
    )


def proposed(given_draft: Draft, facet: str) -> list[str]:
    return [p.value for p in propose_tags(given_draft).proposals if p.facet == facet]


def proposal(given_draft: Draft, facet: str, value: str) -> Proposal:
    found = propose_tags(given_draft).proposals
    return next(p for p in found if (p.facet, p.value) == (facet, value))


SKILLS = draft(
    "El INTECAP certifica a personas refugiadas y solicitantes de asilo. La certificación de "
    "competencias laborales abre el mercado laboral formal en Guatemala.",
    title="Certificación de competencias de personas refugiadas en Guatemala",
)


def test_a_study_of_skills_gets_its_tags() -> None:
    assert proposed(SKILLS, "country") == ["GT"]
    assert proposed(SKILLS, "theme")[0] == "skills-recognition-certification"
    assert proposed(SKILLS, "population") == ["refugees", "asylum-seekers"]
    assert proposed(SKILLS, "activity") == ["2026:P2-R2-A3"]
    assert proposed(SKILLS, "priority") == ["2026:P2"]


@pytest.mark.parametrize(
    ("language", "title", "body", "theme", "activity", "country"),
    [
        (
            "en",
            "Artificial intelligence in asylum procedures",
            "Machine learning in refugee status determination in Mexico.",
            "digital-transformation-ai",
            "2026:P1-R1-A2",
            "MX",
        ),
        (
            "pt",
            "Coesão social e a Caixa de ferramentas de coesão social",
            "A coesão social no Panamá, com o Processo de Quito.",
            "social-cohesion",
            "2026:P2-R2-A6",
            "PA",
        ),
        (
            "fr",
            "Le tissu social et les conflits communautaires",
            "La médiation communautaire au Honduras, avec les déplacés internes du Honduras.",
            "social-fabric-community-conflict",
            "2026:P2-R2-A5",
            "HN",
        ),
    ],
)
def test_four_languages_are_understood(
    language: str, title: str, body: str, theme: str, activity: str, country: str
) -> None:
    text = draft(body, title=title, language=language)
    assert theme in proposed(text, "theme")
    assert activity in proposed(text, "activity")
    assert proposed(text, "country") == [country]


def test_every_proposal_says_why() -> None:
    reasons = proposal(SKILLS, "country", "GT").evidence
    assert reasons == (Evidence("Guatemala", 2, "title"), Evidence("INTECAP", 1, "body"))
    assert all(p.evidence for p in propose_tags(SKILLS).proposals)


def test_the_source_kind_is_never_proposed() -> None:
    text = draft("Somos una organización liderada por personas refugiadas, de la sociedad civil.")
    assert "source_kind" not in {p.facet for p in propose_tags(text).proposals}


def test_every_value_proposed_is_one_the_vocabulary_knows() -> None:
    scopes = {scope.id for scope in load().lists.scopes}
    for p in propose_tags(SKILLS).proposals:
        assert p.value in scopes if p.facet == "scope" else load().is_known(p.facet, p.value)


def test_nothing_is_proposed_from_a_list_of_references() -> None:
    body = "La cohesión social en Honduras. La cohesión social importa en Honduras."
    references = "ACNUR (2020). Desplazamiento interno en Panamá. Panamá: desplazamiento interno."
    for heading in ("Referencias", "BIBLIOGRAFÍA", "7. Referencias bibliográficas", "References:"):
        text = draft(f"{body}\n{heading}\n{references * 5}", references)
        assert proposed(text, "country") == ["HN"]
        assert proposed(text, "theme") == ["social-cohesion"]


def test_a_table_of_contents_does_not_cut_the_text() -> None:
    filler = "El informe describe el trabajo de campo. " * 20
    body = f"{filler} La cohesión social en Honduras. La cohesión social en Honduras. {filler}"
    text = draft("Índice\nReferencias\n", body, "Referencias\nPanamá, Panamá, Panamá, Panamá.")
    assert proposed(text, "country") == ["HN"]


def test_the_word_in_a_sentence_is_no_heading() -> None:
    text = draft("Las referencias de los\nreferencias a Honduras\nson de Honduras y Tegucigalpa.")
    assert proposed(text, "country") == ["HN"]


def test_running_headers_say_nothing() -> None:
    pages = [f"Oficina Regional en Panamá {n}\nLa cohesión social en Honduras." for n in range(4)]
    assert proposed(draft(*pages), "country") == []  # every line repeats: nothing is left
    pages = [f"Oficina en Panamá {n}\nCapítulo sobre Honduras, {'x' * n}." for n in range(4)]
    assert proposed(draft(*pages), "country") == ["HN"]


def test_a_text_about_the_region_is_about_no_country() -> None:
    text = draft(
        "Belice acoge a familias. Costa Rica también. Guatemala las recibe. Honduras responde. "
        "México las registra. Panamá las atiende. " * 3
    )
    assert proposed(text, "country") == []
    assert proposed(draft("Guatemala. Honduras. El Salvador. " * 3), "country") == [
        "GT",
        "HN",
        "SV",
    ]


def test_where_a_place_is_named_a_people_is_not_a_place() -> None:
    people = "Mujeres hondureñas trabajan. Un hondureño también. La hondureña y los hondureños. "
    assert proposed(draft(people * 3 + "Viven en Tapachula, cerca de México."), "country") == ["MX"]
    assert proposed(draft(people * 3), "country") == ["HN"]


def test_an_ambiguous_place_counts_only_beside_another_sign_of_its_country() -> None:
    filler = "El informe describe el trabajo de campo del equipo. " * 50
    fair = "Hubo una feria en San José. La feria de San José gustó."
    assert proposed(draft(filler, fair), "country") == []
    assert proposed(draft(filler, "Lo dijo el gobierno de Costa Rica."), "country") == []
    assert proposed(draft(filler, fair, "Lo dijo el gobierno de Costa Rica."), "country") == ["CR"]


def test_coordination_is_a_priority_only_of_texts_that_are_about_it() -> None:
    passing = draft(
        "La certificación de competencias laborales. Lo mencionan el MIRPS, el SICA, la OEA, el "
        "Proceso de Quito y el MERCOSUR.",
        title="Certificación de competencias",
    )
    assert proposed(passing, "priority") == ["2026:P2"]
    about = draft("El MIRPS y sus Equipos Técnicos Nacionales.", title="El MIRPS")
    assert proposed(about, "priority") == ["2026:P4"]


def test_a_weak_label_alone_proposes_nothing() -> None:
    assert proposed(draft("La salud. " * 200), "theme") == []
    assert proposed(draft("La salud. " * 20, title="La salud en la frontera"), "theme") == [
        "health-access"
    ]


def test_populations_are_never_widened() -> None:
    text = draft("Personas refugiadas en Tapachula. Las personas refugiadas trabajan.")
    assert proposed(text, "population") == ["refugees"]
    text = draft("Personas migrantes en Tapachula. La población migrante trabaja.")
    assert proposed(text, "population") == ["migrants"]


def test_who_writes_of_how_claims_are_decided_writes_of_asylum_seekers() -> None:
    text = draft(
        "La determinación de la condición de refugiado tarda. Faltan intérpretes.",
        title="Determinación de la condición de refugiado en Panamá",
    )
    assert proposed(text, "population") == ["asylum-seekers"]


def test_one_passing_mention_is_no_population() -> None:
    filler = "El informe describe el trabajo de campo del equipo. " * 50
    passing = "Hubo también una persona refugiada entre el público."
    assert proposed(draft(filler + passing), "population") == []
    assert proposed(draft(filler, passing * 2), "population") == ["refugees"]


def test_legal_aid_has_no_activity_and_gets_none() -> None:
    text = draft(
        "Las clínicas jurídicas brindan asistencia legal a personas refugiadas.",
        title="Asistencia legal y clínicas jurídicas",
    )
    assert proposed(text, "theme")[0] == "legal-assistance-information"
    assert proposed(text, "activity") == []


def test_that_an_organization_writes_of_itself_is_no_input_to_the_plan() -> None:
    own = "Pedimos que la mesa escuche. Nuestra propia voz cuenta. Nos reunimos cada martes."
    text = draft(f"{own} Somos una organización de la sociedad civil.", title="Nuestra voz")
    assert "participation-refugee-leadership" in proposed(text, "theme")
    assert proposed(text, "activity") == []
    led = draft(f"{own} Así hablan las organizaciones lideradas por personas refugiadas.")
    assert "2026:P4-R4-A5" in proposed(led, "activity")


def test_there_are_never_too_many_proposals() -> None:
    words = [concept.labels.es for concept in load().concepts.concepts]
    text = draft(". ".join(words * 3) + ". Honduras. Cuba. Haití. Chile. Ecuador. Brasil. " * 9)
    limits = {"theme": 5, "population": 4, "activity": 3, "priority": 2, "country": 4}
    for facet, limit in limits.items():
        assert 0 < len(proposed(text, facet)) <= limit


def test_the_title_counts_more_than_the_abstract_and_the_abstract_more_than_the_body() -> None:
    label = "cohesión social"
    scores = [
        proposal(text, "theme", "social-cohesion").score
        for text in (
            draft("x", title=label),
            draft("x", abstract=label),
            draft("x", label),
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_the_first_page_stands_for_the_abstract_where_there_is_none() -> None:
    label = "cohesión social"
    first = proposal(draft(label), "theme", "social-cohesion").score
    assert first == proposal(draft("x", abstract=label), "theme", "social-cohesion").score
    beside = proposal(draft(label, abstract="Un resumen."), "theme", "social-cohesion").score
    assert beside < first


def test_the_title_people_gave_wins_over_the_guessed_one() -> None:
    text = Draft(Path("f"), title="Panamá", given_title="Honduras", language="es")
    assert proposed(text, "country") == ["HN"]


def test_each_page_is_read_in_its_own_language() -> None:
    pages = (
        PageText(1, "La cohesión social. La cohesión social.", "es"),
        PageText(2, "Statelessness determination and statelessness.", "en"),
    )
    text = Draft(Path("f"), language="es", pages=pages)
    assert set(proposed(text, "theme")) == {"social-cohesion", "statelessness-nationality"}


def test_accents_and_capitals_change_nothing() -> None:
    body = "La cohesión social en Tapachula. La cohesión social en México."
    plain = "La cohesion social en Tapachula. La cohesion social en Mexico."
    assert propose_tags(draft(body)).proposals == propose_tags(draft(plain)).proposals
    assert propose_tags(draft(body)).proposals == propose_tags(draft(body.upper())).proposals


@pytest.mark.parametrize(
    "nothing",
    [
        draft(),
        draft(""),
        draft("", "", ""),
        draft("   \n\n ", title=" ", abstract=""),
        draft("12 34 56", title="—"),
        draft("Referencias\nHonduras. Honduras."),
        draft("Tout moun ki kite peyi yo", language="ht"),
        draft(language=None),
    ],
)
def test_without_anything_to_go_by_nothing_is_proposed(nothing: Draft) -> None:
    assert propose_tags(nothing).proposals == ()


def test_the_rest_of_the_draft_is_left_alone() -> None:
    before = draft("Honduras, Honduras.", title="Título")
    after = propose_tags(before)
    assert after.pages == before.pages
    assert (after.title, after.language, after.remarks) == ("Título", "es", ())


PIECES = st.sampled_from(
    [
        "Honduras",
        "personas refugiadas",
        "PDI",
        "salud",
        "\nReferencias\n",
        "San José",
        "…",
        " ",
        "\n",
    ]
)


@settings(max_examples=60)
@given(
    st.lists(st.text(max_size=200) | st.lists(PIECES).map(" ".join), max_size=4),
    st.text(max_size=50) | st.none(),
    st.sampled_from(["es", "en", "pt", "fr", "ht", "", None]),
)
def test_no_file_is_too_strange_and_the_answer_is_always_the_same(
    pages: list[str], title: str | None, language: str | None
) -> None:
    text = draft(*pages, title=title, language=language)
    tagged = propose_tags(text)
    assert tagged.proposals == propose_tags(text).proposals
    assert all(p.score > 0 and p.evidence for p in tagged.proposals)
