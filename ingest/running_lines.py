"""Running headers and footers: the lines that a document repeats at the edges of its pages.

They belong to the paper, not to the text: left in, every page matches the words of the title and
the sentences shown begin with the name of the ministry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.draft import Draft, PageText

TOP = 6  # lines looked at above the text: laws have long headers
BOTTOM = 3  # and below it
BOTTOM_OF_COVER = 2  # a cover may hold little else than its title
LEAST_PAGES = 3
LEAST_SHARE = 0.4  # headers of left and right pages differ: each stands on half of them

_DIGITS = re.compile(r"\d+")


def drop_running_lines(draft: Draft) -> Draft:
    return replace(draft, pages=without_running_lines(draft.pages))


def without_running_lines(pages: Sequence[PageText]) -> tuple[PageText, ...]:
    """The pages without the edge lines that at least LEAST_PAGES pages and LEAST_SHARE of all
    pages with text repeat, whatever the numbers in them. No page is emptied: one that holds
    nothing else keeps its lines. The top of the first page stays: there the line is the title."""
    lines = [page.text.split("\n") for page in pages]
    edges = [_edges(page, cover=index == 0) for index, page in enumerate(lines)]
    counts = Counter(key for page in edges for key in set(page.values()))
    with_text = sum(1 for page in edges if page)
    enough = max(LEAST_PAGES, LEAST_SHARE * with_text)
    running = {key for key, count in counts.items() if count >= enough}
    if not running:
        return tuple(pages)
    return tuple(
        replace(page, text=_without(page.text, own, edge, running))
        for page, own, edge in zip(pages, lines, edges, strict=True)
    )


def _edges(lines: Sequence[str], *, cover: bool) -> dict[int, str]:
    """Index of each edge line → what it says, spaces and numbers apart."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    above, below = ([], filled[-BOTTOM_OF_COVER:]) if cover else (filled[:TOP], filled[-BOTTOM:])
    return {index: _key(lines[index]) for index in {*above, *below}}


def _key(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.casefold().split()))


def _without(text: str, lines: Sequence[str], edges: dict[int, str], running: set[str]) -> str:
    kept = [line for index, line in enumerate(lines) if edges.get(index) not in running]
    rest = "\n".join(kept).strip("\n")
    return rest if rest.strip() else text
