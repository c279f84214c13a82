"""What is measured in a process of its own: building, first touch, memory, a busy writer.

``python -m benchmarks.child COMMAND ENGINE COLLECTION FOLDER ...`` prints one JSON object:

    build                   builds ENGINE in the new FOLDER
    fresh QUESTIONS FIRST   opens it, asks the first FIRST questions once, then all the others,
                            then the first ones again
    write                   puts documents one after another until standard input ends
"""

from __future__ import annotations

import gc
import json
import select
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import cycle
from pathlib import Path

import index.whoosh_engine  # noqa: F401 so that no engine is imported while it is measured
from benchmarks.collection import Collection
from benchmarks.engines import Engine, Entry, Ours, entries, index_in
from benchmarks.peer_tantivy import Tantivy
from benchmarks.peers import Fts5, StockWhoosh
from benchmarks.questions import Asked, saved
from index import IndexDocument

ITSELF = "tantivy, own analysis"
ENGINES: dict[str, type[Ours | Tantivy | Fts5 | StockWhoosh]] = {
    kind.name: kind for kind in (Ours, Tantivy, Fts5, StockWhoosh)
}
_OF_ENTRIES: dict[str, Callable[[Path, Iterable[Entry]], None]] = {
    kind.name: kind.build for kind in (Tantivy, Fts5, StockWhoosh)
}
_OF_DOCUMENTS: dict[str, Callable[[Path, Iterable[IndexDocument]], None]] = {
    Ours.name: Ours.build,
    ITSELF: Tantivy.build_by_itself,
}


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds of CPU and wall; the indexer's peak above the loaded pages in MB; bytes on disk.
    What peers were given was analysed before: that is in no figure of theirs."""

    cpu: float
    wall: float
    peak_mb: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """Milliseconds to open, of CPU and wall; CPU milliseconds of each question asked first,
    and of the same ones once all have been asked; anonymous memory in MB after all questions,
    beyond what there was before opening."""

    open_cpu: float
    open_wall: float
    first: list[float]
    warm: list[float]
    memory_mb: float


def build(name: str, collection: Collection, folder: Path) -> Built:
    folder.mkdir()
    documents = list(collection.documents())
    gc.collect()
    gc.freeze()
    before = _memory_mb("status", "VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    wall, cpu = time.perf_counter(), time.process_time()
    if name in _OF_DOCUMENTS:
        _OF_DOCUMENTS[name](folder, documents)
        analysing = 0.0
    else:
        given = _Given(documents)
        _OF_ENTRIES[name](folder, given)
        analysing = given.seconds
    return Built(
        cpu=time.process_time() - cpu - analysing,
        wall=time.perf_counter() - wall - analysing,
        peak_mb=_memory_mb("status", "VmHWM") - before,
        bytes=size(folder),
    )


class _Given:
    """The entries of documents; ``seconds`` of CPU of this thread went into making them."""

    def __init__(self, documents: Iterable[IndexDocument]) -> None:
        self.seconds = 0.0
        self._documents = documents

    def __iter__(self) -> Iterator[Entry]:
        made = entries(self._documents)
        while True:
            begun = time.thread_time()
            entry = next(made, None)
            self.seconds += time.thread_time() - begun
            if entry is None:
                return
            yield entry


def fresh(name: str, collection: Collection, folder: Path, questions: Path, first: int) -> Fresh:
    asked = [one for one in saved(questions) if one.kind not in ENGINES[name].without]
    gc.collect()
    before = _memory_mb("smaps_rollup", "Anonymous")
    wall, cpu = time.perf_counter(), time.process_time()
    engine: Engine = ENGINES[name](folder, collection)
    open_cpu, open_wall = time.process_time() - cpu, time.perf_counter() - wall
    touched = [_cpu_ms(engine, one) for one in asked[:first]]
    for one in asked[first:]:
        engine.ask(one)
    warm = [_cpu_ms(engine, one) for one in asked[:first]]
    gc.collect()
    memory = _memory_mb("smaps_rollup", "Anonymous") - before
    return Fresh(1000 * open_cpu, 1000 * open_wall, touched, warm, memory)


def _cpu_ms(engine: Engine, one: Asked) -> float:
    begun = time.process_time()
    engine.ask(one)
    return 1000 * (time.process_time() - begun)


def write(collection: Collection, folder: Path) -> dict[str, int]:
    index = index_in(folder)
    put = 0
    for document in cycle(collection.documents()):
        if select.select([sys.stdin], [], [], 0)[0]:
            break
        index.put([replace(document, id=f"w{put:06d}")])
        put += 1
    return {"put": put}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _memory_mb(file: str, name: str) -> float:
    lines = Path(f"/proc/self/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def main() -> None:
    command, name, path, folder, *more = sys.argv[1:]
    collection = Collection(Path(path))
    if command == "build":
        found = asdict(build(name, collection, Path(folder)))
    elif command == "fresh":
        found = asdict(fresh(name, collection, Path(folder), Path(more[0]), int(more[1])))
    else:
        found = dict(write(collection, Path(folder)))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
