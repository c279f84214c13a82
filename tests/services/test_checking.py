"""Checking finds what is wrong, leaves alone what is only busy, and mends without harm."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from index import IndexDocument
from repo_app import jobs
from repo_app.models import Document, File, Job, JobState, Page
from repo_app.runtime import Runtime
from repo_app.services import checking, indexing
from repo_app.services.checking import Kind
from repo_app.services.descriptions import Description
from repo_app.services.submissions import deposit_file, deposit_record
from tests.pdfs import a_pdf


def kinds(runtime: Runtime) -> list[Kind]:
    return [finding.kind for finding in checking.examine(runtime)]


def repair(runtime: Runtime) -> None:
    checking.repair(runtime, checking.examine(runtime))


def sync(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for claimed in jobs.claim(session, [jobs.SYNC_INDEX], limit=100):
            indexing.sync_index(runtime, [claimed.document_id or 0])
            jobs.finish(session, claimed)


@pytest.fixture
def record(runtime: Runtime) -> int:
    said = Description(title="Una nota", language="es")
    return deposit_record(runtime, "texto", said, publish=True).document_id


def blob_path(runtime: Runtime, key: str) -> Path:
    with runtime.blobs.local_path(key) as path:
        return path


def make_old(runtime: Runtime, key: str) -> None:
    os.utime(blob_path(runtime, key), (0, 0))


def test_a_document_that_waits_for_the_index_is_not_wrong(runtime: Runtime, record: int) -> None:
    assert indexing.drift(runtime) == {}
    sync(runtime)
    assert kinds(runtime) == []


def test_a_row_changed_behind_the_index_is_found_and_queued(runtime: Runtime, record: int) -> None:
    sync(runtime)
    with runtime.database.writing() as session:
        session.query(Document).update({"revision": 9})
    assert kinds(runtime) == [Kind.INDEX_DRIFT]
    repair(runtime)
    sync(runtime)
    assert kinds(runtime) == []


def test_what_only_the_index_holds_asks_for_a_new_one(runtime: Runtime) -> None:
    runtime.index.put([IndexDocument("ghost", 1, "t", "es", frozenset({"public"}))])
    assert kinds(runtime) == [Kind.INDEX_DRIFT]
    repair(runtime)
    with runtime.database.reading() as session:
        assert jobs.waiting(session, jobs.REBUILD_INDEX) == 1


def test_a_file_held_a_moment_ago_is_left_alone_though_no_row_names_it(runtime: Runtime) -> None:
    key = runtime.blobs.put(io.BytesIO(b"on its way"), limit=100).key
    assert kinds(runtime) == []
    make_old(runtime, key)
    assert kinds(runtime) == [Kind.FILE_UNUSED]
    repair(runtime)
    assert not runtime.blobs.exists(key)


def test_a_file_that_got_its_row_meanwhile_is_not_removed(runtime: Runtime) -> None:
    content = a_pdf(["Cinco"])
    key = runtime.blobs.put(io.BytesIO(content), limit=10**6).key
    make_old(runtime, key)
    found = checking.examine(runtime)
    deposit_file(runtime, io.BytesIO(content), Description(), publish=False)
    checking.repair(runtime, found)
    assert runtime.blobs.exists(key)


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_file_that_is_gone_or_changed_is_named(runtime: Runtime, damage: str) -> None:
    deposit_file(runtime, io.BytesIO(a_pdf(["Seis"])), Description(), publish=False)
    with runtime.database.reading() as session:
        path = blob_path(runtime, session.query(File).one().sha256)
    if damage == "missing":
        path.unlink()
    else:
        path.chmod(0o600)
        path.write_bytes(b"other")
    expected = Kind.FILE_MISSING if damage == "missing" else Kind.FILE_CHANGED
    assert kinds(runtime) == [expected]
    repair(runtime)
    assert kinds(runtime) == [expected]  # only a backup can mend it


def test_dead_and_lost_tasks_are_found_and_begun_anew(runtime: Runtime) -> None:
    deposit_file(runtime, io.BytesIO(a_pdf(["Siete"])), Description(), publish=False)
    with runtime.database.writing() as session:
        session.query(Job).update({"state": JobState.DEAD, "error": "ValueError at x:1"})
    assert kinds(runtime) == [Kind.JOB_DEAD]
    repair(runtime)
    assert kinds(runtime) == []
    with runtime.database.writing() as session:
        session.query(Job).delete()
    assert kinds(runtime) == [Kind.NEVER_READ]
    repair(runtime)
    assert kinds(runtime) == []


def test_missing_texts_are_found(runtime: Runtime, record: int) -> None:
    sync(runtime)
    with runtime.database.writing() as session:
        session.query(Page).delete()
    assert kinds(runtime) == [Kind.PAGES_MISSING]


def test_every_kind_has_its_sentence() -> None:
    assert set(checking.SENTENCES) == set(Kind)
