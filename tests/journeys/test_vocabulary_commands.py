"""The vocabulary on the command line: what it says, in words and as JSON, and its exit statuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config import Settings
from index.vocabulary import load, shipped
from repo_app import schema
from repo_app.cli import main
from repo_app.runtime import running
from tests.factories import a_document
from tests.vocabularies import WINDOW, labels_text, plan_text

Run = Callable[..., Result]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def run(instance: Path) -> Run:
    def call(*words: str | Path, input: str | None = None) -> Result:
        arguments = ["--instance", str(instance), *map(str, words)]
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return call


@pytest.fixture
def held(instance: Path) -> None:
    with running(Settings.load(instance, env={})) as runtime:
        schema.migrate(runtime.database)
        runtime.index.rebuild([])
        with runtime.database.writing() as session:
            a_document(session, "Informe", ["El tejido social. Y otra vez el tejido social."])


def written(instance: Path, name: str, text: str) -> Path:
    file = instance / "vocabulary" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def as_json(result: Result) -> Any:
    return json.loads(result.stdout)


def test_without_an_instance_the_shipped_vocabulary_is_sound(run: Run, instance: Path) -> None:
    assert run("vocabulary", "check").exit_code == 0
    assert as_json(run("vocabulary", "check", "--json")) == {
        "version": shipped().version,
        "unsound": [],
    }
    assert not instance.exists()


def test_what_is_wrong_is_said_by_file_and_line_and_is_exit_status_1(
    run: Run, instance: Path
) -> None:
    file = written(instance, "labels.yaml", labels_text(WINDOW).replace("language: es", "x: y"))
    wrong = run("vocabulary", "check")
    assert wrong.exit_code == 1
    assert "vocabulary/labels.yaml" in wrong.stderr
    found = as_json(run("vocabulary", "check", "--json"))
    assert [(one["file"], one["line"]) for one in found["unsound"]] == [
        ("vocabulary/labels.yaml", 3)
    ]
    assert found["version"] == shipped().version
    file.write_text(labels_text(WINDOW), encoding="utf-8")
    assert run("vocabulary", "check").exit_code == 0
    assert load() is shipped()  # afterwards


def test_another_folder_can_be_checked_before_it_is_used(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "next"
    written(
        folder,
        "plans/2027.yaml",
        plan_text(carried="").replace("  themes: [", "  themes: [x, ", 1),
    )
    result = run("vocabulary", "check", folder / "vocabulary")
    assert (result.exit_code, "plans/2027.yaml" in result.stderr) == (1, True)
    written(folder, "plans/2027.yaml", plan_text())
    assert run("vocabulary", "check", folder / "vocabulary").exit_code == 0
    assert run("vocabulary", "check", tmp_path / "nowhere").exit_code == 2


def test_a_whole_vocabulary_can_be_checked_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "concepts.yaml").write_text("types: [", encoding="utf-8")
    result = run("vocabulary", "check", tmp_path)
    assert (result.exit_code, "concepts.yaml" in result.stderr) == (1, True)


def test_check_of_the_instance_says_what_is_wrong_with_its_vocabulary(
    run: Run, instance: Path, held: None
) -> None:
    written(instance, "plans/2027.yaml", "year: 2026")
    result = run("check", "--json")
    kinds = [one["kind"] for one in as_json(result)["findings"]]
    assert (result.exit_code, "vocabulary-unsound" in kinds) == (1, True)
    assert "plans/2027.yaml" in run("check").output


def test_a_concept_is_shown_with_its_labels_in_every_language(run: Run, instance: Path) -> None:
    written(instance, "labels.yaml", labels_text(WINDOW))
    facts = as_json(run("vocabulary", "show", "asylum-systems", "--json"))
    assert set(facts["name"]) == {"es", "en", "pt", "fr"}
    assert "ventanilla fronteriza" in facts["other_labels"]["es"]
    assert facts["activities"] == list(shipped().concept("asylum-systems").activities)
    by_words = as_json(run("vocabulary", "show", "ventanillas fronterizas", "--json"))
    assert by_words["concept"] == "asylum-systems"
    assert "ventanilla fronteriza" in run("vocabulary", "show", "asylum-systems").output


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("2026", "plan"),
        ("2026:P2", "priority"),
        ("2026:P2-R2-A5", "activity"),
        ("source_kinds", "list"),
        ("hn", "country"),
    ],
)
def test_plans_their_parts_lists_and_countries_are_shown(run: Run, asked: str, key: str) -> None:
    facts = as_json(run("vocabulary", "show", asked, "--json"))
    assert facts[key] in (asked, "HN")
    assert run("vocabulary", "show", asked).exit_code == 0


def test_everything_at_a_glance_and_nothing_for_what_is_not_there(run: Run) -> None:
    assert as_json(run("vocabulary", "show", "--json"))["plans"] == ["2026"]
    assert run("vocabulary", "show").exit_code == 0
    nothing = run("vocabulary", "show", "no-such-thing")
    assert (nothing.exit_code, "no-such-thing" in nothing.stderr) == (1, True)
    assert run("vocabulary", "show", "a", "b").exit_code == 2


def test_retagging_is_shown_first_then_done_and_then_there_is_nothing_to_do(
    run: Run, held: None, lent_sandbox: None
) -> None:
    seen = as_json(run("vocabulary", "retag", "--dry-run", "--json"))
    assert seen["looked_at"] == 1
    (change,) = seen["changes"]
    assert change["comes"][0]["labels"] == ["tejido social"]
    assert as_json(run("vocabulary", "report", "--json")) == {"labels": [], "values": []}
    done = as_json(run("vocabulary", "retag", "--json"))
    assert (done["renewed"], done["left"]) == (1, 0)
    assert done["version"] == shipped().version
    rates = as_json(run("vocabulary", "report", "--json"))
    assert {
        **{"facet": "theme", "value": "social-fabric-community-conflict", "language": "es"},
        **{"label": "tejido social", "proposed": 1, "accepted": 0, "rejected": 0},
    } in rates["labels"]
    assert "tejido social" in run("vocabulary", "report").output
    assert as_json(run("vocabulary", "retag", "--dry-run", "--json"))["looked_at"] == 0
    assert run("vocabulary", "retag").exit_code == 0


def test_suggestions_know_what_the_instance_adds(run: Run, instance: Path) -> None:
    text = "La ventanilla fronteriza abre. En la ventanilla fronteriza se espera."

    def themes() -> list[str]:
        said = as_json(run("suggest", "-", "--language", "es", "--json", input=text))
        return [one["value"] for one in said["themes"]]

    assert themes() == []
    written(instance, "labels.yaml", labels_text(WINDOW))
    assert themes() == ["asylum-systems"]


def test_what_needs_an_instance_says_so(run: Run) -> None:
    for command in ("report", "retag"):
        assert run("vocabulary", command).exit_code == 1
