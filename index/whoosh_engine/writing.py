"""Putting documents into an index and taking them out, in batches, by one writer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from index.contract import IndexDocument, SearchUnavailable
from index.whoosh_engine.codec import EXTENSION, FlatCodec, FlatSegment
from index.whoosh_engine.inversion import Numbers
from index.whoosh_engine.lexicon import Lexicon
from index.whoosh_engine.merging import GONE
from index.whoosh_engine.pool import Pool
from index.whoosh_engine.schema import SCHEMA, entries
from index.whoosh_engine.storage import Storage

BATCH_ENTRIES = 4_000
"""Entries of one commit: bounds the memory of a bulk load, and what a crash loses."""
MOST_ENTRIES = 32_768
"""Of a segment that is merged: bounds the memory of merging, and the time of a purge. A single
document may be larger, up to inversion.LARGEST entries."""

_ALIKE = 4  # that many segments of one size (by powers of this) are merged into one

INDEX = "MAIN"  # as Whoosh calls an index that was given no name

MergePolicy = Callable[["FlatWriter", list[FlatSegment]], list[FlatSegment]]


class FlatWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer with a pool of whole texts, and merging by whole segments."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(FileIndex(storage, SCHEMA), codec=FlatCodec())
        self.pool = Pool(self.schema)

    def take_along(self, segment: FlatSegment) -> None:
        """Merge the entries of a segment that have not been removed."""
        reader = SegmentReader(self.storage, self.schema, segment)
        try:
            self.add_reader(reader)
        finally:
            reader.close()

    # Whoosh's names from here on.

    def write_per_doc(self, fieldnames: object, reader: SegmentReader) -> Numbers:
        segment = reader.segment()
        kept = np.ones(segment.doc_count_all(), bool)
        kept[list(segment.deleted_docs())] = False
        self.perdocwriter.append(segment.file(self.storage), np.flatnonzero(kept))
        new_numbers = np.where(kept, self.docnum + np.cumsum(kept) - 1, GONE).astype(np.int32)
        self.docnum += int(kept.sum())
        return new_numbers

    def add_postings_to_pool(self, reader: SegmentReader, startdoc: int, docmap: Numbers) -> None:
        self.pool.add_segment(reader.segment().file(self.storage), docmap)


def create(storage: Storage) -> None:
    """An index without documents in an empty storage."""
    FileIndex.create(storage, SCHEMA)


def batches(documents: Iterable[IndexDocument]) -> Iterator[dict[str, IndexDocument]]:
    """Documents by id, at most about BATCH_ENTRIES entries at a time; a later one replaces."""
    batch: dict[str, IndexDocument] = {}
    size = 0
    for document in documents:
        batch[document.id] = document
        size += 1 + len(document.pages)
        if size >= BATCH_ENTRIES:
            yield batch
            batch, size = {}, 0
    if batch:
        yield batch


def write(
    storage: Storage,
    documents: Iterable[IndexDocument],
    gone: Iterable[str],
    *,
    in_bulk: bool = False,
) -> None:
    """One commit: remove the documents with the ids ``gone``, then add ``documents``. Whoever
    writes ``in_bulk`` calls ``consolidate`` in the end, which merges once, and with room in
    memory that the words of a batch take up now."""
    lexicon = Lexicon()
    with _writer(storage, merge_nothing if in_bulk else merge_alike) as writer:
        for id_ in gone:
            writer.delete_by_term("id", id_)
        for document in documents:
            for entry in entries(document, lexicon):
                writer.add_document(**entry)


def purge(storage: Storage) -> None:
    """Rewrite every segment that holds removed documents, so that no file has their words.
    Files that a killed writer left go as well. Raises OSError where one cannot be removed."""
    while _rewritable(storage):
        with _writer(storage, rewrite_removed):
            pass
    held = {segment.make_filename(EXTENSION) for segment in _segments(storage)}
    storage.keep_only(held, storage.latest_commit())


def consolidate(storage: Storage) -> None:
    """Few large segments instead of many small ones, after a bulk load."""
    while True:
        sizes = sorted(s.doc_count() for s in _segments(storage))
        if len(sizes) < 2 or sizes[0] + sizes[1] > MOST_ENTRIES:
            return
        with _writer(storage, merge_smallest):
            pass


def _segments(storage: Storage) -> list[FlatSegment]:
    return list(TOC.read(storage, INDEX).segments)


def _rewritable(storage: Storage) -> bool:
    return any(segment.has_deletions() for segment in _segments(storage))


@contextlib.contextmanager
def _writer(storage: Storage, policy: MergePolicy) -> Iterator[FlatWriter]:
    writer = FlatWriter(storage)
    try:
        yield writer
        writer.commit(mergetype=policy)
    except BaseException:
        # After a failed write the files may be closed or the disk full; the reason to report
        # is the first error.
        with contextlib.suppress(OSError, ValueError):
            if not writer.is_closed:
                writer.cancel()
        storage.close_written()
        with contextlib.suppress(OSError, SearchUnavailable):
            storage.forget_written(failed=True)
        raise
    storage.close_written()
    storage.forget_written()
    storage.forget_notes(but=storage.latest_commit())


def merge_nothing(_: FlatWriter, segments: list[FlatSegment]) -> list[FlatSegment]:
    """Let go of segments in which nothing is left."""
    return [segment for segment in segments if segment.doc_count()]


def merge_alike(writer: FlatWriter, segments: list[FlatSegment]) -> list[FlatSegment]:
    """Merge segments once _ALIKE of them are of one size; keep the others as they are, and let
    go of those in which nothing is left."""
    tiers: dict[int, list[FlatSegment]] = {}
    for segment in segments:
        if segment.doc_count():
            tiers.setdefault(_tier(segment), []).append(segment)
    kept: list[FlatSegment] = []
    for tier in sorted(tiers):
        alike = tiers[tier]
        kept += _merged(writer, alike) if len(alike) >= _ALIKE else alike
    return kept


def merge_smallest(writer: FlatWriter, segments: list[FlatSegment]) -> list[FlatSegment]:
    """Merge as many as fit into one segment."""
    return _merged(writer, sorted(segments, key=lambda segment: segment.doc_count()))


def rewrite_removed(writer: FlatWriter, segments: list[FlatSegment]) -> list[FlatSegment]:
    """Merge what has removed documents, as many as fit; keep the others as they are."""
    holding = [s for s in segments if s.has_deletions() and s.doc_count()]
    return [s for s in segments if not s.has_deletions()] + _merged(writer, holding)


def _tier(segment: FlatSegment) -> int:
    return (int(segment.doc_count()).bit_length() + 1) // 2  # powers of 4


def _merged(writer: FlatWriter, segments: Sequence[FlatSegment]) -> list[FlatSegment]:
    """Take along as many as fit beside what the writer has; returns the others."""
    left = []
    for segment in segments:
        room = MOST_ENTRIES - writer.doc_count()
        if segment.doc_count() <= room or not writer.doc_count():
            writer.take_along(segment)
        else:
            left.append(segment)
    return left
