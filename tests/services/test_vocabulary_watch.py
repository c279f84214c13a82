"""A change of the vocabulary is noticed by every process, and nothing wrong in it stops one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from config import Settings
from index.vocabulary import AddedLabel, load, shipped
from repo_app import jobs, vocabulary_watch
from repo_app.db import open_database
from repo_app.models import Job, Role, VocabularyMark
from repo_app.policy import viewer_with_account
from repo_app.runtime import Runtime, running
from repo_app.services import curator_labels, indexing
from repo_app.vocabulary_watch import VocabularyWatch
from repo_app.worker import claim, rebuild
from tests.vocabularies import WINDOW, labels_text, plan_text

CURATOR = viewer_with_account(7, Role.CURATOR)


def write(runtime: Runtime, name: str, text: str) -> Path:
    file = runtime.settings.instance / vocabulary_watch.FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def add(runtime: Runtime, label: AddedLabel = WINDOW) -> None:
    with runtime.database.writing() as session:
        curator_labels.add(session, runtime.vocabulary, label, "", CURATOR)


def test_a_file_that_comes_changes_and_goes_is_followed(runtime: Runtime) -> None:
    watch = runtime.watch
    assert (watch.look(now=True), runtime.vocabulary) == (False, shipped())
    file = write(runtime, "labels.yaml", labels_text(WINDOW))
    assert watch.look(now=True)
    first = runtime.vocabulary
    assert "ventanilla fronteriza" in first.concept("asylum-systems").alt.es
    assert (watch.look(now=True), load()) == (False, first)
    write(runtime, "plans/2027.yaml", plan_text())
    assert watch.look(now=True)
    assert runtime.vocabulary.newest_plan.year == 2027
    file.unlink()
    assert watch.look(now=True)
    assert runtime.vocabulary.concept("asylum-systems") != first.concept("asylum-systems")
    assert runtime.vocabulary.newest_plan.year == 2027


def test_a_label_added_elsewhere_is_in_force_here_and_ends_with_the_runtime(
    runtime: Runtime, settings: Settings
) -> None:
    database = open_database(settings.database_url)  # as another process has it
    elsewhere = VocabularyWatch(settings.instance, database)
    add(runtime)
    assert elsewhere.look()
    assert load().additions.labels == (WINDOW,)
    with database.writing() as session:
        (held,) = curator_labels.held(session)
        curator_labels.withdraw(session, held.id, CURATOR)
    runtime.watch.look(now=True)
    assert load() is shipped()
    database.close()


def test_a_closed_runtime_leaves_the_shipped_vocabulary_behind(
    runtime: Runtime, settings: Settings
) -> None:
    add(runtime)
    with running(settings) as other:
        assert other.vocabulary.additions.labels == (WINDOW,)
    assert load() is shipped()


def test_looking_costs_nothing_between_two_looks(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.watch.look(now=True)
    write(runtime, "labels.yaml", labels_text(WINDOW))
    assert not runtime.watch.look()
    monkeypatch.setattr(runtime.watch, "_next_look", 0.0)
    assert runtime.watch.look()


def test_a_broken_file_is_said_and_stops_nothing(runtime: Runtime) -> None:
    add(runtime)
    write(runtime, "labels.yaml", "labels: [")
    write(runtime, "plans/2027.yaml", plan_text().replace("presidency: GT", "presidency: gt"))
    runtime.watch.look(now=True)
    assert [(one.file, one.line > 0) for one in runtime.watch.unsound] == [
        ("plans/2027.yaml", True),
        ("vocabulary/labels.yaml", True),
    ]
    assert runtime.vocabulary.additions.labels == (WINDOW,)
    assert runtime.vocabulary.newest_plan.year == 2026
    write(runtime, "labels.yaml", labels_text(AddedLabel("refugees", "es", "gente de paso")))
    write(runtime, "plans/2027.yaml", plan_text())
    runtime.watch.look(now=True)
    assert runtime.watch.unsound == ()


def test_an_instance_without_a_database_yet_has_the_shipped_vocabulary(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "none", env={})
    with running(settings) as opened:
        assert opened.vocabulary is shipped()
    assert not (tmp_path / "none").exists()


def test_the_index_is_built_anew_for_another_vocabulary_and_only_then(runtime: Runtime) -> None:
    def queued() -> list[str]:
        with runtime.database.reading() as session:
            return list(session.scalars(select(Job.kind)))

    indexing.follow_vocabulary(runtime)
    indexing.follow_vocabulary(runtime)
    assert queued() == []
    add(runtime)
    runtime.watch.look(now=True)
    indexing.follow_vocabulary(runtime)
    indexing.follow_vocabulary(runtime)
    assert queued() == [jobs.REBUILD_INDEX]
    rebuild(runtime, claim(runtime, [jobs.REBUILD_INDEX]))
    indexing.follow_vocabulary(runtime)
    assert queued() == []
    with runtime.database.reading() as session:
        assert session.query(VocabularyMark).one().indexed_with == runtime.vocabulary.version
