"""A Whoosh codec whose segments are flat arrays: what is written, and the segment itself.

One file a segment, ``<index>_<segment>.flat``; for every field the arrays of inversion.invert
under ``<field>/…``, and beside them::

    <field>/lengths          u32  by entry: indexed words, of the fields that are scored
    columns/<field>          i32  by entry, or u8 the bytes of all entries, with
    columns/<field>/ends     u32  where each entry's begin

Whoosh's searcher, merging and deleting work on it through the readers in reading.py.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.formats import Existence

from index.whoosh_engine import flat
from index.whoosh_engine.flat import Array, FlatFile
from index.whoosh_engine.impacts import NORMAL, impacts, norms
from index.whoosh_engine.inversion import LARGEST, Impacts, invert
from index.whoosh_engine.merging import Part, merge
from index.whoosh_engine.pool import Pool

EXTENSION = ".flat"


class SegmentFull(Exception):
    """More entries than 16 bits can number: the writer must commit earlier."""


class FlatSegment(base.Segment):  # type: ignore[misc]
    """What the table of contents keeps of a segment: its id, size and removed entries."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self.size = 0
        self.removed: frozenset[int] = frozenset()
        self.columns: dict[str, Array] = {}  # while it is written
        self._file: FlatFile | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "columns": {}, "_file": None}

    def file(self, storage: Any) -> FlatFile:
        """The segment's arrays; the file is mapped once."""
        if self._file is None:
            opened = storage.open_file(self.make_filename(EXTENSION)).raw_file()
            with opened:
                self._file = FlatFile(opened)
        return self._file

    # Whoosh's names from here on.

    def codec(self) -> FlatCodec:
        return FlatCodec()

    def should_assemble(self) -> bool:
        return False  # mapped as it is, never copied into a compound file

    def set_doc_count(self, doccount: int) -> None:
        self.size = doccount

    def doc_count_all(self) -> int:
        return self.size

    def deleted_count(self) -> int:
        return len(self.removed)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self.removed))

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.removed

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        self.removed = self.removed | {docnum} if delete else self.removed - {docnum}


class FlatCodec(base.Codec):  # type: ignore[misc]
    length_stats = False  # the lengths are in the file before its postings are written

    def new_segment(self, storage: Any, indexname: str) -> FlatSegment:
        return FlatSegment(indexname)

    def per_document_writer(self, storage: Any, segment: FlatSegment) -> EntriesWriter:
        return EntriesWriter(segment)

    def field_writer(self, storage: Any, segment: FlatSegment) -> FieldsWriter:
        return FieldsWriter(storage, segment)

    def per_document_reader(self, storage: Any, segment: FlatSegment) -> Any:
        from index.whoosh_engine.reading import EntriesReader

        return EntriesReader(segment.file(storage), segment)

    def terms_reader(self, storage: Any, segment: FlatSegment) -> Any:
        from index.whoosh_engine.reading import FieldsReader

        return FieldsReader(segment.file(storage))


class EntriesWriter(base.PerDocumentWriter):  # type: ignore[misc]
    """Lengths and columns, entry by entry or a whole segment's at once."""

    def __init__(self, segment: FlatSegment) -> None:
        self._segment = segment
        self.size = 0
        self.is_closed = False
        self._lengths: dict[str, array[int]] = {}
        self._numbers: dict[str, array[int]] = {}
        self._bytes: dict[str, list[bytes]] = {}

    def append(self, file: FlatFile, kept: Array) -> None:
        """The kept entries of another segment; ``kept`` holds their numbers there."""
        for name in file.names():
            field, _, kind = name.partition("/")
            if kind == "lengths":
                _filled(self._lengths.setdefault(field, array("I")), self.size)
                self._lengths[field].frombytes(file[name][kept].tobytes())
            elif field == "columns" and not kind.endswith("/ends"):
                self._append_column(file, kind, kept)
        self.size += len(kept)
        if self.size > LARGEST + 1:
            raise SegmentFull

    def _append_column(self, file: FlatFile, field: str, kept: Array) -> None:
        values = file[f"columns/{field}"]
        if f"columns/{field}/ends" not in file:
            _filled(self._numbers.setdefault(field, array("i")), self.size)
            self._numbers[field].frombytes(values[kept].tobytes())
            return
        blob, ends = values.tobytes(), file[f"columns/{field}/ends"].tolist()
        mine = self._bytes.setdefault(field, [])
        mine += [b""] * (self.size - len(mine))
        mine += [blob[ends[n] : ends[n + 1]] for n in kept.tolist()]

    def _arrays(self) -> dict[str, Array]:
        """What was gathered, every entry filled."""
        arrays: dict[str, Array] = {}
        for field, lengths in self._lengths.items():
            _filled(lengths, self.size)
            arrays[f"{field}/lengths"] = np.frombuffer(lengths, np.uint32)
        for field, numbers in self._numbers.items():
            _filled(numbers, self.size)
            arrays[f"columns/{field}"] = np.frombuffer(numbers, np.int32)
        for field, values in self._bytes.items():
            every = values + [b""] * (self.size - len(values))
            arrays[f"columns/{field}"] = np.frombuffer(b"".join(every), np.uint8)
            ends = np.cumsum([0, *map(len, every)])
            arrays[f"columns/{field}/ends"] = ends.astype(np.uint32)
        return arrays

    # Whoosh's names from here on.

    def start_doc(self, docnum: int) -> None:
        if self.size > LARGEST:
            raise SegmentFull
        self.size += 1

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if length:
            lengths = self._lengths.setdefault(fieldname, array("I"))
            _filled(lengths, self.size - 1)
            lengths.append(length)

    def add_column_value(self, fieldname: str, columnobj: Any, value: int | bytes) -> None:
        if isinstance(value, bytes):
            values = self._bytes.setdefault(fieldname, [])
            values += [b""] * (self.size - 1 - len(values))
            values.append(value)
        else:
            numbers = self._numbers.setdefault(fieldname, array("i"))
            _filled(numbers, self.size - 1)
            numbers.append(value)

    def finish_doc(self) -> None:
        """Nothing waits for the end of an entry."""

    def cancel_doc(self) -> None:
        self.size -= 1  # the writer is cancelled as a whole: see writing._writer

    def close(self) -> None:
        self._segment.columns = self._arrays()
        self.is_closed = True


def _filled(numbers: array[int], size: int) -> None:
    """Zeros for the entries that said nothing."""
    numbers.extend([0] * (size - len(numbers)))


class FieldsWriter(base.FieldWriter):  # type: ignore[misc]
    """Inverts a pool and writes the segment's one file."""

    def __init__(self, storage: Any, segment: FlatSegment) -> None:
        self._storage = storage
        self._segment = segment
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: Pool) -> None:
        arrays = dict(self._segment.columns)
        for name, kept, new, parts in items.fields():
            if new:
                worth = None if isinstance(kept, Existence) else self._impacts(name)
                inverted = invert(new, worth, positional=kept.supports("positions"))
                parts.insert(0, Part(inverted, np.arange(LARGEST + 1, dtype=np.int32)))
            whole = merge(parts) if len(parts) > 1 or not new else inverted
            arrays |= {f"{name}/{kind}": values for kind, values in whole.items()}
        file = self._segment.create_file(self._storage, EXTENSION)
        flat.write(file, arrays)
        file.flush()
        with suppress(AttributeError, OSError, ValueError):  # memory has nothing to sync
            os.fsync(file.fileno())
        file.close()

    def _impacts(self, field: str) -> Impacts:
        """Entries without a length are taken to be of average length."""
        lengths = self._segment.columns.get(f"{field}/lengths")
        if lengths is None:
            return lambda _, times: impacts(times, NORMAL)
        norm = norms(lengths)
        return lambda entries, times: impacts(times, norm[entries])

    def close(self) -> None:
        self._segment.columns = {}
        self.is_closed = True
