"""Reading posting lists from the arrays of one segment."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.inversion import LARGEST
from index.whoosh_engine.terms import TermDictionary

PLACES = 17
"""Bits of a position in a key, one more than needed: what stands before the beginning of an
entry must not be taken for the end of the one before."""


class Postings(NamedTuple):
    """Entries in ascending order and how often the term stands in each, 255 for any more."""

    entries: NDArray[np.int32]
    times: NDArray[np.uint8]


Entries = NDArray[np.intp]
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
        """Entries where the slots are filled at their offsets, and how often.

        Entries first: positions are looked at only where every word of the phrase stands.
        """
        if self._positions is None:
            return NO_POSTINGS
        numbered = [(offset, self._numbers(terms)) for offset, terms in slots]
        numbered.sort(key=lambda slot: sum(map(self._length, slot[1])))
        entries: Entries | None = None
        for _, numbers in numbered:
            entries = self._with_any(numbers, entries)
        begins: NDArray[np.int64] | None = None
        for offset, numbers in numbered:
            assert entries is not None
            here = self._begins(numbers, offset, entries)
            begins = here if begins is None else np.intersect1d(begins, here, assume_unique=True)
            if not len(begins):
                return NO_POSTINGS
        if begins is None:
            return NO_POSTINGS
        found, times = np.unique(begins >> PLACES, return_counts=True)
        return Postings(found.astype(np.int32), _clipped(times))

    def _numbers(self, terms: tuple[str, ...]) -> list[int]:
        return sorted({self.terms.find(term.encode()) for term in terms} - {-1})

    def _length(self, number: int) -> int:
        return int(self._ends[number + 1]) - int(self._ends[number])

    def _with_any(self, numbers: list[int], among: Entries | None) -> Entries:
        """The entries that hold one of these terms, of ``among`` where that is given."""
        flags = np.zeros(LARGEST + 1, bool)
        for number in numbers:
            flags[self._entries[int(self._ends[number]) : int(self._ends[number + 1])]] = True
        return np.flatnonzero(flags) if among is None else among[flags.take(among)]

    def _of(self, first: int, end: int) -> Postings:
        chosen = slice(int(self._ends[first]), int(self._ends[end]))
        return Postings(self._entries[chosen].astype(np.int32), _clipped(self._times[chosen]))

    def _begins(self, numbers: list[int], offset: int, among: Entries) -> NDArray[np.int64]:
        """Where in these entries the phrase would begin if one of the terms stands at
        ``offset``: one key each, of entry and position, in order."""
        keys = [self._places(number, among) - offset for number in numbers]
        if len(keys) == 1:
            return keys[0]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *keys]))

    def _places(self, number: int, among: Entries) -> NDArray[np.int64]:
        """Every place of a term in these entries."""
        assert self._positions is not None
        assert self._pos_ends is not None
        chosen = slice(int(self._ends[number]), int(self._ends[number + 1]))
        entries, times = self._entries[chosen], self._times[chosen]
        at = entries.searchsorted(among.astype(entries.dtype))
        at = at[entries.take(np.minimum(at, len(entries) - 1)) == among]
        counts = times.take(at).astype(np.intp)
        ends = int(self._pos_ends[number]) + np.cumsum(times, dtype=np.intp).take(at)
        before = np.cumsum(counts) - counts
        places = np.arange(int(counts.sum())) + np.repeat(ends - counts - before, counts)
        keys: NDArray[np.int64] = np.repeat(entries.take(at).astype(np.int64), counts) << PLACES
        keys += self._positions.take(places)
        return keys


def _clipped(times: NDArray[Any]) -> NDArray[np.uint8]:
    return times if times.dtype == np.uint8 else np.minimum(times, 255).astype(np.uint8)
