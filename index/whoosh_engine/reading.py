"""A segment of flat arrays as Whoosh's own searcher wants to read it.

Used for merging, for deleting by a term, and by the tests, where the stock searcher is the
oracle. What Whoosh calls a posting's weight is its impact (see impacts.py), 1 in fields without
frequencies. Questions are answered from the arrays themselves: see snapshot.py and matching.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from index.whoosh_engine.flat import FlatFile
from index.whoosh_engine.inversion import FURTHEST
from index.whoosh_engine.terms import TermDictionary

FieldTerm = tuple[str, bytes]


class MissingTerm(TermNotFound, KeyError):  # type: ignore[misc]
    """Whoosh catches the one in some places and the other in others."""


class FieldsReader(base.TermsReader):  # type: ignore[misc]
    def __init__(self, file: FlatFile) -> None:
        self.file = file
        names = (name.removesuffix("/terms") for name in file.names() if name.endswith("/terms"))
        self._names = sorted(names)
        self._dictionaries: dict[str, TermDictionary] = {}

    def terms_of(self, field: str) -> TermDictionary:
        if field not in self._dictionaries:
            self._dictionaries[field] = TermDictionary(self.file, field)
        return self._dictionaries[field]

    def _number(self, field: str, term: bytes) -> int:
        number = self.terms_of(field).find(term) if field in self._names else -1
        if number < 0:
            raise MissingTerm(f"{field}:{term!r}")
        return number

    def _postings(self, field: str, number: int) -> slice:
        ends = self.file[f"{field}/post_ends"]
        return slice(int(ends[number]), int(ends[number + 1]))

    # Whoosh's names from here on.

    def __contains__(self, term: FieldTerm) -> bool:
        return term[0] in self._names and self.terms_of(term[0]).find(term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        return self._names

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        return Cursor(self, fieldname) if fieldname in self._names else base.EmptyCursor()

    def terms(self) -> Iterator[FieldTerm]:
        return ((name, term) for name in self._names for term in self.terms_of(name))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[FieldTerm]:
        if fieldname not in self._names:
            return
        terms = self.terms_of(fieldname)
        for number in range(terms.at_or_after(prefix), len(terms)):
            yield fieldname, terms[number]
        for name in self._names[self._names.index(fieldname) + 1 :]:
            yield from ((name, term) for term in self.terms_of(name))

    def items(self) -> Iterator[tuple[FieldTerm, TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[FieldTerm, TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, term: bytes) -> TermInfo:
        chosen = self._postings(fieldname, self._number(fieldname, term))
        entries = self.file[f"{fieldname}/entries"][chosen]
        weights = self._weights(fieldname, chosen)
        lengths = _lengths(self.file, fieldname)
        lengths = lengths[entries] if len(lengths) else np.ones(1, np.uint32)
        return TermInfo(
            weight=float(weights.sum()),
            df=len(entries),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(entries[0]),
            maxid=int(entries[-1]),
        )

    def _weights(self, field: str, chosen: slice) -> Any:
        impacts = self.file.get(f"{field}/impacts")
        if impacts is None:
            return np.ones(chosen.stop - chosen.start, np.float32)
        return impacts[chosen].astype(np.float32)

    def frequency(self, fieldname: str, term: bytes) -> float:
        return float(self.term_info(fieldname, term).weight())

    def doc_frequency(self, fieldname: str, term: bytes) -> int:
        chosen = self._postings(fieldname, self._number(fieldname, term))
        return int(chosen.stop - chosen.start)

    def matcher(self, fieldname: str, term: bytes, format_: Any, scorer: Any = None) -> Matcher:
        number = self._number(fieldname, term)
        chosen = self._postings(fieldname, number)
        positions = None
        if f"{fieldname}/places" in self.file:
            first, end = self.file[f"{fieldname}/place_ends"][number : number + 2].tolist()
            every = self.file[f"{fieldname}/places"][first:end]
            ends = (np.flatnonzero(np.diff(every >> 16, append=-1)) + 1).tolist()

            def positions(at: int) -> list[int]:
                begin = ends[at - 1] if at else 0
                return list((every[begin : ends[at]] & FURTHEST).tolist())

        entries = self.file[f"{fieldname}/entries"][chosen].tolist()
        weights = self._weights(fieldname, chosen).tolist()
        info = self.term_info(fieldname, term)
        return Matcher(entries, weights, positions, format_, scorer, (fieldname, term), info)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    def __init__(self, reader: FieldsReader, field: str) -> None:
        self._reader, self._field = reader, field
        self._terms = reader.terms_of(field)
        self._at = 0

    def is_valid(self) -> bool:
        return self._at < len(self._terms)

    def text(self) -> bytes | None:
        return self._terms[self._at] if self.is_valid() else None

    def first(self) -> bytes | None:
        self._at = 0
        return self.text()

    def next(self) -> bytes | None:
        self._at += 1
        return self.text()

    def find(self, term: bytes) -> bytes | None:
        self._at = self._terms.at_or_after(term)
        return self.text()

    def term_info(self) -> TermInfo:
        return self._reader.term_info(self._field, self._terms[self._at])


class Matcher(LeafMatcher):  # type: ignore[misc]
    """One term's postings; positions are looked up only when asked for. One block."""

    def __init__(
        self,
        entries: list[int],
        weights: list[float],
        positions: Callable[[int], list[int]] | None,
        format_: Any,
        scorer: Any,
        term: FieldTerm,
        info: TermInfo,
    ) -> None:
        self._entries, self._weights, self._positions = entries, weights, positions
        self.format, self.scorer, self._term, self._info = format_, scorer, term, info
        self._at = 0

    # Whoosh's names from here on.

    def copy(self) -> Matcher:
        twin = Matcher(
            self._entries,
            self._weights,
            self._positions,
            self.format,
            self.scorer,
            self._term,
            self._info,
        )
        twin._at = self._at
        return twin

    def term(self) -> FieldTerm:
        return self._term

    def is_active(self) -> bool:
        return self._at < len(self._entries)

    def reset(self) -> None:
        self._at = 0

    def id(self) -> int:
        return self._entries[self._at]

    def next(self) -> None:
        self._at += 1

    def all_ids(self) -> Iterator[int]:
        return iter(self._entries)

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._entries, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        if self.block_quality() <= minquality:
            self._at = len(self._entries)
            return 1
        return 0

    def weight(self) -> float:
        return self._weights[self._at]

    def value(self) -> bytes:
        return bytes(self.format.encode(self._positions(self._at))) if self._positions else b""

    def value_as(self, astype: str) -> Any:
        if astype == "positions" and self._positions:
            return self._positions(self._at)
        if astype in ("frequency", "weight"):
            return self.weight()
        return super().value_as(astype)

    def block_min_length(self) -> int:
        return int(self._info.min_length())

    def block_max_length(self) -> int:
        return int(self._info.max_length())

    def block_max_weight(self) -> float:
        return float(self._info.max_weight())


class EntriesReader(base.PerDocumentReader):  # type: ignore[misc]
    """Lengths, columns and removed entries of a segment."""

    def __init__(self, file: FlatFile, segment: Any) -> None:
        self._file = file
        for name in ("doc_count", "doc_count_all", "has_deletions", "is_deleted", "deleted_docs"):
            setattr(self, name, getattr(segment, name))

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return f"columns/{fieldname}" in self._file

    def column_reader(self, fieldname: str, column: Any) -> Column:
        return Column(self._file, fieldname)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = _lengths(self._file, fieldname)
        return int(lengths[docnum]) if docnum < len(lengths) else default

    def field_length(self, fieldname: str) -> int:
        return int(_lengths(self._file, fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        return int(_lengths(self._file, fieldname).min(initial=LONGER_THAN_ANY))

    def max_field_length(self, fieldname: str) -> int:
        return int(_lengths(self._file, fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return {}  # the database has them


LONGER_THAN_ANY = 0xFFFFFFFF


def _lengths(file: FlatFile, field: str) -> Any:
    name = f"{field}/lengths"
    return file[name] if name in file else np.zeros(0, np.uint32)


class Column(columns.ColumnReader):  # type: ignore[misc]
    def __init__(self, file: FlatFile, field: str) -> None:
        self._values = file[f"columns/{field}"]
        self._ends = file.get(f"columns/{field}/ends")
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values) if self._ends is None else len(self._ends) - 1

    def __iter__(self) -> Iterator[int | bytes]:
        return (self[at] for at in range(len(self)))

    def __getitem__(self, at: int) -> int | bytes:
        if self._ends is None:
            return int(self._values[at])
        return bytes(self._values[self._ends[at] : self._ends[at + 1]].tobytes())

    def sort_key(self, at: int) -> int | bytes:
        value = self[at]
        return value if isinstance(value, bytes) else value * self._sign

    def set_reverse(self) -> None:
        self._sign = -1
