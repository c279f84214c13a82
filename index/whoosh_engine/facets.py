"""Counting values of facets among documents, and finding the documents that have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BITMAPS = 512  # values of a facet; beyond, its pairs are counted one by one

Mask = NDArray[np.bool_]
Ints = NDArray[Any]  # integers of 32 or 64 bits
Words = NDArray[np.uint64]


class Hits:
    """Documents found, as a mask and, packed, as bits in 64-bit words."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask

    @cached_property
    def words(self) -> Words:
        return packed(self.mask)


def packed(mask: Mask) -> Words:
    padded = np.zeros(-(-len(mask) // 64) * 64, bool)
    padded[: len(mask)] = mask
    words: Words = np.packbits(padded, bitorder="little").view(np.uint64)
    return words


@dataclass(frozen=True, slots=True)
class Values:
    """One facet: its values in order, pairs of a value's place and a document, and for facets
    of few values a bitmap of documents for each."""

    names: tuple[str, ...]
    value: Ints
    document: Ints
    bits: NDArray[np.uint64] | None = None

    @classmethod
    def of(cls, names: tuple[str, ...], value: Ints, document: Ints, documents: int) -> Values:
        if len(names) > MOST_BITMAPS:
            return cls(names, value, document)
        mask = np.zeros((len(names), -(-documents // 64) * 64), bool)
        mask[value, document] = True
        bits = np.packbits(mask, axis=1, bitorder="little").view(np.uint64)
        return cls(names, value, document, bits)

    def holders(self, chosen: Iterable[int], documents: int) -> Mask:
        """Which documents have one of the values at these places."""
        wanted = np.zeros(len(self.names) + 1, bool)
        wanted[list(chosen)] = True
        mask = np.zeros(documents, bool)
        mask[self.document[wanted[self.value]]] = True
        return mask

    def count(self, hits: Hits) -> dict[str, int]:
        """How many of the documents have each value; values without any are left out."""
        if self.bits is not None:
            counts = np.bitwise_count(self.bits & hits.words).sum(axis=1, dtype=np.int64)
        else:
            counts = np.bincount(self.value[hits.mask[self.document]], minlength=len(self.names))
        return _without_zeros(self.names, counts.tolist())


class FacetTable:
    """The bitmaps of every facet with few values, one below the other."""

    def __init__(self, facets: Mapping[str, Values], documents: int) -> None:
        words = -(-documents // 64)
        tabled = {name: values for name, values in facets.items() if values.bits is not None}
        self._rows: dict[str, tuple[int, tuple[str, ...]]] = {}
        first = 0
        for name, values in tabled.items():
            self._rows[name] = first, values.names
            first += len(values.names)
        rows = [values.bits for values in tabled.values() if values.bits is not None]
        self._bits = np.concatenate([np.zeros((0, words), np.uint64), *rows])

    def count(self, hits: Hits, wanted: Iterable[str]) -> dict[str, dict[str, int]]:
        """Of those of the wanted facets that have few values: facet → value → how many of the
        documents have it; values without any are left out."""
        counts = np.bitwise_count(self._bits & hits.words).sum(axis=1, dtype=np.int32).tolist()
        return {
            facet: _without_zeros(names, counts[first : first + len(names)])
            for facet in wanted
            if facet in self._rows
            for first, names in [self._rows[facet]]
        }


def _without_zeros(names: Iterable[str], counts: Iterable[int]) -> dict[str, int]:
    return {name: count for name, count in zip(names, counts, strict=True) if count}
