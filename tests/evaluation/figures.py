"""Figures: values with the target they are held against, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    HIGHER = "≥"
    LOWER = "≤"


@dataclass(frozen=True, slots=True)
class Target:
    """``accept`` must be reached, ``aim`` is wished for; ``reference``: what rules reached once."""

    accept: float
    better: Better = Better.HIGHER
    aim: float | None = None
    reference: str = ""

    def met(self, value: float) -> bool:
        # Figures are printed with two decimals: what prints as the target meets it.
        value = round(value, 2)
        return value >= self.accept if self.better is Better.HIGHER else value <= self.accept

    def __str__(self) -> str:
        aim = "" if self.aim is None else f" (aim {_number(self.aim)})"
        return f"{self.better.value} {_number(self.accept)}{aim}"


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None where nothing makes the figure yet. ``of``: a count out of that many."""

    name: str
    value: float | None
    target: Target | None = None
    of: int | None = None

    def shown(self) -> str:
        if self.value is None:
            return "not yet"
        text = _number(self.value) if self.of is None else f"{self.value:.0f} of {self.of}"
        if self.target is None:
            return text
        return f"{text} {'✓' if self.target.met(self.value) else '✗'}"


def mean(values: Iterable[float]) -> float | None:
    """None where there is nothing to average."""
    found = list(values)
    return sum(found) / len(found) if found else None


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns stand under one another in a terminal as well."""
    lines = [list(headings), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(_row(line, widths) for line in ruled)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def beside(sides: Sequence[Sequence[Figure]]) -> list[list[str]]:
    """Rows of the same figures of several halves: name, reference, target, each half's value."""
    rows = []
    for same in zip(*sides, strict=True):
        target = same[0].target
        reference = target.reference if target else ""
        rows.append([same[0].name, reference, str(target or ""), *(f.shown() for f in same)])
    return rows


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"
