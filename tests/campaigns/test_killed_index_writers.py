"""Writers of an index killed with -9 at every point where they ask something of the disk, and
every file of an index cut, emptied, removed and altered in turn.

After each death: what was acknowledged is there, what was begun is there wholly or not at all,
nothing that was purged stands in any file, the lock is free, and every checksum is right.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from index import Query, SearchIndex, SearchUnavailable, open_index
from index.whoosh_engine import verification
from repo_app import jobs
from repo_app.models import Job
from repo_app.policy import ANYONE
from repo_app.runtime import Runtime
from repo_app.services import checking, indexing, searching
from repo_app.worker import IndexWatch, claim, rebuild
from tests.campaigns.index_writer import KINDS, PUBLIC, document, word
from tests.factories import a_document

KILLS = 250
"""As many in each kind of step."""
MOMENTS = {"commit": 40, "merge": 15, "purge": 60, "rebuild": 200, "switch": 25}
"""How often a step of a kind asks something of the disk, about."""
ROOT = Path(__file__).parents[2]
ASILO = Query("asilo", PUBLIC, size=100)
_WORD = re.compile(rb"zqd\d+x\d+k")


@dataclass
class Ledger:
    """What the writers said: what must be held, what may be, and what may stand in no file."""

    held: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int | None] = field(default_factory=dict)
    words: set[bytes] = field(default_factory=set)
    gone: set[bytes] = field(default_factory=set)
    number: int = 1
    last: str = ""

    def hear(self, line: str) -> None:
        kind, *rest = line.split()
        if kind == "ok":
            self._done()
            return
        self.last, self.begun = kind, {}
        if kind == "+":
            for id_, number in (one.split(":") for one in rest):
                self.begun[id_] = int(number)
                self.words.add(word(id_, int(number)).encode())
                self.number = max(self.number, int(number) + 1)
        elif kind == "-":
            self.begun[rest[0]] = None

    def _done(self) -> None:
        self.held = self.after()
        self.begun = {}
        if self.last == "purge":
            self.gone = self.words - {word(*one).encode() for one in self.held.items()}
        self.last = ""

    def after(self) -> dict[str, int]:
        """What is held if what was begun has happened."""
        changed = {**self.held, **self.begun}
        return {id_: number for id_, number in changed.items() if number is not None}

    def settle(self, held: dict[str, int]) -> None:
        assert held in (self.held, self.after())
        self.held, self.begun = held, {}


class Writers:
    """Starts one writer after the other in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaigns.index_writer", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=dict(os.environ, OPENBLAS_NUM_THREADS="1"),  # it forks: no threads before
        )

    def killed(self, ledger: Ledger, seed: int, kind: str, moment: int) -> None:
        """Run one until it dies."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{ledger.number} {seed} {kind} {moment}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("ended"):
                assert line.split()[1] == "9"
                return
            ledger.hear(line)

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.mark.campaign
def test_writers_killed_anywhere_lose_nothing_and_keep_nothing_that_was_purged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, ledger, chance = tmp_path / "search", Ledger(), random.Random(2026)
    index = at(folder)
    index.create()
    writers, died = Writers(folder), Counter[str]()
    monkeypatch.setattr(verification, "PAUSE", 0.0)
    for seed, kind in zip(range(KILLS), cycle(KINDS), strict=False):
        monkeypatch.setattr(verification, "AT_ONCE", chance.choice((0, 4_000_000)))
        writers.killed(ledger, seed, kind, chance.randint(1, MOMENTS[kind]))
        died[ledger.last or "looking"] += 1
        look_after(folder, ledger, purging=chance.random() < 0.3)
        look_through(index, ledger)
    writers.close()
    index.close()
    assert sum(died.values()) == KILLS
    assert min(died[step] for step in ("+", "-", "purge", "rebuild")) > 5
    assert died["looking"] < KILLS / 20  # before it had said what it would do
    assert len(ledger.gone) > 100


def look_after(folder: Path, ledger: Ledger, *, purging: bool) -> None:
    """A process that comes after a death: it must find everything and may write."""
    reader = at(folder)
    held = dict(reader.revisions())
    ledger.settle(held)
    reader.status()  # reads every file through
    assert reader.search(ASILO).total == len(held)
    assert not ledger.gone & words_in(folder)
    if purging:  # before any commit clears away what the dead one left
        ledger.hear("purge")
        reader.purge()
        ledger.hear("ok")
        assert not ledger.gone & words_in(folder)
    number = ledger.number
    ledger.hear(f"+ d99:{number}")
    reader.put([document("d99", number)])  # the lock is free
    ledger.hear("ok")
    reader.close()


def look_through(index: SearchIndex, ledger: Ledger) -> None:
    """A process that was reading all the time."""
    assert index.revisions() == ledger.held
    assert index.search(ASILO).total == len(ledger.held)


def words_in(folder: Path) -> set[bytes]:
    found: set[bytes] = set()
    for path in folder.rglob("*"):
        if path.is_file():
            found.update(_WORD.findall(path.read_bytes()))
    return found


def at(folder: Path) -> SearchIndex:
    return open_index(f"whoosh:{folder}")


# Files ----------------------------------------------------------------------------------------


def cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(1, path.stat().st_size))


def empty(path: Path, _: random.Random) -> None:
    os.truncate(path, 0)


def remove(path: Path, _: random.Random) -> None:
    path.unlink()


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


HARMS = (cut, cut, empty, remove, *[flip] * 12)


@pytest.fixture
def published(runtime: Runtime) -> Runtime:
    """A few documents, indexed in several commits, of which one is replaced and one removed."""
    with runtime.database.writing() as session:
        for n in range(8):
            a_document(session, f"Informe {n}", (f"el derecho al asilo {n}", "frontera"))
    for one in list(indexing.published(runtime)):
        runtime.index.put([one])
    return runtime


@pytest.mark.campaign
@pytest.mark.parametrize("at_once", [0, 4_000_000], ids=["in the background", "at once"])
def test_every_harm_to_every_file_is_noticed_and_mended_by_itself(
    published: Runtime, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(verification, "AT_ONCE", at_once)
    monkeypatch.setattr(verification, "PAUSE", 0.0)
    chance = random.Random(11)
    folder = published.settings.instance / "search"
    sound = folder.with_name("sound")
    shutil.copytree(folder, sound)
    harmless: Counter[str] = Counter()
    for path in sorted(p.relative_to(sound) for p in sound.rglob("*") if p.is_file()):
        for harm in HARMS if (sound / path).stat().st_size else (remove,):
            shutil.rmtree(folder)
            shutil.copytree(sound, folder)
            harm(folder / path, chance)
            published.index.close()
            harmless[path.name] += not noticed(published)
            mended(published)
    old = {path.parent.name for path in sound.rglob("manifest.json")} - {current(sound)}
    assert set(harmless) >= {"CURRENT", "manifest.json", "LOCK"}
    unneeded = {path.name for name in old for path in (sound / name).iterdir()} | {"LOCK"}
    # A manifest also holds words that nothing depends on: a day, and the number of documents.
    assert {n for n, times in harmless.items() if times} <= unneeded | {"manifest.json"}
    assert harmless["manifest.json"] <= len(HARMS) + 12


def current(folder: Path) -> str:
    return (folder / "CURRENT").read_text().split()[0]


def noticed(runtime: Runtime) -> bool:
    """Ask as readers do; the worker's look must agree. Right answers are the only others."""
    deadline = time.monotonic() + 5
    try:
        answer = searching.find(runtime, ANYONE, Query("asilo", ANYONE.audience))
        while reading() and time.monotonic() < deadline:
            time.sleep(0.001)
        answer = searching.find(runtime, ANYONE, Query("asilo", ANYONE.audience))
    except SearchUnavailable:
        return True
    assert answer.total == 8
    return False


def reading() -> bool:
    return any(thread.name == "verification" for thread in threading.enumerate())


def mended(runtime: Runtime) -> None:
    """What the worker does by itself."""
    IndexWatch(runtime).look()
    claimed = claim(runtime, [jobs.REBUILD_INDEX])
    if claimed:
        rebuild(runtime, claimed)
    assert searching.find(runtime, ANYONE, Query("asilo", ANYONE.audience)).total == 8
    assert not checking.examine(runtime)
    with runtime.database.reading() as session:
        assert session.query(Job).count() == 0
