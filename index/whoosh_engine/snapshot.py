"""One commit of the index as arrays: immutable, shared by all threads that search it.

Entries are numbered through all segments, documents likewise, in the order of their records.
What is derived from a segment survives as long as the segment does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.index import TOC

from index.analysis import LANGUAGES, Slots
from index.contract import FACETS, SearchUnavailable, Unusable
from index.whoosh_engine.codec import EXTENSION
from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.postings import NO_POSTINGS, FieldPostings, Postings
from index.whoosh_engine.storage import Storage
from index.whoosh_engine.writing import INDEX

Mask = NDArray[np.bool_]
Ints = NDArray[Any]  # integers of 32 or 64 bits
Words = NDArray[np.uint64]
_GROUPED = (*FACETS, "audience")
_REMEMBERED_AUDIENCES = 64
MOST_BITMAPS = 512  # values of a facet; beyond, its pairs are counted one by one
K1, B = 1.2, 0.75  # of BM25: see matching.py


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
        some = np.flatnonzero(counts)
        return dict(zip(map(self.names.__getitem__, some), counts[some].tolist(), strict=True))


class Segment:
    """What one segment says of its documents. Its arrays are mapped, not read."""

    def __init__(self, file: FlatFile, name: str, size: int) -> None:
        self.id, self.size = name, size
        self._file = file
        self._fields: dict[str, FieldPostings] = {}
        self.numbers: Ints = self._column("number")
        self.languages: Ints = self._column("language_of")
        self.lengths: Ints = self._filled("text/lengths").astype(np.int32)
        self.first: Ints = np.flatnonzero(self.numbers == 0).astype(np.int32)
        if size and (not len(self.first) or self.first[0]):
            raise SearchUnavailable(Unusable.DAMAGED)
        self.sizes: Ints = np.diff(self.first, append=np.int32(size)).astype(np.int32)
        self.revisions: Ints = self._column("revision")[self.first]
        self.facets = {name: self._values(name) for name in _GROUPED}

    def field(self, name: str) -> FieldPostings | None:
        """The posting lists of a field, None where no entry of the segment has it."""
        if name not in self._fields and f"{name}/entries" in self._file:
            self._fields[name] = FieldPostings(self._file, name)
        return self._fields.get(name)

    @cached_property
    def ids(self) -> list[str]:
        """By document."""
        ids, field = [""] * len(self.first), self.field("id")
        for number, term in enumerate(field.terms if field else ()):
            for at in self._documents(field.holders(number)) if field else ():
                ids[at] = term.decode()
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


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may see, and the figures that scoring takes from it alone.

    Nothing a viewer may not see has a part in any score: ranks cannot betray it.
    """

    documents: Mask
    entries: Mask
    size: int  # entries the viewer may see
    whole: bool  # that is all there are
    norm: NDArray[np.float32]  # k1 (1 - b + b · length / average), pages and records apart
    entries_by_language: NDArray[np.int64]


class Snapshot:
    """Everything that searching needs of one commit."""

    def __init__(self, storage: Storage, commit: int, earlier: Snapshot | None = None) -> None:
        files = storage.verify(commit)
        self.commit = commit
        known = {segment.id: segment for segment in earlier.segments} if earlier else {}
        self.segments: list[Segment] = []
        removed: list[Mask] = []
        for held in TOC.read(storage, INDEX, gen=commit).segments:
            name = str(held.segment_id())
            if held.make_filename(EXTENSION) not in files:
                raise SearchUnavailable(Unusable.DAMAGED)
            segment = known.get(name) or Segment(held.file(storage), name, held.doc_count_all())
            self.segments.append(segment)
            gone = np.zeros(segment.size, bool)
            gone[list(held.deleted_docs())] = True
            removed.append(gone[segment.first])
        self.bases = np.cumsum([0, *(segment.size for segment in self.segments)]).tolist()
        self.alive: Mask = ~np.concatenate([np.zeros(0, bool), *removed])
        self._arrange_entries()
        self.facets = {name: self._joined(name) for name in _GROUPED}
        self._views: dict[frozenset[str], View] = {}

    def _arrange_entries(self) -> None:
        self.sizes = self._gathered([segment.sizes for segment in self.segments])
        self.starts: Ints = (np.cumsum(self.sizes) - self.sizes).astype(np.int32)
        places = np.arange(len(self.sizes), dtype=np.int32)
        self.document_of: Ints = np.repeat(places, self.sizes)
        self.page_number = self._gathered([segment.numbers for segment in self.segments])
        self.language_of = self._gathered([segment.languages for segment in self.segments])
        self._length = self._gathered([segment.lengths for segment in self.segments])
        self.is_record = np.zeros(len(self._length), bool)
        self.is_record[self.starts] = True

    @staticmethod
    def _gathered(arrays: list[Ints]) -> Ints:
        return np.concatenate([np.zeros(0, np.int32), *arrays])

    def _joined(self, facet: str) -> Values:
        names = sorted({name for segment in self.segments for name, _ in segment.facets[facet]})
        place = {name: at for at, name in enumerate(names)}
        values, documents, base = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], 0
        for segment in self.segments:
            for name, local in segment.facets[facet]:
                values.append(np.full(len(local), place[name], np.int32))
                documents.append((local + base).astype(np.int32))
            base += len(segment.first)
        return Values.of(
            tuple(names), np.concatenate(values), np.concatenate(documents), len(self.alive)
        )

    # Postings -------------------------------------------------------------------------

    def term(self, field: str, term: str) -> Postings:
        """Entries of all segments that hold a term; documents removed since are included."""
        key = term.encode()
        return self._over_segments(field, lambda postings: postings.term(key))

    def prefix(self, field: str, prefix: str) -> Postings:
        """Entries that hold a term with this beginning."""
        key = prefix.encode()
        return self._over_segments(field, lambda postings: postings.prefix(key))

    def phrase(self, field: str, slots: Slots) -> Postings:
        """Entries that hold the phrase."""
        return self._over_segments(field, lambda postings: postings.phrase(slots))

    def _over_segments(self, field: str, read: Callable[[FieldPostings], Postings]) -> Postings:
        entries, times = [NO_POSTINGS.entries], [NO_POSTINGS.times]
        for base, segment in zip(self.bases, self.segments, strict=False):
            postings = segment.field(field)
            found = read(postings) if postings is not None else NO_POSTINGS
            if len(found.entries):
                entries.append(found.entries + np.int32(base))
                times.append(found.times)
        return Postings(np.concatenate(entries), np.concatenate(times))

    # Documents ------------------------------------------------------------------------

    def view(self, audience: frozenset[str]) -> View:
        """What the members of these groups may see."""
        known = self._views.get(audience)
        if known is None:
            if len(self._views) >= _REMEMBERED_AUDIENCES:
                self._views.clear()
            known = self._views[audience] = self._view(audience)
        return known

    def _view(self, audience: frozenset[str]) -> View:
        groups = self.facets["audience"]
        chosen = [at for at, name in enumerate(groups.names) if name in audience]
        documents = self.alive & groups.holders(chosen, len(self.alive))
        entries = documents[self.document_of]
        norm = np.ones(len(entries), np.float64)
        for kind in (self.is_record, ~self.is_record):
            average = self._length[kind & entries].mean() if (kind & entries).any() else 1.0
            norm[kind] = self._length[kind] / max(average, 1.0)
        return View(
            documents,
            entries,
            int(entries.sum()),
            bool(entries.all()),
            (K1 * (1 - B + B * norm)).astype(np.float32),
            np.bincount(self.language_of[entries], minlength=len(LANGUAGES) + 1),
        )

    @cached_property
    def ids(self) -> list[str]:
        return [id_ for segment in self.segments for id_ in segment.ids]

    @cached_property
    def by_id(self) -> Ints:
        """The place of each document in the order of ids: what makes every order stable."""
        return _places(sorted(range(len(self.ids)), key=self.ids.__getitem__))

    @cached_property
    def by_title(self) -> Ints:
        titles = [title for segment in self.segments for title in segment.titles]
        keys = [(not title, title, id_) for title, id_ in zip(titles, self.ids, strict=True)]
        return _places(sorted(range(len(keys)), key=keys.__getitem__))

    @cached_property
    def by_date(self) -> Ints:
        """Newest first; undated ones last; the same day by id."""
        dates = [date for segment in self.segments for date in segment.dates]
        order = sorted(range(len(dates)), key=self.ids.__getitem__)
        order.sort(key=dates.__getitem__, reverse=True)
        return _places(order)

    def revisions(self) -> Mapping[str, int]:
        every = self._gathered([segment.revisions for segment in self.segments])
        return {self.ids[at]: int(every[at]) for at in np.flatnonzero(self.alive)}


def _places(order: list[int]) -> Ints:
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places
