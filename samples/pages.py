"""Pages: frames, running heads, footers, and the document that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from samples.source import Source
from samples.style import Look
from samples.words import WORDS, Words

SLIDE = (720.0, 405.0)
MARGIN = 62.0
GAP = 20.0
_PLAIN = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document's paper: source, look and fixed words, and its size in points."""

    source: Source
    look: Look
    words: Words
    width: float
    height: float

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * MARGIN


def sheet_of(source: Source, look: Look) -> Sheet:
    """The paper a layout is printed on."""
    width, height = SLIDE if source.about["layout"] == "slides" else LETTER
    return Sheet(source, look, WORDS[source.about["language"]], width, height)


class Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """A document that reports its chapters to the table of contents and the outline."""

    def __init__(self, target: BinaryIO, sheet: Sheet) -> None:
        about = sheet.source.about
        super().__init__(
            target,
            pagesize=(sheet.width, sheet.height),
            invariant=1,
            pageCompression=1,
            title=about.get("pdf_title", about["title"]),
            author=about["organization"],
            lang=about["language"],
        )
        self.marks, self.deepest = 0, -1

    def beforeDocument(self) -> None:  # noqa: N802  (reportlab's name)
        """Called before each pass: the same keys in every pass, or the contents never settle."""
        self.marks, self.deepest = 0, -1

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802  (reportlab's name)
        """Called by reportlab after each flowable is drawn."""
        name = getattr(getattr(flowable, "style", None), "name", "")
        if name not in ("h1", "h2"):
            return
        # An outline may not skip a level, and some documents begin with a second-level heading.
        self.deepest = min(int(name[1]) - 1, self.deepest + 1)
        self.marks += 1
        key, text = f"h{self.marks}", flowable.getPlainText()
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, self.deepest)
        self.notify("TOCEntry", (int(name[1]) - 1, text, self.page, key))


def footer(sheet: Sheet, canvas: Any) -> None:
    """The line that says the document is invented, and the number of the page."""
    left = 30.0 if sheet.width == SLIDE[0] else MARGIN
    canvas.setFont("Helvetica", 7.6)
    canvas.setFillColor(HexColor("#555555"))
    canvas.setStrokeColor(HexColor("#b8b8b8"))
    canvas.setLineWidth(0.5)
    canvas.line(left, 36, sheet.width - left, 36)
    canvas.drawString(left, 25, sheet.words.footer)
    number = f"{sheet.words.page} {canvas.getPageNumber()}"
    canvas.drawRightString(sheet.width - left, 25, number)


def header(sheet: Sheet, canvas: Any) -> None:
    """The running head: who speaks and, shortened to one line, the title."""
    canvas.setFont("Helvetica", 7.6)
    canvas.setFillColor(sheet.look.accent)
    top = sheet.height - 36
    who, title = sheet.source.text("organization"), sheet.source.text("title")
    room = sheet.inner - stringWidth(who, "Helvetica", 7.6) - 20
    canvas.drawString(MARGIN, top, who)
    canvas.drawRightString(sheet.width - MARGIN, top, shortened(title, room))


def shortened(text: str, room: float) -> str:
    """The words of a text that fit into `room` points at the size of a running head."""
    if stringWidth(text, "Helvetica", 7.6) <= room:
        return text
    words = text.split()
    while words and stringWidth(" ".join(words) + " …", "Helvetica", 7.6) > room:
        words.pop()
    return " ".join(words) + " …"


def template(name: str, frames: list[Frame], painters: list[Any], sheet: Sheet) -> PageTemplate:
    """A page template whose painters are called with (sheet, canvas) before each page's text.

    The footer comes after the text, so that extracted text begins with what the page says.
    """

    def paint(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        for painter in painters:
            painter(sheet, canvas)
        canvas.restoreState()

    def close(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        footer(sheet, canvas)
        canvas.restoreState()

    size = (sheet.width, sheet.height)
    return PageTemplate(id=name, frames=frames, onPage=paint, onPageEnd=close, pagesize=size)


def frame(sheet: Sheet, top: float = 56.0, bottom: float = 50.0) -> Frame:
    """One column between the margins; `top` and `bottom` are kept free."""
    return Frame(MARGIN, bottom, sheet.inner, sheet.height - top - bottom, **_PLAIN)


def two_columns(sheet: Sheet, top: float) -> list[Frame]:
    """Two equal columns below `top` points."""
    width = (sheet.inner - GAP) / 2
    height = sheet.height - top - 50
    return [
        Frame(MARGIN + i * (width + GAP), 50, width, height, **_PLAIN, id=f"column{i}")
        for i in range(2)
    ]
