"""Blocks of a source turned into what reportlab lays out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
)  # fmt: skip

from samples.source import Block
from samples.style import Look

_CAPTION = re.compile(r"(Tabla|Table|Tabela|Tableau)( [\dA-Z.]+)? ?:")
_HEADINGS = ("h1", "h2", "h3")
_GREY = HexColor("#b8b8b8")


@dataclass(frozen=True, slots=True)
class Column:
    """The place blocks are laid into: how it looks and how wide it is, in points."""

    look: Look
    width: float


def inline(text: str) -> str:
    """Markdown emphasis to reportlab's mark-up, everything else escaped."""
    safe = escape(text)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", safe)


def flow(blocks: tuple[Block, ...], column: Column) -> list[Flowable]:
    """The body as flowables, in order; no heading is left alone at the foot of a page."""
    story: list[Flowable] = []
    before = ""
    for block in blocks:
        if block.kind in _HEADINGS and before not in _HEADINGS:
            story.append(CondPageBreak(90))
        pieces = list(_DRAW[block.kind](block, column))
        if block.kind == "table" and len(block.rows) <= 10:
            pieces[:1] = [_together(story, pieces[0])]
        story += pieces
        before = block.kind
    return story


def _together(story: list[Flowable], table: Flowable) -> Flowable:
    """A short table unbroken, with the caption taken from the end of the story."""
    last = story[-1] if story else None
    captioned = isinstance(last, Paragraph) and last.style.name == "caption"
    return KeepTogether([story.pop(), table] if captioned else [table])


def boxed(markup: str, column: Column, style: str = "body") -> Table:
    """A paragraph in a tinted box with a line of the accent colour on its left."""
    table = Table([[Paragraph(markup, column.look.styles[style])]], colWidths=[column.width])
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), column.look.tint),
            ("LINEBEFORE", (0, 0), (0, -1), 3, column.look.accent),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
        ]
    )
    return table


def _paragraph(block: Block, column: Column) -> Iterator[Flowable]:
    style = "caption" if _CAPTION.match(block.text) else "body"
    yield Paragraph(inline(block.text), column.look.styles[style])


def _heading(block: Block, column: Column) -> Iterator[Flowable]:
    yield Paragraph(inline(block.text), column.look.styles[block.kind])


def _quote(block: Block, column: Column) -> Iterator[Flowable]:
    yield Paragraph(inline(block.text), column.look.styles["quote"])


def _box(block: Block, column: Column) -> Iterator[Flowable]:
    yield boxed(inline(block.text), column)
    yield Spacer(1, 8)


def _list(block: Block, column: Column) -> Iterator[Flowable]:
    style = column.look.styles["item"]
    numbered = block.kind == "number"
    yield ListFlowable(
        [ListItem(Paragraph(inline(item), style)) for item in block.items],
        bulletType="1" if numbered else "bullet",
        start=None if numbered else "•",
        bulletFontName=column.look.bold,
        bulletFontSize=style.fontSize,
        bulletColor=column.look.accent,
        leftIndent=style.fontSize * 1.6,
    )
    yield Spacer(1, style.spaceAfter)


def _break(_block: Block, _column: Column) -> Iterator[Flowable]:
    yield PageBreak()


def _widths(rows: tuple[tuple[str, ...], ...], width: float) -> list[float]:
    """Column widths by the square root of the longest cell: long texts get more, not all."""
    longest = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    shares = [max(3.0, length**0.5) for length in longest]
    return [width * share / sum(shares) for share in shares]


def _table(block: Block, column: Column) -> Iterator[Flowable]:
    look = column.look
    cells = [
        [Paragraph(inline(cell), look.styles["cell" if i else "head"]) for cell in row]
        for i, row in enumerate(block.rows)
    ]
    table = Table(cells, colWidths=_widths(block.rows, column.width), repeatRows=1)
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), look.accent),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor("#ffffff"), look.tint]),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _GREY),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    yield table
    yield Spacer(1, 9)


def _rows(block: Block, column: Column) -> Iterator[Flowable]:
    styles = column.look.styles
    cells = [
        [Paragraph(inline(label), styles["label"]), Paragraph(inline(text), styles["cell"])]
        for label, text in block.rows
    ]
    table = Table(cells, colWidths=[column.width * 0.27, column.width * 0.73], splitInRow=1)
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, _GREY),
            ("BACKGROUND", (0, 0), (0, -1), column.look.tint),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    yield table
    yield Spacer(1, 8)


class BarChart(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Horizontal bars with label and number, drawn as vectors."""

    def __init__(self, block: Block, column: Column) -> None:
        super().__init__()
        self.block, self.column = block, column
        self.size = min(column.look.styles["cell"].fontSize, 12.5)
        self.bar = max(15.0, self.size * 1.6)
        self.width, self.height = column.width, self.bar * len(block.bars) + self.size + 18

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        look, canvas = self.column.look, self.canv
        canvas.setFont(look.bold, self.size)
        canvas.drawString(0, self.height - self.size - 2, self.block.text)
        canvas.setFont(look.styles["body"].fontName, self.size * 0.92)
        most = max(number for _, number in self.block.bars)
        left = self.width * 0.36
        for i, (label, number) in enumerate(self.block.bars):
            y = self.height - self.size - 10 - self.bar * (i + 1) + 5
            canvas.setFillColor(HexColor("#222222"))
            canvas.drawRightString(left - 5, y + 2, label)
            length = (self.width * 0.54) * number / most
            canvas.setFillColor(look.accent)
            canvas.rect(left, y, length, self.bar - 5, stroke=0, fill=1)
            canvas.setFillColor(HexColor("#222222"))
            canvas.drawString(left + length + 4, y + 2, f"{number:g}")


def _chart(block: Block, column: Column) -> Iterator[Flowable]:
    yield BarChart(block, column)
    yield Spacer(1, 8)


_DRAW: dict[str, Any] = {
    "paragraph": _paragraph, "h1": _heading, "h2": _heading, "h3": _heading, "quote": _quote,
    "box": _box, "item": _list, "number": _list, "break": _break, "table": _table, "row": _rows,
    "chart": _chart,
}  # fmt: skip
