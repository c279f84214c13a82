"""Words: vocabulary, analysis, the readers' query language, engines, sentences shown.

Importing this package loads neither NumPy nor an engine; ``open_index`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.contract import (
    FACETS,
    PAGES_PER_HIT,
    Hit,
    IndexBusy,
    IndexDocument,
    IndexPage,
    IndexStatus,
    Query,
    Relaxation,
    Results,
    SearchIndex,
    SearchUnavailable,
    Sort,
    Unusable,
)

FacetResolver = Callable[[str, str], frozenset[str]]
"""From a facet and what a reader typed after its name (país:Honduras) to the values meant."""


def open_index(url: str, *, resolve: FacetResolver | None = None) -> SearchIndex:
    """The index at ``search_url``: ``whoosh:FOLDER``, or ``whoosh::memory:`` (created empty).

    Opening a folder reads and creates nothing: the first call that needs it raises
    SearchUnavailable where it is missing. Raises ValueError for a URL of no known engine.
    """
    engine, _, place = url.partition(":")
    if engine != "whoosh" or not place:
        raise ValueError(f"search_url names no known engine: {engine or url!r}")
    from index.whoosh_engine import folder_index, memory_index

    if place == ":memory:":
        return memory_index(resolve)
    return folder_index(Path(place), resolve)


__all__ = [
    "FACETS",
    "PAGES_PER_HIT",
    "FacetResolver",
    "Hit",
    "IndexBusy",
    "IndexDocument",
    "IndexPage",
    "IndexStatus",
    "Query",
    "Relaxation",
    "Results",
    "SearchIndex",
    "SearchUnavailable",
    "Sort",
    "Unusable",
    "open_index",
]
