"""What a file says of itself outside its running text: /Title, /CreationDate, the cover's lines."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from ingest.describe import Cover, SizedLine
from ingest.repair import repair

MOST_SIGNS = 4_000
MOST_LINES = 80
ENOUGH_LETTERS = 20
_CREATED = re.compile(r"D:(\d{4})")
_HEX_PREFIX = re.compile(r"^(?:D:)?(\d{4})")


def read_cover(path: Path) -> Cover:
    """Metadata, and the lines of page one (of page two, where the first has no text)."""
    try:
        with closing(pdfium.PdfDocument(path)) as document:
            return Cover(
                info_title=repair(document.get_metadata_value("Title")[:1_000]),
                created_year=_year(document.get_metadata_value("CreationDate")),
                lines=_first_lines(document),
            )
    except pdfium.PdfiumError:
        return Cover()


def _year(date: str) -> int | None:
    match = _CREATED.match(date) or _HEX_PREFIX.match(date)
    return int(match[1]) if match else None


def _first_lines(document: pdfium.PdfDocument) -> tuple[SizedLine, ...]:
    for index in range(min(2, len(document))):
        with closing(document[index]) as page, closing(page.get_textpage()) as text:
            lines = tuple(_sized_lines(text))[:MOST_LINES]
        if sum(sum(map(str.isalpha, line.text)) for line in lines) >= ENOUGH_LETTERS:
            return lines
    return ()


def _sized_lines(page: pdfium.PdfTextPage) -> Iterator[SizedLine]:
    """Lines in reading order; a line's size is its tallest letter's loose box.

    The loose box, unlike the font size, has gone through the page's scaling.
    """
    signs = [
        (index, chr(pdfium_raw.FPDFText_GetUnicode(page, index)))
        for index in range(min(page.count_chars(), MOST_SIGNS))
    ]
    for is_break, group in groupby(signs, key=lambda sign: sign[1] in "\r\n"):
        if is_break:
            continue
        line = list(group)
        letters = [index for index, sign in line if sign.isalpha()]
        text = repair("".join(sign for _, sign in line))
        if letters and text:
            # Three letters are asked: one may be a drop cap or a superscript.
            asked = {letters[0], letters[len(letters) // 2], letters[-1]}
            sizes = sorted(_height(page, index) for index in asked)
            yield SizedLine(text, round(sizes[len(sizes) // 2], 1))


def _height(page: pdfium.PdfTextPage, index: int) -> float:
    box = pdfium_raw.FS_RECTF()
    if not pdfium_raw.FPDFText_GetLooseCharBox(page, index, ctypes.byref(box)):
        return 0.0
    return abs(float(box.top) - float(box.bottom))
