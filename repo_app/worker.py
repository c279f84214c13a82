"""The worker: reads received files in sandboxes and is the only writer of the index.

Reading threads each claim one file at a time; one indexing thread brings the index into
agreement with the database. All state is in the jobs table: a worker killed at any point
loses nothing, because its leases run out and another run starts from the row as it is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from index import SearchUnavailable
from ingest import Sandbox, SandboxDied
from repo_app import jobs
from repo_app.jobs import Claimed
from repo_app.runtime import Runtime
from repo_app.services import searching
from repo_app.services.submissions import read_document as read

log = logging.getLogger(__name__)

IDLE = 0.25  # seconds between looks at an empty queue
HEARTBEAT = jobs.LEASE.total_seconds() / 4
WATCH = 2.0  # seconds between looks at the index's health
GATHER = 2.0  # seconds a document waits for company while other files are being read
INDEX_BATCH = 64  # documents put into the index by one commit


class Worker:
    """``run`` works until ``stop`` is set; ``readers`` files are read at the same time."""

    def __init__(self, runtime: Runtime, readers: int = 2) -> None:
        self._runtime = runtime
        self._readers = readers
        self._leases = Leases(runtime)
        self.stop = threading.Event()
        self.failure: BaseException | None = None

    def run(self, until: Callable[[], bool] = lambda: False, look_every: float = 0.3) -> None:
        """Blocks until ``stop`` is set or ``until()`` says so; raises what killed a thread."""
        with Sandbox() as sandbox:
            threads = [
                *(self._thread(self._read_files, sandbox) for _ in range(self._readers)),
                self._thread(self._keep_index),
                self._thread(self._leases.keep_alive, self.stop),
            ]
            for thread in threads:
                thread.start()
            try:
                while not self.stop.wait(look_every) and not until():
                    pass
            finally:
                self.stop.set()
                for thread in threads:
                    thread.join()
        if self.failure is not None:
            raise self.failure

    def _thread(self, work: Callable[..., None], *args: object) -> threading.Thread:
        def guarded() -> None:
            try:
                work(*args)
            except BaseException as error:
                self.failure = error  # a thread that dies silently is a queue that stands still
                self.stop.set()

        return threading.Thread(target=guarded, name=work.__name__)

    def _read_files(self, sandbox: Sandbox) -> None:
        while not self.stop.is_set():
            claimed = claim(self._runtime, [jobs.READ_DOCUMENT])
            if not claimed:
                self.stop.wait(IDLE)
                continue
            with self._leases.holding(claimed):
                self._attempt(claimed, partial(read, self._runtime, sandbox, claimed[0]))

    def _keep_index(self) -> None:
        watch = IndexWatch(self._runtime)
        while not self.stop.is_set():
            watch.look()
            if not self._sync_once():
                self.stop.wait(IDLE)

    def _sync_once(self) -> bool:
        """One commit of the index; False when there is nothing to do."""
        if claimed := claim(self._runtime, [jobs.REBUILD_INDEX]):
            with self._leases.holding(claimed):
                self._attempt(claimed, partial(rebuild, self._runtime, claimed))
            return True
        if due(self._runtime, [jobs.SYNC_INDEX]) and due(self._runtime, [jobs.READ_DOCUMENT]):
            self.stop.wait(GATHER)  # more is coming: one commit for many documents
        if claimed := claim(self._runtime, [jobs.SYNC_INDEX], limit=INDEX_BATCH):
            with self._leases.holding(claimed):
                self._attempt(claimed, partial(sync, self._runtime, claimed))
            return True
        return False

    def _attempt(self, claimed: Sequence[Claimed], work: Callable[[], None]) -> None:
        """Errors put the jobs back; only their kind and place are logged, never a text."""
        try:
            work()
        except jobs.LeaseLost:
            log.warning("lost the lease of %s", claimed[0].kind)
        except Exception as error:  # a bad job must not stop the others
            with self._runtime.database.writing() as session:
                for job in claimed:
                    if isinstance(error, SandboxDied) and self.stop.is_set():
                        jobs.give_back(session, job)
                    else:
                        jobs.retry_later(session, job, error)
            if not self.stop.is_set():
                log.warning("%s failed: %s", claimed[0].kind, jobs.where(error))


class Leases:
    """Keeps the leases of everything that is being worked on."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._held: set[Claimed] = set()
        self._lock = threading.Lock()

    def holding(self, claimed: Sequence[Claimed]) -> _Holding:
        return _Holding(self._held, self._lock, frozenset(claimed))

    def keep_alive(self, stop: threading.Event) -> None:
        while not stop.wait(HEARTBEAT):
            with self._lock:
                held = tuple(self._held)
            if held:
                with self._runtime.database.writing() as session:
                    for claimed in held:
                        jobs.keep(session, claimed)


class _Holding:
    def __init__(
        self, held: set[Claimed], lock: threading.Lock, claimed: frozenset[Claimed]
    ) -> None:
        self._held, self._lock, self._claimed = held, lock, claimed

    def __enter__(self) -> None:
        with self._lock:
            self._held |= self._claimed

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._held -= self._claimed


class IndexWatch:
    """Looks every WATCH seconds whether the index is usable, and has it rebuilt if not."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next = 0.0

    def look(self) -> None:
        moment = time.monotonic()
        if moment < self._next:
            return
        first, self._next = self._next == 0.0, moment + WATCH
        try:
            if first:  # whatever happened while no worker ran
                searching.mend_drift(self._runtime)
            self._runtime.index.status()
        except SearchUnavailable as error:
            log.warning("the index is %s: it is being rebuilt", error)
            searching.ask_for_rebuild(self._runtime)


def due(runtime: Runtime, kinds: Sequence[str]) -> bool:
    with runtime.database.reading() as session:
        return jobs.any_due(session, kinds)


def claim(runtime: Runtime, kinds: Sequence[str], limit: int = 1) -> tuple[Claimed, ...]:
    """Look before locking: an idle worker must not take SQLite's write lock for nothing."""
    if not due(runtime, kinds):
        return ()
    with runtime.database.writing() as session:
        return jobs.claim(session, kinds, limit=limit)


def rebuild(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    searching.rebuild_index(runtime)
    _finish(runtime, claimed)


def sync(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    searching.sync_index(runtime, {job.document_id for job in claimed if job.document_id})
    _finish(runtime, claimed)


def _finish(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    with runtime.database.writing() as session:
        for job in claimed:
            jobs.finish(session, job)
