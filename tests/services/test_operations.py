"""What the page for running the site shows is what is so, and what it is asked to do is noted."""

from __future__ import annotations

import fcntl
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from repo_app import jobs
from repo_app.db import now
from repo_app.locking import WorkerRunning, worker_lock
from repo_app.models import AuditEvent, Document, File, FileRole, Job, JobState, State
from repo_app.models.documents import new_public_id
from repo_app.runtime import Runtime
from repo_app.services import arrivals, operations
from repo_app.services.operations import Alarm
from tests.factories import a_document, a_pdf, indexed, with_file

BY = "administrator:1"


def a_job(runtime: Runtime, kind: str, state: JobState = JobState.READY, **columns: object) -> int:
    columns.setdefault("run_at", now() - timedelta(seconds=5))
    with runtime.database.writing() as session:
        job = Job(kind=kind, state=state, **columns)
        session.add(job)
        session.flush()
        return job.id


def documents(runtime: Runtime, *states: State, **columns: object) -> list[str]:
    with runtime.database.writing() as session:
        return [a_document(session, state=state, **columns).public_id for state in states]


def noted(runtime: Runtime) -> list[tuple[str, str, dict[str, object]]]:
    with runtime.database.reading() as session:
        events = session.query(AuditEvent).order_by(AuditEvent.id)
        return [(event.actor, event.action, event.detail) for event in events]


def test_an_empty_instance_with_a_worker_needs_nobody(runtime: Runtime) -> None:
    with worker_lock(runtime.settings.worker_lock_file):
        seen = operations.overview(runtime)
    assert seen.has_worker
    assert seen.alarms == ()
    assert set(seen.documents.values()) == {0}
    assert seen.queue == seen.dead == seen.refusals == seen.refused == seen.storage.held == ()


def test_documents_are_counted_by_state(runtime: Runtime) -> None:
    documents(runtime, State.PUBLISHED, State.PUBLISHED, State.DRAFT, State.WITHDRAWN)
    seen = operations.overview(runtime).documents
    assert {state: n for state, n in seen.items() if n} == {
        State.PUBLISHED: 2,
        State.DRAFT: 1,
        State.WITHDRAWN: 1,
    }
    assert list(seen) == list(State)


def test_the_queue_says_what_waits_runs_and_failed_and_since_when(runtime: Runtime) -> None:
    hour = timedelta(hours=1)
    for _ in range(2):
        a_job(runtime, jobs.READ_DOCUMENT, run_at=now() - hour)
    a_job(runtime, jobs.READ_DOCUMENT, JobState.RUNNING, run_at=now() - 2 * hour)
    a_job(runtime, jobs.READ_DOCUMENT, JobState.DEAD, run_at=now() - 3 * hour)
    a_job(runtime, jobs.SEND_MAIL, run_at=now() + hour)  # failed, and tried again later
    reading, mail = operations.overview(runtime).queue
    assert (reading.kind, reading.waiting, reading.running, reading.dead) == (
        jobs.READ_DOCUMENT, 2, 1, 1,
    )  # fmt: skip
    assert reading.oldest is not None
    assert hour <= reading.oldest < hour + timedelta(minutes=1)
    assert (mail.kind, mail.waiting, mail.oldest) == (jobs.SEND_MAIL, 1, None)


def test_a_dead_task_is_tried_again_as_if_it_had_never_failed(runtime: Runtime) -> None:
    (public_id,) = documents(runtime, State.PUBLISHED)
    with runtime.database.reading() as session:
        number = session.query(Document).one().id
    error = "ValueError at repo_app.somewhere:1"
    dead = a_job(
        runtime, jobs.SYNC_INDEX, JobState.DEAD, document_id=number, strikes=20, error=error
    )
    (task,) = operations.overview(runtime).dead
    assert (task.id, task.kind, task.document, task.error) == (
        dead, jobs.SYNC_INDEX, public_id, error,
    )  # fmt: skip
    with runtime.database.writing() as session:
        assert operations.retry(session, BY, dead)
        assert not operations.retry(session, BY, dead)
        assert not operations.retry(session, BY, 999)
    assert operations.overview(runtime).dead == ()
    with runtime.database.writing() as session:
        (claimed,) = jobs.claim(session, [jobs.SYNC_INDEX])
    assert (claimed.id, claimed.strikes) == (dead, 0)
    assert noted(runtime) == [(BY, "task-retried", {"kind": jobs.SYNC_INDEX})]


def test_all_dead_tasks_are_tried_again_and_no_other_is_touched(runtime: Runtime) -> None:
    for _ in range(3):
        a_job(runtime, jobs.READ_DOCUMENT, JobState.DEAD, strikes=20)
    running = a_job(runtime, jobs.READ_DOCUMENT, JobState.RUNNING, token="t", strikes=4)
    with runtime.database.writing() as session:
        assert operations.retry_all(session, BY) == 3
        assert operations.retry_all(session, BY) == 0
    with runtime.database.reading() as session:
        untouched = session.get_one(Job, running)
        assert (untouched.state, untouched.token, untouched.strikes) == (JobState.RUNNING, "t", 4)
    assert noted(runtime) == [(BY, "tasks-retried", {"tasks": 3})]


def test_long_lists_of_dead_tasks_are_cut_and_counted(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        values = {"kind": jobs.READ_DOCUMENT, "state": JobState.DEAD, "run_at": now()}
        session.execute(insert(Job), [values] * (operations.MOST_SHOWN + 7))
    seen = operations.overview(runtime)
    assert len(seen.dead) == operations.MOST_SHOWN
    assert seen.dead_total == operations.MOST_SHOWN + 7


def test_refused_files_are_counted_by_reason_the_newest_first(runtime: Runtime) -> None:
    old, new = date(2026, 1, 1), date(2026, 2, 2)
    documents(runtime, State.REFUSED, State.REFUSED, refusal="damaged", received_on=old)
    (newest,) = documents(runtime, State.REFUSED, refusal="encrypted", received_on=new)
    documents(runtime, State.DRAFT, State.RETURNED, refusal="damaged", received_on=old)
    documents(runtime, State.REFUSED, refusal="out-of-scope", received_on=new)
    seen = operations.overview(runtime)
    assert [(line.reason.value, line.files, line.newest) for line in seen.refusals] == [
        ("encrypted", 1, new),
        ("damaged", 4, old),
    ]
    assert [file.reason.value for file in seen.refused] == ["encrypted", "damaged", "damaged"]
    assert seen.refused[0].document == newest


def test_a_draft_that_could_not_be_read_is_named_to_nobody(runtime: Runtime) -> None:
    hidden = documents(runtime, State.DRAFT, State.RETURNED, refusal="damaged")
    seen = operations.overview(runtime)
    assert not any(public_id in repr(seen) for public_id in hidden)


def test_the_index_is_compared_with_the_database(runtime: Runtime) -> None:
    (public_id,) = documents(runtime, State.PUBLISHED)
    seen = operations.overview(runtime).index
    assert not seen.agrees
    assert Alarm.INDEX_BEHIND in operations.overview(runtime).alarms
    assert operations.differing(runtime) == (public_id,)
    indexed(runtime)
    seen = operations.overview(runtime).index
    assert seen.agrees
    assert seen.status is not None
    assert (seen.status.documents, seen.published) == (1, 1)
    assert seen.built is not None
    assert timedelta() <= now() - seen.built < timedelta(minutes=1)
    assert seen.bytes >= seen.status.bytes > 0
    assert operations.differing(runtime) == ()


def test_an_index_that_is_only_late_rings_no_alarm(runtime: Runtime) -> None:
    documents(runtime, State.PUBLISHED)
    a_job(runtime, jobs.SYNC_INDEX)
    seen = operations.overview(runtime)
    assert seen.index.syncing == 1
    assert Alarm.INDEX_BEHIND not in seen.alarms


def test_asking_twice_for_a_new_index_builds_it_once(runtime: Runtime) -> None:
    for _ in range(2):
        with runtime.database.writing() as session:
            operations.build_anew(session, BY)
    (line,) = operations.overview(runtime).queue
    assert (line.kind, line.waiting) == (jobs.REBUILD_INDEX, 1)
    assert operations.overview(runtime).index.rebuilding
    assert [action for _, action, _ in noted(runtime)] == ["rebuild-asked"] * 2


def test_an_unusable_index_is_an_alarm_and_no_error(runtime: Runtime, tmp_path: Path) -> None:
    next(tmp_path.rglob("CURRENT")).write_text("broken")
    seen = operations.overview(runtime)
    assert seen.index.status is None
    assert Alarm.INDEX_UNUSABLE in seen.alarms


def test_storage_is_counted_in_bytes_by_role(runtime: Runtime) -> None:
    pdf = a_pdf("Uno")
    with runtime.database.writing() as session:
        for title in ("a", "b"):
            row = a_document(session, title)
            with_file(runtime, session, row, pdf)
            row.files.append(
                File(role=FileRole.THUMBNAIL, sha256="0" * 64, size=7, media_type="image/webp")
            )
    arriving = runtime.settings.instance / arrivals.FOLDER
    arriving.mkdir()
    (arriving / "half").write_bytes(b"x" * 1000)
    next(runtime.settings.instance.glob("uploads")).joinpath("partial-x").write_bytes(b"x" * 500)
    seen = operations.overview(runtime).storage
    assert {held.role: (held.files, held.bytes) for held in seen.held} == {
        FileRole.CLEAN: (2, 2 * len(pdf)),
        FileRole.THUMBNAIL: (2, 14),
    }
    assert (seen.arriving_files, seen.arriving_bytes) == (2, 1500)
    assert seen.database > 10_000
    assert seen.free > 0


def test_a_full_disk_is_said_in_time(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    free = operations.overview(runtime).storage.free
    monkeypatch.setattr(operations, "LITTLE_ROOM", free // 2)
    assert Alarm.LITTLE_ROOM not in operations.overview(runtime).alarms
    monkeypatch.setattr(operations, "LITTLE_ROOM", free * 2)
    assert Alarm.LITTLE_ROOM in operations.overview(runtime).alarms


def test_letters_without_a_mail_server_are_an_alarm_of_their_own(runtime: Runtime) -> None:
    a_job(runtime, jobs.SEND_MAIL, run_at=now() - timedelta(days=1))
    with worker_lock(runtime.settings.worker_lock_file):
        seen = operations.overview(runtime)
    assert (seen.mail.is_set_up, seen.mail.waiting) == (False, 1)
    assert seen.alarms == (Alarm.MAIL_WAITS,)


def test_a_queue_that_stands_beside_a_worker_is_an_alarm(runtime: Runtime) -> None:
    a_job(runtime, jobs.READ_DOCUMENT, run_at=now() - timedelta(minutes=16))
    assert operations.overview(runtime).alarms == (Alarm.NO_WORKER,)
    with worker_lock(runtime.settings.worker_lock_file):
        assert operations.overview(runtime).alarms == (Alarm.QUEUE_STANDS,)


def test_looking_for_a_worker_never_keeps_one_from_starting(tmp_path: Path) -> None:
    lock = tmp_path / "worker.lock"
    assert not operations.worker_runs(lock)
    assert not lock.exists()
    with worker_lock(lock):
        assert operations.worker_runs(lock)
        with pytest.raises(WorkerRunning), worker_lock(lock):
            pass
    assert not operations.worker_runs(lock)
    with worker_lock(lock):
        pass


def test_two_who_look_at_once_take_each_other_for_no_worker(tmp_path: Path) -> None:
    lock = tmp_path / "worker.lock"
    with worker_lock(lock):
        pass
    with lock.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert not operations.worker_runs(lock)


def test_no_row_is_loaded_however_many_there_are(runtime: Runtime) -> None:
    """Grouped by the database: what comes back does not grow with the collection."""
    with runtime.database.writing() as session:
        values = [
            {"public_id": new_public_id(), "state": State.REFUSED, "refusal": "damaged"}
            for _ in range(500)
        ]
        session.execute(insert(Document), values)
    loaded: list[object] = []

    def note(row: object, _context: object) -> None:
        loaded.append(row)

    event.listen(Document, "load", note)
    try:
        seen = operations.overview(runtime)
    finally:
        event.remove(Document, "load", note)
    assert seen.documents[State.REFUSED] == 500
    assert len(seen.refused) == operations.NEWEST
    assert loaded == []
