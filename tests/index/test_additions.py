"""What an instance adds joins the shipped vocabulary, and what is wrong is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.thesaurus import recognise
from index.vocabulary import (
    AddedLabel,
    Additions,
    Source,
    Vocabulary,
    assemble,
    load,
    put_in_force,
    shipped,
)
from index.vocabulary.instance_folder import additions_in, stamp_of
from index.vocabulary.meanings import concepts_named
from tests.vocabularies import WINDOW, labels_text, plan, plan_text


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    put_in_force(shipped())


def with_labels(*labels: AddedLabel) -> Vocabulary:
    assembled = assemble(Additions(labels=labels))
    assert assembled.unsound == ()
    return assembled.vocabulary


def meant(text: str, language: str = "es") -> list[tuple[str, str, float]]:
    return [(m.id, m.label, m.weight) for m in recognise(text, language) if m.kind == "concept"]


def test_nothing_added_is_the_shipped_vocabulary_itself() -> None:
    assert assemble(Additions()).vocabulary is shipped()
    assert load() is shipped()


def test_a_label_is_recognised_from_when_it_is_in_force_until_it_is_not() -> None:
    text = "Dos ventanillas fronterizas abrieron."
    assert meant(text) == []
    put_in_force(with_labels(WINDOW))
    assert meant(text) == [("asylum-systems", "ventanilla fronteriza", 1.0)]
    assert meant(text, "en") == []
    put_in_force(shipped())
    assert meant(text) == []


def test_each_kind_of_label_counts_in_its_own_way() -> None:
    put_in_force(
        with_labels(
            AddedLabel("asylum-systems", "es", "ventanillita", weak=True),
            AddedLabel("asylum-systems", "es", "hasilo", "hidden"),
            AddedLabel("asylum-systems", "es", "VFO", "acronym"),
        )
    )
    assert meant("la ventanillita") == [("asylum-systems", "ventanillita", 0.2)]
    ((_, shown, _),) = meant("pidió hasilo")
    assert shown == load().concept("asylum-systems").labels.es
    assert meant("the VFO opened", "en") == [("asylum-systems", "VFO", 0.5)]
    assert meant("the vfo opened", "en") == []


def test_the_version_tells_additions_apart_wherever_they_lie_and_nothing_else() -> None:
    here = Additions((plan(),), (), (WINDOW,))
    there = Additions((Source(Path("/elsewhere/2027.yaml"), plan_text()),), (), (WINDOW,))
    versions = [assemble(one).vocabulary.version for one in (here, there, Additions((plan(),)))]
    assert versions[0] == versions[1] != versions[2]
    assert len(versions[0]) <= 40
    assert versions[0].startswith(shipped().version + "+")


sources = st.lists(st.builds(Source, st.builds(Path, st.just("a.yaml")), st.text())).map(tuple)
labels = st.lists(
    st.builds(
        AddedLabel,
        st.sampled_from(["asylum-systems", "refugees", "nothing"]),
        st.sampled_from(["es", "en", "pt", "fr"]),
        st.text(max_size=30),
        st.sampled_from(["alt", "hidden", "acronym"]),
        st.booleans(),
    )
).map(tuple)


@settings(max_examples=30)
@given(st.builds(Additions, sources, sources, labels))
def test_whatever_is_added_the_shipped_vocabulary_serves_on(additions: Additions) -> None:
    assembled = assemble(additions)
    kept = assembled.vocabulary.additions
    added = len(additions.plans) + len(additions.label_files) + len(additions.labels)
    assert len(assembled.unsound) + len(kept.plans + kept.label_files + kept.labels) == added
    assert all(str(one) for one in assembled.unsound)
    again = assemble(Additions.from_json(kept.as_json()))
    assert again.unsound == ()
    assert again.vocabulary.version == assembled.vocabulary.version
    for facet in ("theme", "population", "activity"):
        assert again.vocabulary.facet_values(facet) == shipped().facet_values(facet)


WRONG_LABELS = [
    ("concept: asylum-systems", "concept: nothing", "unknown concept 'nothing'"),
    ("language: es", "language: de", "language must be one of es, en, pt, fr"),
    ("kind: alt", "kind: old", "kind must be one of"),
    ("label: ventanilla fronteriza", "label: '…'", "holds no word"),
    ("label: ventanilla fronteriza", f"label: {'a' * 121}", "at most 120 signs"),
    (
        "label: ventanilla fronteriza",
        "label: Cohesión  Social",
        "already that of 'social-cohesion'",
    ),
    ("label: ventanilla fronteriza", "label: 'sistemas de asilo'", "that of 'asylum-systems'"),
    ("weak: false", "weak: perhaps", "weak must be true or false"),
    ("weak: false", "strong: true", "unknown key 'strong'"),
]


@pytest.mark.parametrize(("sound", "broken", "what"), WRONG_LABELS)
def test_a_wrong_label_is_named_by_file_and_line(sound: str, broken: str, what: str) -> None:
    text = labels_text(AddedLabel("refugees", "es", "gente de paso"), WINDOW)
    first, second = text.split("- concept: asylum", 1)
    second = "- concept: asylum" + second
    source = Source(Path("vocabulary/labels.yaml"), first + second.replace(sound, broken, 1))
    (unsound,) = assemble(Additions(label_files=(source,))).unsound
    assert what in str(unsound)
    line = first.count("\n") + second[: second.index(sound)].count("\n") + 1
    assert (unsound.file, unsound.line) == ("vocabulary/labels.yaml", line)


def test_a_label_that_stands_twice_is_refused_the_second_time() -> None:
    source = Source(
        Path("labels.yaml"), labels_text(WINDOW, AddedLabel("refugees", "es", WINDOW.label))
    )
    (unsound,) = assemble(Additions(label_files=(source,))).unsound
    assert (unsound.line, "asylum-systems" in str(unsound)) == (9, True)


def test_a_curators_label_gives_way_to_the_file_that_says_the_same() -> None:
    source = Source(Path("labels.yaml"), labels_text(WINDOW))
    other = AddedLabel("refugees", "es", "ventanilla  Fronteriza")
    sound = AddedLabel("refugees", "es", "gente de paso")
    assembled = assemble(Additions((), (source,), (other, sound)))
    (unsound,) = assembled.unsound
    assert (unsound.file, unsound.values["owner"]) == ("", "asylum-systems")
    assert assembled.vocabulary.additions.labels == (sound,)


WRONG_PLANS = [
    ("year: 2027", "year: 2026", "there is a plan of 2026 already"),
    ('priorities:\n  - {from: "2026:P2"', 'priorities:\n  - {from: "2025:P2"', "in no older plan"),
    ("to: P2-R2-A6", "to: P2-R2-A99", "which the plan does not list"),
    ("to: social-cohesion", "to: cohesion", "'cohesion', which is no theme"),
    ("carried_over:", "carried:", "unknown key 'carried'"),
    ("  themes: [", "  themes: [no-theme, ", "which is not known"),
]


@pytest.mark.parametrize(("sound", "broken", "what"), WRONG_PLANS)
def test_a_wrong_plan_is_left_out_and_said(sound: str, broken: str, what: str) -> None:
    text = plan_text()
    if sound not in text:
        sound, broken = "  themes:\n  - ", "  themes:\n  - no-theme\n  - "
    assert sound in text
    source = Source(Path("plans/2027.yaml"), text.replace(sound, broken, 1))
    assembled = assemble(Additions(plans=(source,)))
    assert what in str(assembled.unsound[0])
    assert assembled.vocabulary is shipped()


def test_of_a_new_plan_everything_old_stays_and_says_its_year() -> None:
    vocabulary = assemble(Additions(plans=(plan(),))).vocabulary
    assert [one.year for one in vocabulary.plans] == [2026, 2027]
    assert vocabulary.newest_plan.year == 2027
    assert vocabulary.is_known("activity", "2026:P2-R2-A5")
    assert vocabulary.label("activity", "2026:P2-R2-A5", "es").startswith("P2-R2-A5 (2026): ")
    assert vocabulary.label("activity", "2027:P2-R2-A5", "es").startswith("P2-R2-A5: ")
    assert vocabulary.carried_over("activity", "2026:P2-R2-A5") == "2027:P2-R2-A6"
    assert vocabulary.carried_over("theme", "living-together") == "social-cohesion"
    assert vocabulary.carried_over("activity", "2026:P1-R1-A1") is None


def test_concepts_speak_for_the_activities_of_a_new_plan() -> None:
    vocabulary = assemble(Additions(plans=(plan(),))).vocabulary
    for concept in vocabulary.concepts.concepts:
        old = [code for code in concept.activities if code.startswith("2026:")]
        new = vocabulary.of_newest_plan(concept.activities)
        assert shipped().concept(concept.id).activities == tuple(old)
        # What carries over an activity is spoken for by whatever spoke for that.
        assert ("2026:P2-R2-A5" in old) == ("2027:P2-R2-A6" in new)
    fabric = vocabulary.concept("social-fabric-community-conflict")
    assert "2027:P2" in fabric.priorities


def test_words_are_looked_up_in_every_form_before_they_become_a_label() -> None:
    assert concepts_named("persona refugiada", "es") == ("refugees",)
    assert concepts_named("ventanilla fronteriza", "es") == ()
    assert concepts_named("", "es") == ()


def test_a_folder_is_read_whole_and_what_is_no_part_of_it_is_said(tmp_path: Path) -> None:
    assert additions_in(tmp_path / "nowhere") == (Additions(), ())
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "2027.yaml").write_text(plan_text(), encoding="utf-8")
    (tmp_path / "labels.yaml").write_text(labels_text(WINDOW), encoding="utf-8")
    (tmp_path / "README.md").write_text("what this is", encoding="utf-8")
    before = stamp_of(tmp_path)
    additions, wrong = additions_in(tmp_path)
    assert (len(additions.plans), len(additions.label_files), wrong) == (1, 1, ())
    assert assemble(additions).unsound == ()
    (tmp_path / "plans" / "2028.yml").write_text("year: 2028", encoding="utf-8")
    (tmp_path / "labels.yaml").write_bytes(b"\xff\xfe")
    assert stamp_of(tmp_path) != before
    _, wrong = additions_in(tmp_path)
    assert [(one.file.rpartition("/")[2], one.line) for one in wrong] == [
        ("labels.yaml", 1),
        ("2028.yml", 1),
    ]
