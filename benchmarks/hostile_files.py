"""Reads every PDF of a folder in the sandbox and prints what became of each, as Markdown.

    python -m benchmarks.hostile_files FOLDER [--at-once N]

Bars (exit status 1 where one is violated): the helper process survives every file; every file is
accepted, or refused with a reason; none takes more than 60 seconds of wall time or 600 MB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ingest import Draft, Refused, Sandbox, SandboxDied

WALL_BAR = 60.0
MEMORY_BAR = 600e6


@dataclass(slots=True)
class Row:
    """One file's line in the table."""

    name: str
    outcome: str
    pages: str = ""
    remarks: str = ""
    cpu: dict[str, float] = field(default_factory=dict)
    wall: float = 0.0
    peak: int = 0
    broken: bool = False

    @property
    def violates(self) -> bool:
        return self.broken or self.wall > WALL_BAR or self.peak > MEMORY_BAR

    def markdown(self) -> str:
        cells = (
            self.name,
            self.outcome,
            self.pages,
            self.remarks,
            f"{sum(self.cpu.values()):.2f}",
            f"{self.wall:.2f}",
            f"{self.peak / 1e6:.0f}",
        )
        return "| " + " | ".join(cells) + " |" + (" **violates a bar**" if self.violates else "")


def read(sandbox: Sandbox, path: Path) -> Row:
    started = time.monotonic()
    row = Row(path.name, "")
    try:
        with tempfile.TemporaryFile() as copy:
            outcome, cost = sandbox.attempt(path, copy=copy)
    except SandboxDied as death:
        row.outcome, row.broken = f"died: {death}", True
    else:
        _fill(row, outcome)
        row.cpu, row.peak = dict(cost.cpu), cost.peak_bytes
    row.wall = time.monotonic() - started
    return row


def _fill(row: Row, outcome: Draft | Refused) -> None:
    if isinstance(outcome, Refused):
        row.outcome = f"refused: {outcome.reason}"
        return
    row.outcome = f"accepted ({outcome.language or 'no language'})"
    row.pages = f"{len(outcome.pages)} of {outcome.page_total}"
    row.remarks = ", ".join(outcome.remarks)


def table(rows: Iterable[Row]) -> str:
    head = "| file | outcome | pages read | remarks | CPU s | wall s | peak MB |"
    rule = "|---|---|---|---|---:|---:|---:|"
    return "\n".join([head, rule, *(row.markdown() for row in rows)])


def summary(rows: list[Row]) -> str:
    outcomes = Counter(row.outcome.split(" (")[0] for row in rows)
    stages: Counter[str] = Counter()
    for row in rows:
        stages.update(row.cpu)
    pages = sum(int(row.pages.split(" ")[0]) for row in rows if row.pages)
    total = sum(stages.values()) or 1.0
    shares = (f"{name} {spent:.2f} s ({spent / total:.0%})" for name, spent in stages.most_common())
    return "\n".join(
        [
            f"{len(rows)} files, {pages} pages, {total:.1f} s CPU in all; "
            f"longest {max(row.wall for row in rows):.1f} s wall, "
            f"largest {max(row.peak for row in rows) / 1e6:.0f} MB.",
            "Outcomes: " + ", ".join(f"{name} {n}" for name, n in outcomes.most_common()) + ".",
            "CPU by stage: " + ", ".join(shares) + ".",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.pdf"))
    if not paths:
        parser.error("no PDF in that folder")
    with Sandbox() as sandbox, ThreadPoolExecutor(options.at_once) as threads:
        rows = list(threads.map(lambda path: read(sandbox, path), paths))
    print(table(rows), summary(rows), sep="\n\n")
    return int(any(row.violates for row in rows))


if __name__ == "__main__":
    sys.exit(main())
