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
from index.vocabulary import VocabularyError, load, read_folder
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


CONCEPTS = """\
types: [theme, population]
weak_labels: {es: [salud]}
masks: {es: [salud pública]}
fixed_labels: {es: [salud]}
contested_acronyms:
- acronym: OMS
  window: 9
  readings:
  - concept: health
    near: [mundial]
concepts:
- id: rights
  type: theme
  labels: {es: derechos, en: rights}
- id: health
  type: theme
  theme_facet: true
  labels: {es: salud, en: health}
  broader: [rights]
  priorities: ["2026:P1"]
  activities: ["2026:P1-R1-A1"]
- id: nurses
  type: population
  labels: {es: enfermeras, en: nurses}
  related: [health]
"""
PLAN = """\
year: 2026
presidency: SV
next_presidency: GT
working_translations: [es]
priorities:
- code: P1
  title: {es: Uno, en: One}
  objective_title: {es: Primero, en: First}
results:
- code: R1
  priority: P1
  text: {es: Mejora., en: It improves.}
activities:
- code: P1-R1-A1
  priority: P1
  result: R1
  text: {es: Se hace., en: It is done.}
  bodies: [team]
  outputs: [thesis]
  themes: [health]
  populations: [nurses]
  partners: [world]
  source_kinds: [academic]
  needs: [[health], [nurses]]
bodies:
- id: team
  labels: {es: Equipo, en: Team}
partners:
- id: world
  labels: {es: Mundo, en: World}
  concept: health
timeline:
- label: {es: Informe, en: Report}
  months: null
"""
LISTS = """\
source_kinds: [{id: academic, a5: true, labels: {es: Academia, en: Academia}}]
document_kinds: [{id: thesis, labels: {es: Tesis, en: Thesis}, coar: c_46ec}]
evidence_types: [{id: study, labels: {es: Estudio, en: Study}}]
scopes: [{id: local, labels: {es: Local, en: Local}}]
access_rights: [{id: open, labels: {es: Abierto, en: Open}, coar: c_abf2}]
audiences: [{id: public, labels: {es: Público, en: Public}}]
languages: [{id: es, labels: {es: Español, en: Spanish}}]
licences: [{id: CC0-1.0, labels: {es: Dominio público, en: Public domain}}]
presidencies: [{year: 2026, country: SV, confirmed: true}]
gcr_objectives: [{id: "1", labels: {es: Aliviar, en: Ease}}]
"""
PLACES = """\
member_states:
- code: SV
  iso3: SLV
  m49: "222"
  joined: 2019
  labels: {es: El Salvador, en: El Salvador}
  names: {es: [El Salvador]}
  demonyms: {es: [salvadoreño]}
  subdivisions:
  - {code: SV-LI, type: department, names: [La Libertad]}
other_countries:
- code: CU
  role: origin
  labels: {es: Cuba, en: Cuba}
  names: {es: [Cuba]}
regions:
- id: CA
  labels: {es: Centroamérica, en: Central America}
  names: [Centroamérica]
  implied: [SV]
border_points:
- {between: [SV, HN], names: [El Poy], common: [El Poy]}
masks: [Pacto de San José]
ambiguous:
- form: La Paz
  readings: [{country: SV, near: [Zacatecoluca], window: 5}]
changes: []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    for name, text in {
        "concepts.yaml": CONCEPTS,
        "plans/2026.yaml": PLAN,
        "lists.yaml": LISTS,
        "places.yaml": PLACES,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_another_folder_can_hold_another_vocabulary(folder: Path) -> None:
    vocabulary = read_folder(folder)
    assert vocabulary.facet_values("theme") == ("health",)
    assert vocabulary.facet_values("population") == ("nurses",)
    assert vocabulary.concept("rights").narrower == ("health",)
    assert vocabulary.concept("health").related == ("nurses",)
    assert vocabulary.label("activity", "2026:P1-R1-A1", "es") == "P1-R1-A1: Se hace."


BROKEN = [
    # file, what is written, what stands there instead, what the error says
    ("concepts.yaml", "{es: derechos, en: rights}", "{en: rights}", "wording in 'es'"),
    ("concepts.yaml", "{es: derechos, en: rights}", "{es: derechos}", "wording in 'en'"),
    ("concepts.yaml", "{es: derechos, en: rights}", '{es: " ", en: rights}', "wording in 'es'"),
    ("concepts.yaml", "{es: enfermeras, en: nurses}", "{es: Salud, en: nurses}", "already that of"),
    ("concepts.yaml", "{es: derechos, en: rights}", "{es: a, en: b, de: c}", "unknown key 'de'"),
    ("concepts.yaml", "id: nurses", "id: health", "there twice"),
    ("concepts.yaml", "id: nurses", "id: Nurses!", "not well-formed"),
    ("concepts.yaml", "broader: [rights]", "broader: [wrongs]", "unknown concept 'wrongs'"),
    ("concepts.yaml", "related: [health]", "related: [wealth]", "unknown concept 'wealth'"),
    ("concepts.yaml", "related: [health]", "related: [nurses]", "names the concept itself"),
    ("concepts.yaml", "related: [health]", "never_expand_to: [x]", "unknown concept 'x'"),
    ("concepts.yaml", "type: population", "type: people", "is not one of"),
    ("concepts.yaml", "type: population", "typ: population", "unknown key 'typ'"),
    ("concepts.yaml", "related: [health]", "theme_facet: true", "population cannot"),
    ("concepts.yaml", '["2026:P1"]', '["2026:P7"]', "in no plan"),
    ("concepts.yaml", '["2026:P1"]', "[P1]", "not well-formed"),
    ("concepts.yaml", '["2026:P1-R1-A1"]', '["2026:P1-R1-A2"]', "in no plan"),
    ("concepts.yaml", "weak_labels: {es: [salud]}", "weak_labels: {es: [sal]}", "no label of any"),
    ("concepts.yaml", "fixed_labels: {es: [salud]}", "fixed_labels: {es: [sal]}", "no label of"),
    ("concepts.yaml", "- concept: health", "- concept: wealth", "unknown concept 'wealth'"),
    ("concepts.yaml", "window: 9", "window: nine", "whole number"),
    ("concepts.yaml", "  type: population", "  id: again", "'id' is repeated"),
    ("concepts.yaml", "  type: population", "  type: 2026-11-22", "needs quotes"),
    ("concepts.yaml", "related: [health]", "related: health", "list of texts"),
    ("concepts.yaml", "related: [health]", "related: [health, health]", "twice"),
    ("concepts.yaml", "related: [health]", "related: [health", "not YAML"),
    ("plans/2026.yaml", "code: P1-R1-A1", "code: P1R1A1", "not well-formed"),
    ("plans/2026.yaml", "  priority: P1\n  result", "  priority: P2\n  result", "contradicts"),
    ("plans/2026.yaml", "  result: R1\n", "  result: R2\n", "contradicts"),
    ("plans/2026.yaml", "bodies: [team]", "bodies: [nobody]", "which the plan does not list"),
    ("plans/2026.yaml", "partners: [world]", "partners: [moon]", "which the plan does not list"),
    ("plans/2026.yaml", "outputs: [thesis]", "outputs: [poem]", "'poem', which is not known"),
    ("plans/2026.yaml", "themes: [health]", "themes: [rights]", "'rights', which is not known"),
    ("plans/2026.yaml", "themes: [health]", "themes: []", "no theme"),
    ("plans/2026.yaml", "populations: [nurses]", "populations: [health]", "which is not known"),
    ("plans/2026.yaml", "source_kinds: [academic]", "source_kinds: [press]", "which is not known"),
    ("plans/2026.yaml", "needs: [[health], [nurses]]", "needs: [[wealth]]", "unknown concept"),
    ("plans/2026.yaml", "needs: [[health], [nurses]]", "needs: [health]", "list of lists"),
    ("plans/2026.yaml", "concept: health", "concept: wealth", "unknown concept"),
    ("plans/2026.yaml", "en: It is done.", "en: ''", "wording in 'en'"),
    ("plans/2026.yaml", "months: null", "months: [13]", "1 to 12"),
    ("plans/2026.yaml", "months: null", "month: null", "unknown key"),
    (
        "plans/2026.yaml",
        "months: null",
        "bodies: [us]\n  months: null",
        "'us', which the plan does",
    ),
    (
        "plans/2026.yaml",
        "months: null",
        "activities: [P9]\n  months: null",
        "names '2026:P9', which",
    ),
    ("plans/2026.yaml", "presidency: SV", "presidency: sv", "not well-formed"),
    ("lists.yaml", "coar: c_46ec", "coar: thesis", "not well-formed"),
    ("lists.yaml", "a5: true", "a5: certainly", "true or false"),
    ("lists.yaml", "licences: [", "licenses: [", "unknown key"),
    ("places.yaml", "code: CU", "code: SV", "there twice"),
    ("places.yaml", "code: CU", "code: Cuba", "not well-formed"),
    ("places.yaml", "role: origin", "role: friend", "one of origin, partner"),
    ("places.yaml", "code: SV-LI", "code: HN-LI", "not well-formed"),
    ("places.yaml", "implied: [SV]", "implied: [XX]", "unknown country"),
    ("places.yaml", "between: [SV, HN]", "between: [SV]", "two countries"),
    ("places.yaml", "common: [El Poy]", "common: [El Poi]", "names 'El Poi'"),
    ("places.yaml", "{country: SV, near", "{country: S, near", "not well-formed"),
]


@pytest.mark.parametrize(("name", "sound", "broken", "what"), BROKEN)
def test_unsound_data_are_refused_by_file_and_line(
    folder: Path, name: str, sound: str, broken: str, what: str
) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert text.count(sound) == 1
    file.write_text(text.replace(sound, broken), encoding="utf-8")
    with pytest.raises(VocabularyError) as caught:
        read_folder(folder)
    assert what in str(caught.value)
    assert str(caught.value).startswith(f"{file.name}, line {caught.value.line}: ")
    place = text[: text.index(sound)].count("\n") + 1
    # A broken bracket is noticed where the next line begins.
    assert caught.value.line in {place, place + broken.count("[") - broken.count("]")}


def test_a_circle_of_broader_concepts_is_refused(folder: Path) -> None:
    file = folder / "concepts.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "labels: {es: derechos, en: rights}\n",
        "labels: {es: derechos, en: rights}\n  broader: [health]\n",
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"line 15: .*'rights' is broader than itself"):
        read_folder(folder)


@pytest.mark.parametrize("name", ["concepts.yaml", "lists.yaml", "places.yaml", "plans/2026.yaml"])
@pytest.mark.parametrize("content", [None, b"", b"- a list", b"\xff\xfe", b"a: {b: &x [*x]}\n1: 2"])
def test_a_file_that_is_no_vocabulary_is_refused_with_a_sentence(
    folder: Path, name: str, content: bytes | None
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(VocabularyError, match="line "):
        read_folder(folder)
