"""Several segments as one, or one without its removed entries: posting lists are copied, not made
again.

Entries keep their order, so do the postings of a term within each part, and what a posting is
worth. What a part has of a term goes behind what the parts before it have; where to is known from
the counts, and nothing is sorted but the dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.whoosh_engine import terms as dictionary
from index.whoosh_engine.flat import Array, FlatFile
from index.whoosh_engine.inversion import Numbers

GONE = -1
"""The new number of an entry that is not taken along."""
AT_ONCE = 1_000_000
"""Postings copied at a time: bounds the memory of merging."""

_KINDS = ("terms", "entries", "post_ends", "impacts", "places", "place_ends")
_POSTING, _PLACE = 0, 16  # how many bits beside the entry's number

Counts = NDArray[np.int64]


class Part(NamedTuple):
    """The arrays of one field in one segment (see inversion.invert). Entry n becomes
    ``new_numbers[n]``, or is GONE; those of a later part are larger."""

    arrays: Mapping[str, Array]
    new_numbers: Numbers


class _Lists(NamedTuple):
    """The postings or places of a part, of each of its terms where they begin and how many of
    them are kept; ``lost`` are those of entries that are gone, None where none is."""

    values: Array
    impacts: Array | None
    ends: Counts
    lost: NDArray[np.bool_] | None
    counts: Counts


def part_of(file: FlatFile, field: str, new_numbers: Numbers) -> Part:
    """A field of a segment."""
    names = {kind: f"{field}/{kind}" for kind in _KINDS}
    arrays = {kind: file[name] for kind, name in names.items() if name in file}
    return Part(arrays, new_numbers)


def merge(parts: Sequence[Part]) -> dict[str, Array]:
    """The arrays of one field, as inversion.invert makes them."""
    postings = [_lists(part, _POSTING) for part in parts]
    terms, ranks = _ranked(parts, postings)
    entries, worth, ends = _copied(parts, postings, ranks, len(terms), _POSTING)
    arrays = {**dictionary.arrays(terms), "entries": entries, "post_ends": ends}
    if "impacts" in parts[0].arrays:
        arrays["impacts"] = worth
    if "places" in parts[0].arrays:
        places = [_lists(part, _PLACE) for part in parts]
        copied = _copied(parts, places, ranks, len(terms), _PLACE)
        arrays["places"], _, arrays["place_ends"] = copied
    return arrays


def _lists(part: Part, beside: int) -> _Lists:
    names = ("places", "place_ends") if beside else ("entries", "post_ends")
    values, ends = part.arrays[names[0]], part.arrays[names[1]].astype(np.int64)
    gone, counts, lost = part.new_numbers == GONE, np.diff(ends), None
    if gone.any():
        lost = gone[values >> beside]
        of_term = ends.searchsorted(np.flatnonzero(lost), side="right") - 1
        counts -= np.bincount(of_term, minlength=len(counts))
    return _Lists(values, None if beside else part.arrays.get("impacts"), ends, lost, counts)


def _ranked(parts: Sequence[Part], postings: Sequence[_Lists]) -> tuple[list[bytes], list[Counts]]:
    """All terms that are kept, in order, and for each part the rank of each of its terms; that
    of a term only removed entries held is one more than there are."""
    named = [dictionary.listed(part.arrays["terms"]) for part in parts]
    used = [
        [names[at] for at in np.flatnonzero(lists.counts).tolist()]
        for names, lists in zip(named, postings, strict=True)
    ]
    if len(parts) == 1:
        kept = postings[0].counts > 0
        return used[0], [np.where(kept, np.cumsum(kept) - 1, len(used[0]))]
    # Sorting merges what is in order already.
    terms = list(dict.fromkeys(sorted(chain.from_iterable(used))))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    unused = len(terms)
    return terms, [
        np.array([rank_of.get(name, unused) for name in names], np.int64) for names in named
    ]


def _copied(
    parts: Sequence[Part],
    lists: Sequence[_Lists],
    ranks: Sequence[Counts],
    terms: int,
    beside: int,
) -> tuple[Array, Array, Array]:
    """Postings or places, what they are worth, and where those of each term begin."""
    counts = np.zeros(terms + 1, np.int64)  # the last for terms that are not kept: nothing
    for one, rank in zip(lists, ranks, strict=True):
        counts[rank] += one.counts
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts[:-1])))
    values = np.zeros(int(ends[-1]), lists[0].values.dtype)
    worth = np.zeros(len(values) if lists[0].impacts is not None else 0, np.uint8)
    free = ends.copy()
    for part, one, rank in zip(parts, lists, ranks, strict=True):
        for low, high in _ranges(one.ends):
            own, chosen = one.counts[low:high], slice(one.ends[low], one.ends[high])
            shift = free[rank[low:high]] - (np.cumsum(own) - own)
            to = np.repeat(shift, own)
            to += np.arange(len(to))
            kept = slice(None) if one.lost is None else ~one.lost[chosen]
            values[to] = _renumbered(one.values[chosen][kept], part.new_numbers, beside)
            if one.impacts is not None:
                worth[to] = one.impacts[chosen][kept]
        free[rank] += one.counts
    return values, worth, ends.astype(np.uint32)


def _renumbered(values: Array, new_numbers: Numbers, beside: int) -> Array:
    numbers: Array = new_numbers[values >> beside].astype(np.uint32)
    numbers <<= np.uint32(beside)
    numbers |= values & ((1 << beside) - 1)
    return numbers


def _ranges(ends: Counts) -> Iterator[tuple[int, int]]:
    """Ranges of terms with at most AT_ONCE postings each, but for single terms with more."""
    low = 0
    while low < len(ends) - 1:
        high = int(ends.searchsorted(ends[low] + AT_ONCE, side="right")) - 1
        yield low, max(low + 1, high)
        low = max(low + 1, high)
