"""Ours and its peers, each behind the same few calls.

Peers get what our analysis made of the texts: stems with positions in one field, worth STEM, and
exact folded words in another, worth EXACT (``index/whoosh_engine/words.py``). Nobody stores
texts: sentences are chosen from texts that all read from one database. Ours counts and returns
documents, peers pages. Nobody keeps results: every question is answered anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from benchmarks.collection import Collection
from benchmarks.questions import Asked
from index import IndexDocument, Query, SearchIndex, analysis, open_index, passages
from index.grammar import Fuzzy, fuzzy_of
from index.wanted import wanted_by

PUBLIC = frozenset({"public"})
FACETS = ("source_kind", "country", "theme", "activity", "year")
STEM, EXACT = 1.0, 0.5
TEN = 10
PAGES_FOR_TEN = 30  # pages asked of a peer, to have ten documents among them

Facets = dict[str, list[str]]


class Entry(NamedTuple):
    """A page as peers take it: ``text`` are its stems, ``exact`` its folded words."""

    place: int
    document: str
    text: str
    exact: str
    facets: Facets


class Engine(Protocol):
    """Opened on a folder that was built before, it answers questions of all kinds but those in
    ``without``. ``ask`` does all that is measured and says how many were found; ``best`` gives
    the ids of the best documents, at most TEN."""

    name: str
    without: frozenset[str]

    def ask(self, asked: Asked) -> int: ...
    def best(self, asked: Asked) -> list[str]: ...


def entries(documents: Iterable[IndexDocument]) -> Iterator[Entry]:
    """Every page, analysed."""
    place = 0
    for document in documents:
        facets = {facet: sorted(document.facets.get(facet, ())) for facet in FACETS}
        for page in document.pages:
            terms = [term for term in analysis.analyse(page.text, page.language) if term.exact]
            text = " ".join(term.stem for term in terms)
            yield Entry(place, document.id, text, " ".join(t.exact for t in terms), facets)
            place += 1


def stem(word: str, language: str) -> str:
    """As it stands in the text field."""
    return analysis.terms_in(language)[word].stem or analysis.fold(word)


def misspelt(word: str) -> Fuzzy:
    """As our grammar reads ``word~``."""
    found = fuzzy_of(word, "")
    return found if isinstance(found, Fuzzy) else Fuzzy(word, 1)


def documents_of(places: Sequence[int], collection: Collection) -> list[str]:
    """The first ten different documents of some pages, best first."""
    found = dict.fromkeys(collection.document_at(place) for place in places)
    return list(islice(found, TEN))


class Ours:
    """The engine of this project, through its contract; the question is typed as by a reader."""

    name = "ours"
    without: frozenset[str] = frozenset()

    def __init__(self, folder: Path, collection: Collection) -> None:
        self.index = index_in(folder)
        self.index.search(Query("", frozenset(), facets=()))  # opens the newest commit
        self._collection = collection

    @staticmethod
    def build(folder: Path, documents: Iterable[IndexDocument]) -> None:
        index = index_in(folder)
        index.create()
        index.rebuild(documents)
        index.close()

    def ask(self, asked: Asked) -> int:
        query = self._query(asked)
        results = self.index.search(query)
        if asked.kind == "snippets":
            first, found = self._collection.first, [hit for hit in results.hits if hit.pages]
            places = [first[hit.id] + hit.pages[0] - 1 for hit in found]
            wanted = wanted_by(results.tree, results.language)
            for page in self._collection.at(places):
                passages.choose(page.number, page.text, page.language, wanted)
        return results.total

    def best(self, asked: Asked) -> list[str]:
        return [hit.id for hit in self.index.search(self._query(asked)).hits]

    def _query(self, asked: Asked) -> Query:
        filters = {facet: frozenset({value}) for facet, value in asked.filters}
        facets = FACETS if asked.kind == "facets" else ()
        return Query(typed(asked), PUBLIC, filters, asked.language, facets=facets)


def index_in(folder: Path) -> SearchIndex:
    return open_index(f"whoosh:{folder}")


def typed(asked: Asked) -> str:
    """What a reader types to ask it."""
    text = (" OR " if asked.kind == "or5" else " ").join(asked.words)
    marked = {"phrase": f'"{text}"', "prefix": f"{text}*", "fuzzy": f"{text}~"}
    return marked.get(asked.kind, text)
