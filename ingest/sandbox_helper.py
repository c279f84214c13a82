"""The lean process that forks one confined reader per file, and outlives none of its duties.

Started by ``ingest.sandbox`` in a fresh interpreter, with its line to the worker as standard
input. It has one thread, has opened neither database nor index, and has the parsers and the
language models loaded so that a fork costs milliseconds. When the worker goes, it kills what is
left and goes too.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.vocabulary import Additions, assemble, put_in_force
from ingest.confinement import leave_network
from ingest.cpu import CpuAccount
from ingest.draft import Draft
from ingest.limits import Limits
from ingest.sandbox_child import Work, become_reader, read_file

READY = b"+"
# The least that takes every reader through all it loads at first use: a page with some text,
# and one without, which pypdf is asked for.
_SAMPLE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 200]>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 6 0 R>>>>>>endobj
4 0 obj<</Type/Page/Parent 2 0 R>>endobj
5 0 obj<</Length 70>>stream
BT /F 9 Tf 9 99 Td (Refugiados y desplazados en la frontera) Tj ET
endstream endobj
6 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""
_TASKS = Path("/proc/self/task")


@dataclass(slots=True)
class _Reader:
    """A running child and the pipe on which its end is told."""

    pid: int
    verdict: int
    deadline: float
    fork_cpu: float
    overtime: bool = False


class _Helper:
    def __init__(self, control: socket.socket, limits: Limits, work: Work) -> None:
        self._control = control
        self._limits = limits
        self._work = work
        self._readers: dict[int, _Reader] = {}
        self._ended, wake = os.pipe()
        os.set_blocking(self._ended, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Until the worker's end of the line closes: fork, watch, kill, wait."""
        try:
            while self._serve_once():
                pass
        finally:
            for reader in self._readers.values():
                _kill(reader.pid)
            self._reap(ended_by_us=True)

    def _serve_once(self) -> bool:
        events = dict(self._poller().poll(self._next_timeout()))
        if self._ended in events:
            with suppress(BlockingIOError):
                os.read(self._ended, 4096)
        for reader in self._readers.values():
            if reader.verdict in events:  # nobody listens for this file any more
                _kill(reader.pid)
            elif time.monotonic() > reader.deadline:
                reader.overtime = True
                _kill(reader.pid)
        self._reap()
        return self._control.fileno() not in events or self._accept()

    def _poller(self) -> select.poll:
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(self._ended, select.POLLIN)
        for reader in self._readers.values():
            poller.register(reader.verdict, 0)  # only: the other end was closed
        return poller

    def _next_timeout(self) -> float | None:
        if not self._readers:
            return None
        nearest = min(reader.deadline for reader in self._readers.values())
        return max(nearest - time.monotonic(), 0) * 1000 + 1

    def _accept(self) -> bool:
        """Fork a reader for the descriptors that came; False where the worker has gone."""
        try:
            said, descriptors, _, _ = socket.recv_fds(self._control, 1, 3)
        except ConnectionResetError:
            return False
        if not said:
            return False
        conversation, verdict, *rest = descriptors
        copy = rest[0] if rest else None
        require_one_thread()
        myself, started = os.getpid(), time.process_time()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            become_reader(myself, conversation, copy, self._limits, self._work)
        for handed_on in (conversation, *rest):
            os.close(handed_on)
        deadline = time.monotonic() + self._limits.wall_seconds
        spent = time.process_time() - started
        self._readers[pid] = _Reader(pid, verdict, deadline, spent)
        return True

    def _reap(self, *, ended_by_us: bool = False) -> None:
        """Wait for every reader that has ended, and tell its verdict.

        ``ended_by_us``: wait for all, and tell nothing, since their end says nothing of the file.
        """
        for pid, reader in list(self._readers.items()):
            ended, status, usage = os.wait4(pid, 0 if ended_by_us else os.WNOHANG)
            if not ended:
                continue
            del self._readers[pid]
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)  # whatever it may have left in its group
            code = os.waitstatus_to_exitcode(status)
            verdict = {
                "exit": max(code, 0),
                "signal": max(-code, 0),
                "overtime": reader.overtime,
                "cpu": usage.ru_utime + usage.ru_stime,
                "fork_cpu": reader.fork_cpu,
                "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            }
            if not ended_by_us:
                with suppress(BrokenPipeError):
                    os.write(reader.verdict, json.dumps(verdict).encode())
            os.close(reader.verdict)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Its group is not there yet (the fork has just happened) or not there any more.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def require_one_thread() -> None:
    """A fork copies one thread only: locks held by the others would stay held for ever."""
    if _TASKS.exists() and len(list(_TASKS.iterdir())) > 1:
        raise RuntimeError("a library has started a thread: the helper may not fork")


def warm() -> None:
    """Load every parser, model, lexicon and font list once, so that all readers share them."""
    from index import thesaurus
    from ingest import languages, pipeline

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # it quotes the file it reads
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(_SAMPLE)
        file.flush()
        with tempfile.TemporaryFile() as copy:
            stages = pipeline.bind(Limits(), lambda _: None, CpuAccount(), copy)
            pipeline.run(Draft(Path(file.name)), stages)
    languages.warm()
    thesaurus.warm()
    require_one_thread()


def _take_over_vocabulary(control: socket.socket) -> None:
    """One line: what the worker's vocabulary has beyond the shipped one. Nothing else comes before
    we say that we are ready."""
    with control.makefile("rb") as incoming:
        additions = Additions.from_json(incoming.readline())
    if additions:
        put_in_force(assemble(additions).vocabulary)


def main(work: Work = read_file, prepare: Callable[[], None] = warm) -> None:
    """Serve until the worker goes; other work than ``read_file`` is for tests only."""
    limits = Limits(**json.loads(sys.argv[-1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to answer
    with socket.socket(fileno=0) as control:
        _take_over_vocabulary(control)
        prepare()
        leave_network()
        gc.collect()
        gc.freeze()  # keeps a reader's collections from touching, and so copying, shared memory
        control.sendall(READY)
        _Helper(control, limits, work).serve()


if __name__ == "__main__":
    main()
