"""What the rest of the system may ask of search, and nothing more.

An engine indexes *pages* and answers with *documents* and the pages that matched. The text
of pages stays in the database: an engine returns page numbers and what it looked for, and
the caller loads those pages and lets ``index.passages`` choose the sentences shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # whoever reads files must not load what stems words
    from index.grammar import Node

FACETS = (
    "source_kind",
    "country",
    "theme",
    "priority",
    "activity",
    "population",
    "document_kind",
    "language",
    "year",
)
"""Every facet a document can carry; the order is that of the search page."""


class Unusable(StrEnum):
    """Why there is no usable index; ``check`` prints it, the worker rebuilds in every case."""

    MISSING = "missing"  # never built, or its folder is gone
    DAMAGED = "damaged"  # files are truncated, altered, or do not belong together
    OTHER_SCHEMA = "other-schema"  # built by another version of the schema or the analysis


class SearchUnavailable(Exception):
    """There is no usable index at the moment. Callers say so and have it rebuilt."""

    def __init__(self, reason: Unusable = Unusable.MISSING) -> None:
        super().__init__(reason.value)
        self.reason = reason


class IndexBusy(Exception):
    """Somebody else is writing the index. Nothing was changed; try again later."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"


class Relaxation(StrEnum):
    """How far the engine had to go to find anything; pages say so."""

    NONE = "none"  # every word on one page
    ACROSS_PAGES = "across-pages"  # every word in the document, on different pages
    MOST_WORDS = "most-words"  # at least half of the words in the document


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page: its number from 1, its text, and the language its words are stemmed in.

    ``concepts``: codes of the concepts and countries it names, each as often as it does.
    """

    number: int
    text: str
    language: str | None
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """Everything the index knows of a document.

    ``facets`` maps names of FACETS to the values people confirmed. ``audience`` is the set of
    viewers' groups that may find it; a document with an empty audience is found by nobody.
    ``date`` (ISO 8601 day) orders by newest. A document without pages gets one entry.
    ``concepts`` are those its record names and people tagged it with (see ``index.annotation``).
    """

    id: str
    revision: int
    title: str
    language: str | None
    audience: frozenset[str]
    pages: tuple[IndexPage, ...] = ()
    authors: tuple[str, ...] = ()
    organization: str = ""
    abstract: str = ""
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    date: str = ""
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A reader's question. ``audience`` has no default: a search that forgets who asks is a
    type error. ``filters``: several values of one facet widen, facets among themselves narrow.
    ``language`` is the language of the reader's interface: words are stemmed in it unless the
    words themselves are clearly of another one. ``page`` counts from 1. ``facets`` are those to
    be counted. ``recency`` (0: not at all; 0.2 is gentle) is by how much being new may raise a
    score. ``expand``: pages that name concepts of the question in other words or languages
    answer too, but for the additions whose keys are in ``left_out`` (see ``index.expansion``).
    """

    text: str
    audience: frozenset[str]
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    language: str = "es"
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 10
    facets: tuple[str, ...] = FACETS
    recency: float = 0.0
    expand: bool = False
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Addition:
    """What was added to ``typed``, some words of the question; ``key`` leaves it out.

    ``kind``: "concept" (pages in ``language`` that name the concept ``ids``), "narrower" (pages
    that name the narrower concepts ``ids``) or "country" (documents tagged with the country
    ``ids`` and pages that name it). ``contested``: what was typed has other readings.
    """

    key: str
    kind: str
    typed: str
    ids: tuple[str, ...]
    language: str = ""
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its best pages first (at most ``PAGES_PER_HIT``), and how many matched.

    ``pages`` is empty where only title, authors or abstract matched.
    """

    id: str
    score: float
    pages: tuple[int, ...]
    page_total: int


PAGES_PER_HIT = 5


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` is the exact number of documents; ``facets`` maps facet to value to documents,
    where a facet's own counts ignore its own choice. ``language`` is the one the words were
    stemmed in. ``ignored`` are words left out because they are too common to search for.
    ``tree`` is what was asked, with what was ``added`` to the words typed; ``left_out`` could
    have been added.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    language: str
    tree: Node
    relaxation: Relaxation = Relaxation.NONE
    ignored: tuple[str, ...] = ()
    added: tuple[Addition, ...] = ()
    left_out: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What ``check`` compares with the database and shows to whoever runs the service."""

    generation: str
    documents: int
    entries: int
    segments: int
    bytes: int


class SearchIndex(Protocol):
    """One index. ``put`` replaces; ``remove`` ignores unknown ids; ``rebuild`` is all or
    nothing and readers keep the old content until it is whole; ``purge`` leaves no trace of
    removed and replaced documents in any file. ``similar`` finds other documents of an audience
    that are like one, which need not be held: the most alike first, with scores from 0 to 1 and
    no pages. ``corrections`` maps words typed that stand on no page the audience may see to the
    nearest folded word that does. Every method but ``rebuild``, ``create`` and ``close`` raises
    SearchUnavailable where there is no usable index, and every writing method raises IndexBusy
    where somebody else is writing and OSError where the disk refuses: what was there stays.
    ``create`` makes an empty index where there is none and leaves a usable one alone.
    """

    def put(self, documents: Iterable[IndexDocument]) -> None: ...
    def remove(self, ids: Iterable[str]) -> None: ...
    def search(self, query: Query) -> Results: ...
    def similar(
        self, document: IndexDocument, audience: frozenset[str], most: int = 5
    ) -> tuple[Hit, ...]: ...
    def corrections(self, query: Query) -> Mapping[str, str]: ...
    def rebuild(self, documents: Iterable[IndexDocument]) -> None: ...
    def create(self) -> None: ...
    def purge(self) -> None: ...
    def revisions(self) -> Mapping[str, int]: ...
    def status(self) -> IndexStatus: ...
    def close(self) -> None: ...
