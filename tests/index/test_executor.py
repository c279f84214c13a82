"""The executor against Whoosh's own searcher and plain Python: random collections and questions.

The stock searcher says where each word stands and what it is worth there; dictionaries and sets
put that together as DECISIONS.md has it. The executor must agree on documents, order, scores,
pages and counts, over several segments, with removed and replaced documents, after merges and
purges.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh.index import FileIndex
from whoosh.searching import Searcher

from index import IndexDocument, IndexPage, Query, analysis, grammar
from index.annotation import with_concepts
from index.contract import PAGES_PER_HIT, Hit
from index.expansion import expand
from index.grammar import And, Area, Concept, Either, Filter, Node, Not, Or, Phrase, Prefix, Term
from index.whoosh_engine import ranking, writing
from index.whoosh_engine.impacts import K1, STEPS
from index.whoosh_engine.matching import RECORD_WEIGHT
from index.whoosh_engine.ranking import FURTHER_PAGES
from index.whoosh_engine.schema import SCHEMA, concept_term
from index.whoosh_engine.snapshot import Snapshot
from index.whoosh_engine.storage import MemoryStorage
from index.whoosh_engine.words import KIN, TYPED
from tests.index.test_flat_segments import Impacts, worth

WORDS = ("asilo", "asilos", "refugio", "frontera", "fronteras", "niñez", "ley", "leyes", "norte")
WORDS += ("Honduras", "apatridia")
TEXTS = st.lists(st.sampled_from((*WORDS, "de", "la")), max_size=14).map(" ".join)
COUNTRIES = ("HN", "GT", "MX")
GROUPS = ("public", "staff")


@st.composite
def collections(draw: st.DrawFn) -> list[IndexDocument]:
    documents = []
    for n in range(draw(st.integers(1, 7))):
        texts = draw(st.lists(TEXTS, max_size=4))
        documents.append(
            IndexDocument(
                id=f"d{n}",
                revision=1,
                title=draw(TEXTS),
                language="es",
                audience=frozenset(draw(st.sets(st.sampled_from(GROUPS), min_size=1))),
                pages=tuple(IndexPage(i, text, "es") for i, text in enumerate(texts, 1)),
                facets={"country": frozenset(draw(st.sets(st.sampled_from(COUNTRIES))))},
                date=draw(st.sampled_from(("", "2020-01-01", "2024-05-06"))),
            )
        )
    return documents


_PLAIN = st.sampled_from((*WORDS, "asil*", "fron*", '"ley de asilo"', '"asilo frontera"'))
_PARTS = st.one_of(
    _PLAIN,
    _PLAIN,
    _PLAIN.map(lambda part: f"-{part}"),
    st.tuples(_PLAIN, _PLAIN).map(" OR ".join),
    st.tuples(_PLAIN, _PLAIN).map(lambda two: f"({two[0]} {two[1]}) OR norte"),
    st.sampled_from(("título:asilo", "país:HN", "(país:GT asilo) OR ley")),
)
QUESTIONS = st.lists(_PARTS, min_size=1, max_size=4).map(" ".join)
CHOICES = st.sampled_from(({}, {"country": frozenset({"HN"})}))
VIEWERS = st.sampled_from((frozenset({"public"}), frozenset({"staff"}), frozenset(GROUPS)))


def stored(documents: list[IndexDocument], changes: list[int], purge: bool) -> MemoryStorage:
    """Every document in a commit of its own, then some removed and some put again."""
    storage = MemoryStorage()
    writing.create(storage)
    for document in documents:
        writing.write(storage, [document], ())
    for n in changes:
        document = documents[n % len(documents)]
        writing.write(storage, [document] if n % 2 else [], [document.id])
    if purge:
        writing.purge(storage)
    return storage


# The oracle --------------------------------------------------------------------------------


@dataclass
class Where:
    """By entry what stands there is worth; the same of records, for each of their entries."""

    own: dict[int, float]
    record: dict[int, float]

    def at(self, entry: int) -> float:
        return self.own.get(entry, 0.0) + self.record.get(entry, 0.0)


class Oracle:
    """One commit, one viewer: everything by the stock searcher, entry by entry."""

    def __init__(self, searcher: Searcher, snapshot: Snapshot, viewer: frozenset[str]) -> None:
        self._searcher, self._snapshot = searcher, snapshot
        self.documents = {
            int(snapshot.document_of[entry])
            for group in viewer
            for entry in self._standing(whoosh_query.Term("audience", group))
        }
        members = enumerate(snapshot.document_of.tolist())
        self.entries = {entry for entry, document in members if document in self.documents}

    def _standing(self, query: whoosh_query.Query) -> dict[int, float]:
        """Entries of the whole index that match, with the stock scores."""
        found = self._searcher.search(query, limit=None)
        return {hit.docnum: hit.score for hit in found}

    def holders(self, country: str) -> set[int]:
        return {
            int(self._snapshot.document_of[entry])
            for entry in self._standing(whoosh_query.Term("country", country))
        }

    def leaf(self, term: Term) -> Where:
        own: dict[int, float] = {}
        for query, share in _stock(term):
            if isinstance(term, Prefix):
                standing = self._prefixed(query)
            elif isinstance(term, Phrase):
                standing = self._phrase(query)
            else:
                standing = {e: s for e, s in self._standing(query).items() if e in self.entries}
            total = sum(standing.values()) if isinstance(term, Prefix) else len(standing)
            rarity = _idf(min(total, len(self.entries)), len(self.entries))
            for entry, impact in standing.items():
                own[entry] = own.get(entry, 0.0) + share * rarity * impact
        records = {e: w for e, w in own.items() if self._snapshot.page_number[e] == 0}
        spread = {}
        for entry in self.entries:
            start = int(self._snapshot.starts[self._snapshot.document_of[entry]])
            if start in records:
                spread[entry] = float(RECORD_WEIGHT) * records[start]
        return Where({e: w for e, w in own.items() if e not in records}, spread)

    def _prefixed(self, query: whoosh_query.Prefix) -> dict[int, int]:
        """Entries with the number of terms that begin so."""
        counts: Counter[int] = Counter()
        for leaf in query.simplify(self._searcher.reader()).leaves():
            counts.update(e for e in self._standing(leaf) if e in self.entries)
        return dict(counts)

    def _phrase(self, query: whoosh_query.Phrase) -> dict[int, float]:
        """Entries that hold the phrase, by positions, and its impact there."""
        reader, offset = self._searcher.reader(), query.slop if len(query.words) == 2 else 1
        begins: dict[int, set[int]] | None = None
        for n, word in enumerate(query.words):
            held: dict[int, set[int]] = {}
            if ("text", word.encode()) in reader:
                matcher = reader.postings("text", word.encode())
                while matcher.is_active():
                    places = matcher.value_as("positions")
                    held[matcher.id()] = {place - n * offset for place in places}
                    matcher.next()
            both = (
                held if begins is None else {e: p & held.get(e, set()) for e, p in begins.items()}
            )
            begins = {e: p for e, p in both.items() if p and e in self.entries}
        lengths = {e: self._searcher.doc_field_length(e, "text") for e in begins or {}}
        return {e: (K1 + 1) * worth(len(p), lengths[e]) / STEPS for e, p in (begins or {}).items()}

    def matches(self, node: Node) -> dict[int, tuple[float, bool]]:
        """Entry → what it is worth, and whether a word stands on it."""
        if isinstance(node, And | Or | Either):
            return self._combined(node)
        if isinstance(node, Filter):
            holders = set().union(*(self.holders(value) for value in node.values))
            return self._of(holders)
        if isinstance(node, Not):
            found = {int(self._snapshot.document_of[e]) for e in self.matches(node.part)}
            return self._of(self.documents - found)
        where = self.leaf(node)
        return {e: (where.at(e), e in where.own) for e in self.entries if where.at(e) > 0}

    def _of(self, documents: set[int]) -> dict[int, tuple[float, bool]]:
        held = (e for e in self.entries if int(self._snapshot.document_of[e]) in documents)
        return dict.fromkeys(held, (0.0, False))

    def _combined(self, node: And | Or | Either) -> dict[int, tuple[float, bool]]:
        parts = [self.matches(part) for part in node.parts]
        narrow = isinstance(node, And)
        entries = {
            e
            for e in self.entries
            if (all(e in part for part in parts) if narrow else any(e in part for part in parts))
        }
        worth = max if isinstance(node, Either) else sum
        return {
            e: (
                worth([part[e][0] for part in parts if e in part]),
                any(part[e][1] for part in parts if e in part),
            )
            for e in entries
        }


def _idf(held: float, total: int) -> float:
    return math.log(1 + (total - held + 0.5) / (held + 0.5))


def _stock(term: Term) -> Iterator[tuple[whoosh_query.Query, float]]:
    """Whoosh's queries of a term; scores come out as impacts without rarity: see Flat."""
    if isinstance(term, Concept):
        languages = term.languages or (*analysis.LANGUAGES, None)
        terms = [whoosh_query.Term("concepts", concept_term(term.id, one)) for one in languages]
        yield whoosh_query.Or(terms), KIN * term.weight
        return
    if isinstance(term, Phrase):
        slots = analysis.slots(term.words, "es")
        words = [forms[0] for _, forms in slots]
        yield whoosh_query.Phrase("text", words, slop=slots[-1][0] - len(slots) + 2), KIN
        return
    stems, exact = ("title", "title_exact") if term.area is Area.TITLE else ("text", "exact")
    folded = analysis.fold(term.text)
    if isinstance(term, Prefix):
        yield whoosh_query.Prefix(exact, folded), TYPED
        return
    yield whoosh_query.Term(stems, analysis.terms_in("es")[term.text].stem), KIN
    yield whoosh_query.Term(exact, folded), TYPED


class Flat(Impacts):
    """The stock searcher's scores are bare impacts; the oracle weighs them itself."""

    def scorer(self, searcher, fieldname, text, qf=1):
        scorer = super().scorer(searcher, fieldname, text, qf)
        plain = fieldname in ("exact", "title_exact")
        scorer.score = lambda matcher: 1.0 if plain else (K1 + 1) * matcher.weight() / STEPS
        return scorer


@contextmanager
def oracle(storage: MemoryStorage, snapshot: Snapshot, viewer: frozenset[str]):
    searcher = FileIndex(storage, SCHEMA).searcher(weighting=Flat())
    try:
        yield Oracle(searcher, snapshot, viewer)
    finally:
        searcher.close()


def expected(asked: Oracle, snapshot: Snapshot, tree: Node) -> dict[str, tuple[float, list[int]]]:
    """Document → score and pages, the best first."""
    by_document: dict[int, list[tuple[float, int, bool]]] = {}
    for entry, (score, body) in asked.matches(tree).items():
        document = int(snapshot.document_of[entry])
        number = int(snapshot.page_number[entry])
        by_document.setdefault(document, []).append((score, number, body))
    found = {}
    for document, entries in by_document.items():
        pages = [(-round(w, 3), number) for w, number, body in entries if body]
        bonus = 1 + FURTHER_PAGES * math.log2(max(len(pages), 1))
        best = max(score for score, _, _ in entries) * bonus
        found[snapshot.ids[document]] = (best, [number for _, number in sorted(pages)])
    return found


@settings(max_examples=150, deadline=None)
@given(
    documents=collections(),
    changes=st.lists(st.integers(0, 20), max_size=5),
    purge=st.booleans(),
    question=QUESTIONS,
    filters=CHOICES,
    viewer=VIEWERS,
    widened=st.booleans(),
)
def test_the_executor_answers_as_the_stock_searcher_and_plain_python_do(
    documents: list[IndexDocument],
    changes: list[int],
    purge: bool,
    question: str,
    filters: dict[str, frozenset[str]],
    viewer: frozenset[str],
    widened: bool,
) -> None:
    storage = stored([with_concepts(one) for one in documents], changes, purge)
    snapshot = Snapshot(storage, storage.latest_commit())
    tree = grammar.parse(question)
    tree = grammar.without_stop_words(expand(tree, "es").tree if widened else tree, "es").tree
    with oracle(storage, snapshot, viewer) as asked:
        found = expected(asked, snapshot, tree)
        chosen = {id_: f for id_, f in found.items() if _passes(asked, snapshot, id_, filters)}
        countries = {
            country: len(holding)
            for country in COUNTRIES
            if (holding := {snapshot.ids[d] for d in asked.holders(country)} & found.keys())
        }
    query = Query(question, viewer, filters, size=20, expand=widened)
    results = ranking.search(snapshot, query, None)
    if not chosen:  # the executor may relax a question without an answer: other tests
        return
    assert results.total == len(chosen)
    assert {hit.id for hit in results.hits} == chosen.keys()
    for hit in results.hits:
        _compare(hit, *chosen[hit.id])
    scores = [hit.score for hit in results.hits]
    if any(scores):
        assert scores == sorted(scores, reverse=True)
        assert [h.id for h in results.hits] == [
            h.id for h in sorted(results.hits, key=lambda h: (-h.score, h.id))
        ]
    parts = tree.parts if isinstance(tree, And) else (tree,)
    if not any(isinstance(part, Filter) for part in parts):  # typed, it is a choice as well
        assert results.facets["country"] == countries  # its own choice is ignored


def _passes(
    asked: Oracle, snapshot: Snapshot, id_: str, filters: dict[str, frozenset[str]]
) -> bool:
    wanted = filters.get("country")
    return wanted is None or any(
        id_ in {snapshot.ids[document] for document in asked.holders(country)} for country in wanted
    )


def _compare(hit: Hit, score: float, pages: list[int]) -> None:
    assert hit.score == pytest.approx(score, rel=2e-3, abs=1e-3)
    assert hit.page_total == len(pages)
    assert len(hit.pages) == min(len(pages), PAGES_PER_HIT)
    assert set(hit.pages) <= set(pages)


def test_facets_of_more_than_512_values_are_counted_one_by_one() -> None:
    years = [str(1000 + n) for n in range(600)]
    documents = [
        IndexDocument(
            f"d{n}",
            1,
            "asilo",
            "es",
            frozenset({"public"}),
            facets={"year": frozenset({year, years[0]})},
        )
        for n, year in enumerate(years)
    ]
    storage = MemoryStorage()
    writing.create(storage)
    writing.write(storage, documents, ())
    snapshot = Snapshot(storage, storage.latest_commit())
    assert snapshot.facets["year"].bits is None
    results = ranking.search(snapshot, Query("asilo", frozenset({"public"})), None)
    assert results.facets["year"][years[0]] == 600
    assert results.facets["year"][years[7]] == 1
    assert np.count_nonzero(list(results.facets["year"].values())) == 600
