"""One writer and many readers of an index: who is told to wait, and what a killed writer leaves."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.contract import (
    IndexBusy,
    IndexDocument,
    Query,
)
from tests.index_folders import PUBLIC, QUESTIONS, answers, at, doc


def test_a_second_writer_is_told_that_the_index_is_busy(index, folder: Path) -> None:
    def meanwhile() -> Iterator[IndexDocument]:
        for write in (
            lambda: at(folder).put([doc("b")]),
            lambda: at(folder).remove(["d1"]),
            lambda: at(folder).purge(),
            lambda: at(folder).rebuild([]),
        ):
            with pytest.raises(IndexBusy):
                write()
        yield doc("a", "asilo")

    index.put(meanwhile())
    at(folder).put([doc("b", "asilo")])
    assert index.search(Query("asilo", PUBLIC)).total == 14


def test_a_document_that_cannot_be_indexed_leaves_the_batch_out_and_the_lock_free(index) -> None:
    before = answers(index)
    broken = IndexDocument("broken", 1, None, "es", PUBLIC)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        index.put([doc("good", "asilo"), broken])
    assert answers(index) == before
    index.put([doc("good", "asilo")])
    assert index.search(Query("asilo", PUBLIC)).total == 13


def test_a_full_disk_loses_nothing_and_leaves_the_lock_free(index, folder: Path) -> None:
    before = answers(index)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    big = doc("big", *(" ".join(f"palabra{n}x{p}" for n in range(300)) for p in range(30)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            index.put([big])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answers(index) == before
    assert answers(at(folder)) == before
    index.put([big])
    assert index.search(Query("palabra7x7", PUBLIC)).total == 1


def test_many_threads_search_while_another_process_writes(index, folder: Path) -> None:
    code = f"""
from tests.index_folders import *
index = at(Path({str(folder)!r}))
for n in range(12):
    index.put([doc(f"n{{n}}", "asilo nuevo", "frontera")])
index.rebuild(some_documents())
"""
    env = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[2]))
    writer = subprocess.Popen([sys.executable, "-c", code], env=env)
    finished = threading.Event()

    def read(seed: int) -> int:
        asked = random.Random(seed)
        count = 0
        while not finished.is_set():
            results = index.search(Query(asked.choice(QUESTIONS), PUBLIC, size=100))
            assert results.total == len(results.hits)
            assert results.facets["country"] in ({}, {"HN": results.total})
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, seed) for seed in range(4)]
        try:
            assert writer.wait(60) == 0
        finally:
            finished.set()
        assert all(reader.result() > 0 for reader in readers)
    assert index.search(Query("asilo", PUBLIC)).total == 12


def _killed_writers(folder: Path, rounds: int) -> None:
    code = f"""
from tests.index_folders import *
index = at(Path({str(folder)!r}))
for n in itertools.count(len(index.revisions())):
    index.put([doc(f"n{{n}}", "asilo nuevo", "frontera")])
    print(n, flush=True)
    if n % 9 == 8: index.purge()
    if n % 13 == 12: index.rebuild([doc(i, "asilo nuevo") for i in index.revisions()])
"""
    env = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[2]))
    chance = random.Random(5)
    for _ in range(rounds):
        writer = subprocess.Popen(
            [sys.executable, "-c", "import itertools\n" + code],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        with writer.stdout as lines:
            acknowledged = int(lines.readline())
            time.sleep(chance.uniform(0.0, 0.6))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            acknowledged = max([acknowledged, *map(int, lines.read().split())])
        reader = at(folder)
        held = reader.revisions()
        assert {f"n{n}" for n in range(acknowledged + 1)} <= held.keys()
        assert reader.search(Query("asilo", PUBLIC)).total == len(held)
        reader.close()


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    at(tmp_path / "search").create()
    _killed_writers(tmp_path / "search", 3)
