"""Which entries a question matches, and how well.

Work follows the entries that can match: the rarest part of a question proposes candidates, the
others are asked about those alone. All arrays are sorted by entry, and so by document.

Scores are BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) per term over pages and
records separately, added up: a record's words count on each of its pages. A term's frequency is
that of its stem or its exact form among the viewer's own entries, whichever is more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import analysis
from index.grammar import And, Area, Filter, Node, Not, Or, Phrase, Prefix, Term, Word, terms
from index.whoosh_engine.facets import Ints, Mask
from index.whoosh_engine.postings import NO_POSTINGS, Postings
from index.whoosh_engine.snapshot import K1, Lists, Snapshot, View

Scores = NDArray[np.float32]

STEM_WEIGHT = np.float32(0.7)
"""What a match by stem only is worth, against one of the word as typed."""
RECORD_WEIGHT = np.float32(1.5)
"""What a match in title, authors or abstract is worth, against one on a page."""
_PROBE = 12  # candidates fewer than one in so many postings are looked up one by one
_MANY = 1 << 40  # more candidates than there are

FilterMask = Callable[[Filter], Mask]


@dataclass(frozen=True, slots=True)
class Places:
    """Entries to be asked about, with the document of each."""

    entries: Ints
    documents: Ints

    def only(self, kept: Mask) -> Places:
        return Places(self.entries[kept], self.documents[kept])


@dataclass(frozen=True, slots=True)
class Matched:
    """What matches among some places: ``where``, how well (0 elsewhere), and on which pages a
    word looked for stands itself, not only in the record."""

    where: Mask
    scores: Scores
    body: Mask


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that match, how well, and whether a word looked for stands on them."""

    places: Places
    scores: Scores
    body: Mask


class Matcher:
    """One question against one snapshot, for one audience, in one language."""

    def __init__(
        self,
        tree: Node,
        language: str,
        snapshot: Snapshot,
        view: View,
        lists: Lists,
        allowed: FilterMask,
    ) -> None:
        self._snapshot = snapshot
        self._view = view
        self._allowed = allowed
        self._terms = {
            term: TermMatcher(_postings(term, language, lists), snapshot, view)
            for term in {*terms(tree, excluded=True)}
        }
        self._wanted = Or(tuple(dict.fromkeys(terms(tree))))

    def found(self, node: Node) -> Found:
        """Everything on one page: entries the viewer may see."""
        parts = node.parts if isinstance(node, And) else (node,)
        first, *others = sorted(parts, key=self._estimate) or [And()]
        found = self._found_first(first)
        places, scores, body = found.places, found.scores, found.body
        for part in others:
            matched = self._among(part, places)
            kept = matched.where
            places, body = places.only(kept), (body | matched.body)[kept]
            scores = scores[kept] + matched.scores[kept]
        return Found(places, scores, body)

    def _found_first(self, node: Node) -> Found:
        words = self._words(node)
        if words is not None:
            return self._found_words(words)
        places = self._places(self._candidates(node))
        matched = self._among(node, places)
        kept = matched.where
        return Found(places.only(kept), matched.scores[kept], matched.body[kept])

    def _words(self, node: Node) -> list[TermMatcher] | None:
        """The words any of which a node asks for; None where it asks for more than that."""
        parts = node.parts if isinstance(node, Or) else (node,)
        words = [self._terms[part] for part in parts if isinstance(part, Word | Phrase | Prefix)]
        return words if len(words) == len(parts) else None

    def _found_words(self, words: Iterable[TermMatcher]) -> Found:
        """Entries with any of these words, and those of documents whose record has one."""
        snapshot = self._snapshot
        pages = np.zeros(len(snapshot.document_of), np.float32)
        for word in words:
            word.add_to(pages)
        records = RECORD_WEIGHT * pages.take(snapshot.starts)
        pages[snapshot.starts] = 0
        flags = pages > 0
        holding = np.flatnonzero(records)
        flags[ranges(snapshot.starts.take(holding), snapshot.sizes.take(holding))] = True
        places = self._places(flags)
        own = pages.take(places.entries)
        return Found(places, own + records.take(places.documents), own > 0)

    def found_any(self, documents: Mask) -> Found:
        """Pages and records of these documents that hold any of the words looked for."""
        found = self.found(self._wanted)
        kept = documents[found.places.documents]
        return Found(found.places.only(kept), found.scores[kept], found.body[kept])

    def by_document(self, node: Node) -> tuple[Mask, Scores]:
        """Everything anywhere in the document: over all documents, the best entry's score."""
        if isinstance(node, Not):
            return ~self.documents_of(self.found(node.part)), self._nothing()
        if isinstance(node, Filter):
            return self._allowed(node), self._nothing()
        if not isinstance(node, And | Or):
            found = self.found(node)
            return self.documents_of(found), self.best_of(found)
        narrow = isinstance(node, And)
        where, scores = np.full(len(self._snapshot.alive), narrow), self._nothing()
        for part in node.parts:
            holding, worth = self.by_document(part)
            where = where & holding if narrow else where | holding
            scores = scores + worth
        return where, np.where(where, scores, np.float32(0))

    def documents_of(self, found: Found) -> Mask:
        mask = np.zeros(len(self._snapshot.alive), bool)
        mask[found.places.documents] = True
        return mask

    def best_of(self, found: Found) -> Scores:
        """Per document, the best of its entries."""
        scores = self._nothing()
        documents = found.places.documents
        if len(documents):
            begins = beginnings(documents)
            scores[documents[begins]] = np.maximum.reduceat(found.scores, begins)
        return scores

    def _nothing(self) -> Scores:
        return np.zeros(len(self._snapshot.alive), np.float32)

    # Candidates -----------------------------------------------------------------------

    def _estimate(self, node: Node) -> int:
        """About how many candidates a node proposes."""
        if isinstance(node, And):
            return min(map(self._estimate, node.parts), default=_MANY)
        if isinstance(node, Or):
            return sum(map(self._estimate, node.parts))
        return _MANY if isinstance(node, Filter | Not) else self._terms[node].size

    def _candidates(self, node: Node) -> Mask | None:
        """Entries of which every match is one; None for all of them."""
        if isinstance(node, And):
            best = min(node.parts, key=self._estimate, default=None)
            return None if best is None else self._candidates(best)
        if isinstance(node, Or):
            flags = np.zeros(len(self._snapshot.document_of), bool)
            for part in node.parts:
                more = self._candidates(part)
                if more is None:
                    return None
                flags |= more
            return flags
        return None if isinstance(node, Filter | Not) else self._terms[node].candidates()

    def _places(self, flags: Mask | None) -> Places:
        """Those of the flagged entries that the viewer may see."""
        view = self._view
        if flags is None:
            flags = view.entries
        elif not view.whole:
            flags = flags & view.entries
        entries = np.flatnonzero(flags)
        return Places(entries, self._snapshot.document_of.take(entries))

    # Trees ----------------------------------------------------------------------------

    def _among(self, node: Node, places: Places) -> Matched:
        if isinstance(node, And | Or):
            return self._combined(node, places)
        if not isinstance(node, Filter | Not):
            return self._terms[node].among(places)
        if isinstance(node, Filter):
            documents = self._allowed(node)
        else:
            documents = ~self.documents_of(self.found(node.part))
        size = len(places.entries)
        where = documents[places.documents]
        return Matched(where, np.zeros(size, np.float32), np.zeros(size, bool))

    def _combined(self, node: And | Or, places: Places) -> Matched:
        narrow, size = isinstance(node, And), len(places.entries)
        where, body = np.full(size, narrow), np.zeros(size, bool)
        scores = np.zeros(size, np.float32)
        for part in node.parts:
            one = self._among(part, places)
            where = where & one.where if narrow else where | one.where
            scores += one.scores
            body |= one.body
        return Matched(where, np.where(where, scores, np.float32(0)), body & where)


class TermMatcher:
    """One word, phrase or prefix: by kin (its stem) and as typed."""

    def __init__(self, postings: tuple[Postings, Postings], snapshot: Snapshot, view: View) -> None:
        self._snapshot = snapshot
        self._view = view
        self._same, self._exact = postings
        self.size = len(self._same.entries) + len(self._exact.entries)
        held = max(self._visible(self._same), self._visible(self._exact))
        self._idf = math.log(1 + (view.size - held + 0.5) / (held + 0.5))

    def candidates(self) -> Mask:
        """The entries that hold it, and all entries of documents whose record does."""
        flags = np.zeros(len(self._snapshot.document_of), bool)
        flags[self._same.entries] = flags[self._exact.entries] = True
        starts, sizes = self._snapshot.starts, self._snapshot.sizes
        holding = np.flatnonzero(flags.take(starts))
        flags[ranges(starts.take(holding), sizes.take(holding))] = True
        return flags

    def add_to(self, every: Scores) -> None:
        """Add its score to each entry it stands on."""
        for entries, scores in self._own():
            every[entries] += scores

    def among(self, places: Places) -> Matched:
        if len(places.entries) * _PROBE < self.size:
            scores, records = self._probed(places)
        else:
            every = np.zeros(len(self._snapshot.document_of), np.float32)
            self.add_to(every)
            scores = every.take(places.entries)
            records = every.take(self._snapshot.starts).take(places.documents)
        body = (scores > 0) & ~self._snapshot.is_record.take(places.entries)
        scores *= body  # a record's own words count on each of its pages, and on itself, once
        scores += RECORD_WEIGHT * records
        return Matched(scores > 0, scores, body)

    def _probed(self, places: Places) -> tuple[Scores, Scores]:
        """Of few entries, each looked up by itself, and of the records of their documents."""
        found = []
        for entries in (places.entries, self._snapshot.starts.take(places.documents)):
            same, exact = _looked_up(self._same, entries), _looked_up(self._exact, entries)
            found.append(self._score(entries, np.maximum(same, exact), exact > 0))
        return found[0], found[1]

    def _own(self) -> Iterator[tuple[Ints, Scores]]:
        """Every entry it stands on, with its score: those of its kin, then those where only the
        exact form stands (pages of another language)."""
        same, exact = self._same, self._exact
        if not len(same.entries):
            yield exact.entries, self._score(exact.entries, exact.times, np.True_)
            return
        typed = np.zeros(len(self._snapshot.document_of), np.uint8)
        typed[exact.entries] = exact.times
        here = typed.take(same.entries)
        yield same.entries, self._score(same.entries, np.maximum(same.times, here), here > 0)
        if np.count_nonzero(here) < len(exact.entries):
            typed[same.entries] = 0
            left = typed.take(exact.entries)
            others = exact.entries[left > 0]
            yield others, self._score(others, left[left > 0], np.True_)

    def _score(self, entries: Ints, times: NDArray[np.uint8], typed: Mask | np.bool_) -> Scores:
        """BM25 (see the module): in full where the word stands as typed, at STEM_WEIGHT where
        only its kin does."""
        full = np.float32(self._idf * (K1 + 1))
        scores = times.astype(np.float32)
        longer = self._view.norm.take(entries)
        longer += scores
        scores *= np.where(typed, full, STEM_WEIGHT * full)
        scores /= longer
        return scores

    def _visible(self, postings: Postings) -> int:
        if self._view.whole:
            return len(postings.entries)
        return int(np.count_nonzero(self._view.entries.take(postings.entries)))


def _looked_up(postings: Postings, entries: Ints) -> NDArray[np.uint8]:
    if not len(postings.entries):
        return np.zeros(len(entries), np.uint8)
    places = postings.entries.searchsorted(entries)
    np.minimum(places, len(postings.entries) - 1, out=places)
    there = postings.entries.take(places) == entries
    return np.where(there, postings.times.take(places), np.uint8(0))


def _postings(term: Term, language: str, lists: Lists) -> tuple[Postings, Postings]:
    """Of the word's kin (stem) and of its exact form; phrases and prefixes are exact."""
    if isinstance(term, Phrase):
        field = {Area.TITLE: "title", Area.AUTHORS: "authors"}.get(term.area, "text")
        in_language = None if term.area is Area.AUTHORS else language
        slots = analysis.slots(term.words, in_language)
        return NO_POSTINGS, lists.phrase(field, slots)
    folded = analysis.fold(term.text)
    if term.area is Area.AUTHORS:
        read = lists.prefix if isinstance(term, Prefix) else lists.term
        return NO_POSTINGS, read("authors", folded)
    stems, exact = ("title", "title_exact") if term.area is Area.TITLE else ("text", "exact")
    if isinstance(term, Prefix):
        return NO_POSTINGS, lists.prefix(exact, folded)
    stemmed = analysis.terms_in(language)[term.text].stem
    kin = lists.term(stems, stemmed) if stemmed else NO_POSTINGS
    return kin, lists.term(exact, folded)


def beginnings(documents: Ints) -> NDArray[np.intp]:
    """Where in a sorted array each document begins."""
    changes = documents[1:] != documents[:-1]
    return np.concatenate((np.zeros(1, np.intp), np.flatnonzero(changes) + 1))


def ranges(starts: Ints, sizes: Ints) -> Ints:
    """The numbers of every range ``start … start + size``, one after the other."""
    total = int(sizes.sum())
    before = np.cumsum(sizes) - sizes
    every: Ints = np.arange(total, dtype=np.int32) + np.repeat(starts - before, sizes)
    return every.astype(np.int32)
