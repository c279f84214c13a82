"""Search indexes for contract tests, and what is put into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from index import open_index
from index.contract import IndexDocument, IndexPage, Query, Results, SearchIndex

ENGINES = ("memory", "folder")
PUBLIC = frozenset({"public"})
BOARD = frozenset({"board"})


def new_index(engine: str, folder: Path) -> SearchIndex:
    url = "whoosh::memory:" if engine == "memory" else f"whoosh:{folder / 'search'}"
    index = open_index(url)
    index.create()
    return index


def doc(
    id_: str,
    *pages: str,
    title: str = "",
    language: str | None = "es",
    audience: frozenset[str] = PUBLIC,
    revision: int = 1,
    date: str = "",
    abstract: str = "",
    authors: tuple[str, ...] = (),
    organization: str = "",
    **facets: Iterable[str],
) -> IndexDocument:
    return IndexDocument(
        id_,
        revision,
        title,
        language,
        audience,
        tuple(IndexPage(number, text, language) for number, text in enumerate(pages, 1)),
        authors,
        organization,
        abstract,
        {facet: frozenset(values) for facet, values in facets.items()},
        date,
    )


def ids(results: Results) -> list[str]:
    assert results.total >= len(results.hits)
    return [hit.id for hit in results.hits]


def without_scores(results: Results) -> Results:
    return replace(results, hits=tuple(replace(hit, score=0.0) for hit in results.hits))


def found(index: SearchIndex, text: str, audience: frozenset[str] = PUBLIC, **more) -> set[str]:
    return set(ids(index.search(Query(text, audience, size=100, **more))))
