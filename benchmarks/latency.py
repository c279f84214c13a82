"""Every question to every engine, interleaved in one process, and what that took."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.engines import Engine
from benchmarks.measuring import median, percentile, table
from benchmarks.peer_tantivy import Tantivy, Unstemmed
from benchmarks.questions import KINDS, Asked

Select = Callable[[Asked], bool]
SHARES = (0.5, 0.95, 0.99)
SOME = 8


class Taken(NamedTuple):
    """Milliseconds of one answer."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Times:
    """By engine and question, the median of the rounds in milliseconds: ``cpu`` and ``wall``."""

    cpu: dict[str, dict[Asked, float]]
    wall: dict[str, dict[Asked, float]]

    def figure(self, engine: str, share: float, select: Select, *, wall: bool = False) -> float:
        """The value that ``share`` of an engine's questions do not exceed; not a number where it
        was asked none of them."""
        by_question = (self.wall if wall else self.cpu)[engine]
        values = [took for asked, took in by_question.items() if select(asked)]
        return percentile(values, share) if values else float("nan")

    def ratio_as_written(self, share: float, select: Select) -> float:
        """Ours ÷ tantivy, of CPU, where its sentences are found by words as they stand there."""
        theirs = {**self.cpu[Tantivy.name], **self.cpu[Unstemmed.name]}
        values = [took for asked, took in theirs.items() if select(asked)]
        return self.figure("ours", share, select) / percentile(values, share)

    def ratio(self, share: float, select: Select, *, wall: bool = False) -> float:
        """Ours ÷ tantivy."""
        ours = self.figure("ours", share, select, wall=wall)
        return ours / self.figure("tantivy", share, select, wall=wall)


def measured(
    engines: Sequence[Engine],
    slow: Sequence[Engine],
    asked: Sequence[Asked],
    rounds: int,
    chance: random.Random,
) -> Times:
    """One round to warm up, then ``rounds``; questions and engines in random order in each.

    Each of the ``slow`` ones has its turn at the end of a round, with one question in SOME of
    every kind: it would take the processor's caches from the others, and most of the time.
    """
    taken: dict[tuple[str, Asked], list[Taken]] = {}
    for _ in range(rounds + 1):
        for one in chance.sample(asked, len(asked)):
            for engine in chance.sample(engines, len(engines)):
                if one.kind not in engine.without:
                    taken.setdefault((engine.name, one), []).append(_ms(engine.ask, one))
        for engine in slow:
            for one in asked[::SOME]:
                taken.setdefault((engine.name, one), []).append(_ms(engine.ask, one))
    cpu: dict[str, dict[Asked, float]] = {engine.name: {} for engine in (*engines, *slow)}
    wall: dict[str, dict[Asked, float]] = {engine.name: {} for engine in (*engines, *slow)}
    for (name, one), (_, *found) in taken.items():
        cpu[name][one] = median([one_round.cpu for one_round in found])
        wall[name][one] = median([one_round.wall for one_round in found])
    return Times(cpu, wall)


def _ms(ask: Callable[[Asked], int], one: Asked) -> Taken:
    wall, cpu = time.perf_counter(), time.process_time()
    ask(one)
    spent = time.process_time() - cpu
    return Taken(1000 * spent, 1000 * (time.perf_counter() - wall))


def of_kind(kind: str) -> Select:
    return lambda asked: asked.kind == kind


def every(_: Asked) -> bool:
    return True


def but_snippets(asked: Asked) -> bool:
    return asked.kind not in {"fuzzy", "snippets"}


def but_fuzzy(asked: Asked) -> bool:
    return asked.kind != "fuzzy"


def report(times: Times) -> str:
    rows = [_row(times, kind, of_kind(kind)) for kind in KINDS]
    rows.append(_row(times, "all but fuzzy and snippets", but_snippets))
    rows.append(_row(times, "**all but fuzzy**", but_fuzzy))
    rows.append(_row(times, "**all**", every))
    rows.append(_row(times, "all, wall", every, wall=True))
    snippets = [times.figure(Unstemmed.name, share, every) for share in SHARES]
    ratios = [times.ratio_as_written(share, but_fuzzy) for share in SHARES]
    return (
        f"{table(('kind', *_shown(times), 'ours ÷ tantivy'), rows)}\n\n"
        "Ours marks every form of a word in the sentences shown, and so does tantivy above. Where"
        f" it marks words as written only, its snippets take {_together(snippets)}, and ours ÷"
        f" tantivy of all but fuzzy is {_together(ratios)}."
    )


def _shown(times: Times) -> list[str]:
    return [engine for engine in times.cpu if engine != Unstemmed.name]


def _row(times: Times, name: str, select: Select, *, wall: bool = False) -> tuple[str, ...]:
    cells = []
    for engine in _shown(times):
        found = [times.figure(engine, share, select, wall=wall) for share in SHARES]
        cells.append("" if found[0] != found[0] else _together(found))
    ratios = [times.ratio(share, select, wall=wall) for share in SHARES]
    return (name, *cells, _together(ratios, digits=1))


def _together(values: Sequence[float], digits: int = 2) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)
