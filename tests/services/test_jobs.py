"""The queue's promises: a job exists with its change, is done by one worker, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from repo_app import jobs, schema
from repo_app.db import Database, open_database
from repo_app.models import Document, Job, JobState

KIND = jobs.READ_DOCUMENT
SHORT = timedelta(milliseconds=-1)  # a lease that has run out already


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'jobs.db'}")
    schema.migrate(opened)
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
    assert second.attempts == 2


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


def test_a_failing_job_waits_longer_each_time_and_then_is_dead(database: Database) -> None:
    enqueue(database)
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with database.writing() as session:
            session.query(Job).update({"run_at": jobs.database_now(session)})
        claimed = claim(database)[0]
        assert claimed.attempts == attempt
        with database.writing() as session:
            before = jobs.database_now(session)
            jobs.retry_later(session, claimed, ValueError("secret words"))
        job = only(database)
        assert job.run_at - before >= timedelta(seconds=2**attempt) - timedelta(seconds=1)
        assert claim(database) == ()
    assert only(database).state is JobState.DEAD


def test_a_job_that_kills_every_worker_is_declared_dead(database: Database) -> None:
    enqueue(database)
    for _ in range(jobs.MAX_ATTEMPTS):
        assert claim(database, lease=SHORT)
    assert claim(database) == ()
    assert only(database).state is JobState.DEAD


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


def test_a_stopping_worker_gives_back_without_counting_the_attempt(database: Database) -> None:
    enqueue(database)
    first = claim(database)[0]
    with database.writing() as session:
        jobs.give_back(session, first)
    assert claim(database)[0].attempts == first.attempts


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
