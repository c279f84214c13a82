"""One segment of the index as searching reads it: mapped arrays, and what follows from them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from index.contract import FACETS, SearchUnavailable, Unusable
from index.whoosh_engine.facets import Ints
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.postings import FieldPostings

GROUPED = (*FACETS, "audience")
"""Fields whose terms are values of documents."""


class Segment:
    """What one segment says of its documents. Its arrays are mapped, not read."""

    def __init__(self, file: FlatFile, name: str, size: int) -> None:
        self.id, self.size = name, size
        self._file = file
        self._fields: dict[str, FieldPostings] = {}
        self.numbers: Ints = self._column("number")
        self.languages: Ints = self._column("language_of")
        self.first: Ints = np.flatnonzero(self.numbers == 0).astype(np.int32)
        if size and (not len(self.first) or self.first[0]):
            raise SearchUnavailable(Unusable.DAMAGED)
        self.sizes: Ints = np.diff(self.first, append=np.int32(size)).astype(np.int32)
        self.revisions: Ints = self._column("revision")[self.first]
        self.facets = {name: self._values(name) for name in GROUPED}

    def field(self, name: str) -> FieldPostings | None:
        """The posting lists of a field, None where no entry of the segment has it."""
        if name not in self._fields and f"{name}/entries" in self._file:
            self._fields[name] = FieldPostings(self._file, name)
        return self._fields.get(name)

    @cached_property
    def ids(self) -> list[str]:
        """By document."""
        ids, field = [""] * len(self.first), self.field("id")
        if field is None:
            return ids
        entries, sizes = self._file["id/entries"], np.diff(self._file["id/post_ends"])
        number = np.repeat(np.arange(len(sizes)), sizes)
        records = self.numbers[entries] == 0
        places, terms = self.first.searchsorted(entries[records]), field.terms.all()
        for at, term in zip(places.tolist(), number[records].tolist(), strict=True):
            ids[at] = terms[term].decode()
        return ids

    @cached_property
    def dates(self) -> list[str]:
        return self._texts("date")

    @cached_property
    def titles(self) -> list[str]:
        """As they are sorted."""
        return self._texts("order")

    def _texts(self, column: str) -> list[str]:
        blob = self._file[f"columns/{column}"].tobytes()
        ends = self._file[f"columns/{column}/ends"]
        begins, ends = ends[self.first].tolist(), ends[self.first + 1].tolist()
        return [blob[a:b].decode() for a, b in zip(begins, ends, strict=True)]

    def _column(self, name: str) -> Ints:
        return self._filled(f"columns/{name}")

    def _filled(self, name: str) -> Ints:
        found: Ints = self._file[name] if name in self._file else np.zeros(self.size, np.int32)
        if len(found) != self.size:
            raise SearchUnavailable(Unusable.DAMAGED)
        return found

    def _values(self, facet: str) -> list[tuple[str, Ints]]:
        """Values of a facet with their documents, numbered within this segment."""
        field = self.field(facet)
        if field is None:
            return []
        return [
            (term.decode(), self._documents(field.holders(number)))
            for number, term in enumerate(field.terms)
        ]

    def _documents(self, entries: Ints) -> Ints:
        """The documents whose records are among these entries."""
        records = entries[self.numbers[entries] == 0]
        places: Ints = np.searchsorted(self.first, records).astype(np.int32)
        return places
