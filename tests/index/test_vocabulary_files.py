"""Reading a vocabulary from a folder: another one is read as well, an unsound one is refused with
file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.vocabulary import VocabularyError, read_folder

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
