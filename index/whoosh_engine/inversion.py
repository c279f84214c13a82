"""From occurrences to posting lists, by integer sorts of bounded size.

An occurrence is a term, an entry (its number in the segment) and a place: a position in the
entry, or for fields without positions how often the term occurs there. Key of the sort::

    term's rank (32 bits) | entry (16 bits) | place (16 bits)

The same function inverts new documents and merges segments. Terms are taken range by range, so
that the largest array sorted holds about ``AT_ONCE`` occurrences, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.whoosh_engine.flat import Array

AT_ONCE = 3_000_000  # occurrences; 24 MB of keys
LARGEST = 0xFFFF
"""Entries of a segment and positions in an entry are 16-bit numbers."""

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Some occurrences of one field, as parallel arrays; ``term`` counts in ``terms``."""

    terms: Sequence[bytes]
    term: Numbers
    entry: NDArray[np.uint16]
    place: NDArray[np.uint16]


def invert(parts: Sequence[Occurrences], *, positional: bool) -> dict[str, Array]:
    """The arrays of one field, by their names within it.

    terms      u8   every term's bytes, in order       term_ends   u32  where each begins
    entries    u16  the postings' entries, by term     post_ends   u32  where each term's begin
    times      u8/u16  how often, in each posting
    positions  u16  by posting                         pos_ends    u32  where each term's begin
    """
    terms, ranks = _ranked(parts)
    counts = _counted(ranks, len(terms))
    postings = [_postings(key, positional) for key in _keys(parts, ranks, counts)]
    entries = _joined([one.entries for one in postings], np.uint16)
    times = _joined([one.times for one in postings], np.uint16)
    per_term = _joined([one.rank for one in postings], np.uint32)
    ends = np.searchsorted(per_term, np.arange(len(terms) + 1, dtype=np.uint32))
    arrays: dict[str, Array] = {
        "terms": np.frombuffer(b"".join(terms), np.uint8),
        "term_ends": _ends([len(term) for term in terms]),
        "entries": entries,
        "post_ends": ends.astype(np.uint32),
        "times": times.astype(np.uint8) if not len(times) or times.max() < 256 else times,
    }
    if positional:
        arrays["positions"] = _joined([one.places for one in postings], np.uint16)
        arrays["pos_ends"] = np.concatenate(([0], np.cumsum(times, dtype=np.uint32)))[ends].astype(
            np.uint32
        )
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
            key |= part.place[chosen]
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
    times: NDArray[np.uint16]
    places: NDArray[np.uint16]


def _postings(key: NDArray[np.uint64], positional: bool) -> _Postings:
    """One posting for each term and entry."""
    places = key.astype(np.uint16)
    key >>= np.uint64(16)
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    times = np.diff(np.append(first, len(key)))
    if not positional:  # places hold numbers of occurrences
        times = np.add.reduceat(places, first, dtype=np.int64)
    posting = key[first]
    return _Postings(
        (posting >> np.uint64(16)).astype(np.uint32),
        posting.astype(np.uint16),
        np.minimum(times, LARGEST).astype(np.uint16),
        places,
    )


def _joined(arrays: Sequence[Array], kind: type[np.generic]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, kind)


def _ends(lengths: Sequence[int]) -> Array:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.uint32)
