"""The text of a PDF page by page, with two engines: pdfium first, pypdf where it fails.

pdfium is eleven times faster and a little better on Spanish; pypdf opens some files it refuses
and reads some pages it leaves empty. Only a sandboxed child may call this on a stranger's file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from ingest.draft import Reason, Refused

# What pypdf lets through on damaged files, besides its own errors; its documentation warns of it.
PYPDF_ERRORS = (
    PyPdfError,
    DependencyError,
    DeprecationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
ENOUGH_LETTERS = 20
# pypdf finds text on 2 of 1,000 pages that pdfium leaves empty: not worth asking all of a scan.
FRUITLESS_READINGS = 25
_LOCKED = (pdfium_raw.FPDF_ERR_PASSWORD, pdfium_raw.FPDF_ERR_SECURITY)


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as an engine gave it; ``damaged`` where no engine could read it."""

    number: int
    text: str
    damaged: bool = False


def count_pages(path: Path) -> int:
    """How many pages the file has. Refused where it is locked or no engine can open it."""
    try:
        with closing(pdfium.PdfDocument(path)) as document:
            return len(document)
    except pdfium.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise Refused(Reason.ENCRYPTED) from error
    try:
        return len(open_with_pypdf(path).pages)
    except PYPDF_ERRORS as error:
        raise Refused(Reason.DAMAGED) from error


def open_with_pypdf(path: Path) -> PdfReader:
    """Refused where the file asks for a password; PYPDF_ERRORS where it cannot be opened."""
    reader = PdfReader(path)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise Refused(Reason.ENCRYPTED)
    return reader


def page_texts(path: Path, page_total: int) -> Iterator[RawPage]:
    """Every page in order, one at a time; a page's failure is that page's alone."""
    with closing(_Engines(path)) as engines:
        for number in range(1, page_total + 1):
            yield engines.read(number)


class _Engines:
    """Both readers of one file: pdfium's open if it can, pypdf's only once a page needs it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pdfium: pdfium.PdfDocument | None = None
        with suppress(pdfium.PdfiumError):
            self._pdfium = pdfium.PdfDocument(path)
        self._pypdf: PdfReader | None = None
        self._fruitless = 0

    def close(self) -> None:
        for document in (self._pdfium, self._pypdf):
            if document is not None:
                document.close()

    def read(self, number: int) -> RawPage:
        first = self._read_with_pdfium(number)
        letters = _count_letters(first or "")
        if letters >= ENOUGH_LETTERS or self._fruitless >= FRUITLESS_READINGS:
            return RawPage(number, first or "", damaged=first is None)
        second = self._read_with_pypdf(number)
        if second is None or _count_letters(second) <= letters:
            # Without pdfium, an empty page says nothing against reading the next one.
            self._fruitless += self._pdfium is not None
            return RawPage(number, first or "", damaged=first is None and second is None)
        self._fruitless = 0
        return RawPage(number, second)

    def _read_with_pdfium(self, number: int) -> str | None:
        if self._pdfium is None:
            return None
        try:
            # Closed at once: kept pages are what makes a long document's memory grow.
            with (
                closing(self._pdfium[number - 1]) as page,
                closing(page.get_textpage()) as text,
            ):
                return str(text.get_text_range())
        except pdfium.PdfiumError:
            return None

    def _read_with_pypdf(self, number: int) -> str | None:
        try:
            if self._pypdf is None:
                self._pypdf = open_with_pypdf(self._path)
            return self._pypdf.pages[number - 1].extract_text()
        except (Refused, *PYPDF_ERRORS):
            return None


def _count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))
