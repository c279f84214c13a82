"""Where a reader's words stand in a text, as pieces a template can print and escape."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from index import Query
from index import marks as finding
from index.passages import Passage
from repo_app.services.catalogue import PageView
from repo_app.services.found_pages import wanted_in_either

FULLNESS = 0.75
SHORTEST_FULL_LINE = 40
LIST_ITEM = re.compile(r"\s*(?:[-–—•·▪*]|\(?\w{1,3}[.)])\s")


class Piece(NamedTuple):
    """Of a text; a page of results is cut into some hundred."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A whole text in pieces, and in how many places the words were found."""

    pieces: tuple[Piece, ...]
    places: int


def pieces(text: str, marks: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut ``text`` at ``marks``, spans [start, end) in order; together they are the text."""
    cut: list[Piece] = []
    last = 0
    for start, end in marks:
        if last < start:
            cut.append(Piece(text[last:start], marked=False))
        if max(start, last) < end:
            cut.append(Piece(text[max(start, last) : end], marked=True))
        last = max(last, end)
    if last < len(text):
        cut.append(Piece(text[last:], marked=False))
    return tuple(cut)


def with_marks(passage: Passage, begin: str, end: str) -> Markup:
    """The text of ``passage``, escaped, with ``begin`` and ``end`` around each mark."""
    parts = [
        f"{begin}{escape(piece.text)}{end}" if piece.marked else escape(piece.text)
        for piece in pieces(passage.text, passage.marks)
    ]
    return Markup("".join(parts))  # noqa: S704


def whole_page(page: PageView, query: Query) -> MarkedText:
    """A page's text with what was searched for marked; without words, just the text.

    Which language a question is stemmed in depends on everything that can be found. Here one
    page decides: the query's language or its own, whichever finds more.
    """
    marks: tuple[tuple[int, int], ...] = ()
    if query.text:
        wanted = wanted_in_either(query, page.language)
        marks = max((finding.mark(page.text, page.language, one) for one in wanted), key=len)
    return MarkedText(pieces(reflowed(page.text), marks), len(marks))


def reflowed(text: str) -> str:
    """``text`` with the line breaks that only a page's width made turned into spaces.

    A line that is nearly as long as the page's long lines runs on; headings, lists and tables
    keep their breaks. Every character keeps its place, so that marks stay true.
    """
    lines = text.split("\n")
    lengths = sorted(len(line) for line in lines)
    full = max(SHORTEST_FULL_LINE, FULLNESS * lengths[len(lengths) * 9 // 10])
    parts = [lines[0]]
    for before, line in itertools.pairwise(lines):
        runs_on = len(before) >= full and line.strip() and not LIST_ITEM.match(line)
        parts.append((" " if runs_on else "\n") + line)
    return "".join(parts)
