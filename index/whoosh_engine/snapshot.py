"""One commit of the index: immutable, shared by all threads that search it.

Entries are numbered through all segments, documents likewise, in the order of their records.
What is derived from a segment survives as long as the segment does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from whoosh.index import TOC

from index.analysis import LANGUAGES
from index.contract import FACETS, SearchUnavailable, Unusable
from index.whoosh_engine.codec import EXTENSION
from index.whoosh_engine.facets import FacetTable, Ints, Mask, Values
from index.whoosh_engine.postings import FieldPostings
from index.whoosh_engine.segment import GROUPED, Segment
from index.whoosh_engine.storage import Storage
from index.whoosh_engine.writing import INDEX

HALF_LIFE = 5.0
"""Years after which being new counts half as much."""
_REMEMBERED_AUDIENCES = 64
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may see, and the figures that scoring takes from it alone.

    Nothing a viewer may not see has a part in any score: ranks cannot betray it.
    """

    documents: Mask
    entries: Mask
    size: int  # entries the viewer may see
    whole: bool  # that is all there are
    entries_by_language: tuple[int, ...]

    def count(self, entries: NDArray[np.intp]) -> int:
        """How many of these entries the viewer may see."""
        if self.whole:
            return len(entries)
        return int(np.count_nonzero(self.entries.take(entries)))


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
        self.facets = {name: self._joined(name) for name in GROUPED}
        self.table = FacetTable({f: self.facets[f] for f in FACETS}, len(self.alive))
        self._views: dict[frozenset[str], View] = {}
        self._fields: dict[str, list[tuple[int, FieldPostings]]] = {}

    def _arrange_entries(self) -> None:
        """Numbers that others are looked up by are of the machine's word, as NumPy wants them."""
        self.sizes = self._gathered([segment.sizes for segment in self.segments]).astype(np.intp)
        self.starts: Ints = np.cumsum(self.sizes) - self.sizes
        self.document_of: Ints = np.repeat(np.arange(len(self.sizes)), self.sizes)
        self.page_number = self._gathered([segment.numbers for segment in self.segments])
        self.language_of = self._gathered([segment.languages for segment in self.segments])

    @staticmethod
    def _gathered(arrays: list[Ints]) -> Ints:
        return np.concatenate([np.zeros(0, np.int32), *arrays])

    def fields(self, name: str) -> list[tuple[int, FieldPostings]]:
        """The posting lists of a field in each segment, with the segment's first entry."""
        known = self._fields.get(name)
        if known is None:
            held = [
                (base, one.field(name))
                for base, one in zip(self.bases, self.segments, strict=False)
            ]
            known = self._fields[name] = [
                (base, field) for base, field in held if field is not None
            ]
        return known

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
        languages = np.bincount(self.language_of[entries], minlength=len(LANGUAGES) + 1)
        return View(
            documents,
            entries,
            int(entries.sum()),
            bool(entries.all()),
            tuple(languages.tolist()),
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

    @cached_property
    def youth(self) -> NDArray[np.float32]:
        """By document 1 for the newest day there is, halved every HALF_LIFE years before; 0
        where no day is known."""
        dates = [date[:10] for segment in self.segments for date in segment.dates]
        days = np.array([date if _DAY.match(date) else "NaT" for date in dates], "datetime64[D]")
        known = ~np.isnat(days)
        years = np.zeros(len(days), np.float32)
        if known.any():
            years[known] = (days[known].max() - days[known]).astype(np.float32) / 365.25
        young: NDArray[np.float32] = np.where(known, 0.5 ** (years / HALF_LIFE), 0.0)
        return young.astype(np.float32)

    def revisions(self) -> Mapping[str, int]:
        every = self._gathered([segment.revisions for segment in self.segments])
        return {self.ids[at]: int(every[at]) for at in np.flatnonzero(self.alive)}


def _places(order: list[int]) -> Ints:
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places
