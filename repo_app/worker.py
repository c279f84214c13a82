"""The worker: reads received files in sandboxes and is the only writer of the index.

Reading threads each claim one file at a time; one indexing thread brings the index into
agreement with the database. All state is in the jobs table: a worker killed at any point
loses nothing, because its leases run out and another run starts from the row as it is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from index import SearchUnavailable
from ingest import Sandbox, SandboxDied
from repo_app import jobs
from repo_app.jobs import Claimed
from repo_app.runtime import Runtime
from repo_app.services import indexing, mail, proposing, purges, upkeep
from repo_app.services.submissions import read_document as read

log = logging.getLogger(__name__)

IDLE = 0.25  # seconds between looks at an empty queue
LOOK_FOR_MAIL = 1.0  # seconds between looks for letters to send
HEARTBEAT = jobs.LEASE.total_seconds() / 4
WATCH = 2.0  # seconds between looks at the index's health
COMPARE = 60.0  # seconds between comparisons of index and database
CLEAR_UP = 3600.0  # seconds between looks for files that are nobody's any more
GATHER = 5.0  # seconds a document waits at most for company during a bulk load
BULK = 6  # files waiting to be read that make one
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
        self._take_over()
        with Sandbox() as sandbox:
            threads = [
                *(self._thread(self._read_files, sandbox) for _ in range(self._readers)),
                self._thread(self._keep_index),
                self._thread(self._send_mail),
                self._thread(self._leases.keep_alive, self.stop),
                self._thread(self._clear_up),
            ]
            for thread in threads:
                thread.start()
            try:
                while not self.stop.wait(look_every) and not until():
                    pass
            finally:
                self.stop.set()
                sandbox.close()  # whoever stops the worker does not wait for a heavy file
                for thread in threads:
                    thread.join()
        if self.failure is not None:
            raise self.failure

    def _take_over(self) -> None:
        """The lock makes this the only worker: what a dead one held need not wait for its lease."""
        with self._runtime.database.writing() as session:
            jobs.release(session)

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
            self._runtime.watch.look()
            claimed = claim(self._runtime, [jobs.READ_DOCUMENT, jobs.PROPOSE_AGAIN])
            if not claimed:
                self.stop.wait(IDLE)
                continue
            with self._leases.holding(claimed):
                work = partial(read, self._runtime, sandbox, claimed[0])
                if claimed[0].kind == jobs.PROPOSE_AGAIN:
                    work = partial(proposing.go_on, self._runtime, sandbox.propose, claimed[0])
                self._attempt(claimed, work)

    def _send_mail(self) -> None:
        """Where no mail server is known the letters wait for one."""
        kinds = [jobs.SEND_MAIL] if self._runtime.settings.smtp_url else []
        while not self.stop.is_set():
            claimed = claim(self._runtime, kinds) if kinds else ()
            if not claimed:
                self.stop.wait(LOOK_FOR_MAIL)
                continue
            with self._leases.holding(claimed):
                self._attempt(claimed, partial(mail.deliver, self._runtime, claimed[0]))

    def _clear_up(self) -> None:
        """What interrupted writers left, of documents that may have been taken back since."""
        while True:
            upkeep.clear_up(self._runtime)
            if self.stop.wait(CLEAR_UP):
                return

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
        if claimed := claim(self._runtime, [jobs.PURGE_DOCUMENT], limit=INDEX_BATCH):
            with self._leases.holding(claimed):
                self._together(claimed, purge)
            return True
        if claimed := claim(self._runtime, [jobs.FORGET_WORDS], limit=INDEX_BATCH):
            with self._leases.holding(claimed):
                self._together(claimed, forget_words)
            return True
        if due(self._runtime, [jobs.SYNC_INDEX]):
            self._gather()
        if claimed := claim(self._runtime, [jobs.SYNC_INDEX], limit=INDEX_BATCH):
            with self._leases.holding(claimed):
                self._together(claimed, sync)
            return True
        return False

    def _gather(self) -> None:
        """One commit for many documents costs a fraction of one for each: they wait for company
        while there is much to come, and no longer."""
        deadline = time.monotonic() + GATHER
        while self._much_is_coming() and time.monotonic() < deadline:
            if self.stop.wait(IDLE):
                return

    def _much_is_coming(self) -> bool:
        with self._runtime.database.reading() as session:
            return jobs.waiting(session, jobs.READ_DOCUMENT) >= BULK

    def _together(
        self, claimed: Sequence[Claimed], work: Callable[[Runtime, Sequence[Claimed]], None]
    ) -> None:
        """Many documents in one commit; if that fails each alone: only the bad one waits."""
        try:
            work(self._runtime, claimed)
        except SearchUnavailable:  # the rebuild comes first, and takes these along
            indexing.ask_for_rebuild(self._runtime)
            self._give_back(claimed)
            self.stop.wait(IDLE)
        except Exception:
            log.warning("%d documents could not be indexed together", len(claimed))
            for job in claimed:
                self._attempt([job], partial(work, self._runtime, [job]))

    def _attempt(self, claimed: Sequence[Claimed], work: Callable[[], None]) -> None:
        """Errors put the jobs back; only their kind and place are logged, never a text."""
        try:
            work()
        except jobs.LeaseLost:
            log.warning("lost the lease of %s", claimed[0].kind)
        except Exception as error:  # a bad job must not stop the others
            if isinstance(error, SandboxDied) and self.stop.is_set():
                self._give_back(claimed)
                return
            with self._runtime.database.writing() as session:
                for job in claimed:
                    jobs.retry_later(session, job, error)
            log.warning("%s failed: %s", claimed[0].kind, jobs.where(error))

    def _give_back(self, claimed: Sequence[Claimed]) -> None:
        with self._runtime.database.writing() as session:
            for job in claimed:
                jobs.give_back(session, job)


class Leases:
    """Keeps the leases of everything that is being worked on."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._held: set[Claimed] = set()
        self._lock = threading.Lock()

    @contextmanager
    def holding(self, claimed: Sequence[Claimed]) -> Iterator[None]:
        with self._lock:
            self._held |= set(claimed)
        try:
            yield
        finally:
            with self._lock:
                self._held -= set(claimed)

    def keep_alive(self, stop: threading.Event) -> None:
        while not stop.wait(HEARTBEAT):
            with self._lock:
                held = tuple(self._held)
            if held:
                with self._runtime.database.writing() as session:
                    for claimed in held:
                        jobs.keep(session, claimed)


class IndexWatch:
    """Looks every WATCH seconds whether the index is usable and made with the vocabulary in force,
    and every COMPARE seconds (first
    at once) whether it says what the database says; what is wrong is queued to be mended."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next_look = self._next_comparison = 0.0

    def look(self) -> None:
        moment = time.monotonic()
        if moment < self._next_look:
            return
        self._next_look = moment + WATCH
        try:
            self._runtime.index.status()
            indexing.follow_vocabulary(self._runtime)
            if moment >= self._next_comparison:
                self._next_comparison = moment + COMPARE
                indexing.mend_drift(self._runtime)
        except SearchUnavailable as error:
            log.warning("the index is %s: it is being rebuilt", error)
            indexing.ask_for_rebuild(self._runtime)


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
    runtime.watch.look(now=True)
    version = runtime.vocabulary.version
    indexing.rebuild_index(runtime)
    indexing.rebuilt(runtime, version)
    _finish(runtime, claimed)


def sync(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    indexing.sync_index(runtime, {job.document_id for job in claimed if job.document_id})
    _finish(runtime, claimed)


def purge(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    purges.purge(runtime, {job.document_id for job in claimed if job.document_id})
    _finish(runtime, claimed)


def forget_words(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    purges.forget_words(runtime, {job.document_id for job in claimed if job.document_id})
    _finish(runtime, claimed)


def _finish(runtime: Runtime, claimed: Sequence[Claimed]) -> None:
    with runtime.database.writing() as session:
        for job in claimed:
            jobs.finish(session, job)
