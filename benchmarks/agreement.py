"""Whether two engines find the same: the ten best documents, and documents known to be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engines import TEN, Engine
from benchmarks.measuring import table
from benchmarks.questions import KINDS, Asked, Known


@dataclass(frozen=True, slots=True)
class Ranked:
    """Mean reciprocal rank within ten of the documents looked for, by engine; ``every``: all
    words must stand on a page, otherwise any may."""

    every: dict[str, float]
    any: dict[str, float]


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
        {engine.name: _mean_reciprocal_rank(engine, known, "and") for engine in engines},
        {engine.name: _mean_reciprocal_rank(engine, known, "or5") for engine in engines},
    )


def _mean_reciprocal_rank(engine: Engine, known: Sequence[Known], kind: str) -> float:
    total = 0.0
    for one in known:
        best = engine.best(Asked(kind, one.words, one.language))
        total += 1 / (1 + best.index(one.document)) if one.document in best else 0.0
    return total / len(known)


def report(shares: dict[str, float], ranks: Ranked, questions: int) -> str:
    agreement = table(("", *shares), [("shared", *(f"{share:.2f}" for share in shares.values()))])
    names = tuple(ranks.every)
    rows = [
        (name, *(f"{found[engine]:.3f}" for engine in names))
        for name, found in (("every word", ranks.every), ("any word", ranks.any))
    ]
    return (
        f"Share of tantivy's {TEN} best documents among ours. It gives pages found by a beginning"
        " or a misspelt word all the same score: which ten those are is chance.\n\n"
        f"{agreement}\n\nMRR@{TEN} of {questions} documents looked for by four to six words of one"
        f" of their sentences:\n\n{table(('question', *names), rows)}"
    )
