"""Additions to the vocabulary for tests: a plan of 2027 made from that of 2026, and labels."""

from __future__ import annotations

from pathlib import Path

import index.vocabulary
from index.vocabulary import AddedLabel, Source

_SHIPPED = Path(index.vocabulary.__file__).parent / "plans" / "2026.yaml"
CARRIED = """
carried_over:
  priorities:
  - {from: "2026:P2", to: P3}
  activities:
  - {from: "2026:P2-R2-A5", to: P2-R2-A6}
  themes:
  - {from: living-together, to: social-cohesion}
"""
WINDOW = AddedLabel("asylum-systems", "es", "ventanilla fronteriza")


def plan_text(year: int = 2027, carried: str = CARRIED) -> str:
    text = _SHIPPED.read_text(encoding="utf-8")
    return text.replace("year: 2026", f"year: {year}", 1) + carried


def plan(year: int = 2027, carried: str = CARRIED) -> Source:
    return Source(Path(f"plans/{year}.yaml"), plan_text(year, carried))


def labels_text(*labels: AddedLabel) -> str:
    lines = [
        f"- concept: {one.concept}\n  language: {one.language}\n  label: {one.label}\n"
        f"  kind: {one.kind}\n  weak: {str(one.weak).lower()}\n"
        for one in labels
    ]
    return "labels:\n" + "".join(lines)
