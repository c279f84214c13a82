"""Work that one process at a time may do: done here, or by the worker that is running."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

from repo_app import jobs
from repo_app.cli.words import _
from repo_app.locking import WorkerRunning, worker_lock
from repo_app.runtime import Runtime
from repo_app.services import indexing
from repo_app.worker import Worker

PAUSE = 0.3


def work_until(runtime: Runtime, done: Callable[[], bool], readers: int = 1) -> None:
    """Until ``done()``: be the worker, or watch the one there is and take over if it goes."""
    while not done():
        try:
            with worker_lock(runtime.settings.worker_lock_file):
                Worker(runtime, readers).run(until=done)
        except WorkerRunning:
            time.sleep(PAUSE)


def rebuild_index(runtime: Runtime, *, patience: float = float("inf")) -> bool:
    """Build the index anew here, or have the running worker do it; False if that failed or
    took longer than ``patience`` seconds."""
    deadline = time.monotonic() + patience
    asked = False
    while time.monotonic() < deadline:
        try:
            with worker_lock(runtime.settings.worker_lock_file):
                _with_progress(runtime)
                return True
        except WorkerRunning:
            if not asked:
                click.echo(_("The running service builds it; waiting."), err=True)
                indexing.ask_for_rebuild(runtime)
                asked = True
            with runtime.database.reading() as session:
                if not jobs.waiting(session, jobs.REBUILD_INDEX):
                    return not jobs.dead(session, jobs.REBUILD_INDEX)
            time.sleep(PAUSE)
    return False


def _with_progress(runtime: Runtime) -> None:
    version, length = runtime.vocabulary.version, indexing.published_total(runtime)
    documents = indexing.published(runtime)
    with click.progressbar(
        documents, length=length, label=_("Indexing"), file=sys.stderr
    ) as passing:
        runtime.index.rebuild(passing)
    indexing.rebuilt(runtime, version)
