"""From occurrences to posting lists, by integer sorts of bounded size.

An occurrence is a term, an entry (its number in the segment) and a position in the entry, which
is 0 in fields without positions. Key of the sort::

    term's rank (32 bits) | entry (16 bits) | position (16 bits)

Terms are taken range by range, so that the largest array sorted holds about ``AT_ONCE``
occurrences, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.whoosh_engine import terms as dictionary
from index.whoosh_engine.flat import Array

AT_ONCE = 3_000_000  # occurrences; 24 MB of keys
LARGEST = 0xFFFF
"""Entries of a segment are numbered by 16 bits."""
FURTHEST = 0x7FFF
"""Beyond this position only the exact form of a word is indexed. Half of what 16 bits can number:
what is looked for before the beginning of an entry is beyond the end of the one before it."""

Numbers = NDArray[np.int32]
Impacts = Callable[[NDArray[np.uint16], NDArray[np.intp]], NDArray[np.uint8]]
"""What postings are worth (see impacts.py), from their entries and numbers of occurrences."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Some occurrences of one field, as parallel arrays; ``term`` counts in ``terms``."""

    terms: Sequence[bytes]
    term: Numbers
    entry: NDArray[np.uint16]
    position: NDArray[np.uint16]


def invert(
    parts: Sequence[Occurrences], impacts: Impacts | None, *, positional: bool = True
) -> dict[str, Array]:
    """The arrays of one field, by their names within it.

        terms      u8   every term, in order               blocks      u32  see terms.py
        entries    u16  the postings' entries, by term     post_ends   u32  where each term's begin

        where it matters how often a term stands in an entry, which ``impacts`` tells::

        impacts    u8   what each posting is worth

        and besides, in a ``positional`` field::

        places     u32  entry (16 bits) | position         place_ends  u32  where each term's begin

    Places repeat what the postings say: so the places of two words are compared as they stand
    in the file, whatever entries they are in, and nothing is unpacked.
    """
    terms, ranks = _ranked(parts)
    counts = _counted(ranks, len(terms))
    postings = [_postings(key, impacts) for key in _keys(parts, ranks, counts)]
    per_term = _joined([one.rank for one in postings], np.uint32)
    ends = np.searchsorted(per_term, np.arange(len(terms) + 1, dtype=np.uint32))
    arrays: dict[str, Array] = {
        **dictionary.arrays(terms),
        "entries": _joined([one.entries for one in postings], np.uint16),
        "post_ends": ends.astype(np.uint32),
    }
    if impacts is not None:
        arrays["impacts"] = _joined([one.impacts for one in postings], np.uint8)
    if impacts is not None and positional:
        arrays["places"] = _joined([one.places for one in postings], np.uint32)
        arrays["place_ends"] = np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
    return arrays


def _ranked(parts: Sequence[Occurrences]) -> tuple[list[bytes], list[Numbers]]:
    """All terms that occur, in order, and each occurrence's term as its rank among them. Terms
    that only removed documents held are gone."""
    used = [np.flatnonzero(np.bincount(p.term, minlength=1)).tolist() for p in parts]
    known = {p.terms[i] for p, numbers in zip(parts, used, strict=True) for i in numbers}
    terms = sorted(known)
    rank_of = {term: rank for rank, term in enumerate(terms)}
    ranks = []
    for part, numbers in zip(parts, used, strict=True):
        table = np.zeros(len(part.terms) + 1, np.int32)
        table[numbers] = [rank_of[part.terms[i]] for i in numbers]
        ranks.append(table[part.term])
    return terms, ranks


def _counted(ranks: Sequence[Numbers], terms: int) -> NDArray[np.int64]:
    counts = np.zeros(terms, np.int64)
    for rank in ranks:
        counts += np.bincount(rank, minlength=terms)
    return counts


def _keys(
    parts: Sequence[Occurrences], ranks: Sequence[Numbers], counts: NDArray[np.int64]
) -> Iterator[NDArray[np.uint64]]:
    """Sorted keys, one range of terms after the other."""
    for low, high in _ranges(counts):
        pieces = []
        for part, rank in zip(parts, ranks, strict=True):
            chosen = slice(None) if high - low == len(counts) else (low <= rank) & (rank < high)
            key = rank[chosen].astype(np.uint64)
            key <<= np.uint64(16)
            key |= part.entry[chosen]
            key <<= np.uint64(16)
            key |= part.position[chosen]
            pieces.append(key)
        key = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        key.sort()
        yield key


def _ranges(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms with about AT_ONCE occurrences each, all of them together once."""
    if not len(counts):
        return
    through = np.cumsum(counts)
    low = 0
    while low < len(counts):
        before = int(through[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(through, before + AT_ONCE, side="right")))
        yield low, high
        low = high


@dataclass(frozen=True, slots=True)
class _Postings:
    rank: NDArray[np.uint32]
    entries: NDArray[np.uint16]
    impacts: NDArray[np.uint8]
    places: NDArray[np.uint32]


def _postings(key: NDArray[np.uint64], impacts: Impacts | None) -> _Postings:
    """One posting for each term and entry."""
    places = key.astype(np.uint32) if impacts is not None else np.zeros(0, np.uint32)
    key >>= np.uint64(16)
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    posting = key[first]
    rank, entries = (posting >> np.uint64(16)).astype(np.uint32), posting.astype(np.uint16)
    worth = np.zeros(0, np.uint8)
    if impacts is not None:
        worth = impacts(entries, np.diff(np.append(first, len(key))))
    return _Postings(rank, entries, worth, places)


def _joined(arrays: Sequence[Array], kind: type[np.generic]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, kind)
