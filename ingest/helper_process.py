"""The worker's side of the helper: start it, ask it for readers, hear how each ended."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from index.vocabulary import Vocabulary
from ingest.limits import Limits
from ingest.messages import Garbled

PROGRAM = (sys.executable, "-s", "-P", "-m", "ingest.sandbox_helper")
START_SECONDS = 60.0
GRACE_SECONDS = 10.0
CHUNK = 1 << 16
MOST_BYTES = 256 << 20
_OUT_OF_MEMORY_EXIT, _NOT_CONFINED_EXIT = 71, 72  # as the child says them
# What a process dies of when its limits, not its file's damage, stop it: pdfium aborts when it
# gets no memory, and the kernel signals the end of the CPU time.
_LIMIT_SIGNALS = frozenset({signal.SIGABRT, signal.SIGTRAP, signal.SIGXCPU})
# A service manager stopping everything, or the kernel short of memory: not the file's doing.
_OUTSIDE_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a child ended, as the helper that waited for it says."""

    exit: int
    signal: int
    overtime: bool
    cpu: float
    fork_cpu: float
    peak_bytes: int

    @property
    def hit_limits(self) -> bool:
        stopped = self.overtime or self.signal in _LIMIT_SIGNALS
        return stopped or self.exit == _OUT_OF_MEMORY_EXIT

    @property
    def says_nothing_of_the_file(self) -> bool:
        from_outside = self.signal in _OUTSIDE_SIGNALS and not self.overtime
        return from_outside or self.exit == _NOT_CONFINED_EXIT


class HelperProcess:
    """The running helper and the line on which readers are asked of it.

    Its readers propose by ``vocabulary``, for as long as it runs: what that has beyond the shipped
    one is handed over at the start, for the helper may read neither database nor instance.
    """

    def __init__(self, program: Sequence[str], limits: Limits, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._ending = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*program, json.dumps(asdict(limits))],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        self._control.settimeout(START_SECONDS)
        try:
            self._control.sendall(vocabulary.additions.as_json())
            ready = self._control.recv(1)
        except OSError:
            ready = b""
        if not ready:
            self.end()
            raise ConnectionAbortedError("the helper process could not start")

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ask_for_reader(self, conversation: int, verdict: int, copy: int | None) -> None:
        """Hand over the child's end of a conversation and of the pipe for its verdict, and the
        open file for its clean copy, where one is wanted."""
        descriptors = [conversation, verdict] if copy is None else [conversation, verdict, copy]
        socket.send_fds(self._control, [b"r"], descriptors)

    def end(self) -> None:
        """Close the line, at which the helper kills its readers and ends; else kill it."""
        with self._ending:
            self._control.close()
            try:
                self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _environment() -> dict[str, str]:
    """Nothing of the worker's: its environment may hold keys and passwords."""
    root = str(Path(__file__).resolve().parent.parent)
    return {
        "PYTHONPATH": root,
        "LANG": "C.UTF-8",
        # More arenas would map 64 MiB each, which the readers' limit counts.
        "MALLOC_ARENA_MAX": "1",
        # The models in large pages: a fork then copies a small page table, 1 ms instead of 4.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }


class Call:
    """One conversation with one child. Leaving it early makes the helper kill the child."""

    def __init__(self, helper: HelperProcess, deadline: float, copy: int | None = None) -> None:
        self._deadline = deadline
        with ExitStack() as undo, ExitStack() as theirs:
            self._wire, wire = socket.socketpair()
            undo.callback(self._wire.close)
            theirs.callback(wire.close)
            self._verdict, verdict = os.pipe()
            undo.callback(os.close, self._verdict)
            theirs.callback(os.close, verdict)
            helper.ask_for_reader(wire.fileno(), verdict, copy)
            self._close = undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close.close()

    def exchange(self, request: bytes, line_bytes: int) -> Iterator[bytes]:
        """Send the request and yield the child's lines until it ends.

        Raises Garbled for a line or a whole beyond belief, TimeoutError after the deadline.
        """
        with suppress(BrokenPipeError, ConnectionResetError):
            self._wire.settimeout(self._left())
            self._wire.sendall(request)
        rest, total = bytearray(), 0
        while chunk := self._receive():
            total += len(chunk)
            searched = len(rest)
            rest += chunk
            while (end := rest.find(b"\n", searched)) >= 0:
                yield bytes(rest[:end])
                del rest[: end + 1]
                searched = 0
            if len(rest) > line_bytes or total > MOST_BYTES:
                raise Garbled("a line or a whole beyond all measure")

    def verdict(self) -> Verdict:
        """How the child ended. Raises OSError where the helper did not live to say it."""
        said = b""
        while chunk := self._read_verdict():
            said += chunk
        if not said:
            raise ConnectionResetError("no verdict")
        values: dict[str, Any] = json.loads(said)
        return Verdict(**values)

    def _receive(self) -> bytes:
        self._wire.settimeout(self._left())
        try:
            return self._wire.recv(CHUNK)
        except ConnectionResetError:
            return b""  # the child ended with our request unread: the verdict tells why

    def _read_verdict(self) -> bytes:
        ready, _, _ = select.select([self._verdict], [], [], self._left())
        if not ready:
            raise TimeoutError("no verdict in time")
        return os.read(self._verdict, CHUNK)

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)
