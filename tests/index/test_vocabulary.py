"""The vocabulary says what the plan says, in Spanish and English, and refuses unsound data."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.vocabulary
from index.contract import FACETS
from index.vocabulary import load
from index.vocabulary.territories import is_territory

PACKAGE = Path(index.vocabulary.__file__).parent


def test_the_plan_has_its_twenty_activities_in_its_own_words() -> None:
    plan = load().plan(2026)
    per_priority = [sum(a.priority == p.id for a in plan.activities) for p in plan.priorities]
    assert per_priority == [5, 6, 2, 7]
    assert load().activity("2026:P4-R4-A5").text.en == (
        "Creation of a repository of academic studies, inputs from civil society organizations "
        "and refugee-led organizations, contributions from local governments, as well as private "
        "sector experiences relevant for national and regional planning."
    )
    assert "“social fabric”" in load().activity("2026:P2-R2-A5").text.en
    assert "purposes—specifically" in load().activity("2026:P1-R1-A2").text.en


def test_both_english_titles_of_a_priority_are_kept() -> None:
    priority = load().priority("2026:P3")
    assert priority.title.en == (
        "Protection and Comprehensive Management of Climate-Related Displacement"
    )
    assert priority.objective_title.en == (
        "Protection and comprehensive management of displacement linked to climate change"
    )


def test_spanish_wordings_of_the_plan_say_that_they_are_working_translations() -> None:
    plan = load().plan(2026)
    assert plan.working_translations == ("es",)
    assert all(a.text.es and a.text.es != a.text.en for a in plan.activities)
    assert all(r.text.es and r.text.es != r.text.en for r in plan.results)


def test_the_plan_names_no_body_for_its_fourth_priority_and_neither_do_we() -> None:
    plan = load().plan(2026)
    without = {a.code[:2] for a in plan.activities if not a.bodies}
    assert without == {"P4"}
    assert all(a.bodies for a in plan.activities if a.priority != "2026:P4")


def test_unknown_months_stay_unknown() -> None:
    timeline = load().plan(2026).timeline
    assert len(timeline) == 9
    assert {row.months for row in timeline} == {None}


def test_a_row_of_the_timeline_names_what_its_words_name() -> None:
    plan = load().plan(2026)
    bodies = {body.id: body.labels.en for body in plan.bodies}
    for row in plan.timeline:
        assert all(row.label.en in load().activity(id_).text.en for id_ in row.activities)
    assert {id_ for row in plan.timeline for id_ in row.bodies} == {
        id_ for id_, name in bodies.items() if "Troika" in name or "Regional Technical" in name
    }


def test_five_kinds_of_source_are_those_of_the_activity() -> None:
    kinds = load().lists.source_kinds
    assert [k.id for k in kinds if k.a5] == [
        *("academic", "civil-society", "refugee-led", "local-government", "private-sector")
    ]
    assert load().activity("2026:P4-R4-A5").source_kinds == tuple(k.id for k in kinds if k.a5)
    assert all(k.labels.pt and k.labels.fr for k in kinds)


def test_a_document_kind_knows_its_identifier_in_libraries() -> None:
    kind = load().document_kind("journal-article")
    assert kind.coar_uri == "http://purl.org/coar/resource_type/c_6501"


def test_an_unconfirmed_presidency_is_not_presented_as_a_fact() -> None:
    presidencies = {p.year: p for p in load().lists.presidencies}
    assert not presidencies[2022].confirmed
    assert presidencies[2026].confirmed
    assert presidencies[2026].country == load().plan(2026).presidency == "SV"


def test_every_value_of_every_facet_has_a_name_in_both_languages() -> None:
    vocabulary = load()
    for facet in FACETS:
        for value in vocabulary.facet_values(facet):
            assert vocabulary.is_known(facet, value)
            assert vocabulary.label(facet, value, "es") not in {"", value}, (facet, value)
            assert vocabulary.label(facet, value, "en")


def test_facets_have_the_size_the_domain_gives_them() -> None:
    sizes = {facet: len(load().facet_values(facet)) for facet in FACETS}
    assert sizes == {
        "source_kind": 8,
        "country": 24,
        "theme": 34,
        "priority": 4,
        "activity": 20,
        "population": 26,
        "document_kind": 30,
        "language": 12,
        "year": 0,
    }


def test_a_name_missing_in_a_language_is_given_in_english() -> None:
    assert load().label("document_kind", "thesis", "fr") == "Thesis"
    assert load().label("document_kind", "thesis", "qu") == "Thesis"
    assert load().label("theme", "social-cohesion", "fr") == "cohésion sociale"


@given(st.sampled_from([*FACETS, "no facet"]), st.text(), st.text(max_size=3))
def test_asking_for_a_name_never_fails(facet: str, value: str, language: str) -> None:
    label = load().label(facet, value, language)
    assert label == value or load().is_known(facet, value)


def test_a_record_may_carry_any_country_of_the_world() -> None:
    vocabulary = load()
    assert vocabulary.label("country", "NI", "es") == "Nicaragua"
    assert vocabulary.label("country", "DE", "es") == "Alemania"
    assert vocabulary.label("country", "DE", "fr") == "Allemagne"
    assert vocabulary.label("country", "DE", "ht") == "Germany"
    assert vocabulary.is_known("country", "VE")
    assert vocabulary.is_known("country", "TW")
    for unknown in ("EU", "UN", "XK", "ZZ", "hn", "419", ""):
        assert not vocabulary.is_known("country", unknown)


def test_the_world_has_the_249_countries_of_iso_3166() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert sum(is_territory(a + b) for a in letters for b in letters) == 249


def test_only_years_are_years() -> None:
    assert load().is_known("year", "2026")
    for value in ("26", "20266", "1500", "año", "２０２６"):
        assert not load().is_known("year", value)


def test_an_activity_implies_its_priority_and_nothing_else_implies_anything() -> None:
    vocabulary = load()
    assert vocabulary.implied("activity", "2026:P2-R2-A5") == (("priority", "2026:P2"),)
    assert vocabulary.implied("activity", "2031:P9-R9-A9") == ()
    assert vocabulary.implied("theme", "social-cohesion") == ()


def test_a_narrow_concept_counts_for_its_nearest_theme() -> None:
    vocabulary = load()
    assert vocabulary.facet_theme("artificial-intelligence") == "digital-transformation-ai"
    assert vocabulary.facet_theme("social-cohesion") == "social-cohesion"
    assert vocabulary.facet_theme("work-permits") == "employment-decent-work"
    assert vocabulary.facet_theme("family-unity") is None
    with pytest.raises(KeyError):
        vocabulary.facet_theme("no-such-concept")


def test_relations_hold_from_both_sides() -> None:
    vocabulary = load()
    for concept in vocabulary.concepts.concepts:
        assert all(concept.id in vocabulary.concept(b).narrower for b in concept.broader)
        assert all(concept.id in vocabulary.concept(n).broader for n in concept.narrower)
        assert all(concept.id in vocabulary.concept(r).related for r in concept.related)


def test_legal_distinctions_are_kept() -> None:
    refugees = load().concept("refugees")
    assert set(refugees.never_expand_to) == {"asylum-seekers", "migrants"}
    assert len(load().concepts.concepts) == 172


def test_every_note_for_curators_exists_in_both_languages() -> None:
    notes = [c.note for c in load().concepts.concepts if c.note]
    assert len(notes) == 30
    assert all(note.es and note.en and note.es != note.en for note in notes)


def test_a_place_that_two_countries_share_is_declared_ambiguous() -> None:
    places = load().places
    owners: dict[str, set[str]] = {}
    for country in places.countries:
        names = [name for part in country.subdivisions for name in part.names]
        for name in (*names, *country.cities, *country.institutions):
            owners.setdefault(name, set()).add(country.code)
    declared = {form.form for form in places.ambiguous}
    assert {name for name, codes in owners.items() if len(codes) > 1} <= declared


def test_it_is_read_once() -> None:
    assert load() is load()


def test_importing_it_reads_nothing_and_loads_no_engine() -> None:
    script = (
        "import sys, index.vocabulary, index.thesaurus\n"
        "assert index.vocabulary.shipped.cache_info().misses == 0\n"
        "index.thesaurus.recognise('personas refugiadas en Honduras', 'es')\n"
        "heavy = {'numpy', 'whoosh', 'flask', 'sqlalchemy', 'babel', 'Stemmer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_it_imports_nothing_of_ours_but_itself() -> None:
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            ours = [n for n in names if n.split(".")[0] in {"index", "ingest", "repo_app"}]
            assert all(n.startswith("index.vocabulary") for n in ours), (file.name, ours)
