"""A manifest: a CSV file that describes documents, one a line.

Whatever is wrong with a line refuses that line and names line and column; the other lines
go on. An unknown column refuses the whole manifest: whoever typed ``contry`` meant something
that would be lost on every line, and files once held are not described again.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from babel import Locale

from index.vocabulary import ListItem, Vocabulary
from repo_app.services.descriptions import Description

LIST_SEPARATOR = ";"
TAG_COLUMNS = {
    "countries": "country",
    "mentioned": "mentioned",
    "themes": "theme",
    "populations": "population",
    "priorities": "priority",
    "activities": "activity",
}
COLUMNS = (
    *("file", "text", "title", "language", "source_kind", "document_kind", "year", "authors"),
    *("organization", *TAG_COLUMNS, "evidence_type", "scope", "abstract", "planning_use"),
    *("licence", "audience", "url"),
)
LONGEST_FIELD = 5_000_000
LONGEST_TITLE = 500
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""Signs that no text has and that terminals and databases obey or refuse; tabs, line ends and
form feeds stay."""


class Problem(StrEnum):
    NOT_READABLE = "not-readable"
    NO_COLUMNS = "no-columns"
    UNKNOWN_COLUMN = "unknown-column"
    DOUBLE_COLUMN = "double-column"
    ENCODING = "encoding"
    TOO_MANY_CELLS = "too-many-cells"
    UNKNOWN_CODE = "unknown-code"
    BAD_YEAR = "bad-year"
    BAD_URL = "bad-url"
    MISSING_FILE = "missing-file"
    NOTHING_HELD = "nothing-held"
    NO_TITLE = "no-title"
    TOO_LONG = "too-long"
    NO_LINES = "no-lines"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"  # of files sent by a browser
    TOO_MANY = "too-many"  # the same
    SAME_NAME = "same-name"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where: ``line`` from 1 (0: the whole file), the column's name, the value
    given and the closest known one, if any."""

    line: int
    column: str
    problem: Problem
    value: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in order: its file, or the text of a record without a file, and what it says."""

    line: int
    file: Path | None
    text: str
    description: Description


@dataclass(frozen=True, slots=True)
class Manifest:
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


class _Faulty(Exception):
    def __init__(
        self, column: str, problem: Problem, value: str = "", suggestion: str = ""
    ) -> None:
        super().__init__(problem.value)
        self.column, self.problem, self.value, self.suggestion = column, problem, value, suggestion

    def at(self, line: int) -> Fault:
        return Fault(line, self.column, self.problem, self.value, self.suggestion)


def read_manifest(path: Path, vocabulary: Vocabulary) -> Manifest:
    """Every line that can be used, and a Fault for every one that cannot; never raises."""
    try:
        raw = path.read_bytes()
    except OSError:
        return Manifest((), (Fault(0, "", Problem.NOT_READABLE, path.name),))
    return parse_manifest(raw, path.parent, vocabulary)


def path_is_file(path: Path) -> bool:
    """Also False for names no file system takes and folders we may not look into."""
    try:
        return path.is_file()
    except OSError:
        return False


def parse_manifest(
    raw: bytes,
    folder: Path,
    vocabulary: Vocabulary,
    is_there: Callable[[Path], bool] = path_is_file,
) -> Manifest:
    """As read_manifest, from bytes; relative file names start at ``folder``, and ``is_there``
    says which of them can be had."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Manifest((), (Fault(1, "", Problem.ENCODING, "UTF-16"),))
    # Bytes that are no UTF-8 become lone surrogates, so that only their own line is refused.
    text = raw.decode("utf-8-sig", errors="surrogateescape")
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
    except csv.Error:
        return Manifest((), (Fault(1, "", Problem.MALFORMED),))
    if faults := _header_faults(header):
        return Manifest((), faults)
    entries: list[Entry] = []
    wrong: list[Fault] = []
    for outcome in _outcomes(rows, header, _Reading(folder, vocabulary, is_there)):
        if isinstance(outcome, Fault):
            wrong.append(outcome)
        else:
            entries.append(outcome)
    if not entries and not wrong:
        wrong.append(Fault(0, "", Problem.NO_LINES))
    return Manifest(tuple(entries), tuple(wrong))


def _header_faults(header: list[str]) -> tuple[Fault, ...]:
    if not any(name in COLUMNS for name in header):
        return (Fault(1, "", Problem.NO_COLUMNS, ",".join(header)[:80]),)
    unknown = [
        Fault(1, name, Problem.UNKNOWN_COLUMN, name, _closest(name, COLUMNS))
        for name in header
        if name not in COLUMNS
    ]
    double = {name for name in header if header.count(name) > 1}
    return (*unknown, *(Fault(1, name, Problem.DOUBLE_COLUMN, name) for name in sorted(double)))


def _outcomes(
    rows: Iterator[list[str]], header: list[str], reading: _Reading
) -> Iterator[Entry | Fault]:
    line = 2
    while True:
        try:
            cells = next(rows, None)
        except csv.Error:
            yield Fault(line, "", Problem.MALFORMED)
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _outcome(line, header, cells, reading)
        line = 1 + getattr(rows, "line_num", line)


def _outcome(line: int, header: list[str], cells: list[str], reading: _Reading) -> Entry | Fault:
    try:
        if len(cells) > len(header):
            raise _Faulty("", Problem.TOO_MANY_CELLS, str(len(cells)))
        given = {name: _plain(cell) for name, cell in zip(header, cells, strict=False)}
        _require_utf8(given)
        return reading.entry(line, given)
    except _Faulty as faulty:
        return faulty.at(line)


def _require_utf8(given: Mapping[str, str]) -> None:
    for name, cell in given.items():
        if any("\ud800" <= character <= "\udfff" for character in cell):
            shown = cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            raise _Faulty(name, Problem.ENCODING, shown[:60])


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns one line's cells into an Entry; raises _Faulty at the first that is wrong."""

    folder: Path
    vocabulary: Vocabulary
    is_there: Callable[[Path], bool]

    def entry(self, line: int, given: Mapping[str, str]) -> Entry:
        file = self._file(given.get("file", ""))
        description = self._description(given)
        text = given.get("text", "")
        if len(description.title) > LONGEST_TITLE:
            raise _Faulty("title", Problem.TOO_LONG, str(LONGEST_TITLE))
        if file is None and not description.title:
            raise _Faulty("title", Problem.NO_TITLE)
        if file is None and not (text or description.url or description.abstract):
            raise _Faulty("file", Problem.NOTHING_HELD)
        return Entry(line, file, text, description)

    def _file(self, name: str) -> Path | None:
        if not name:
            return None
        path = self.folder / name
        if not self.is_there(path):
            raise _Faulty("file", Problem.MISSING_FILE, name)
        return path

    def _description(self, given: Mapping[str, str]) -> Description:
        cell = given.get
        return Description(
            title=cell("title", ""),
            language=self._code(given, "language", self._is_language),
            source_kind=self._known(given, "source_kind"),
            document_kind=self._known(given, "document_kind"),
            year=_year(cell("year", "")),
            authors=_listed(cell("authors", "")),
            organization=cell("organization", ""),
            evidence_type=self._in_list(
                given, "evidence_type", self.vocabulary.lists.evidence_types
            ),
            scope=self._in_list(given, "scope", self.vocabulary.lists.scopes),
            abstract=cell("abstract", ""),
            planning_use=cell("planning_use", ""),
            licence=self._code(given, "licence", _is_licence),
            url=_url(cell("url", "")),
            audience=self._audience(cell("audience", "")),
            tags=tuple(self._tags(given)),
        )

    def _tags(self, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for column, facet in TAG_COLUMNS.items():
            for value in _listed(given.get(column, "")):
                known_facet = "country" if facet == "mentioned" else facet
                code = value.upper() if known_facet == "country" else value
                if not self.vocabulary.is_known(known_facet, code):
                    raise self._unknown(column, value, known_facet)
                yield facet, code

    def _known(self, given: Mapping[str, str], column: str) -> str | None:
        value = given.get(column, "")
        if value and not self.vocabulary.is_known(column, value):
            raise self._unknown(column, value, column)
        return value or None

    def _unknown(self, column: str, value: str, facet: str) -> _Faulty:
        closest = _closest(value, self.vocabulary.facet_values(facet))
        return _Faulty(column, Problem.UNKNOWN_CODE, value, closest)

    def _in_list(
        self, given: Mapping[str, str], column: str, items: tuple[ListItem, ...]
    ) -> str | None:
        value = given.get(column, "")
        known = tuple(item.id for item in items)
        if value and value not in known:
            raise _Faulty(column, Problem.UNKNOWN_CODE, value, _closest(value, known))
        return value or None

    def _code(
        self, given: Mapping[str, str], column: str, is_right: Callable[[str], bool]
    ) -> str | None:
        value = given.get(column, "")
        if value and not is_right(value):
            raise _Faulty(column, Problem.UNKNOWN_CODE, value)
        return value or None

    def _is_language(self, value: str) -> bool:
        return self.vocabulary.is_known("language", value) or value in Locale("en").languages

    def _audience(self, cell: str) -> frozenset[str]:
        groups = _listed(cell) or ("public",)
        known = tuple(item.id for item in self.vocabulary.lists.audiences)
        for group in groups:
            if group not in known:
                raise _Faulty("audience", Problem.UNKNOWN_CODE, group, _closest(group, known))
        return frozenset(groups)


def _plain(cell: str) -> str:
    return _CONTROLS.sub("", cell).strip()


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(LIST_SEPARATOR) if part.strip())


def _year(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"(19|20)\d\d", cell):
        raise _Faulty("year", Problem.BAD_YEAR, cell)
    return int(cell)


def _url(cell: str) -> str | None:
    if cell and not re.fullmatch(r"https?://[^\s<>\"]+", cell):
        raise _Faulty("url", Problem.BAD_URL, cell[:80])
    return cell or None


def _is_licence(value: str) -> bool:
    """The shape of an SPDX identifier; the list itself grows faster than software is updated."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,59}", value) is not None


def _closest(value: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return found[0] if found else ""
