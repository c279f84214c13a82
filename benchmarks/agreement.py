"""Whether two engines find the same: the ten best documents, and documents known to be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from benchmarks.engines import TEN, Engine
from benchmarks.measuring import table
from benchmarks.questions import KINDS, Asked, Known

ERRORS = 1.96
"""Standard errors to either side of a mean within which it lies 95 times of 100."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Reciprocal rank within ten of each document looked for, by engine; ``every``: all words
    must stand on a page, otherwise any may."""

    every: dict[str, list[float]]
    any: dict[str, list[float]]


def shared(ours: Engine, peer: Engine, asked: Sequence[Asked]) -> dict[str, float]:
    """By kind, the mean share of the peer's ten best documents that are among ours. Pages of a
    peer are grouped by document, and a document has its best page's place."""
    shares: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for one in asked:
        theirs = peer.best(one)
        if theirs:
            found = set(ours.best(one))
            shares[one.kind].append(sum(id_ in found for id_ in theirs) / len(theirs))
    return {kind: sum(found) / len(found) for kind, found in shares.items() if found}


def ranked(engines: Sequence[Engine], known: Sequence[Known]) -> Ranked:
    return Ranked(
        {engine.name: _reciprocal_ranks(engine, known, "and") for engine in engines},
        {engine.name: _reciprocal_ranks(engine, known, "or5") for engine in engines},
    )


def _reciprocal_ranks(engine: Engine, known: Sequence[Known], kind: str) -> list[float]:
    found = []
    for one in known:
        best = engine.best(Asked(kind, one.words, one.language))
        found.append(1 / (1 + best.index(one.document)) if one.document in best else 0.0)
    return found


def ratio(ranks: dict[str, list[float]]) -> tuple[float, float]:
    """Ours ÷ tantivy of the mean, and how far chance may move it either way (95 %, of pairs of
    answers to the same question; Cochran 1977, 6.4)."""
    ours, theirs = ranks["ours"], ranks["tantivy"]
    found = fmean(ours) / fmean(theirs)
    apart = [own - found * other for own, other in zip(ours, theirs, strict=True)]
    return found, ERRORS * stdev(apart) / sqrt(len(apart)) / fmean(theirs)


def report(shares: dict[str, float], ranks: Ranked, questions: int) -> str:
    agreement = table(("", *shares), [("shared", *(f"{share:.2f}" for share in shares.values()))])
    names = tuple(ranks.every)
    rows = [
        (
            name,
            *(f"{fmean(found[engine]):.3f}" for engine in names),
            "{:.4f} ± {:.4f}".format(*ratio(found)),
        )
        for name, found in (("every word", ranks.every), ("any word", ranks.any))
    ]
    return (
        f"Share of tantivy's {TEN} best documents among ours. It gives pages found by a beginning"
        " or a misspelt word all the same score: which ten those are is chance.\n\n"
        f"{agreement}\n\nMRR@{TEN} of {questions} documents looked for by four to six words of one"
        f" of their sentences:\n\n{table(('question', *names, 'ours ÷ tantivy, 95 %'), rows)}"
    )
