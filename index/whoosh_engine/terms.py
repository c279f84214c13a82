"""The sorted dictionary of one field: from a term to its number and back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from index.whoosh_engine.flat import FlatFile

_STEP = 64  # every so many terms, one is kept in memory: a look-up touches two or three pages


class TermDictionary:
    """Terms as bytes, in order; a prefix is a contiguous range of numbers."""

    def __init__(self, file: FlatFile, field: str) -> None:
        self._buffer = file.buffer
        self._begin = file.place(f"{field}/terms")
        self._offsets = file[f"{field}/term_ends"].data

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> bytes:
        begin = self._begin
        return bytes(
            self._buffer[begin + self._offsets[number] : begin + self._offsets[number + 1]]
        )

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(len(self)))

    def find(self, term: bytes) -> int:
        """The term's number, -1 where there is no such term."""
        number = self.at_or_after(term)
        return number if number < len(self) and self[number] == term else -1

    def at_or_after(self, term: bytes) -> int:
        """The number of the first term that is not before ``term``."""
        block = bisect_left(self._landmarks, term)
        if not block:
            return 0
        low, high = (block - 1) * _STEP, min(len(self), block * _STEP)
        return bisect_left(self, term, low, high)

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """The range [first, end) of the terms with a prefix."""
        return self.at_or_after(prefix), self.at_or_after(prefix + b"\xff")

    @cached_property
    def _landmarks(self) -> list[bytes]:
        return [self[number] for number in range(0, len(self), _STEP)]
