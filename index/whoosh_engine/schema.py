"""What one index entry holds, and how a document becomes entries.

A document is one *record* entry (title, authors, organization, abstract, facets, audience)
followed by one entry per page, in one segment and in this order: merging keeps both. Words of
the record count as part of every page; they are joined to the pages while counting, not copied
onto each of them. The text itself is not stored.

    id         every entry          the document, for replacing and removing
    text       every entry          stems, with positions
    exact      every entry          folded words, without positions and stop words
    title      record               stems with positions, for título:
    title_exact record              folded words of the title
    authors    record               folded names with positions, for autor:
    <facet>    record               one term per value
    audience   record               one term per group
    record     record, stored only  what is needed to sort, page and compare
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypedDict

from whoosh import fields, formats

from index import analysis
from index.contract import FACETS, IndexDocument

TITLE_WEIGHT = 3
"""A word of the title counts as this many of the abstract."""

_LAYOUT = 1
_PART_GAP = 10  # keeps a phrase from running from the title into the authors


class StoredRecord(TypedDict):
    """What the record entry stores. Pages are (number, language, terms)."""

    id: str
    revision: int
    title: str
    date: str
    language: str
    length: int
    pages: list[tuple[int, str, int]]


class Positions(NamedTuple):
    """Analysed text of the stemmed field: where each term stands, and how much it weighs."""

    places: Mapping[str, list[int]]
    weights: Mapping[str, int]


class StemmedText(fields.FieldType):  # type: ignore[misc]
    """Terms with positions, analysed before they come here."""

    def __init__(self) -> None:
        super().__init__(formats.Positions(), None)

    def index(self, value: Positions, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        encode = self.format.encode
        for term, places in value.places.items():
            weight = value.weights.get(term) or len(places)
            yield term.encode(), len(places), float(weight), encode(places)


class FoldedText(fields.FieldType):  # type: ignore[misc]
    """Terms and how often they occur; no positions."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(
        self, value: Mapping[str, int], **_: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, count in value.items():
            yield term.encode(), count, float(count), b""


class Values(fields.FieldType):  # type: ignore[misc]
    """Exact values, each one term; nothing is analysed."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for one in sorted(set(value)):
            yield one.encode(), 1, 1.0, b""


SCHEMA = fields.Schema(
    id=Values(),
    text=StemmedText(),
    exact=FoldedText(),
    title=StemmedText(),
    title_exact=FoldedText(),
    authors=StemmedText(),
    record=fields.STORED(),
    audience=Values(),
    **{facet: Values() for facet in FACETS},
)


def fingerprint() -> str:
    """Changes whenever entries of this version differ from those in an older index."""
    names = sorted((name, type(field).__name__) for name, field in SCHEMA.items())
    parts = (_LAYOUT, TITLE_WEIGHT, _PART_GAP, names, analysis.fingerprint())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def entries(document: IndexDocument) -> list[dict[str, Any]]:
    """The entries of a document, record first, as arguments of Whoosh's ``add_document``."""
    pages = []
    numbers: list[tuple[int, str, int]] = []
    for page in document.pages:
        terms = analysis.analyse(page.text, page.language)
        pages.append({"id": (document.id,), "text": _places(terms), "exact": _counts(terms)})
        numbers.append((page.number, page.language or "", _length(terms)))
    return [_record(document, numbers), *pages]


def _record(document: IndexDocument, pages: list[tuple[int, str, int]]) -> dict[str, Any]:
    title = analysis.analyse(document.title, document.language)
    head = list(title)
    for part in (*document.authors, document.organization, document.abstract):
        head += [analysis.NO_TERM] * _PART_GAP
        head += analysis.analyse(part, document.language)
    stored: StoredRecord = {
        "id": document.id,
        "revision": document.revision,
        "title": sort_title(document.title),
        "date": document.date,
        "language": document.language or "",
        "length": _length(head) + (TITLE_WEIGHT - 1) * _length(title),
        "pages": pages,
    }
    return {
        "id": (document.id,),
        "record": stored,
        "text": _places(head, emphasised=title),
        "exact": _counts(head, emphasised=title),
        "title": _places(title),
        "title_exact": _counts(title),
        "authors": _places(_names(document.authors)),
        "audience": document.audience,
        **{facet: document.facets[facet] for facet in FACETS if document.facets.get(facet)},
    }


def _names(authors: Iterable[str]) -> list[analysis.Term]:
    terms: list[analysis.Term] = []
    for author in authors:
        terms += analysis.analyse(author, None)
        terms += [analysis.NO_TERM] * _PART_GAP
    return terms


def _places(terms: list[analysis.Term], emphasised: Iterable[analysis.Term] = ()) -> Positions:
    places: dict[str, list[int]] = {}
    for position, (stem, _) in enumerate(terms):
        if stem:
            places.setdefault(stem, []).append(position)
    more = Counter(stem for stem, _ in emphasised if stem)
    return Positions(
        places,
        {term: len(places[term]) + (TITLE_WEIGHT - 1) * n for term, n in more.items()},
    )


def _counts(
    terms: list[analysis.Term], emphasised: Iterable[analysis.Term] = ()
) -> Mapping[str, int]:
    counts = Counter(exact for _, exact in terms if exact)
    for _, exact in emphasised:
        if exact:
            counts[exact] += TITLE_WEIGHT - 1
    return counts


def _length(terms: list[analysis.Term]) -> int:
    return sum(1 for stem, _ in terms if stem)


def sort_title(title: str) -> str:
    """A title as it is put in alphabetical order: folded, ñ after n, signs ignored."""
    return " ".join(map(analysis.fold, analysis.tokenise(title))).replace("ñ", "n~")
