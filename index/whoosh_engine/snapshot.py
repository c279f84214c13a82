"""One commit of the index as arrays: immutable, shared by all threads that search it.

Entries are numbered through all segments, documents likewise, in the order of their records.
What is derived from a segment survives as long as the segment does.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.index import FileIndex

from index.analysis import LANGUAGES, Slots
from index.contract import FACETS, SearchUnavailable, Unusable
from index.whoosh_engine.postings import (
    Postings,
    PostingsCache,
    added_up,
    read_phrase,
    read_prefix,
    read_term,
)
from index.whoosh_engine.schema import SCHEMA, StoredRecord
from index.whoosh_engine.storage import Storage

Mask = NDArray[np.bool_]
Ints = NDArray[np.int32]
_GROUPED = (*FACETS, "audience")
_REMEMBERED_AUDIENCES = 64


@dataclass(frozen=True, slots=True)
class Values:
    """One facet: its values in order, and pairs of a value's place and a document."""

    names: tuple[str, ...]
    value: Ints
    document: Ints

    def holders(self, chosen: Iterable[int], documents: int) -> Mask:
        """Which documents have one of the values at these places."""
        wanted = np.zeros(len(self.names) + 1, bool)
        wanted[list(chosen)] = True
        mask = np.zeros(documents, bool)
        mask[self.document[wanted[self.value]]] = True
        return mask

    def count(self, documents: Mask) -> dict[str, int]:
        """How many of the documents have each value; values without any are left out."""
        counts = np.bincount(self.value[documents[self.document]], minlength=len(self.names))
        return {self.names[i]: int(counts[i]) for i in np.flatnonzero(counts)}


class Segment:
    """What one segment says of its documents, and the posting lists read from it lately."""

    def __init__(self, reader: Any) -> None:
        self.id = str(reader.segment().segment_id())
        self.size = int(reader.doc_count_all())
        self.cache = PostingsCache()
        self.records: list[StoredRecord] = []
        self.first: list[int] = []
        entry = 0
        while entry < self.size:
            record = reader.stored_fields(entry).get("record")
            if record is None:
                raise SearchUnavailable(Unusable.DAMAGED)
            self.first.append(entry)
            self.records.append(record)
            entry += 1 + len(record["pages"])
        self._arrange()
        self.facets = {name: self._values(reader, name) for name in _GROUPED}

    def _arrange(self) -> None:
        rows: list[tuple[int, str, int]] = []
        for record in self.records:
            rows.append((0, record["language"], record["length"]))
            rows += record["pages"]
        codes = {name: code for code, name in enumerate(LANGUAGES)}
        self.sizes: Ints = np.array([1 + len(r["pages"]) for r in self.records], np.int32)
        self.numbers: Ints = np.array([row[0] for row in rows], np.int32)
        self.languages: Ints = np.array([codes.get(r[1], len(codes)) for r in rows], np.int32)
        self.lengths: Ints = np.array([row[2] for row in rows], np.int32)

    def _values(self, reader: Any, facet: str) -> list[tuple[str, Ints]]:
        """Values of a facet with their documents, numbered within this segment."""
        first = np.array(self.first, np.int32)
        names = [term.decode() for term in list(reader.lexicon(facet))]
        holders = [read_term(reader, facet, name).entries for name in names]
        places = [np.searchsorted(first, entries).astype(np.int32) for entries in holders]
        return list(zip(names, places, strict=True))


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may see, and the figures that scoring takes from it alone.

    Nothing a viewer may not see has a part in any score: ranks cannot betray it.
    """

    documents: Mask
    entries: Mask
    pages: int
    entry_norm: NDArray[np.float32]  # length over average length, pages and records apart
    entries_by_language: NDArray[np.int64]


class Snapshot:
    """Everything that searching needs of one commit."""

    def __init__(self, storage: Storage, commit: int, earlier: Snapshot | None = None) -> None:
        files = storage.verify(commit)
        reader = FileIndex(storage, SCHEMA).reader()
        # Closed when the last thread that searches it lets go of it.
        weakref.finalize(self, reader.close)
        self.commit = commit
        self._leaves = list(reader.leaf_readers()) if reader.doc_count_all() else []
        known = {segment.id: segment for segment in earlier.segments} if earlier else {}
        self.segments: list[Segment] = []
        for leaf, _ in self._leaves:
            name = str(leaf.segment().segment_id())
            if f"{name}.seg" not in files:
                raise SearchUnavailable(Unusable.DAMAGED)
            self.segments.append(known.get(name) or Segment(leaf))
        self.records = [record for segment in self.segments for record in segment.records]
        self.alive = self._alive()
        self._arrange_entries()
        self.facets = {name: self._joined(name) for name in _GROUPED}
        self._views: dict[frozenset[str], View] = {}

    def _alive(self) -> Mask:
        alive = [
            not leaf.is_deleted(first)
            for (leaf, _), segment in zip(self._leaves, self.segments, strict=True)
            for first in segment.first
        ]
        return np.array(alive, bool)

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
            base += len(segment.records)
        return Values(tuple(names), np.concatenate(values), np.concatenate(documents))

    # Postings -------------------------------------------------------------------------

    def term(self, field: str, term: str) -> Postings:
        """Entries of all segments that hold a term; documents removed since are included."""
        return self._over_segments(
            ("term", field, term), lambda reader: read_term(reader, field, term)
        )

    def prefix(self, field: str, prefix: str) -> Postings:
        """Entries that hold a term with this beginning."""
        return self._over_segments(
            ("prefix", field, prefix), lambda reader: read_prefix(reader, field, prefix)
        )

    def phrase(self, field: str, slots: Slots) -> Postings:
        """Entries that hold the phrase."""
        return self._over_segments(
            ("phrase", field, repr(slots)), lambda reader: read_phrase(reader, field, slots)
        )

    def _over_segments(self, key: tuple[str, ...], read: Any) -> Postings:
        found = []
        for (leaf, base), segment in zip(self._leaves, self.segments, strict=True):
            entries, weights = segment.cache.get(key, partial(read, leaf))
            found.append(Postings(entries + np.int32(base), weights))
        return added_up(found)

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
        documents = self.alive & groups.holders(chosen, len(self.records))
        entries = documents[self.document_of]
        norm = np.ones(len(entries), np.float64)
        for kind in (self.is_record, ~self.is_record):
            average = self._length[kind & entries].mean() if (kind & entries).any() else 1.0
            norm[kind] = self._length[kind] / max(average, 1.0)
        return View(
            documents,
            entries,
            int(entries.sum()),
            norm.astype(np.float32),
            np.bincount(self.language_of[entries], minlength=len(LANGUAGES) + 1),
        )

    @cached_property
    def ids(self) -> list[str]:
        return [record["id"] for record in self.records]

    @cached_property
    def by_id(self) -> Ints:
        """The place of each document in the order of ids: what makes every order stable."""
        return _ranks(np.array(self.ids, dtype=object))

    @cached_property
    def by_title(self) -> Ints:
        titles = [(not r["title"], r["title"], r["id"]) for r in self.records]
        return _places(sorted(range(len(titles)), key=titles.__getitem__))

    @cached_property
    def by_date(self) -> Ints:
        """Newest first; undated ones last; the same day by id."""
        order = sorted(range(len(self.records)), key=self.ids.__getitem__)
        order.sort(key=lambda at: self.records[at]["date"], reverse=True)
        return _places(order)

    def revisions(self) -> Mapping[str, int]:
        return {self.ids[at]: self.records[at]["revision"] for at in np.flatnonzero(self.alive)}


def _ranks(keys: NDArray[Any]) -> Ints:
    return _places(np.argsort(keys, kind="stable").tolist())


def _places(order: list[int]) -> Ints:
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places
