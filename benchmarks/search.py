"""The engine beside tantivy, SQLite's FTS5 and stock Whoosh: same pages, same words, one run.

``python -m benchmarks.search [--pages N ...] [--texts FOLDER] [--rounds N]``, Markdown on
standard output. Each engine is built in a process of its own; then 2,000 different questions of
ten kinds (``benchmarks.questions``) are asked of all in one process, every question of every
engine in random order, after one round to warm up; figures are medians of the rounds. CPU is of
the process with all its threads. Stock Whoosh, which would slow the others down, has its turn at
the end of each round, and none with large collections. With more than one number of pages, growth
is measured too.

Ranking is judged by 2,000 documents that are looked for again: enough to tell a hundredth from
chance, whose share is printed.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import agreement, bars, hostile_questions, latency, upkeep
from benchmarks.agreement import Ranked
from benchmarks.bars import Measured
from benchmarks.child import ENGINES, ITSELF, Built, Fresh
from benchmarks.collection import Collection, store
from benchmarks.latency import Times
from benchmarks.measuring import machine, median, percentile, table
from benchmarks.pages import documents, documents_in
from benchmarks.peer_tantivy import Unstemmed
from benchmarks.questions import Asked, Known, known_items, questions, sampled, save

PAGES = 10_000
ROUNDS = 3
FIRST = 50  # questions asked of a process that has just started
STOCK, STOCK_UP_TO = "Whoosh", 10_000
"""Pages up to which stock Whoosh takes part, after the others in every round."""


def report(sizes: list[int] | None = None, texts: Path | None = None, rounds: int = ROUNDS) -> None:
    """Measure collections of so many pages and print what was found."""
    measured = []
    for pages in sizes or [PAGES]:
        with tempfile.TemporaryDirectory() as folder:
            measured.append(_measured(Path(folder), pages, texts, rounds))
    for small, large in pairwise(measured):
        print(f"\n### Growth\n\n{bars.report([bars.growth(small, large)])}")


def _measured(folder: Path, pages: int, texts: Path | None, rounds: int) -> Measured:
    chance = random.Random(7)
    store(folder / "texts.db", documents_in(texts, pages) if texts else documents(pages))
    collection = Collection(folder / "texts.db")
    languages = sampled(collection)
    asked = questions(collection, languages, chance)
    _begin(collection, asked, rounds)
    names = [name for name in ENGINES if name != STOCK or collection.pages <= STOCK_UP_TO]
    built = {name: _built(name, collection, folder) for name in (*names, ITSELF)}
    print(_of_building(built, collection.bytes), flush=True)

    engines: dict[str, Any] = {name: ENGINES[name](folder / name, collection) for name in names}
    unstemmed = Unstemmed(folder / "tantivy", collection)
    times = _asked(engines, unstemmed, asked, rounds, chance)

    first = chance.sample(asked, FIRST)
    rest = [one for one in asked if one not in set(first)]
    for name in names:
        save(folder / f"{name}.json", first + (rest[:: latency.SOME] if name == STOCK else rest))
    fresh = {name: _fresh(name, collection, folder) for name in names}
    print(f"\n### A process that has just started\n\n{_of_starting(fresh)}", flush=True)

    ours, peer = engines["ours"], engines["tantivy"]
    ranked = _compared(engines, known_items(languages, chance), asked)
    costs = hostile_questions.costs(ours, max(languages, key=lambda one: len(one.pages)))
    print(f"\n### Hostile questions\n\n{hostile_questions.report(costs)}", flush=True)

    single = [one for one in asked if one.kind == "term"]
    kept_up = upkeep.kept_up(ours, peer, collection)
    idle, busy = upkeep.read_while_writing(ours, single, collection, folder / "ours")
    print(f"\n### Upkeep\n\n{upkeep.report(kept_up, idle, busy)}")

    size = collection.pages, collection.bytes
    found = Measured(*size, times, built, fresh, ranked, costs, kept_up)
    print(f"\n### Bars\n\n{bars.report(bars.bars(found))}", flush=True)
    return found


def _asked(
    engines: dict[str, Any],
    unstemmed: Unstemmed,
    asked: list[Asked],
    rounds: int,
    chance: random.Random,
) -> Times:
    quick = [engine for name, engine in engines.items() if name != STOCK]
    quick.append(unstemmed)
    slow = [engine for name, engine in engines.items() if name == STOCK]
    gc.collect()
    gc.freeze()
    times = latency.measured(quick, slow, asked, rounds, chance)
    ours, peer = engines["ours"].index.status().segments, engines["tantivy"].searcher.num_segments
    print(f"\n### CPU ms p50 / p95 / p99; segments: {ours} of ours, {peer} of tantivy's\n")
    print(latency.report(times), flush=True)
    return times


def _compared(engines: dict[str, Any], known: list[Known], asked: list[Asked]) -> Ranked:
    ranked = agreement.ranked([engines[name] for name in ("ours", "tantivy", "FTS5")], known)
    shares = agreement.shared(engines["ours"], engines["tantivy"], asked)
    print(f"\n### Agreement\n\n{agreement.report(shares, ranked, len(known))}", flush=True)
    return ranked


def _begin(collection: Collection, asked: list[Asked], rounds: int) -> None:
    print(f"\n## Engine: {collection.pages:,} pages, {collection.bytes / 1e6:.0f} MB of text\n")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; {len(set(asked)):,} different questions,")
    print(f"{rounds} rounds after one to warm up, engines interleaved in random order.\n")


def _built(name: str, collection: Collection, folder: Path) -> Built:
    return Built(**_child("build", name, collection, folder / name))


def _fresh(name: str, collection: Collection, folder: Path) -> Fresh:
    asked = (str(folder / f"{name}.json"), str(FIRST))
    return Fresh(**_child("fresh", name, collection, folder / name, *asked))


def _child(command: str, name: str, collection: Collection, folder: Path, *more: str) -> Any:
    module = [sys.executable, "-m", "benchmarks.child", command, name]
    done = subprocess.run(
        [*module, str(collection.path), str(folder), *more],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def _of_building(built: dict[str, Built], text_bytes: int) -> str:
    rows = [
        (
            name,
            f"{one.cpu:.2f}",
            f"{one.cpu / built[ITSELF].cpu:.2f}",
            f"{one.wall:.2f}",
            f"{one.peak_mb:.0f}",
            f"{one.bytes / text_bytes:.2f}",
        )
        for name, one in built.items()
    ]
    head = ("built by", "CPU s", f"÷ {ITSELF}", "wall s", "peak MB above the pages", "index ÷ text")
    return (
        f"### Building\n\nOurs and “{ITSELF}” take texts; what the others are given was analysed"
        f" by ours, which is not counted.\n\n{table(head, rows)}"
    )


def _of_starting(fresh: dict[str, Fresh]) -> str:
    """Opening, the first FIRST questions beside the same ones warm, memory after all."""
    rows = [
        (
            name,
            f"{one.open_cpu:.1f} / {one.open_wall:.1f}",
            f"{median(one.first):.2f} / {percentile(one.first, 0.95):.2f}",
            f"{median(one.warm):.2f} / {percentile(one.warm, 0.95):.2f}",
            f"{one.memory_mb:.0f}",
        )
        for name, one in fresh.items()
    ]
    head = (
        "",
        "open, CPU / wall ms",
        f"first {FIRST} questions, CPU ms p50 / p95",
        "the same warm",
    )
    return table((*head, "anonymous memory after all, MB"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[PAGES])
    parser.add_argument("--texts", type=Path, help="folder of *.txt instead of generated pages")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    report(chosen.pages, chosen.texts, chosen.rounds)


if __name__ == "__main__":
    main()
