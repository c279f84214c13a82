"""PDFs for tests, made on the spot: sound ones, and hand-made ones no tool would write."""

from __future__ import annotations

import io
import textwrap
import zlib
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

_WIDTH, _HEIGHT = A4
MIB = 1 << 20


def a_pdf(
    pages: Sequence[str] = ("Página de muestra",),
    *,
    title: str | None = None,
    author: str | None = None,
    headline: str | None = None,
    password: str | None = None,
) -> bytes:
    """A sound PDF with the given text on each page, the same bytes every time.

    ``title`` and ``author`` go into the metadata, ``headline`` in large letters over page one;
    ``password`` is what a reader would be asked for (nothing, for ''). Texts are Latin-1.
    """
    written = io.BytesIO()
    lock = None if password is None else StandardEncryption(password, "owner", canCopy=0)
    canvas = Canvas(written, pagesize=A4, invariant=True, encrypt=lock)
    if title:
        canvas.setTitle(title)
    if author:
        canvas.setAuthor(author)
    for number, text in enumerate(pages):
        top = _HEIGHT - 60
        if headline and number == 0:
            canvas.setFont("Helvetica-Bold", 26)
            canvas.drawString(50, top, headline)
            top -= 40
        lines = canvas.beginText(50, top)
        lines.setFont("Helvetica", 10)
        for line in text.splitlines():
            lines.textLines(textwrap.wrap(line, 95) or [""])
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def a_raw_pdf(*objects: bytes) -> bytes:
    """The given objects, numbered from 1 (the catalogue), with a right cross-reference table."""
    written, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    written += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(written)


def a_stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), entries, data)


def text_stream(text: str) -> bytes:
    shown = text.encode("latin-1").replace(b"(", b"").replace(b")", b"")
    return a_stream(b"BT /F 11 Tf 40 700 Td (%b) Tj ET" % shown)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
_RESOURCES = b"/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
SENTENCE = "Las personas refugiadas que llegan a la frontera piden protección y trabajo."


def pages_of_streams(*streams: bytes, catalogue: bytes = b"", page: bytes = b"") -> bytes:
    """One page per content stream; ``catalogue`` and ``page`` are further entries."""
    count = len(streams)
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(count))
    return a_raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue,
        b"<</Type/Pages/Kids[%b]/Count %d%b>>" % (kids, count, _RESOURCES),
        FONT,
        *(
            b"<</Type/Page/Parent 2 0 R/Contents %d 0 R%b>>" % (4 + count + number, page)
            for number in range(count)
        ),
        *streams,
    )


def a_flate_bomb(mebibytes: int = 400) -> bytes:
    """A content stream of a few hundred bytes that unpacks, in two steps, to that much."""
    packer, block = zlib.compressobj(9), b"q " * (MIB // 2)
    packed = b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()
    return a_stream(zlib.compress(packed, 9), b"/Filter[/FlateDecode/FlateDecode]")


def many_pages(count: int) -> bytes:
    """That many real, empty pages under one node."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    page = b"<</Type/Page/Parent 2 0 R>>"
    tree = b"<</Type/Pages/Kids[%b]/Count %d/MediaBox[0 0 9 9]>>" % (kids, count)
    return a_raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * count)


def with_attachment() -> bytes:
    names = b"/Names<</EmbeddedFiles<</Names[(a.exe) 6 0 R]>>>>"
    sound = pages_of_streams(text_stream(SENTENCE), catalogue=names)
    return _append(sound, b"<</Type/Filespec/F(a.exe)/EF<</F 7 0 R>>>>", a_stream(b"MZ"))


def _append(pdf: bytes, *objects: bytes) -> bytes:
    """The same file with objects after its last: its table is wrong, readers rebuild it."""
    body, _, _ = pdf.partition(b"xref\n")
    first = body.count(b" 0 obj\n") + 1
    more = b"".join(b"%d 0 obj\n%b\nendobj\n" % (first + n, o) for n, o in enumerate(objects))
    return body + more + b"trailer<</Root 1 0 R>>\n%%EOF\n"
