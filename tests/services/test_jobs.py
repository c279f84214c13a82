"""The queue's promises: a job exists with its change, is done by one worker, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from repo_app import jobs
from repo_app.db import Database, open_database
from repo_app.models import Base, Document, Job, JobState

KIND = jobs.READ_DOCUMENT
SHORT = timedelta(milliseconds=-1)  # a lease that has run out already


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'jobs.db'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


def enqueue(database: Database, kind: str = KIND) -> None:
    with database.writing() as session:
        jobs.enqueue(session, kind)


def claim(database: Database, lease: timedelta = jobs.LEASE) -> tuple[jobs.Claimed, ...]:
    with database.writing() as session:
        return jobs.claim(session, [KIND], lease=lease)


def only(database: Database) -> Job:
    with database.reading() as session:
        return session.query(Job).one()


def test_a_job_exists_if_and_only_if_its_change_does(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(Document(title="never"))
        jobs.enqueue(session, KIND)
        raise RuntimeError
    with database.reading() as session:
        assert session.query(Job).count() == 0


def test_a_claimed_job_is_not_given_to_another(database: Database) -> None:
    enqueue(database)
    assert len(claim(database)) == 1
    assert claim(database) == ()


def test_a_job_whose_worker_died_comes_back_when_its_lease_ends(database: Database) -> None:
    enqueue(database)
    first = claim(database, lease=SHORT)[0]
    second = claim(database)[0]
    assert second.id == first.id
    assert second.token != first.token
    assert second.strikes == 1


def test_who_lost_the_lease_can_finish_nothing(database: Database) -> None:
    enqueue(database)
    late = claim(database, lease=SHORT)[0]
    claim(database)
    with pytest.raises(jobs.LeaseLost), database.writing() as session:
        session.add(Document(title="written too late"))
        jobs.finish(session, late)
    with database.reading() as session:
        assert session.query(Document).count() == 0
        assert session.query(Job).count() == 1
    with database.writing() as session:
        assert not jobs.keep(session, late)


def test_a_heartbeat_keeps_the_lease(database: Database) -> None:
    enqueue(database)
    claimed = claim(database, lease=SHORT)[0]
    with database.writing() as session:
        assert jobs.keep(session, claimed)
    assert claim(database) == ()


def test_a_finished_job_is_gone(database: Database) -> None:
    enqueue(database)
    claimed = claim(database)[0]
    with database.writing() as session:
        jobs.finish(session, claimed)
    with database.reading() as session:
        assert jobs.waiting(session, KIND) == 0


def test_a_failing_job_waits_longer_each_time_and_is_dead_after_five(database: Database) -> None:
    enqueue(database)
    for failure in range(1, 6):
        with database.writing() as session:
            session.query(Job).update({"run_at": jobs.database_now(session)})
        claimed = claim(database)[0]
        with database.writing() as session:
            before = jobs.database_now(session)
            jobs.retry_later(session, claimed, ValueError("secret words"))
        job = only(database)
        assert job.run_at - before >= timedelta(seconds=2**failure) - timedelta(seconds=1)
        assert claim(database) == ()
    assert only(database).state is JobState.DEAD


def test_a_job_that_kills_every_worker_is_declared_dead(database: Database) -> None:
    enqueue(database)
    for _ in range(jobs.MOST_STRIKES):
        assert claim(database, lease=SHORT)
    assert claim(database) == ()
    assert only(database).state is JobState.DEAD


def test_the_only_worker_takes_over_what_a_dead_one_held_at_once(database: Database) -> None:
    enqueue(database)
    first = claim(database)[0]
    with database.writing() as session:
        jobs.release(session)
    second = claim(database)[0]
    assert (second.id, second.strikes) == (first.id, 1)
    with pytest.raises(jobs.LeaseLost), database.writing() as session:
        jobs.finish(session, first)


def test_dying_workers_never_kill_the_index_jobs(database: Database) -> None:
    with database.writing() as session:
        jobs.enqueue(session, jobs.SYNC_INDEX)
    for _ in range(2 * jobs.MOST_STRIKES):
        with database.writing() as session:
            assert jobs.claim(session, [jobs.SYNC_INDEX], lease=SHORT)


def test_reviving_replaces_dead_jobs_by_one_fresh_one(database: Database) -> None:
    with database.writing() as session:
        document = Document(title="x")
        session.add(document)
        session.flush()
        for _ in range(2):
            jobs.enqueue(session, KIND, document.id)
        session.flush()
        session.query(Job).update({"state": JobState.DEAD, "strikes": jobs.MOST_STRIKES})
        jobs.revive(session, KIND, document.id)
    job = only(database)
    assert (job.state, job.strikes) == (JobState.READY, 0)


def test_an_error_is_kept_without_its_words(database: Database) -> None:
    enqueue(database)
    claimed = claim(database)[0]
    try:
        raise ValueError("María told us on page 3")
    except ValueError as error:
        with database.writing() as session:
            jobs.retry_later(session, claimed, error)
    kept = only(database).error or ""
    assert kept.startswith("ValueError at ")
    assert "María" not in kept


def test_a_stopping_worker_gives_back_without_a_strike(database: Database) -> None:
    enqueue(database)
    first = claim(database)[0]
    with database.writing() as session:
        jobs.give_back(session, first)
    assert claim(database)[0].strikes == first.strikes


def test_asking_twice_for_a_rebuild_makes_one_job(database: Database) -> None:
    for _ in range(2):
        with database.writing() as session:
            jobs.enqueue_once(session, jobs.REBUILD_INDEX)
    with database.reading() as session:
        assert jobs.waiting(session, jobs.REBUILD_INDEX) == 1


def test_oldest_jobs_come_first(database: Database) -> None:
    for _ in range(3):
        enqueue(database)
    with database.writing() as session:
        taken = jobs.claim(session, [KIND], limit=2)
    assert [c.id for c in taken] == sorted(c.id for c in taken)
    assert len(taken) == 2
