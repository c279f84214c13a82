"""The sorted dictionary of one field: from a term to its number and back.

Terms stand one after the other, each closed by a zero byte; every BLOCK of them, the place where
the next begins is noted. Looking one up is a binary search among the first terms of the blocks,
and one search for bytes within a block.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from index.whoosh_engine.flat import Array, FlatFile

BLOCK = 64  # terms
END = b"\0"


def arrays(terms: Sequence[bytes]) -> dict[str, Array]:
    """``terms`` in order, as a field keeps them. Raises ValueError where one holds END."""
    blob = END.join((*terms, b"")) if terms else b""
    if blob.count(END) != len(terms):
        raise ValueError("a term holds a zero byte")
    lengths = np.fromiter(map(len, terms), np.int64, len(terms)) + 1
    ends = np.concatenate(([0], np.cumsum(lengths)))
    blocks = np.append(ends[:-1:BLOCK], ends[-1])
    return {"terms": np.frombuffer(blob, np.uint8), "blocks": blocks.astype(np.uint32)}


def listed(terms: Array) -> list[bytes]:
    """What ``arrays`` made an array of."""
    return terms.tobytes().split(END)[:-1]


class TermDictionary:
    """Terms as bytes, in order; a prefix is a contiguous range of numbers."""

    def __init__(self, file: FlatFile, field: str) -> None:
        self._buffer = file.buffer
        self._begin = file.place(f"{field}/terms")
        self._blocks = file[f"{field}/blocks"].data
        self._bytes = self._blocks[-1]

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: int) -> bytes:
        return self._block(number // BLOCK).split(END)[number % BLOCK]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.all())

    def all(self) -> list[bytes]:
        """Every term, in order."""
        return bytes(self._buffer[self._begin : self._begin + self._bytes]).split(END)[:-1]

    def find(self, term: bytes) -> int:
        """The term's number, -1 where there is no such term."""
        block = bisect_right(self._firsts, term) - 1
        if block < 0 or END in term:
            return -1
        terms = END + self._block(block)
        at = terms.find(END + term + END)
        return -1 if at < 0 else block * BLOCK + terms.count(END, 0, at)

    def at_or_after(self, term: bytes) -> int:
        """The number of the first term that is not before ``term``."""
        block = bisect_left(self._firsts, term) - 1
        if block < 0:
            return 0
        return block * BLOCK + bisect_left(self._block(block).split(END)[:-1], term)

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """The range [first, end) of the terms with a prefix; 0xff begins no letter."""
        return self.at_or_after(prefix), self.at_or_after(prefix + b"\xff")

    def raw(self, first: int, end: int) -> memoryview:
        """The terms of a range of numbers as they stand in the file, each with its END."""
        return memoryview(self._buffer)[
            self._begin + self._place(first) : self._begin + self._place(end)
        ]

    def _place(self, number: int) -> int:
        block, beyond = divmod(number, BLOCK)
        before = self._block(block).split(END)[:beyond] if beyond else ()
        return self._blocks[block] + sum(map(len, before)) + len(before)

    def _block(self, block: int) -> bytes:
        begin, end = self._blocks[block], self._blocks[block + 1]
        return bytes(self._buffer[self._begin + begin : self._begin + end])

    @cached_property
    def _firsts(self) -> list[bytes]:
        begin, buffer = self._begin, self._buffer
        places = [begin + place for place in self._blocks[:-1]]
        return [buffer[at : buffer.find(END, at)] for at in places]

    @cached_property
    def _size(self) -> int:
        full = max(len(self._blocks) - 2, 0)
        return full * BLOCK + (self._block(full).count(END) if self._bytes else 0)
