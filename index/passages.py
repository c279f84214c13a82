"""The sentences shown with a hit, and which words in them matched. The same for every engine.

Values are plain text with spans; whoever shows them adds the markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.folded_page import Span
from index.marks import Mark, leading, merged
from index.wanted import Wanted

LONGEST = 300
"""Characters of a passage as they stand on the page, ellipses not counted."""

_BEFORE = 80  # characters kept before a mark where a long sentence is cut
_LAST_LINE = 60  # so much of a passage is given up to end it with a line
_MOST_MARKS = 2_000  # of one page; only debris has more
_TRIES = 4
_WORD = 40  # characters in which most probably one ends
_REACH = LONGEST - _BEFORE
_ELLIPSIS = "…"
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F), " ")
# What may stand between two words; a combining accent or a soft hyphen stands within one.
_BREAK = re.compile("[^\\w\u0300-\u036f\u00ad]+")
# The set of first characters makes the search skip from one to the next.
_SENTENCE_END = re.compile(
    r"""[.!?…\n](?:
    (?<!\n)[.!?…]*+["'”’»)\]]*+\s++(?![a-zà-öø-ÿ,;:])
    |(?<=\n)(?:[^\S\n]*+\n\s*+|\s*+(?=[•▪■●◦‣·–—-]\s)))""",
    re.VERBOSE,
)
_LETTERS = 4  # an abbreviation has at most
_REACHES = 8  # characters an abbreviation has at most, with what stands before it
_ABBREVIATION = re.compile(
    r"""(?:^|[\s(¿¡"“«\[.])
    (?:[A-ZÁÉÍÓÚÑ]|[Aa]rts?|Sra?s?|Sres|Dra?s?|Lic|Ing|Arq|Prof|M[rs]s?|St|Gral|EE|FF|[Nn]os?|Nro|nro
    |[Nn]úms?|[Pp]ágs?|pp?|[Vv]ols?|[Ee]ds?|[Cc]fr?|vs|al|[Ff]igs?|[Cc]ap|[Ii]nc|[Pp]árr|[Ss]ecc?|n)$
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Some sentences of a page; each mark is (start, end) in ``text``."""

    page: int
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of the document found: its number from 1, its text and its language."""

    number: int
    text: str
    language: str | None


def choose(
    page: int, text: str, page_language: str | None, wanted: Wanted, limit: int = 2
) -> tuple[Passage, ...]:
    """The best passages of one page, best first; none where nothing on it matches."""
    return best([PageText(page, text, page_language)], wanted, limit)


def best(pages: Sequence[PageText], wanted: Wanted, limit: int = 2) -> tuple[Passage, ...]:
    """The best passages of some pages, best first; among equals those of earlier pages.

    A passage is one or more whole sentences of at most LONGEST characters; a longer sentence
    is cut between words around its marks, with an ellipsis at each cut, and a word only where
    it is longer than that. What earlier passages show counts less. No two overlap.
    """
    marks = [
        leading(page.text, page.language, wanted, limit, LONGEST)[:_MOST_MARKS] for page in pages
    ]
    chosen: list[_Window] = []
    while len(chosen) < limit:
        window = _best_window(pages, marks, wanted.weights, chosen)
        if window is None:
            break
        chosen.append(window)
        if len(chosen) < limit:
            left, start, end = marks[window.page], window.start, window.end
            marks[window.page] = [m for m in left if m[1] <= start or m[0] >= end]
    return tuple(_passage(pages[window.page], window) for window in chosen)


class _Window(NamedTuple):
    """``text[start:end]`` of one of the pages; whether a sentence begins and ends there."""

    page: int
    start: int
    end: int
    whole_start: bool
    whole_end: bool
    marks: tuple[Mark, ...]


class _Place(NamedTuple):
    """A mark from which on a passage may begin, and what stands within its reach is worth."""

    worth: int
    page: int
    mark: int


def _best_window(
    pages: Sequence[PageText],
    marks: Sequence[list[Mark]],
    weights: Sequence[int],
    chosen: Sequence[_Window],
) -> _Window | None:
    """Of the likeliest places, that whose sentences hold the most."""
    if len(weights) == 1:  # every mark is worth the same: the first of them
        page = next((page for page, found in enumerate(marks) if found), -1)
        return None if page < 0 else _window(pages[page].text, page, marks[page], 0, chosen)
    shown = {mark.number for window in chosen for mark in window.marks}
    # What was not shown yet counts before what was.
    worth = [weight if n in shown else 1_000 * weight for n, weight in enumerate(weights)]
    places = [place for page, found in enumerate(marks) for place in _likely(page, found, worth)]
    places.sort(key=_by_worth)
    best, most = None, -1
    for place in places[:_TRIES]:
        if place.worth <= most:
            break  # sentences seldom hold more than what stands near
        found = marks[place.page]
        window = _window(pages[place.page].text, place.page, found, place.mark, chosen)
        held = sum(worth[number] for number in {mark.number for mark in window.marks})
        if held > most:
            best, most = window, held
    return best


def _by_worth(place: _Place) -> tuple[int, int, int]:
    return -place.worth, place.page, place.mark


def _likely(page: int, marks: list[Mark], worth: Sequence[int]) -> list[_Place]:
    """The places on a page that promise the most."""
    if not marks:
        return []
    every = {mark.number for mark in marks}
    if len(every) == 1:
        return [_Place(worth[marks[0].number], page, 0)]
    places: list[_Place] = []
    held: dict[int, int] = {}
    promised = after = 0
    for at, mark in enumerate(marks):
        reach = mark.start + _REACH
        while after < len(marks) and (after <= at or marks[after].end <= reach):
            number = marks[after].number
            held[number] = held.get(number, 0) + 1
            promised += worth[number] if held[number] == 1 else 0
            after += 1
        places.append(_Place(promised, page, at))
        held[mark.number] -= 1
        promised -= 0 if held[mark.number] else worth[mark.number]
    places.sort(key=_by_worth)
    return places[:_TRIES]


# Sentences ----------------------------------------------------------------------------


_Edge = tuple[int, bool]
"""A place in a text, and whether a sentence begins or ends there."""


def _window(
    text: str, page: int, marks: list[Mark], place: int, chosen: Sequence[_Window]
) -> _Window:
    """The sentences from the mark at ``place`` on, clear of the passages already chosen."""
    mark = marks[place]
    low: _Edge = 0, True
    high: _Edge = len(text), True
    for other in chosen:
        if other.page == page and other.end <= mark.start:
            low = max(low, (other.end, other.whole_end))
        elif other.page == page:
            high = min(high, (other.start, other.whole_start))
    (first, whole_start), (after, whole_end) = _sentences(text, mark, low, high)
    held = tuple([one for one in marks if one is mark or (first <= one[0] and one[1] <= after)])
    if mark.end > after:
        cut = mark._replace(end=after)
        held = tuple(cut if one is mark else one for one in held)
    return _Window(page, first, after, whole_start, whole_end, held)


def _sentences(text: str, mark: Mark, low: _Edge, high: _Edge) -> tuple[_Edge, _Edge]:
    """From the beginning of the sentence that holds the mark to the last end in reach."""
    begin, after, _ = mark
    reach = begin - LONGEST
    start = low if reach <= low[0] else (reach, False)
    end = _last_end(text, start[0], begin, begin + 1)
    if end:
        start = end, True
    if start[1] or start == low:
        longest = start[0] + LONGEST
        if high[0] <= longest:
            return start, high
        last = _last_end(text, after, longest, longest + 2)
        if last:
            return start, (last, True)
    return _cut(text, mark, start, high)


def _last_end(text: str, first: int, longest: int, after: int) -> int:
    """The last end of a sentence up to ``longest``, the space behind it included, that
    ``text[first:after]`` shows; 0 where there is none."""
    ends = [found.span() for found in _SENTENCE_END.finditer(text, first, after)]
    while ends:
        at, end = ends.pop()
        if end > longest:
            continue
        if not (text[at] == "." and text[at + 1].isspace() and _is_abbreviated(text, at)):
            return end
    return 0


def _is_abbreviated(text: str, at: int) -> bool:
    """Whether the dot at this place ends an abbreviation."""
    if at > _LETTERS and text[at - _LETTERS - 1 : at].isalpha():
        return False  # as most: quicker than searching
    return _ABBREVIATION.search(text, max(0, at - _REACHES), at) is not None


def _cut(text: str, mark: Mark, start: _Edge, end: _Edge) -> tuple[_Edge, _Edge]:
    """A piece around a mark in a sentence that is too long, from word to word."""
    left = mark.start - _BEFORE
    if left > start[0]:
        line = text.find("\n", left, mark.start)
        gap = _BREAK.search(text, left, mark.start)
        start = line + 1 if line >= 0 else gap.end() if gap else mark.start, False
    if mark.end - start[0] > LONGEST:
        start = mark.start, False
    right = start[0] + LONGEST
    if right >= end[0]:
        return start, end
    if right < mark.end:
        return start, (right, False)
    last = _last_end(text, mark.end, right, right + 2)
    return start, (last, True) if last else (_last_gap(text, mark.end, right), False)


def _last_gap(text: str, first: int, right: int) -> int:
    """The last place up to ``right`` where no word is cut, an end of a line if one is near."""
    line = text.rfind("\n", max(first, right - _LAST_LINE), right)
    if line >= 0:
        return line
    for begin in (max(first, right - _WORD), first):
        gaps = [gap.start() for gap in _BREAK.finditer(text, begin, right + 1)]
        if gaps and gaps[-1] > begin:  # one that begins there may have begun before
            return gaps[-1]
    return first


# As shown -----------------------------------------------------------------------------


def _passage(page: PageText, window: _Window) -> Passage:
    """The text of a window on one line, with its marks where they are then."""
    text, (_, start, end, whole_start, whole_end, marks) = page.text, window
    shown = "" if whole_start or not text[:start].strip() else _ELLIPSIS
    more = "" if whole_end or not text[end:].strip() else _ELLIPSIS
    piece = text[start:end].replace("\n", " ")
    printable = piece.isprintable()
    if not printable:
        piece = piece.translate(_CONTROLS)
    at = len(piece) - len(piece.lstrip())
    if printable and "  " not in piece:  # places stay
        shift = len(shown) - at - start
        kept = merged([(first + shift, after + shift) for first, after, _ in marks])
        return Passage(page.number, shown + piece.strip() + more, tuple(kept))
    spans: list[Span] = []
    marked = merged([(first - start, after - start) for first, after, _ in marks])
    for first, after in marked:
        shown += _on_one_line(piece[at:first])
        begun = len(shown)
        shown += _on_one_line(piece[first:after])
        spans.append((begun, len(shown)))
        at = after
    return Passage(page.number, shown + _on_one_line(piece[at:].rstrip()) + more, tuple(spans))


def _on_one_line(text: str) -> str:
    """With single spaces, also where it begins and ends with some."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
