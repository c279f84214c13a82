"""Reading posting lists from the arrays of one segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots
from index.whoosh_engine.flat import FlatFile, ranges
from index.whoosh_engine.impacts import K1, NORMAL, STEPS, impacts, norms
from index.whoosh_engine.inversion import FURTHEST, LARGEST, LAST
from index.whoosh_engine.spellings import Spellings
from index.whoosh_engine.terms import TermDictionary

PLACES = 17
"""Bits of a position in a key, more than needed: what stands before the beginning of an entry
must not be taken for the end of the one before."""

_FEW = 32  # one entry in so many is quicker looked up than found by going through all

_AS_ONE = STEPS / (K1 + 1)  # the impact that is worth as much as none given

Entries = NDArray[np.uint16]
Places = NDArray[np.int64]


class Postings(NamedTuple):
    """Entries that hold a term, in order, and what each posting is worth; None in fields where
    every one is worth the same. Of several terms: one term's after the other's."""

    entries: Entries
    impacts: NDArray[np.uint8] | None


class FieldPostings:
    """The posting lists of one field in one segment. Methods give None where there are none."""

    def __init__(self, file: FlatFile, field: str) -> None:
        self.terms = TermDictionary(file, field)
        self._entries = file[f"{field}/entries"]
        self._ends = file[f"{field}/post_ends"].data
        self._impacts = file.get(f"{field}/impacts")
        self._lengths = file.get(f"{field}/lengths")
        self._positions = file.get(f"{field}/positions")
        self._pos_ends = file.get(f"{field}/pos_ends")

    def term(self, term: bytes) -> Postings | None:
        number = self.terms.find(term)
        return self._of(number, number + 1) if number >= 0 else None

    def holders(self, number: int) -> Entries:
        """The entries of a term by its number."""
        return self._entries[self._ends[number] : self._ends[number + 1]]

    def prefix(self, prefix: bytes) -> Postings | None:
        """Of every term that begins so."""
        first, end = self.terms.beginning_with(prefix)
        return self._of(first, end) if first < end else None

    def fuzzy(self, word: str, edits: int) -> Postings | None:
        """Of every term spelt nearly as ``word`` (see spellings.py), worth less the farther."""
        near = self._spellings.near(word, edits)
        if not near:
            return None
        lists = [self.holders(number) for number in near]
        worth = [_AS_ONE / (1 + far) for far in near.values()]
        impacts_ = np.repeat(np.array(worth, np.uint8), [len(one) for one in lists])
        return Postings(np.concatenate(lists), impacts_)

    def near(self, word: str, edits: int) -> Iterator[tuple[str, int, Entries]]:
        """Each term spelt nearly as ``word``, how far it is, and its entries."""
        for number, far in self._spellings.near(word, edits).items():
            yield self.terms[number].decode(), far, self.holders(number)

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.terms)

    def _of(self, first: int, end: int) -> Postings:
        chosen = slice(self._ends[first], self._ends[end])
        worth = self._impacts
        return Postings(self._entries[chosen], worth[chosen] if worth is not None else None)

    # Phrases --------------------------------------------------------------------------

    def phrase(self, slots: Slots, width: int = 0) -> Postings | None:
        """Where the slots are filled at their offsets; or, with a ``width``, in any order within
        so many positions that follow one another.

        Entries first: positions are looked at only where every word of the phrase stands.
        """
        if self._positions is None:
            return None
        filled = [(offset, self._numbers(terms)) for offset, terms in slots]
        filled.sort(key=lambda slot: sum(map(self._length, slot[1])))
        common = self._common([numbers for _, numbers in filled])
        if not len(common):
            return None
        places = [self._places(numbers, common) for _, numbers in filled]
        if width:
            found = _near(places, width)
        else:
            found = _aligned([here - at for here, (at, _) in zip(places, filled, strict=True)])
        return self._counted(found) if len(found) else None

    def _numbers(self, terms: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted({self.terms.find(term.encode()) for term in terms} - {-1}))

    def _length(self, number: int) -> int:
        return self._ends[number + 1] - self._ends[number]

    def _common(self, slots: list[tuple[int, ...]]) -> NDArray[np.intp]:
        """The entries that hold one term of each slot."""
        common: NDArray[np.intp] | None = None
        for numbers in slots:
            entries = [self.holders(number) for number in numbers]
            if common is None and len(entries) == 1:
                common = entries[0].astype(np.intp)
                continue
            flags = np.zeros(LARGEST + 1, bool)
            for some in entries:
                flags[some.astype(np.intp)] = True
            common = np.flatnonzero(flags) if common is None else common[flags.take(common)]
        return common if common is not None else np.zeros(0, np.intp)

    def _places(self, numbers: tuple[int, ...], common: NDArray[np.intp]) -> Places:
        """Every place of these terms in these entries: one key each, of entry and position."""
        parts = [self._places_of(number, common) for number in numbers]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))

    def _places_of(self, number: int, common: NDArray[np.intp]) -> Places:
        assert self._positions is not None
        assert self._pos_ends is not None
        entries = self.holders(number)
        at, common = _found_in(entries, common)
        positions = self._positions[self._pos_ends[number] : self._pos_ends[number + 1]]
        if len(positions) == len(entries):  # the term stands once wherever it stands
            alone: Places = (common << PLACES) + (positions.take(at) & FURTHEST)
            return alone
        ends = np.flatnonzero(positions >= LAST) + 1
        begins = np.where(at > 0, ends.take(at - 1), 0)
        counts = ends.take(at) - begins
        here = positions.take(ranges(begins, counts)) & FURTHEST
        keys: Places = np.repeat(common << PLACES, counts) + here
        return keys

    def _counted(self, places: Places) -> Postings:
        """Postings of a phrase, from where it begins each time."""
        every = places >> PLACES
        first = np.append(0, (every[1:] != every[:-1]).nonzero()[0] + 1)
        entries, times = every.take(first), np.diff(np.append(first, len(every)))
        norm = NORMAL if self._lengths is None else norms(self._lengths[entries])
        return Postings(entries.astype(np.uint16), impacts(times, norm))


def _found_in(
    entries: Entries, common: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where in ``entries`` those of ``common`` are that it has, and which these are."""
    if len(common) * _FEW < len(entries):
        at = entries.searchsorted(common.astype(np.uint16))
        there = entries.take(at, mode="clip") == common
        return at[there], common[there]
    flags = np.zeros(LARGEST + 1, bool)
    flags[common] = True
    every = entries.astype(np.intp)  # as NumPy wants indices: quicker than letting it convert
    at = flags.take(every).nonzero()[0]
    return at, every.take(at)


def _aligned(begins: list[Places]) -> Places:
    """What is in all of them; each is sorted."""
    found, *others = sorted(begins, key=len)
    for other in others:
        if not len(other):
            return other
        at = other.searchsorted(found)
        found = found[other.take(at, mode="clip") == found]
    return found


def _near(places: list[Places], width: int) -> Places:
    """Where a shortest stretch begins that holds a word of every slot: of ``width`` positions.

    From each place as the first of its stretch, the next place of every other slot is as near as
    can be.
    """
    found = []
    for first, here in enumerate(places):
        end = here
        for slot, other in enumerate(places):
            if slot != first and len(other):
                at = other.searchsorted(here)
                far = np.where(at < len(other), other.take(at, mode="clip"), np.int64(1) << 62)
                end = np.maximum(end, far)
        found.append(here[end - here < width])
    return np.unique(np.concatenate(found))
