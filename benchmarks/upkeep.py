"""Documents added, withdrawn for good, and searched while others are written."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import tantivy

from benchmarks.collection import Collection
from benchmarks.engines import PUBLIC, Ours, entries
from benchmarks.measuring import median, percentile, table
from benchmarks.peer_tantivy import HEAP, Tantivy, entry
from benchmarks.questions import Asked
from index import IndexDocument, IndexPage, Query

ADDED = 20
PAGES = 20
SECONDS = 6.0
PAUSE = 0.02  # seconds between two questions while documents are written
_LETTERS = "abcdefghijklmnopqrst"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``added``: milliseconds until a document of PAGES pages is found, each; ``peer`` the same
    of tantivy; ``purged``: wall and CPU milliseconds until no file has a document's words."""

    added: list[float]
    peer: list[float]
    purged: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """Milliseconds of CPU and wall of each question; documents written meanwhile."""

    cpu: list[float]
    wall: list[float]
    written: int


def kept_up(ours: Ours, peer: Tantivy, collection: Collection) -> Upkeep:
    documents = list(islice(_marked(collection), ADDED))
    added = [_added(ours, document, word) for document, word in documents]
    theirs = _added_to(peer, documents)
    return Upkeep(added, theirs, _purged(ours, next(collection.documents()).id))


def _marked(collection: Collection) -> list[tuple[IndexDocument, str]]:
    """Documents of PAGES pages, in each a word that stands nowhere else."""
    found = []
    pages: list[IndexPage] = []
    source = collection.documents()
    for letter in _LETTERS:
        while len(pages) < PAGES:
            document = next(source)
            pages += document.pages
        word = f"xilografx{letter}x"
        own = [replace(page, number=at) for at, page in enumerate(pages[:PAGES], 1)]
        own[-1] = replace(own[-1], text=f"{own[-1].text} {word}")
        pages = pages[PAGES:]
        found.append((replace(document, id=f"added-{letter}", pages=tuple(own)), word))
    return found


def _added(ours: Ours, document: IndexDocument, word: str) -> float:
    begun = time.perf_counter()
    ours.index.put([document])
    found = ours.index.search(Query(word, PUBLIC, facets=())).total
    took = 1000 * (time.perf_counter() - begun)
    assert found == 1, (word, found)
    return took


def _added_to(peer: Tantivy, documents: Sequence[tuple[IndexDocument, str]]) -> list[float]:
    took = []
    writer = peer.index.writer(heap_size=HEAP, num_threads=1)
    for document, word in documents:
        begun = time.perf_counter()
        for page in entries([document]):
            writer.add_document(entry(page))
        writer.commit()
        peer.index.reload()
        query = tantivy.Query.term_query(peer.schema, "exact", word, index_option="basic")
        found = peer.index.searcher().search(query, 10)
        took.append(1000 * (time.perf_counter() - begun))
        assert len(found.hits) == 1, word
    writer.wait_merging_threads()
    return took


def _purged(ours: Ours, id_: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    ours.index.remove([id_])
    ours.index.purge()
    ours.index.status()  # with the new commit opened
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def read_while_writing(
    ours: Ours, asked: Sequence[Asked], collection: Collection, folder: Path
) -> tuple[Reading, Reading]:
    """Single words: while nothing happens, and while another process puts one document after
    another."""
    idle = _read(ours, asked)
    command = [sys.executable, "-m", "benchmarks.child", "write", ours.name]
    with subprocess.Popen(
        [*command, str(collection.path), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        before = ours.index.status().documents
        while ours.index.status().documents == before and writer.poll() is None:
            time.sleep(PAUSE)  # until the first is written
        busy = _read(ours, asked)
        with suppress(BrokenPipeError):
            written, _ = writer.communicate("\n")
        assert writer.returncode == 0
    return idle, replace(busy, written=json.loads(written)["put"])


def _read(ours: Ours, asked: Sequence[Asked]) -> Reading:
    cpu, wall = [], []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for one in asked:
            begun, spent = time.perf_counter(), time.process_time()
            ours.ask(one)
            cpu.append(1000 * (time.process_time() - spent))
            wall.append(1000 * (time.perf_counter() - begun))
            time.sleep(PAUSE)
            if time.perf_counter() > until:
                break
    return Reading(cpu, wall, 0)


def report(found: Upkeep, idle: Reading, busy: Reading) -> str:
    purged = f"{found.purged[0]:.0f} wall, {found.purged[1]:.0f} CPU"
    rows = [
        (f"a document of {PAGES} pages added and found, wall", _spread(found.added)),
        ("the same, tantivy", _spread(found.peer)),
        ("a document removed and purged", purged),
        ("one word, nothing else happening, CPU p50 / p95", _two(idle.cpu)),
        (f"one word while {busy.written} documents are put, CPU p50 / p95", _two(busy.cpu)),
        ("the same two, wall p50 / p95", f"{_two(idle.wall)}; {_two(busy.wall)}"),
    ]
    return table(("what", "ms"), rows)


def _spread(values: Sequence[float]) -> str:
    return f"median {median(values):.0f}, at most {max(values):.0f}"


def _two(values: Sequence[float]) -> str:
    return f"{median(values):.2f} / {percentile(values, 0.95):.2f}"
