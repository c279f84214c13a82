"""Whether the files of an index still hold what was written.

Opening an index compares sizes and reads what is small; the rest, some 190 MB at 100,000 pages,
is read through by a thread of its own, PAUSE seconds later, while questions are answered already.
Until it is done an altered byte may alter an answer. Nothing is written from files that were not
read through: otherwise merging would put right checksums on wrong contents.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.contract import SearchUnavailable, Unusable

AT_ONCE = 4_000_000
"""Bytes that are read before the first answer, in some 3 ms."""
ARRAYS = ".flat"
PAUSE = 2.0
"""Seconds before the thread begins: the first answers have the processor for themselves."""
_BLOCK = 1 << 20


class Verification:
    """The files of one folder, each read through once; they never change. Threads may share it.

    ``is_damaged``: a file was found altered. It stays so: what is damaged is replaced.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._right: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_damaged = False

    def is_right(self, name: str) -> bool:
        """Whether a file has been read through."""
        return name in self._right

    def written(self, name: str) -> str:
        """The checksum of a file of our own writing, which counts as read through."""
        with self._lock:
            known = self._right.get(name) or checksum(self._folder / name)
            self._right[name] = known
            return known

    def expect(self, sums: Mapping[str, str]) -> None:
        """Compare sizes, and contents where they are small. Arrays that are missing are passed
        over: a newer commit may have taken them away, and whoever opens them notices.

        Raises SearchUnavailable where a file is altered, and OSError where another is missing.
        """
        with self._lock:
            right = {name: s for name, s in self._right.items() if sums.get(name) == s}
            self._right = right
        waiting, size = {}, 0
        for name in sums.keys() - right.keys():
            found = self._size(name)
            if found is None:
                continue
            if sums[name].partition(":")[0] != str(found):
                raise SearchUnavailable(Unusable.DAMAGED)
            waiting[name], size = sums[name], size + found
        with self._lock:
            self._waiting = waiting
        for name in sorted(waiting):
            if size <= AT_ONCE or not name.endswith(ARRAYS):  # a pickle is never opened unread
                self._read(name)

    def finish(self) -> None:
        """Read now what waits. Raises SearchUnavailable where something is or was altered."""
        for name in sorted(self._waiting):
            self._read(name)
        if self.is_damaged:
            raise SearchUnavailable(Unusable.DAMAGED)

    def begin(self) -> None:
        """Read what waits in a thread that no process waits for."""
        with self._lock:
            if self._waiting and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="verification", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Returns once the thread has ended, a block of a file later at most."""
        self._stopped.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        self._stopped.wait(PAUSE)
        while not self._stopped.is_set():
            with self._lock:
                name = min(self._waiting, default=None)
                if name is None:
                    self._thread = None
                    return
            try:
                self._read(name, self._stopped.is_set)
            except SearchUnavailable:  # whoever asks next is told
                return

    def _size(self, name: str) -> int | None:
        try:
            return (self._folder / name).stat().st_size
        except FileNotFoundError:
            if name.endswith(ARRAYS):
                return None
            raise

    def _read(self, name: str, stopped: Callable[[], bool] = lambda: False) -> None:
        expected = self._waiting.get(name)
        if expected is None:  # another thread was first
            return
        try:
            found = checksum(self._folder / name, stopped)
        except FileNotFoundError:
            found = expected  # a newer commit has taken it away
        except OSError:  # the disk cannot be read
            found = ""
        if stopped():
            return
        if found != expected:
            self.is_damaged = True
            raise SearchUnavailable(Unusable.DAMAGED)
        with self._lock:
            self._right[name] = expected
            if self._waiting.get(name) == expected:
                del self._waiting[name]


def checksum(path: Path, stopped: Callable[[], bool] = lambda: False) -> str:
    """Size and SHA-256 of a file, or of as much as was read before ``stopped``."""
    digest = hashlib.sha256()
    size = 0
    for block in _blocks(path):
        if stopped():
            break
        digest.update(block)
        size += len(block)
    return f"{size}:{digest.hexdigest()}"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
