"""Hand-made hostile files: each is accepted with a remark or refused for its reason, in time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

import pytest

from ingest import Draft, Reason, Refused, Remark
from tests.pdfs import (
    FONT,
    SENTENCE,
    a_flate_bomb,
    a_pdf,
    a_raw_pdf,
    a_stream,
    many_pages,
    pages_of_streams,
    text_stream,
    with_attachment,
)

SOUND = a_pdf([SENTENCE] * 3)
TREE = b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[0 0 595 842]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"


def one_page(tree: bytes = TREE % (b"3 0 R", 1), page: bytes = PAGE) -> bytes:
    return a_raw_pdf(CATALOGUE, tree, page, text_stream(SENTENCE), FONT)


def forms_that_call_forms(levels: int) -> bytes:
    """Each form draws the next one ten times: 10 ** levels drawings of nothing."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = [a_stream(b"/X Do " * 10, entries % (6 + level)) for level in range(levels)]
    last = a_stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    tree = TREE % (b"3 0 R", 1)
    return a_raw_pdf(CATALOGUE, tree, page, a_stream(b"/X Do"), *forms, last)


def xref_that_returns() -> bytes:
    """The table's /Prev is the table itself."""
    body, _, rest = SOUND.rpartition(b"trailer")
    start = rest.split(b"startxref")[1].split()[0]
    return body + b"trailer" + rest.replace(b"<<", b"<</Prev " + start + b" ", 1)


def table_torn_out() -> bytes:
    whole = one_page()
    return whole[: whole.index(b"xref\n0")] + whole[whole.index(b"trailer") :]


REFUSED: dict[str, tuple[Callable[[], bytes], Reason]] = {
    "nothing": (lambda: b"", Reason.EMPTY),
    "a web page": (lambda: b"<html><script>alert(1)</script></html>", Reason.NOT_A_PDF),
    "a program": (lambda: b"MZ\x90\x00" + bytes(4_000), Reason.NOT_A_PDF),
    "a header late": (lambda: b"\n" * 3_000 + SOUND, Reason.NOT_A_PDF),
    "a header alone": (lambda: b"%PDF-1.7\n", Reason.DAMAGED),
    "a header and noise": (
        lambda: b"%PDF-1.7\n" + b"".join(zlib.compress(bytes([n])) for n in range(200)),
        Reason.DAMAGED,
    ),
    "the first half": (lambda: SOUND[: len(SOUND) // 3], Reason.DAMAGED),
    "a password": (lambda: a_pdf([SENTENCE], password="abrete"), Reason.ENCRYPTED),
    "no pages": (lambda: one_page(TREE % (b"", 0)), Reason.NO_PAGES),
    "100,000 pages": (lambda: many_pages(100_000), Reason.TOO_MANY_PAGES),
    "a count that lies": (lambda: one_page(TREE % (b"3 0 R", 99_999)), Reason.TOO_MANY_PAGES),
    "forms that multiply": (lambda: forms_that_call_forms(12), Reason.TOO_COSTLY),
    "a flate bomb": (lambda: pages_of_streams(a_flate_bomb()), Reason.TOO_COSTLY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_can_never_be_read_is_refused_for_its_reason(
    name: str, read: Callable[..., Draft]
) -> None:
    make, reason = REFUSED[name]
    pdf, started = make(), time.monotonic()
    with pytest.raises(Refused) as refusal:
        read(pdf)
    assert refusal.value.reason is reason
    assert time.monotonic() - started < 20


ACCEPTED: dict[str, tuple[Callable[[], bytes], set[Remark]]] = {
    "no table": (table_torn_out, set()),
    "a table that returns": (xref_that_returns, set()),
    "a page tree that returns": (lambda: one_page(TREE % (b"3 0 R 2 0 R", 1)), set()),
    "junk before the header": (lambda: b"junk " * 100 + SOUND, set()),
    "a page and a zip": (lambda: SOUND + b"PK\x03\x04" + bytes(100), set()),
    "a script": (
        lambda: pages_of_streams(
            text_stream(SENTENCE), catalogue=b"/OpenAction<</S/JavaScript/JS(x)>>"
        ),
        {Remark.ACTIVE_CONTENT},
    ),
    "an attached program": (with_attachment, {Remark.ATTACHMENTS}),
    "a picture of nothing": (
        lambda: pages_of_streams(a_stream(b"0 0 9 9 re f")),
        {Remark.PAGES_WITHOUT_TEXT},
    ),
    "a stream without end": (
        lambda: pages_of_streams(
            text_stream(SENTENCE), a_stream(b"BT /F 9 Tf (sin fin").replace(b"endstream", b"")
        ),
        {Remark.PAGES_WITHOUT_TEXT},
    ),
    "an empty password": (lambda: a_pdf([SENTENCE], password=""), set()),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_strange_file_is_accepted_with_its_remarks(name: str, read: Callable[..., Draft]) -> None:
    make, remarks = ACCEPTED[name]
    draft = read(make())
    assert draft.page_total >= 1
    assert set(draft.remarks) == remarks
    if remarks != {Remark.PAGES_WITHOUT_TEXT}:
        assert SENTENCE in draft.pages[0].text


def test_a_title_is_never_more_than_text(read: Callable[..., Draft]) -> None:
    draft = read(a_pdf([SENTENCE], title="<script>alert('x')</script>"))
    assert draft.title is not None
    assert "script" not in draft.title
