"""Reading one immutable segment of Whoosh: which entries hold a term, and how often.

This is the one module that walks Whoosh's matchers. It hands out arrays and remembers the most
recent ones, because a stock posting list costs about a microsecond per entry to walk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots

_REMEMBERED = 2_000_000  # postings per segment, 8 bytes each


class Postings(NamedTuple):
    """Entries in ascending order and the weight of the term in each."""

    entries: NDArray[np.int32]
    weights: NDArray[np.float32]


NO_POSTINGS = Postings(np.zeros(0, np.int32), np.zeros(0, np.float32))


class PostingsCache:
    """The most recently used posting lists of one segment; shared by threads."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[str, ...], Postings] = OrderedDict()
        self._size = 0
        # Whoosh's file objects have one position each: one thread reads at a time.
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...], read: Callable[[], Postings]) -> Postings:
        """The list remembered under ``key``, otherwise what ``read`` returns."""
        with self._lock:
            found = self._lists.get(key)
            if found is not None:
                self._lists.move_to_end(key)
                return found
            found = read()
            if not len(found.entries):
                return found  # whoever invents words must not fill the memory with them
            self._lists[key] = found
            self._size += _cost(key, found)
            while self._size > _REMEMBERED and len(self._lists) > 1:
                forgotten = self._lists.popitem(last=False)
                self._size -= _cost(*forgotten)
            return found


def _cost(key: tuple[str, ...], postings: Postings) -> int:
    """In postings: what a list and its key take in memory."""
    return len(postings.entries) + 64 + sum(map(len, key)) // 8


def read_term(reader: Any, field: str, term: str) -> Postings:
    """One term of one field."""
    key = term.encode()
    if (field, key) not in reader:
        return NO_POSTINGS
    matcher = reader.postings(field, key)
    entries: list[int] = []
    weights: list[float] = []
    while matcher.is_active():
        entries.append(matcher.id())
        weights.append(matcher.weight())
        matcher.next()
    return Postings(np.array(entries, np.int32), np.array(weights, np.float32))


def read_prefix(reader: Any, field: str, prefix: str) -> Postings:
    """Every term that begins so, added up."""
    found = [
        read_term(reader, field, term.decode())
        for term in list(reader.expand_prefix(field, prefix.encode()))
    ]
    return added_up(found)


def added_up(lists: Iterable[Postings]) -> Postings:
    """The union of posting lists; weights add."""
    found = [postings for postings in lists if len(postings.entries)]
    if len(found) < 2:
        return found[0] if found else NO_POSTINGS
    entries, places = np.unique(np.concatenate([p.entries for p in found]), return_inverse=True)
    weights = np.bincount(places, np.concatenate([p.weights for p in found]))
    return Postings(entries, weights.astype(np.float32))


def read_phrase(reader: Any, field: str, slots: Slots) -> Postings:
    """Entries where the slots are filled at their offsets, and how often."""
    candidates: set[int] | None = None
    for _, terms in slots:
        holders = {
            entry for term in terms for entry in read_term(reader, field, term).entries.tolist()
        }
        candidates = holders if candidates is None else candidates & holders
    if not candidates:
        return NO_POSTINGS
    starts: dict[int, set[int]] | None = None
    for offset, terms in slots:
        here = _starts(reader, field, terms, offset, candidates)
        starts = here if starts is None else {e: starts[e] & here[e] for e in candidates}
    found = sorted((entry, len(places)) for entry, places in (starts or {}).items() if places)
    return Postings(
        np.array([entry for entry, _ in found], np.int32),
        np.array([times for _, times in found], np.float32),
    )


def _starts(
    reader: Any, field: str, terms: tuple[str, ...], offset: int, candidates: set[int]
) -> dict[int, set[int]]:
    """Per candidate, where the phrase would begin if one of ``terms`` stands at ``offset``."""
    starts: dict[int, set[int]] = {entry: set() for entry in candidates}
    for term in terms:
        key = term.encode()
        if (field, key) not in reader:
            continue
        matcher = reader.postings(field, key)
        while matcher.is_active():
            entry = matcher.id()
            if entry in candidates:
                starts[entry].update(p - offset for p in matcher.value_as("positions"))
            matcher.next()
    return starts
