"""What one index entry holds, and how a document becomes entries.

A document is one *record* entry (title, authors, organization, abstract, facets, audience)
followed by one entry per page, in one segment and in this order: merging keeps both. Words of
the record count as part of every page; they are joined to the pages while counting, not copied
onto each of them. Nothing is stored but what is listed here.

    id          every entry   the document, for replacing and removing
    text        every entry   stems with positions; a record's title stands in it three times
    exact       every entry   folded words, without positions and stop words
    title       record        stems with positions, for título:
    title_exact record        folded words of the title
    authors     record        folded names with positions, for autor:
    concepts    every entry   codes of what it names, each with the language it is named in, and
                              how often, without positions
    <facet>     record        one term per value
    audience    record        one term per group

    number      every entry   column: the page, 0 for a record
    language_of every entry   column: the place in analysis.LANGUAGES, or one past its end
    revision    record        column: of the document
    date, order record        columns: to sort by day and by title
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import columns, fields, formats

from index import analysis
from index.contract import FACETS, IndexDocument
from index.vocabulary import VERSION
from index.whoosh_engine import impacts
from index.whoosh_engine.lexicon import Lexicon, Words, joined

TITLE_WEIGHT = 3
"""A word of the title counts as this many of the abstract: it stands there as often, each time
in a range of positions of its own (BM25F with one posting list: Robertson and others 2004)."""

_LAYOUT = 5
_PART_GAP = 10  # keeps a phrase from running from the title into the authors


class Whole(fields.FieldType):  # type: ignore[misc]
    """Whole texts, each given at once. ``companion`` names the field that takes the exact forms
    of their words, where this one takes their stems."""

    companion: str | None = None

    def index(self, value: Words, **_: Any) -> Iterator[tuple[Lexicon, int, float, Words]]:
        """One item a text, not one a posting: see pool.Pool."""
        yield value.lexicon, value.indexed, 1.0, value


class Text(Whole):
    """Words with positions."""

    def __init__(self, companion: str | None = None, *, scorable: bool = False) -> None:
        super().__init__(formats.Positions(), None, scorable=scorable)
        self.companion = companion


class Codes(Whole):
    """Codes, each worth more the oftener it is named; where does not matter."""

    def __init__(self) -> None:
        super().__init__(formats.Frequency(), None)


class Values(fields.FieldType):  # type: ignore[misc]
    """Exact values, each one term; nothing is analysed."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for one in sorted(set(value)):
            yield one.encode(), 1, 1.0, b""


class Exact(Values):
    """The exact forms of another field's words, without positions; never given directly."""


def _number() -> fields.FieldType:
    return fields.COLUMN(columns.NumericColumn("i"))


def _bytes() -> fields.FieldType:
    return fields.COLUMN(columns.VarBytesColumn())


SCHEMA = fields.Schema(
    id=Values(),
    text=Text("exact", scorable=True),
    exact=Exact(),
    title=Text("title_exact"),
    title_exact=Exact(),
    authors=Text(),
    concepts=Codes(),
    audience=Values(),
    **{facet: Values() for facet in FACETS},
    number=_number(),
    language_of=_number(),
    revision=_number(),
    date=_bytes(),
    order=_bytes(),
)


def fingerprint() -> str:
    """Changes whenever entries of this version differ from those in an older index."""
    names = sorted((name, type(field).__name__) for name, field in SCHEMA.items())
    worth = (impacts.K1, impacts.B, impacts.AVERAGE, impacts.STEPS)
    parts = (_LAYOUT, TITLE_WEIGHT, _PART_GAP, worth, names, analysis.fingerprint(), VERSION)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def entries(document: IndexDocument, lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    """The entries of a document, record first, as arguments of Whoosh's ``add_document``."""
    yield _record(document, lexicon)
    for page in document.pages:
        yield {
            "id": (document.id,),
            "text": Words(lexicon, lexicon.read(page.text, page.language)),
            **_concepts(page.concepts, page.language, lexicon),
            "number": page.number,
            "language_of": _code(page.language),
        }


def _record(document: IndexDocument, lexicon: Lexicon) -> dict[str, Any]:
    language = document.language
    title = lexicon.read(document.title, language)
    rest = (*document.authors, document.organization, document.abstract)
    head = joined(
        (*[title] * TITLE_WEIGHT, *(lexicon.read(part, language) for part in rest)), _PART_GAP
    )
    authors = joined((lexicon.read(name, None) for name in document.authors), _PART_GAP)
    return {
        "id": (document.id,),
        "text": Words(lexicon, head),
        "title": Words(lexicon, title),
        "authors": Words(lexicon, authors),
        **_concepts(document.concepts, language, lexicon),
        "audience": document.audience,
        **{facet: document.facets[facet] for facet in FACETS if document.facets.get(facet)},
        "number": 0,
        "language_of": _code(language),
        "revision": document.revision,
        "date": document.date.encode(),
        "order": sort_title(document.title).encode(),
    }


def _concepts(codes: Iterable[str], language: str | None, lexicon: Lexicon) -> dict[str, Words]:
    terms = [concept_term(code, language) for code in codes]
    return {"concepts": Words(lexicon, lexicon.read_codes(terms))} if terms else {}


def concept_term(code: str, language: str | None) -> str:
    """How a concept is found that a text in ``language`` names."""
    return f"{code}/{language if language in analysis.LANGUAGES else ''}"


def _code(language: str | None) -> int:
    known = analysis.LANGUAGES
    return known.index(language) if language in known else len(known)


def sort_title(title: str) -> str:
    """A title as it is put in alphabetical order: folded, ñ after n, signs ignored."""
    return " ".join(map(analysis.fold, analysis.tokenise(title))).replace("ñ", "n~")
