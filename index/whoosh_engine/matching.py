"""Which entries and documents a question matches, and how well.

Every term is looked up once and becomes arrays over entries (pages and records). A tree is
then evaluated in one of two spaces: over entries, where all words must meet on one page and a
record's words count on each of its pages, or over documents, where they may be apart.

Scores are BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) per term over pages and
records separately, added up. Document frequencies count visible entries only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import analysis
from index.grammar import And, Area, Filter, Node, Not, Or, Phrase, Prefix, Term, Word, terms
from index.whoosh_engine.postings import Postings, added_up
from index.whoosh_engine.snapshot import Mask, Snapshot, View

Scores = NDArray[np.float32]

K1, B = np.float32(1.2), np.float32(0.75)
STEM_WEIGHT = np.float32(0.7)
"""What a match by stem only is worth, against one of the word as typed."""
RECORD_WEIGHT = np.float32(1.5)
"""What a match in title, authors or abstract is worth, against one on a page."""

FilterMask = Callable[[Filter], Mask]


@dataclass(frozen=True, slots=True)
class Matched:
    """Where something matches and how well; ``scores`` is 0 elsewhere."""

    where: Mask
    scores: Scores


@dataclass(frozen=True, slots=True)
class TermMatches:
    """A term over entries: ``body`` where the page itself has it, ``anywhere`` with records."""

    body: Mask
    anywhere: Matched


class Matcher:
    """One question against one snapshot, for one audience, in one language."""

    def __init__(
        self, tree: Node, language: str, snapshot: Snapshot, view: View, allowed: FilterMask
    ) -> None:
        self._language = language
        self._snapshot = snapshot
        self._view = view
        self._allowed = allowed
        every = {*terms(tree, excluded=True)}
        self._terms = {term: self._look_up(term) for term in every}
        self._wanted = tuple(dict.fromkeys(terms(tree)))

    def pages_with_any(self) -> Mask:
        """Pages that have any of the words looked for."""
        mask = np.zeros(len(self._snapshot.document_of), bool)
        for term in self._wanted:
            mask |= self._terms[term].body
        return mask

    def scores_of_any(self) -> Scores:
        """Per entry, the sum over the words it has."""
        total = np.zeros(len(self._snapshot.document_of), np.float32)
        for term in self._wanted:
            total += self._terms[term].anywhere.scores
        return total

    # Trees ----------------------------------------------------------------------------

    def by_entry(self, node: Node) -> Matched:
        """Everything on one page."""
        return self._evaluate(node, self._entry_leaf)

    def by_document(self, node: Node) -> Matched:
        """Everything anywhere in the document."""
        return self._evaluate(node, self._document_leaf)

    def _evaluate(self, node: Node, leaf: Callable[[Node], Matched]) -> Matched:
        if isinstance(node, Not):
            absent = ~self.documents_of(self._evaluate(node.part, leaf).where)
            return self._spread(absent, leaf)
        if not isinstance(node, And | Or):
            return leaf(node)
        narrow = isinstance(node, And)
        start = self._spread(np.full(len(self._snapshot.records), narrow), leaf)
        where, scores = start.where.copy(), start.scores.copy()
        for part in node.parts:
            found = self._evaluate(part, leaf)
            where = where & found.where if narrow else where | found.where
            scores += found.scores
        return Matched(where, np.where(where, scores, np.float32(0)))

    def _spread(self, documents: Mask, leaf: Callable[[Node], Matched]) -> Matched:
        """A mask over documents in the space that ``leaf`` works in."""
        over_entries = leaf == self._entry_leaf
        mask = documents[self._snapshot.document_of] if over_entries else documents
        return Matched(mask, np.zeros(len(mask), np.float32))

    def documents_of(self, mask: Mask) -> Mask:
        """Documents with any entry in the mask; a mask over documents stays as it is."""
        if len(mask) == len(self._snapshot.records) or not len(mask):
            return mask
        return np.logical_or.reduceat(mask, self._snapshot.starts)

    def best_of(self, scores: Scores) -> Scores:
        """Per document, the best of its entries."""
        if not len(scores):
            return scores
        return np.maximum.reduceat(scores, self._snapshot.starts)

    def _entry_leaf(self, node: Node) -> Matched:
        if isinstance(node, Filter):
            return self._spread(self._allowed(node), self._entry_leaf)
        assert isinstance(node, Word | Phrase | Prefix)
        return self._terms[node].anywhere

    def _document_leaf(self, node: Node) -> Matched:
        if isinstance(node, Filter):
            return self._spread(self._allowed(node), self._document_leaf)
        assert isinstance(node, Word | Phrase | Prefix)
        found = self._terms[node].anywhere
        return Matched(self.documents_of(found.where), self.best_of(found.scores))

    # Terms ----------------------------------------------------------------------------

    def _look_up(self, term: Term) -> TermMatches:
        same, exact = self._postings(term)
        entries, scores = self._score(same, exact)
        snapshot = self._snapshot
        count = len(snapshot.document_of)
        found = np.zeros(count, np.float32)
        found[entries] = scores
        in_record = found[snapshot.starts] if count else found
        body = found > 0
        body[snapshot.starts] = False
        found[snapshot.starts] = 0
        found += (RECORD_WEIGHT * in_record)[snapshot.document_of]
        return TermMatches(body, Matched(found > 0, found))

    def _score(self, same: Postings, exact: Postings) -> tuple[NDArray[np.int32], Scores]:
        """BM25 of the visible entries; exact ones at full weight, stems at STEM_WEIGHT."""
        both = added_up((same, exact)).entries
        entries = both[self._view.entries[both]]
        if not len(entries):
            return entries, np.zeros(0, np.float32)
        times = np.zeros(len(self._snapshot.document_of), np.float32)
        factor = np.full(len(times), STEM_WEIGHT)
        times[same.entries] = same.weights
        times[exact.entries] = np.maximum(times[exact.entries], exact.weights)
        factor[exact.entries] = 1
        idf = math.log(1 + (self._view.pages - len(entries) + 0.5) / (len(entries) + 0.5))
        tf = times[entries]
        norm = K1 * (1 - B + B * self._view.entry_norm[entries])
        scores = factor[entries] * np.float32(idf) * tf * (K1 + 1) / (tf + norm)
        return entries, scores.astype(np.float32)

    def _postings(self, term: Term) -> tuple[Postings, Postings]:
        """Postings of the word's kin (stem, phrase) and of its exact form."""
        snapshot = self._snapshot
        nothing = added_up(())
        if isinstance(term, Phrase):
            return nothing, self._phrase(term)
        folded = analysis.fold(term.text)
        if term.area is Area.AUTHORS:
            read = snapshot.prefix if isinstance(term, Prefix) else snapshot.term
            return nothing, read("authors", folded)
        stems, exact = ("title", "title_exact") if term.area is Area.TITLE else ("text", "exact")
        if isinstance(term, Prefix):
            return nothing, snapshot.prefix(exact, folded)
        stemmed = analysis.terms_in(self._language)[term.text].stem
        kin = snapshot.term(stems, stemmed) if stemmed else nothing
        return kin, snapshot.term(exact, folded)

    def _phrase(self, phrase: Phrase) -> Postings:
        field = {Area.TITLE: "title", Area.AUTHORS: "authors"}.get(phrase.area, "text")
        language = None if phrase.area is Area.AUTHORS else self._language
        return self._snapshot.phrase(field, analysis.slots(phrase.words, language))
