"""Indexes in folders, and what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import open_index
from index.contract import (
    IndexDocument,
    IndexPage,
    Query,
    Results,
    SearchIndex,
    SearchUnavailable,
    Unusable,
)

PUBLIC = frozenset({"public"})
QUESTIONS = ("asilo", "refug*", '"derecho al asilo"', "", "frontera -asilo", "título:informe")


def doc(id_: str, *pages: str, title: str = "Informe", revision: int = 1) -> IndexDocument:
    numbered = tuple(IndexPage(number, text, "es") for number, text in enumerate(pages, 1))
    facets = {"country": frozenset({"HN"})}
    return IndexDocument(id_, revision, title, "es", PUBLIC, numbered, facets=facets)


def some_documents() -> list[IndexDocument]:
    return [
        doc(f"d{n}", "el derecho al asilo", f"refugio y frontera {n}", title=f"Informe {n}")
        for n in range(12)
    ]


def at(folder: Path) -> SearchIndex:
    return open_index(f"whoosh:{folder}")


def answers(index: SearchIndex) -> list[Results]:
    return [index.search(Query(text, PUBLIC, size=50)) for text in QUESTIONS]


def reason(index: SearchIndex) -> Unusable:
    with pytest.raises(SearchUnavailable) as caught:
        index.search(Query("asilo", PUBLIC))
    return caught.value.reason
