"""Whether a rebuilt PDF can be opened and still reads like the file it was made from."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pikepdf
import pypdfium2 as pdfium


def can_be_opened(copy: BinaryIO, page_total: int) -> bool:
    """Where ``copy`` stands afterwards says nothing."""
    try:
        copy.seek(0)
        with closing(pikepdf.open(copy)) as again:
            return len(again.pages) == page_total
    except pikepdf.PdfError:
        return False


def reads_alike(source: Path, copy: BinaryIO) -> bool:
    """The first, middle and last page have lost no word; a form's page may have gained some."""
    copy.seek(0)
    try:
        with closing(pdfium.PdfDocument(copy)) as after:
            return _no_word_lost(source, after)
    except pdfium.PdfiumError:
        return False


def _no_word_lost(source: Path, after: pdfium.PdfDocument) -> bool:
    try:
        before = pdfium.PdfDocument(source)
    except pdfium.PdfiumError:
        return True  # its pages were read by other means
    with closing(before):
        last = len(after) - 1
        return all(_words(before, at) <= _words(after, at) for at in {0, last // 2, last})


def _words(document: pdfium.PdfDocument, at: int) -> Counter[str]:
    try:
        with closing(document[at]) as page, closing(page.get_textpage()) as text:
            return Counter(text.get_text_range().split())
    except pdfium.PdfiumError:
        return Counter()  # a damaged page: nothing to lose, or all of it lost
