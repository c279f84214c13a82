"""Putting documents into an index and taking them out, in batches, by one writer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from index.contract import IndexDocument
from index.whoosh_engine.schema import SCHEMA, entries
from index.whoosh_engine.storage import Storage

BATCH_ENTRIES = 4_000
"""Entries of one commit: bounds the memory of a bulk load, and what a crash loses."""

_ALIKE = 4  # that many segments of one size (as many digits) are merged into one
_MEMORY_MB = 64

Segment = Any
MergePolicy = Callable[[SegmentWriter, list[Segment]], list[Segment]]


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own, told that no field has lengths: ours are in the record, and looking for
    theirs costs a stat() per posting. Rare terms are most; compressing them gains nothing.
    """

    length_stats = False

    def __init__(self) -> None:
        super().__init__(compression=0)


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


def write(storage: Storage, documents: Iterable[IndexDocument], gone: Iterable[str]) -> None:
    """One commit: remove the documents with the ids ``gone``, then add ``documents``."""
    with _writer(storage, merge_alike) as writer:
        for id_ in gone:
            writer.delete_by_term("id", id_)
        for document in documents:
            # Analysed before anything is added: half a document never gets in.
            for entry in entries(document):
                writer.add_document(**entry)


def purge(storage: Storage) -> None:
    """Rewrite every segment that holds removed documents, so that no file has their words."""
    with _writer(storage, rewrite_deletions):
        pass


@contextlib.contextmanager
def _writer(storage: Storage, policy: MergePolicy) -> Iterator[SegmentWriter]:
    writer = SegmentWriter(FileIndex(storage, SCHEMA), codec=_Codec(), limitmb=_MEMORY_MB)
    try:
        yield writer
        writer.commit(mergetype=policy)
    except BaseException:
        # After a failed write the files may be closed or the disk full; the next commit
        # overwrites what is left, and the reason to report is the first error.
        with contextlib.suppress(OSError, ValueError):
            if not writer.is_closed:
                writer.cancel()
        raise
    finally:
        storage.close_written()
    storage.forget_notes(but=storage.latest_commit())


def merge_alike(writer: SegmentWriter, segments: list[Segment]) -> list[Segment]:
    """Merge segments once _ALIKE of them are of one size; keep the others as they are, and let
    go of those in which nothing is left."""
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        if segment.doc_count():
            tiers.setdefault(len(str(segment.doc_count())), []).append(segment)
    kept: list[Segment] = []
    for size in sorted(tiers):
        alike = tiers[size]
        if len(alike) < _ALIKE:
            kept += alike
        else:
            _merge(writer, alike)
    return kept


def rewrite_deletions(writer: SegmentWriter, segments: list[Segment]) -> list[Segment]:
    """Merge whatever has deletions; keep the others as they are."""
    _merge(writer, [s for s in segments if s.has_deletions() and s.doc_count()])
    return [segment for segment in segments if not segment.has_deletions()]


def _merge(writer: SegmentWriter, segments: list[Segment]) -> None:
    for segment in segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
