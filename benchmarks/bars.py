"""What the engine is to reach, beside what it reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.agreement import Ranked, ratio
from benchmarks.child import ITSELF, Built, Fresh
from benchmarks.hostile_questions import Cost
from benchmarks.latency import Times, but_fuzzy, of_kind
from benchmarks.measuring import median, table
from benchmarks.questions import KINDS
from benchmarks.upkeep import Upkeep

LARGE = 50_000
"""Pages from which on the bars of 100,000 pages are meant; those of 10,000 below."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one run that a bar asks for; ``built`` and ``fresh`` by engine."""

    pages: int
    text_bytes: int
    times: Times
    built: dict[str, Built]
    fresh: dict[str, Fresh]
    ranked: Ranked
    hostile: Sequence[Cost]
    upkeep: Upkeep


@dataclass(frozen=True, slots=True)
class Bar:
    """``most`` is the highest value that reaches it."""

    name: str
    most: float
    value: float
    digits: int = 2


def bars(found: Measured) -> list[Bar]:
    ours, times = found.built["ours"], found.times
    kinds = [times.figure("ours", 0.95, of_kind(kind)) for kind in KINDS]
    mrr = min(ratio(ranks)[0] for ranks in (found.ranked.every, found.ranked.any))
    facets = times.ratio(0.5, of_kind("facets")), times.ratio(0.95, of_kind("facets"))
    fresh, upkeep = found.fresh["ours"], found.upkeep
    return [
        Bar("p95 of all but fuzzy ÷ tantivy's, CPU", _at(found, 1.0, 1.2),
            times.ratio(0.95, but_fuzzy)),
        Bar("the same, its snippets of words as written", _at(found, 1.0, 1.2),
            times.ratio_as_written(0.95, but_fuzzy)),
        Bar("p50 of all but fuzzy ÷ tantivy's, CPU", 4.0, times.ratio(0.5, but_fuzzy)),
        Bar("p95 of the slowest kind, CPU ms", 2.5, max(kinds)),
        Bar("five facets ÷ tantivy's, the worse of p50 and p95", 1.3, max(facets)),
        Bar("build CPU ÷ tantivy's, each analysing", 2.5, ours.cpu / found.built[ITSELF].cpu),
        Bar("index ÷ text", 0.8, ours.bytes / found.text_bytes),
        Bar("anonymous memory of a reader, MB", 80, fresh.memory_mb, 0),
        Bar("indexer's peak above the loaded pages, MB", 400, ours.peak_mb, 0),
        Bar("open, CPU ms", 20, fresh.open_cpu, 1),
        Bar("a document of 20 pages added and found, median wall ms", 50, median(upkeep.added), 0),
        Bar("purge of a document, wall ms", 1000, upkeep.purged[0], 0),
        Bar("the most hostile question, CPU ms", 50, max(one.cpu for one in found.hostile), 1),
        Bar("1 − MRR@10 ÷ tantivy's, the worse of the two", 0.01, max(0.0, 1 - mrr), 3),
    ]  # fmt: skip


def growth(small: Measured, large: Measured) -> Bar:
    """Of one run over two collections, the larger ten times the smaller."""
    p95 = [one.times.figure("ours", 0.95, but_fuzzy) for one in (small, large)]
    name = f"p95 of all but fuzzy at {large.pages:,} pages ÷ at {small.pages:,}"
    return Bar(name, 3.5, p95[1] / p95[0])


def report(found: Sequence[Bar]) -> str:
    rows = [
        (bar.name, f"{bar.most:g}", f"{bar.value:.{bar.digits}f}", _reached(bar)) for bar in found
    ]
    return table(("", "at most", "measured", "reached"), rows)


def _reached(bar: Bar) -> str:
    return "yes" if round(bar.value, bar.digits) <= bar.most else "**no**"


def _at(found: Measured, small: float, large: float) -> float:
    return large if found.pages >= LARGE else small
