"""Reading posting lists from the arrays of one segment."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.terms import TermDictionary

PLACES = 17
"""Bits of a position in a key, one more than needed: what stands before the beginning of an
entry must not be taken for the end of the one before."""


class Postings(NamedTuple):
    """Entries in ascending order and how often the term stands in each, 255 for any more."""

    entries: NDArray[np.int32]
    times: NDArray[np.uint8]


NO_POSTINGS = Postings(np.zeros(0, np.int32), np.zeros(0, np.uint8))


class FieldPostings:
    """The posting lists of one field in one segment."""

    def __init__(self, file: FlatFile, field: str) -> None:
        self.terms = TermDictionary(file, field)
        self._entries = file[f"{field}/entries"]
        self._times = file[f"{field}/times"]
        self._ends = file[f"{field}/post_ends"]
        positional = f"{field}/positions" in file
        self._positions = file[f"{field}/positions"] if positional else None
        self._pos_ends = file[f"{field}/pos_ends"] if positional else None

    def term(self, term: bytes) -> Postings:
        number = self.terms.find(term)
        return NO_POSTINGS if number < 0 else self._of(number, number + 1)

    def holders(self, number: int) -> NDArray[np.int32]:
        """The entries of a term by its number."""
        return self._of(number, number + 1).entries

    def prefix(self, prefix: bytes) -> Postings:
        """Every term that begins so, added up."""
        first, end = self.terms.beginning_with(prefix)
        if end - first < 2:
            return self._of(first, end)
        found = self._of(first, end)
        times = np.bincount(found.entries, found.times)
        entries = np.flatnonzero(times)
        return Postings(entries.astype(np.int32), _clipped(times[entries]))

    def phrase(self, slots: Slots) -> Postings:
        """Entries where the slots are filled at their offsets, and how often."""
        if self._positions is None:
            return NO_POSTINGS
        begins: NDArray[np.int64] | None = None
        for offset, terms in sorted(slots, key=self._rarity):
            here = self._begins(terms, offset)
            begins = here if begins is None else np.intersect1d(begins, here, assume_unique=True)
            if not len(begins):
                return NO_POSTINGS
        assert begins is not None
        entries, times = np.unique(begins >> PLACES, return_counts=True)
        return Postings(entries.astype(np.int32), _clipped(times))

    def _of(self, first: int, end: int) -> Postings:
        chosen = slice(int(self._ends[first]), int(self._ends[end]))
        return Postings(self._entries[chosen].astype(np.int32), _clipped(self._times[chosen]))

    def _rarity(self, slot: tuple[int, tuple[str, ...]]) -> int:
        return sum(len(self.term(term.encode()).entries) for term in slot[1])

    def _begins(self, terms: tuple[str, ...], offset: int) -> NDArray[np.int64]:
        """Where the phrase would begin if one of ``terms`` stands at ``offset``: one key each,
        of entry and position."""
        assert self._positions is not None
        assert self._pos_ends is not None
        keys = []
        for number in {self.terms.find(term.encode()) for term in terms} - {-1}:
            chosen = slice(int(self._ends[number]), int(self._ends[number + 1]))
            where = slice(int(self._pos_ends[number]), int(self._pos_ends[number + 1]))
            entry = np.repeat(self._entries[chosen].astype(np.int64), self._times[chosen])
            keys.append((entry << PLACES) + self._positions[where] - offset)
        if len(keys) == 1:
            return keys[0]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *keys]))


def _clipped(times: NDArray[Any]) -> NDArray[np.uint8]:
    return times if times.dtype == np.uint8 else np.minimum(times, 255).astype(np.uint8)
