"""Where the CPU time of one file goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class CpuAccount:
    """Seconds of this thread's CPU per named step; a nested step is not counted twice.

    The process's own clock will not do: once a CPU limit is set, Linux moves it only by ticks.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._nested = 0.0

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        outer, self._nested = self._nested, 0.0
        start = time.thread_time()
        try:
            yield
        finally:
            spent = time.thread_time() - start
            self.seconds[step] = self.seconds.get(step, 0.0) + spent - self._nested
            self._nested = outer + spent
