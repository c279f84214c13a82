"""``python -m tests.evaluation [--mistakes]``: every figure of findability, for every half.

``--mistakes`` adds what went wrong in the open and in the fresh half. Nothing but figures is ever
printed of the blind half: who writes rules must not know what stands in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from tests.evaluation import finding, proposing
from tests.evaluation.figures import beside, table
from tests.evaluation.finding import Found
from tests.evaluation.judgements import HALVES, Half, load_half

_Grouping = Callable[[Sequence[Found]], Mapping[str, Sequence[Found]]]
_MEASURES = ("questions", "nDCG@10", "recall@5", "MRR")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--mistakes", action="store_true", help="what went wrong, not blindly")
    halves = [load_half(name) for name in HALVES]
    with_mistakes = parser.parse_args().mistakes
    _say_proposals(halves)
    asked = {
        way: [finding.ask_all(half, ask) for half in halves] for way, ask in finding.WAYS.items()
    }
    for way, found in asked.items():
        _say_finding(way, found)
    if with_mistakes:
        for position, half in enumerate(halves):
            if half.name != "blind":
                _say_mistakes(half, {way: found[position] for way, found in asked.items()})


def _say_proposals(halves: Sequence[Half]) -> None:
    print("# Tag proposals\n")
    print(", ".join(f"{half.name}: {len(half.passages)} passages" for half in halves) + "\n")
    rows = beside([proposing.figures(half) for half in halves])
    print(table(("figure", "reference", "accept", *HALVES), rows))


def _say_finding(way: str, found: Sequence[Sequence[Found]]) -> None:
    print(f"\n# Search, {way}\n")
    rows = beside([finding.figures(one) for one in found])
    print(table(("figure", "reference", "accept", *HALVES), rows) + "\n")
    for name, grouping in (("kind", finding.by_kind), ("language", finding.by_language)):
        _say_groups(name, grouping, found)


def _say_groups(name: str, grouping: _Grouping, found: Sequence[Sequence[Found]]) -> None:
    groups = [grouping(one) for one in found]
    values = sorted({value for group in groups for value in group}, key=list(groups[0]).index)
    headings = [f"{half}: {measure}" for half in HALVES for measure in _MEASURES]
    rows = [
        [value, *(cell for group in groups for cell in finding.measures(group.get(value, ())))]
        for value in values
    ]
    print(table((name, *headings), rows) + "\n")


def _say_mistakes(half: Half, asked: Mapping[str, Sequence[Found]]) -> None:
    if half.name == "blind":
        raise ValueError("what stands in the blind half is told to nobody")
    print(f"# What went wrong in the {half.name} half\n")
    print(table(("passage", "facet", "missing", "wrong"), proposing.mistakes(half)))
    for way, found in asked.items():
        print(f"\n## Search, {way}\n")
        headings = ("question", "kind", "typed", "best", "found")
        print(table(headings, finding.mistakes(found)))


if __name__ == "__main__":
    main()
