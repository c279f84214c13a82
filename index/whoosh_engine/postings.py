"""Reading posting lists from the arrays of one segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.impacts import K1, NORMAL, STEPS, impacts, norms
from index.whoosh_engine.inversion import LARGEST
from index.whoosh_engine.spellings import Spellings
from index.whoosh_engine.terms import TermDictionary

_POSITION = np.uint32(16)  # bits of a position in a place
_NEVER = np.uint32(0xFFFFFFFF)
_BEGIN = np.zeros(1, np.intp)
_FEW = 8  # one place in so many is quicker looked up than found by merging

_AS_ONE = STEPS / (K1 + 1)  # the impact that is worth as much as none given

Entries = NDArray[np.uint16]
Places = NDArray[np.uint32]
"""In order, of an entry and a position in it: see inversion.invert."""


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
        self._places = file.get(f"{field}/places")
        place_ends = file.get(f"{field}/place_ends")
        self._place_ends = None if place_ends is None else place_ends.data

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
        so many positions that follow one another."""
        if self._places is None:
            return None
        numbers = [(offset, self._numbers(terms)) for offset, terms in slots]
        if not all(there for _, there in numbers):
            return None
        filled = [(offset, self._places_of(there)) for offset, there in numbers]
        if width:
            common = self._common([there for _, there in numbers])
            if not common.any():
                return None
            found = _near([_within(parts, common) for _, parts in filled], width)
        else:
            found = _aligned(filled)
        return self._counted(found) if len(found) else None

    def _numbers(self, terms: Iterable[str]) -> list[int]:
        """Of those of the terms that there are."""
        found = (self.terms.find(term.encode()) for term in terms)
        return [number for number in found if number >= 0]

    def _places_of(self, numbers: Iterable[int]) -> list[Places]:
        """The places of each of these terms."""
        assert self._places is not None
        assert self._place_ends is not None
        ends = self._place_ends
        return [self._places[ends[number] : ends[number + 1]] for number in numbers]

    def _common(self, slots: Iterable[Iterable[int]]) -> NDArray[np.bool_]:
        """By entry, whether it holds one of the terms of each slot."""
        lists = [[self.holders(number) for number in numbers] for numbers in slots]
        common = np.ones(LARGEST + 1, bool)
        for entries in sorted(lists, key=_together):
            flags = np.zeros(LARGEST + 1, bool)
            for some in entries:
                flags[some] = True
            common &= flags
            if not common.any():
                break
        return common

    def _counted(self, places: Places) -> Postings:
        """Postings of a phrase, from one of its places each time it occurs."""
        every = (places >> _POSITION).astype(np.uint16)
        first = np.concatenate((_BEGIN, (every[1:] != every[:-1]).nonzero()[0] + 1))
        entries, times = every.take(first), np.diff(first, append=len(every))
        norm = NORMAL if self._lengths is None else norms(self._lengths.take(entries))
        return Postings(entries, impacts(times, norm))


def _together(lists: list[NDArray[Any]]) -> int:
    return sum(map(len, lists))


def _sorted(parts: list[Places]) -> Places:
    """Places of several terms as one list."""
    if len(parts) == 1:
        return parts[0]
    every = np.concatenate(parts)
    every.sort(kind="stable")
    return every


def _in_both(few: Places, many: Places) -> Places:
    """What is in one list and in the other, neither of which repeats anything."""
    if len(few) * _FEW < len(many):
        at = many.searchsorted(few)
        both: Places = few[many.take(at, mode="clip") == few]
        return both
    every = np.concatenate((few, many))
    every.sort(kind="stable")  # which merges what is sorted already
    both = every[1:][every[1:] == every[:-1]]
    return both


def _aligned(slots: list[tuple[int, list[Places]]]) -> Places:
    """The places of the rarest slot around which all the others are filled at their offsets."""
    (at, first), *others = sorted(slots, key=lambda slot: _together(slot[1]))
    found = _sorted(first)
    for offset, parts in others:
        apart = np.uint32((offset - at) & 0xFFFFFFFF)
        wanted = found + apart
        found = _sorted([_in_both(wanted, places) for places in parts]) - apart
        if not len(found):
            break
    return found


def _within(parts: list[Places], entries: NDArray[np.bool_]) -> Places:
    """The places of several terms in some entries."""
    return _sorted([places[entries.take(places >> _POSITION)] for places in parts])


def _near(slots: list[Places], width: int) -> Places:
    """Where a shortest stretch begins that holds a word of every slot: of ``width`` positions.

    From each place as the first of its stretch, the next place of every other slot is as near as
    can be.
    """
    found = []
    for first, here in enumerate(slots):
        end = here
        for slot, other in enumerate(slots):
            if slot != first:
                at = other.searchsorted(here)
                far = np.where(at < len(other), other.take(at, mode="clip"), _NEVER)
                end = np.maximum(end, far)
        found.append(here[end - here < width])
    return np.unique(np.concatenate(found))
