"""Files of the index are read through beside the first answers; what is altered stops them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from index import SearchUnavailable, Unusable
from index.whoosh_engine import verification
from tests.index.test_durability import ASILO, ROOT, arrays, flip
from tests.index_folders import at, doc, reason, some_documents


@pytest.fixture
def in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of any size are read through by the thread."""
    monkeypatch.setattr(verification, "AT_ONCE", 0)
    monkeypatch.setattr(verification, "PAUSE", 0.0)


def verifying() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "verification"]


def all_read_through() -> None:
    deadline = time.monotonic() + 10
    while verifying() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not verifying()


@pytest.mark.usefixtures("in_the_background")
def test_an_altered_byte_stops_every_answer_once_the_file_is_read_through(folder: Path) -> None:
    [path] = arrays(folder)
    for place in range(path.stat().st_size - 1, 0, -path.stat().st_size // 15):
        flip(path, place)
        index = at(folder)
        with suppress(SearchUnavailable):  # noticed while opening, or by an answer that broke
            index.search(ASILO)
        all_read_through()
        assert reason(index) is Unusable.DAMAGED
        for ask in (index.status, index.revisions, index.purge, partial(index.put, ())):
            with pytest.raises(SearchUnavailable):
                ask()
        index.close()
        flip(path, place)
    assert at(folder).search(ASILO).total == 12


@pytest.mark.usefixtures("in_the_background")
def test_a_rebuild_ends_what_damage_began(folder: Path) -> None:
    [path] = arrays(folder)
    flip(path, path.stat().st_size - 70)
    index, other = at(folder), at(folder)
    for one in (index, other):
        with pytest.raises(SearchUnavailable):
            one.status()
        assert reason(one) is Unusable.DAMAGED
    index.rebuild(some_documents())
    assert index.search(ASILO).total == other.search(ASILO).total == 12
    all_read_through()
    assert index.search(ASILO).total == other.search(ASILO).total == 12


@pytest.mark.usefixtures("in_the_background")
def test_nothing_is_written_from_files_that_were_not_read_through(folder: Path) -> None:
    """Merging would put right checksums on wrong contents."""
    [path] = arrays(folder)
    flip(path, path.stat().st_size - 70)
    before = sorted(p.name for p in folder.rglob("*"))
    for write in (
        lambda: at(folder).put([doc("d1", "asilo", revision=2)]),
        lambda: at(folder).remove(["d1"]),
        lambda: at(folder).purge(),
    ):
        with pytest.raises(SearchUnavailable):
            write()
    assert sorted(p.name for p in folder.rglob("*")) == before


@pytest.fixture
def endless_arrays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a file of arrays through does not end by itself."""
    real = verification._blocks

    def blocks(path: Path) -> Iterator[bytes]:
        while path.suffix == ".flat":
            time.sleep(0.002)
            yield b"a block"
        yield from real(path)

    monkeypatch.setattr(verification, "_blocks", blocks)


@pytest.mark.usefixtures("in_the_background", "endless_arrays")
def test_answers_do_not_wait_for_the_reading_and_closing_ends_it(folder: Path) -> None:
    index = at(folder)
    assert index.search(ASILO).total == 12
    assert len(verifying()) == 1
    index.close()
    assert not verifying()


@pytest.mark.usefixtures("in_the_background")
def test_nothing_is_read_through_before_the_pause_is_over_unless_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "PAUSE", 60.0)
    [path] = arrays(folder)
    index = at(folder)
    assert index.search(ASILO).total == 12
    held = index._open.storage.verification
    assert not held.is_right(path.name)
    assert index.status().documents
    assert held.is_right(path.name)
    index.close()  # at once
    assert not verifying()


@pytest.mark.usefixtures("in_the_background", "endless_arrays")
def test_the_reading_ends_with_the_generation(folder: Path) -> None:
    index = at(folder)
    assert index.search(ASILO).total == 12
    opened = index._open.storage
    with closing(at(folder)) as other, pytest.MonkeyPatch.context() as patched:
        patched.setattr(verification, "_blocks", lambda path: iter((path.read_bytes(),)))
        other.rebuild([doc("a", "asilo")])
    assert index.search(ASILO).total == 1
    assert opened.verification._thread is None or not opened.verification._thread.is_alive()
    index.close()
    assert not verifying()


def test_a_process_does_not_wait_for_the_reading(folder: Path) -> None:
    code = f"""
import time
from pathlib import Path
from index.whoosh_engine import verification
from tests.index.test_verification import ASILO, at, verifying
verification.AT_ONCE = 0
real = verification._blocks
endless = iter(lambda: time.sleep(0.01) or b"x", b"")
verification._blocks = lambda path: endless if path.suffix == ".flat" else real(path)
assert at(Path({str(folder)!r})).search(ASILO).total == 12
assert verifying()
"""
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    subprocess.run([sys.executable, "-c", code], check=True, env=env, timeout=20)
