"""A service of its own process, as operators start it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.visitors import Visitor

SOON = 60.0


@contextmanager
def served(instance: Path) -> Iterator[tuple[int, int]]:
    """Its port and the number of its web process; the worker is a child of that."""
    base = [sys.executable, "-m", "repo_app.cli.command", "--instance", str(instance)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [*base, "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(partial(_is_up, port))
        yield port, serving.pid
    finally:
        serving.terminate()
        serving.wait()


def _is_up(port: int) -> bool:
    try:
        return Visitor(port, "127.0.0.2").get("/health").status == 200
    except OSError:
        return False


def until(promise: Callable[[], bool], *, pause: float = 0.1, patience: float = SOON) -> None:
    """Wait for it; raises TimeoutError."""
    deadline = time.perf_counter() + patience
    while not promise():
        if time.perf_counter() > deadline:
            raise TimeoutError
        time.sleep(pause)
