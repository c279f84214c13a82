"""The posting lists of one question over all segments, each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import Slots
from index.whoosh_engine.postings import FieldPostings, Postings

Entries = NDArray[np.intp]


class TermList(NamedTuple):
    """Entries that hold a term, numbered through all segments, and their impacts (None: all
    alike). Documents removed since are included. Of several terms: entries may repeat."""

    entries: Entries
    impacts: NDArray[np.uint8] | None


NOTHING = TermList(np.zeros(0, np.intp), None)


Fields = Callable[[str], Sequence[tuple[int, FieldPostings]]]
"""From a field's name to its posting lists in each segment, with the segment's first entry."""


class Lists:
    """Reads the lists that a question needs."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._read: dict[object, TermList] = {}

    def term(self, field: str, term: str) -> TermList:
        """Of one term."""
        found = self._read.get((field, term))
        if found is None:
            key = term.encode()
            parts = [(base, postings.term(key)) for base, postings in self._fields(field)]
            found = self._read[field, term] = _joined(parts)
        return found

    def terms(self, field: str, terms: Iterable[str]) -> TermList:
        """Of several terms as one, none of which shares an entry with another."""
        found = [self.term(field, term) for term in terms]
        held = [one for one in found if len(one.entries)]
        if len(held) < 2:
            return held[0] if held else NOTHING
        worth = [one.impacts for one in held if one.impacts is not None]
        return TermList(np.concatenate([one.entries for one in held]), np.concatenate(worth))

    def prefix(self, field: str, prefix: str) -> TermList:
        """Of every term with this beginning."""
        key = prefix.encode()
        return _joined([(base, postings.prefix(key)) for base, postings in self._fields(field)])

    def phrase(self, field: str, slots: Slots, width: int = 0) -> TermList:
        """Of a phrase: see FieldPostings.phrase."""
        return _joined(
            [(base, postings.phrase(slots, width)) for base, postings in self._fields(field)]
        )

    def fuzzy(self, field: str, word: str, edits: int) -> TermList:
        """Of every term spelt nearly so: see FieldPostings.fuzzy."""
        return _joined(
            [(base, postings.fuzzy(word, edits)) for base, postings in self._fields(field)]
        )


def _joined(found: list[tuple[int, Postings | None]]) -> TermList:
    parts = [(base, postings) for base, postings in found if postings is not None]
    if not parts:
        return NOTHING
    if len(parts) == 1:
        base, (local, impacts) = parts[0]
        alone = local.astype(np.intp)
        if base:
            alone += base
        return TermList(alone, impacts)
    entries = np.empty(sum(len(postings.entries) for _, postings in parts), np.intp)
    end = 0
    for base, (local, _) in parts:
        begin, end = end, end + len(local)
        entries[begin:end] = local
        entries[begin:end] += base
    worth = [postings.impacts for _, postings in parts if postings.impacts is not None]
    return TermList(entries, np.concatenate(worth) if worth else None)
