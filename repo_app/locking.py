"""One worker an instance: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WorkerRunning(Exception):
    """Another process works for this instance."""


@contextmanager
def worker_lock(path: Path) -> Iterator[None]:
    """Hold the lock or raise WorkerRunning at once. Children do not inherit it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkerRunning from error
        yield
    finally:
        os.close(descriptor)
