"""The seven layouts: each gives page templates and a story for one sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    Flowable,
    Frame,
    HRFlowable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)  # fmt: skip
from reportlab.platypus.tableofcontents import TableOfContents

from samples.flowables import Column, boxed, flow, inline
from samples.pages import MARGIN, Sheet, frame, header, template, two_columns
from samples.source import Block

Layout = tuple[list[PageTemplate], list[Flowable]]
_WHITE = HexColor("#ffffff")


def lay_out(sheet: Sheet) -> Layout:
    """Page templates and story of a document, by its layout."""
    return _LAYOUTS[sheet.source.about["layout"]](sheet)


def _column(sheet: Sheet) -> Column:
    return Column(sheet.look, sheet.inner)


def _warning(sheet: Sheet, width: float) -> list[Flowable]:
    box = boxed(sheet.words.warning, Column(sheet.look, width), "warning")
    box.setStyle([("BOX", (0, 0), (-1, -1), 1, sheet.look.accent)])
    return [box, Spacer(1, 10)]


def _byline(sheet: Sheet) -> str:
    parts = (sheet.source.text(key) for key in ("authors", "organization", "year"))
    return " · ".join(part for part in parts if part)


def _identifiers(sheet: Sheet) -> str:
    about = sheet.source.about
    pairs = (("DOI", "doi"), ("ISBN", "isbn"), (sheet.words.licence, "licence"))
    return " · ".join(f"{label}: {about[key]}" for label, key in pairs if about.get(key))


def _abstracts(sheet: Sheet, column: Column) -> list[Flowable]:
    about = sheet.source.about
    pairs = [
        (sheet.words.abstract, about["abstract"]),
        (about.get("second_abstract_title", "Abstract"), about.get("second_abstract", "")),
    ]
    story: list[Flowable] = []
    for title, text in pairs:
        if text:
            story += [boxed(f"<b>{title}.</b> {inline(text)}", column, "small"), Spacer(1, 8)]
    return story


def _small(sheet: Sheet, text: str) -> list[Flowable]:
    return [Paragraph(inline(text), sheet.look.styles["small"])] if text else []


def _title(sheet: Sheet, **changes: Any) -> list[Flowable]:
    """The title as the largest text of the page, and the subtitle below."""
    styles, about = sheet.look.styles, sheet.source.about
    title = ParagraphStyle("title", styles["title"], **changes)
    under = ParagraphStyle(
        "subtitle", styles["body"], textColor=title.textColor, alignment=title.alignment,
        fontSize=title.fontSize * 0.55, leading=title.fontSize * 0.72,
    )  # fmt: skip
    story: list[Flowable] = [Paragraph(inline(about["title"]), title)]
    if about.get("subtitle"):
        story.append(Paragraph(inline(about["subtitle"]), under))
    return story


def _height(pieces: list[Flowable], sheet: Sheet) -> float:
    """The height of flowables set between the margins, in points."""
    heights = (
        piece.wrap(sheet.inner, sheet.height)[1] + piece.getSpaceBefore() + piece.getSpaceAfter()
        for piece in pieces
    )
    return float(sum(heights))


def _broken_before(kind: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with a page break before each one of that kind, but not before the first block."""
    pairs = [
        (Block("break"), block) if i and block.kind == kind else (block,)
        for i, block in enumerate(blocks)
    ]
    return tuple(block for pair in pairs for block in pair)


def _report(sheet: Sheet) -> Layout:
    def band(sheet: Sheet, canvas: Any) -> None:
        canvas.setFillColor(sheet.look.accent)
        canvas.rect(0, 0, 26, sheet.height, stroke=0, fill=1)
        canvas.setFillColor(sheet.look.tint)
        canvas.rect(26, sheet.height - 170, sheet.width, 170, stroke=0, fill=1)

    pages = [
        template("cover", [frame(sheet, top=70)], [band], sheet),
        template("body", [frame(sheet)], [header], sheet),
    ]
    body = sheet.look.styles["body"]
    story: list[Flowable] = [
        NextPageTemplate("body"),
        Paragraph(
            inline(sheet.source.text("organization")),
            ParagraphStyle("who", sheet.look.styles["h2"]),  # not "h2": no chapter, no outline
        ),
        Spacer(1, 110),
        *_title(sheet, fontSize=25, leading=30),
        Spacer(1, 14),
        *[Paragraph(inline(text), body) for text in (sheet.source.text("authors"),) if text],
        Paragraph(sheet.source.text("year"), body),
        Spacer(1, 22),
        *_warning(sheet, sheet.inner),
        *_abstracts(sheet, _column(sheet)),
        *_small(sheet, _identifiers(sheet)),
        PageBreak(),
    ]
    if sheet.source.about.get("contents"):
        story += _contents(sheet)
    chapters = _broken_before("h1", sheet.source.blocks)
    return pages, story + flow(chapters, _column(sheet))


def _contents(sheet: Sheet) -> list[Flowable]:
    body = sheet.look.styles["body"]
    contents = TableOfContents(dotsMinLevel=0)
    contents.levelStyles = [
        ParagraphStyle("toc0", body, fontName=sheet.look.bold, spaceBefore=3, spaceAfter=0),
        ParagraphStyle("toc1", body, fontSize=9, leading=11.4, leftIndent=14, spaceAfter=0),
    ]
    # Not the style "h1": the table of contents must not list itself.
    heading = ParagraphStyle("contents", sheet.look.styles["h1"])
    return [Paragraph(sheet.words.contents, heading), Spacer(1, 6), contents, PageBreak()]


def _paper(sheet: Sheet) -> Layout:
    """Title block across the page, measured first, then two columns under it."""
    rule = HRFlowable(width="100%", color=sheet.look.accent, thickness=1.2)
    head: list[Flowable] = [
        *_small(sheet, _identifiers(sheet)),
        rule,
        *_title(sheet, fontSize=19, leading=22.5, spaceBefore=0),
        Paragraph(inline(_byline(sheet)), sheet.look.styles["quote"]),
        *_warning(sheet, sheet.inner),
        *_abstracts(sheet, _column(sheet)),
    ]
    height = _height(head, sheet)
    top = Frame(
        MARGIN, sheet.height - 50 - height - 8, sheet.inner, height + 8,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    columns = two_columns(sheet, 50 + height + 14)
    pages = [
        template("first", [top, *columns], [], sheet),
        template("body", two_columns(sheet, 56), [header], sheet),
    ]
    narrow = Column(sheet.look, columns[0].width)
    return pages, [NextPageTemplate("body"), *head, *flow(sheet.source.blocks, narrow)]


def _letter(sheet: Sheet) -> Layout:
    def letterhead(sheet: Sheet, canvas: Any) -> None:
        top = sheet.height - 58
        canvas.setFillColor(sheet.look.accent)
        canvas.setFont(sheet.look.bold, 15)
        canvas.drawString(MARGIN, top, sheet.source.text("organization"))
        canvas.setStrokeColor(sheet.look.accent)
        canvas.setLineWidth(2)
        canvas.line(MARGIN, top - 9, sheet.width - MARGIN, top - 9)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, top - 12, sheet.width - MARGIN, top - 12)

    pages = [
        template("first", [frame(sheet, top=84)], [letterhead], sheet),
        template("body", [frame(sheet)], [header], sheet),
    ]
    story = [
        NextPageTemplate("body"),
        *_warning(sheet, sheet.inner),
        *_title(sheet, fontSize=14, leading=17.5),
        *flow(sheet.source.blocks, _column(sheet)),
        *_small(sheet, _identifiers(sheet)),
    ]
    return pages, story


def _brief(sheet: Sheet) -> Layout:
    title = _title(sheet, fontSize=20, leading=24, textColor=_WHITE)
    height = sum(
        piece.wrap(sheet.inner, sheet.height)[1] + piece.getSpaceAfter() for piece in title
    )
    deep = height + 62

    def band(sheet: Sheet, canvas: Any) -> None:
        canvas.setFillColor(sheet.look.accent)
        canvas.rect(0, sheet.height - deep, sheet.width, deep, stroke=0, fill=1)
        canvas.setFillColor(_WHITE)
        canvas.setFont("Helvetica", 8.6)
        canvas.drawString(MARGIN, sheet.height - 30, sheet.source.text("organization"))
        canvas.drawRightString(sheet.width - MARGIN, sheet.height - 30, sheet.source.text("year"))

    first = frame(sheet, top=42)
    pages = [
        template("first", [first], [band], sheet),
        template("body", [frame(sheet)], [header], sheet),
    ]
    story = [
        NextPageTemplate("body"),
        *title,
        Spacer(1, 30),
        *_warning(sheet, sheet.inner),
        *_abstracts(sheet, _column(sheet)),
        *flow(sheet.source.blocks, _column(sheet)),
        *_small(sheet, _identifiers(sheet)),
    ]
    return pages, story


def _slides(sheet: Sheet) -> Layout:
    def title_page(sheet: Sheet, canvas: Any) -> None:
        canvas.setFillColor(sheet.look.accent)
        canvas.rect(0, sheet.height * 0.42, sheet.width, sheet.height, stroke=0, fill=1)

    def slide(sheet: Sheet, canvas: Any) -> None:
        canvas.setFillColor(sheet.look.accent)
        canvas.rect(0, sheet.height - 10, sheet.width, 10, stroke=0, fill=1)
        canvas.setFont("Helvetica", 8)
        canvas.drawRightString(
            sheet.width - 30, sheet.height - 26, sheet.source.text("organization")
        )

    pages = [
        template("first", [frame(sheet, top=60)], [title_page], sheet),
        template("body", [frame(sheet, top=36)], [slide], sheet),
    ]
    title = _title(sheet, fontSize=29, leading=34, textColor=_WHITE)
    height = sum(
        piece.wrap(sheet.inner, sheet.height)[1] + piece.getSpaceAfter() for piece in title
    )
    story: list[Flowable] = [
        NextPageTemplate("body"),
        *title,
        Spacer(1, max(10, sheet.height * 0.58 - 60 - height + 22)),
        Paragraph(inline(_byline(sheet)), sheet.look.styles["item"]),
        *_warning(sheet, sheet.inner),
    ]
    slides = (Block("break"), *_broken_before("h2", sheet.source.blocks))
    return pages, story + flow(slides, _column(sheet))


def _ordinance(sheet: Sheet) -> Layout:
    def border(sheet: Sheet, canvas: Any) -> None:
        canvas.setStrokeColor(sheet.look.accent)
        canvas.setLineWidth(1.2)
        canvas.rect(30, 44, sheet.width - 60, sheet.height - 88, stroke=1, fill=0)

    pages = [
        template("first", [frame(sheet, top=60, bottom=60)], [border], sheet),
        template("body", [frame(sheet, bottom=60)], [border, header], sheet),
    ]
    office = ParagraphStyle("office", sheet.look.styles["h2"], textColor=HexColor("#222222"))
    story = [
        NextPageTemplate("body"),
        *_warning(sheet, sheet.inner),
        Paragraph(inline(sheet.source.text("organization").upper()), office),
        *_title(sheet, fontSize=16, leading=20),
        *flow(sheet.source.blocks, _column(sheet)),
        *_small(sheet, _identifiers(sheet)),
    ]
    return pages, story


def _form(sheet: Sheet) -> Layout:
    pages = [
        template("first", [frame(sheet, top=42)], [], sheet),
        template("body", [frame(sheet)], [header], sheet),
    ]
    story = [
        NextPageTemplate("body"),
        Paragraph(inline(_byline(sheet)), sheet.look.styles["small"]),
        *_title(sheet, fontSize=17, leading=21),
        *_warning(sheet, sheet.inner),
        *flow(sheet.source.blocks, _column(sheet)),
        *_small(sheet, _identifiers(sheet)),
    ]
    return pages, story


_LAYOUTS: dict[str, Callable[[Sheet], Layout]] = {
    "report": _report, "paper": _paper, "letter": _letter, "brief": _brief, "slides": _slides,
    "ordinance": _ordinance, "form": _form,
}  # fmt: skip
