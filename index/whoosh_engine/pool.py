"""Where a writer's postings gather until the commit: whole texts and whole segments, not
postings one by one.

It stands in the place of Whoosh's own pool, and gets from ``add_document`` one item for each
text and each value.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.inversion import FURTHEST, Numbers, Occurrences
from index.whoosh_engine.lexicon import Lexicon, Words
from index.whoosh_engine.merging import Part, part_of


@dataclass(slots=True)
class _Texts:
    """The texts of one field, one after the other."""

    lexicon: Lexicon
    numbers: array[int] = field(default_factory=lambda: array("i"))
    entries: array[int] = field(default_factory=lambda: array("i"))
    lengths: array[int] = field(default_factory=lambda: array("i"))

    def add(self, entry: int, numbers: list[int]) -> None:
        self.numbers.extend(numbers)
        self.entries.append(entry)
        self.lengths.append(len(numbers))

    def occurrences(self, *, exact: bool) -> Occurrences:
        """With positions for stems, without for the exact forms."""
        lexicon = self.lexicon
        table = np.frombuffer(lexicon.exact_of if exact else lexicon.stem_of, np.int32)
        terms: Numbers = table[np.frombuffer(self.numbers, np.int32)]
        lengths = np.frombuffer(self.lengths, np.int32)
        entry = np.repeat(np.frombuffer(self.entries, np.int32), lengths).astype(np.uint16)
        if exact:
            kept = terms >= 0
            nowhere = np.zeros(int(kept.sum()), np.uint16)
            return Occurrences(lexicon.exacts, terms[kept], entry[kept], nowhere)
        begin = np.repeat(np.cumsum(lengths, dtype=np.int32) - lengths, lengths)
        position = np.arange(len(terms), dtype=np.int32) - begin
        kept = (terms >= 0) & (position <= FURTHEST)  # beyond, only the exact word is found
        return Occurrences(
            lexicon.stems, terms[kept], entry[kept], position[kept].astype(np.uint16)
        )


@dataclass(slots=True)
class _Terms:
    """Values of one field, each a posting."""

    places: dict[bytes, int] = field(default_factory=dict)
    terms: array[int] = field(default_factory=lambda: array("i"))
    entries: array[int] = field(default_factory=lambda: array("i"))

    def add(self, entry: int, term: bytes) -> None:
        self.terms.append(self.places.setdefault(term, len(self.places)))
        self.entries.append(entry)

    def occurrences(self) -> Occurrences:
        entry = np.frombuffer(self.entries, np.int32).astype(np.uint16)
        term = np.frombuffer(self.terms, np.int32)
        return Occurrences(list(self.places), term, entry, np.zeros(len(term), np.uint16))


class Pool:
    """Everything one new segment will hold."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self.cleanup()

    def cleanup(self) -> None:
        """Forget everything. (Whoosh's name.)"""
        self._texts: dict[str, _Texts] = {}
        self._values: dict[str, _Terms] = {}
        self._segments: list[tuple[FlatFile, Numbers]] = []

    def iter_postings(self) -> Pool:
        """Whoosh hands this to the field writer, which asks for ``fields``."""
        return self

    def add(self, item: tuple[str, Any, int, float, Any]) -> None:
        name, term, entry, _, value = item
        if isinstance(value, Words):
            texts = self._texts.get(name)
            if texts is None:
                texts = self._texts[name] = _Texts(value.lexicon)
            texts.add(entry, value.numbers)
        else:
            self._values.setdefault(name, _Terms()).add(entry, term)

    def add_segment(self, file: FlatFile, new_numbers: Numbers) -> None:
        """All postings of a segment; entry n becomes ``new_numbers[n]``, or is GONE. What is
        added afterwards has larger numbers."""
        self._segments.append((file, new_numbers))

    def fields(self) -> Iterator[tuple[str, Any, list[Occurrences], list[Part]]]:
        """Of each field its name, its format, what new texts and values hold of it, and what
        whole segments do. One after the other: each takes up much memory."""
        for name in sorted(self._schema.names()):
            new, parts = list(self._new(name)), list(self._parts(name))
            if new or parts:
                yield name, self._schema[name].format, new, parts

    def _new(self, name: str) -> Iterator[Occurrences]:
        if name in self._values:
            yield self._values[name].occurrences()
        for source, texts in self._texts.items():
            if source == name:
                yield texts.occurrences(exact=False)
            if self._schema[source].companion == name:
                yield texts.occurrences(exact=True)

    def _parts(self, name: str) -> Iterator[Part]:
        for file, new_numbers in self._segments:
            if f"{name}/entries" in file:
                yield part_of(file, name, new_numbers)
