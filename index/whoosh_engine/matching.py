"""Which documents a question matches, on which pages, and how well.

The words of a question add up their scores entry by entry in one array; parts that narrow it
are asked only about the entries that can still match. A word's score on an entry is that of BM25
(see impacts.py) for its stem, and besides, where it stands there as typed, a share for that. A
record's words count on each page of its document. Everything about the viewer's documents is
decided later, on documents; the rarity of a word is counted among the viewer's own entries.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.grammar import And, Either, Filter, Node, Not, Or, Term, terms
from index.whoosh_engine.facets import Ints, Mask
from index.whoosh_engine.flat import ranges
from index.whoosh_engine.impacts import K1, STEPS
from index.whoosh_engine.lists import Entries, TermList
from index.whoosh_engine.snapshot import Snapshot, View

Scores = NDArray[np.float32]

RECORD_WEIGHT = np.float32(1.2)
"""What a match in title, authors or abstract is worth, against one on a page."""
_MANY = 1 << 40  # more candidates than there are
_DENSE = 5  # one entry in so many and more: going through all of them is quicker

FilterMask = Callable[[Filter], Mask]
Weighted = tuple[TermList, float]
"""A list of postings and what its field is worth."""
ListsOf = Callable[[Term], list[Weighted]]


@dataclass(frozen=True, slots=True)
class Places:
    """Entries to be asked about, in order, with the document of each."""

    entries: Entries
    documents: Entries

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
    """By document: whether it matches, how well its best entry does, on how many pages a word
    stands; and by entry how well such pages match, 0 for all others."""

    where: Mask
    scores: Scores
    pages: Ints
    own: Scores


class Matcher:
    """One question against one snapshot, for one audience."""

    def __init__(
        self, tree: Node, snapshot: Snapshot, view: View, lists_of: ListsOf, allowed: FilterMask
    ) -> None:
        self._snapshot = snapshot
        self._view = view
        self._allowed = allowed
        every = dict.fromkeys(terms(tree, excluded=True))
        self._lists = {term: lists_of(term) for term in every}
        self._alone: dict[Node, tuple[Mask, Scores]] = {}
        self._wanted = list(dict.fromkeys(terms(tree)))

    def found(self, node: Node) -> Found:
        """Documents with everything on one page."""
        words = self._words(node)
        if words is not None:
            return self._found_any_of(words)
        if node == And():
            return self._everything()
        if self._asks_for_any(node):
            return self._found_spread(*self._spread(node))
        parts = node.parts if isinstance(node, And) else (node,)
        first, *others = sorted(parts, key=self._estimate)
        places, scores, body = self._first(first)
        for part in others:
            matched = self._among(part, places)
            kept = matched.where
            places, body = places.only(kept), (body | matched.body)[kept]
            scores = scores[kept] + matched.scores[kept]
        return self._gathered(places, scores, body)

    def _first(self, node: Node) -> tuple[Places, Scores, Mask]:
        """Where a part matches among all entries, how well, and which pages have it."""
        if self._asks_for_any(node):
            scores, body = self._spread(node)
            places = self._places(scores > 0)
            return places, scores.take(places.entries), body.take(places.entries)
        places = self._places(self._candidates(node))
        matched = self._among(node, places)
        kept = matched.where
        return places.only(kept), matched.scores[kept], matched.body[kept]

    def found_any(self) -> Found:
        """Documents with any of the words looked for."""
        return self._found_any_of(self._wanted)

    def by_document(self, node: Node) -> tuple[Mask, Scores]:
        """Everything anywhere in the document: over all documents, the best entry's score."""
        if isinstance(node, Not):
            return ~self.found(node.part).where, self._nothing()
        if isinstance(node, Filter):
            return self._allowed(node), self._nothing()
        if not isinstance(node, And | Or | Either):
            if node not in self._alone:
                found = self.found(node)
                self._alone[node] = found.where, found.scores
            return self._alone[node]
        narrow, best = isinstance(node, And), isinstance(node, Either)
        where, scores = np.full(len(self._snapshot.alive), narrow), self._nothing()
        for part in node.parts:
            holding, worth = self.by_document(part)
            where = where & holding if narrow else where | holding
            scores = np.maximum(scores, worth) if best else scores + worth
        return where, np.where(where, scores, np.float32(0))

    def _nothing(self) -> Scores:
        return np.zeros(len(self._snapshot.alive), np.float32)

    def _everything(self) -> Found:
        documents, entries = len(self._snapshot.alive), len(self._snapshot.document_of)
        where, pages = np.ones(documents, bool), np.zeros(documents, np.intp)
        return Found(where, self._nothing(), pages, np.zeros(entries, np.float32))

    # Words ----------------------------------------------------------------------------

    def _words(self, node: Node) -> list[Term] | None:
        """The words any of which a node asks for; None where it asks for more than that."""
        parts = node.parts if isinstance(node, Or) else (node,)
        words = [part for part in parts if not isinstance(part, And | Or | Either | Not | Filter)]
        return words if len(words) == len(parts) else None

    def _added_up(self, words: Iterable[Term]) -> tuple[Scores, Scores]:
        """What the words are worth together: by entry, records left out; and by record."""
        every = np.zeros(len(self._snapshot.document_of), np.float32)
        held = [one for word in words for one in self._lists[word] if len(one[0].entries)]
        held.sort(key=lambda one: one[0].impacts is None)
        for (entries, impacts), share in held:
            worth = share * self._rarity(entries)
            if impacts is not None:
                np.add.at(every, entries, impacts * np.float32(_ONE_STEP * worth))
            else:
                np.add.at(every, entries, np.float32(worth))
        starts = self._snapshot.starts
        records = every.take(starts)
        every[starts] = 0
        return every, RECORD_WEIGHT * records

    def _asks_for_any(self, node: Node) -> bool:
        """Whether any of some words, or of what means the same, is enough."""
        if self._words(node) is not None:
            return True
        if not isinstance(node, Or | Either):
            return False
        return bool(node.parts) and all(map(self._asks_for_any, node.parts))

    def _spread(self, node: Node) -> tuple[Scores, Mask]:
        """Of a node that asks for any: by entry, how well it matches and whether a word stands
        there itself."""
        words = self._words(node)
        if words is not None:
            scores, records = self._added_up(words)
            body, held = scores > 0, records.nonzero()[0]
            if len(held) * _DENSE > len(records):
                scores += records.take(self._snapshot.document_of)
            else:
                sizes = self._snapshot.sizes.take(held)
                of_these = ranges(self._snapshot.starts.take(held), sizes)
                scores[of_these] += np.repeat(records.take(held), sizes)
            return scores, body
        assert isinstance(node, Or | Either)
        together = np.maximum if isinstance(node, Either) else np.add
        scores, body = self._spread(node.parts[0])
        for part in node.parts[1:]:
            worth, here = self._spread(part)
            together(scores, worth, out=scores)
            np.logical_or(body, here, out=body)
        return scores, body

    def _rarity(self, entries: Entries) -> float:
        """The inverse document frequency (Robertson and Spärck Jones) among the viewer's."""
        total = self._view.size
        held = min(self._view.count(entries), total)
        return math.log(1 + (total - held + 0.5) / (held + 0.5))

    def _found_any_of(self, words: Iterable[Term]) -> Found:
        own, records = self._added_up(words)
        here, starts = own > 0, self._snapshot.starts
        if np.count_nonzero(here) * _DENSE > len(own):
            scores = np.maximum.reduceat(own, starts)
            pages = np.add.reduceat(here, starts, dtype=np.intp)
        else:
            entries = here.nonzero()[0]
            documents, scores = self._snapshot.document_of.take(entries), self._nothing()
            np.maximum.at(scores, documents, own.take(entries))
            pages = np.bincount(documents, minlength=len(scores))
        scores += records
        return Found(scores > 0, scores, pages, own)

    def _found_spread(self, scores: Scores, body: Mask) -> Found:
        if np.count_nonzero(scores) * _DENSE > len(scores):
            starts = self._snapshot.starts
            best = np.maximum.reduceat(scores, starts)
            pages = np.add.reduceat(body, starts, dtype=np.intp)
            return Found(best > 0, best, pages, np.where(body, scores, np.float32(0)))
        places = self._places(scores > 0)
        entries = places.entries
        return self._gathered(places, scores.take(entries), body.take(entries))

    def _gathered(self, places: Places, scores: Scores, body: Mask) -> Found:
        """What matches, put together by document."""
        best, own = self._nothing(), np.zeros(len(self._snapshot.document_of), np.float32)
        where = np.zeros(len(best), bool)
        where[places.documents] = True
        np.maximum.at(best, places.documents, scores)
        own[places.entries[body]] = scores[body]
        return Found(where, best, np.bincount(places.documents[body], minlength=len(best)), own)

    # Candidates -----------------------------------------------------------------------

    def _estimate(self, node: Node) -> int:
        """About how many candidates a node proposes."""
        if isinstance(node, And):
            return min(map(self._estimate, node.parts), default=_MANY)
        if isinstance(node, Or | Either):
            return sum(map(self._estimate, node.parts))
        if isinstance(node, Filter | Not):
            return _MANY
        return sum(len(list_.entries) for list_, _ in self._lists[node])

    def _candidates(self, node: Node) -> Mask | None:
        """Entries of which every match is one; None for all of them."""
        if isinstance(node, Filter | Not):
            return None
        if isinstance(node, And):
            best = min(node.parts, key=self._estimate, default=None)
            return None if best is None else self._candidates(best)
        flags = np.zeros(len(self._snapshot.document_of), bool)
        if isinstance(node, Or | Either):
            for part in node.parts:
                more = self._candidates(part)
                if more is None:
                    return None
                flags |= more
            return flags
        for list_, _ in self._lists[node]:
            flags[list_.entries] = True
        self._flag_documents(flags, np.flatnonzero(flags.take(self._snapshot.starts)))
        return flags

    def _flag_documents(self, flags: Mask, documents: Entries) -> None:
        """All entries of these documents: their records hold a word."""
        if len(documents):
            starts, sizes = self._snapshot.starts, self._snapshot.sizes
            flags[ranges(starts.take(documents), sizes.take(documents))] = True

    def _places(self, flags: Mask | None) -> Places:
        size = len(self._snapshot.document_of)
        entries = np.arange(size) if flags is None else np.flatnonzero(flags)
        return Places(entries, self._snapshot.document_of.take(entries))

    # Trees ----------------------------------------------------------------------------

    def _among(self, node: Node, places: Places) -> Matched:
        words = self._words(node)
        if words is not None:
            own, records = self._added_up(words)
            here = own.take(places.entries)
            scores = here + records.take(places.documents)
            return Matched(scores > 0, scores, here > 0)
        if isinstance(node, And | Or | Either):
            return self._combined(node, places)
        assert isinstance(node, Filter | Not)
        documents = (
            self._allowed(node) if isinstance(node, Filter) else ~self.found(node.part).where
        )
        size = len(places.entries)
        where = documents.take(places.documents)
        return Matched(where, np.zeros(size, np.float32), np.zeros(size, bool))

    def _combined(self, node: And | Or | Either, places: Places) -> Matched:
        narrow, best = isinstance(node, And), isinstance(node, Either)
        size = len(places.entries)
        where, body = np.full(size, narrow), np.zeros(size, bool)
        scores = np.zeros(size, np.float32)
        for part in node.parts:
            one = self._among(part, places)
            where = where & one.where if narrow else where | one.where
            scores = np.maximum(scores, one.scores) if best else scores + one.scores
            body |= one.body
        return Matched(where, np.where(where, scores, np.float32(0)), body & where)


_ONE_STEP = (K1 + 1) / STEPS
