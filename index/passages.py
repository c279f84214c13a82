"""The sentences shown with a hit, and which words in them matched. The same for every engine.

Values are plain text with spans; whoever shows them adds the markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from index.marks import Mark, Span, Wanted, find, merged

LONGEST = 300
"""Characters of a passage as they stand on the page, ellipses not counted."""

_BEFORE = 80  # characters kept before the first mark where a long sentence is cut
_LAST_LINE = 60  # so much of a passage is given up to end it with a line
_MOST_MARKS = 2_000  # of one page; only debris has more
_TRIES = 4
_ELLIPSIS = "…"
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
# What may stand between two words; a combining accent or a soft hyphen stands within one.
_BREAK = re.compile("[^\\w\u0300-\u036f\u00ad]+")
_SENTENCE_END = re.compile(
    r"""(?<![.!?…])(?:(?P<dot>\.)|[.!?…]++)["'”’»)\]]*+\s++(?![a-zà-öø-ÿ,;:])
    |\n[^\S\n]*+\n\s*+
    |\n\s*+(?=[•▪■●◦‣·–—-]\s)""",
    re.VERBOSE,
)
_LONGEST_ABBREVIATION = 8
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
    marks = [find(page.text, page.language, wanted)[:_MOST_MARKS] for page in pages]
    chosen: list[_Window] = []
    while len(chosen) < limit:
        window = _best_window(pages, marks, wanted.weights, chosen)
        if window is None:
            break
        chosen.append(window)
        left = marks[window.page]
        marks[window.page] = [m for m in left if m.end <= window.start or m.start >= window.end]
    return tuple(_passage(pages[window.page], window) for window in chosen)


class _Window(NamedTuple):
    """``text[start:end]`` of one of the pages; whether a sentence begins and ends there."""

    page: int
    start: int
    end: int
    whole_start: bool
    whole_end: bool
    marks: tuple[Mark, ...]


def _best_window(
    pages: Sequence[PageText],
    marks: Sequence[list[Mark]],
    weights: Sequence[int],
    chosen: Sequence[_Window],
) -> _Window | None:
    """Of the likeliest places, that whose sentences hold the most."""
    shown = {mark.number for window in chosen for mark in window.marks}
    places = sorted(_likely(marks, weights, shown), key=lambda place: (-place.worth, place[1:]))
    found, most = None, -1
    for place in places[:_TRIES]:
        if place.worth <= most:
            break  # sentences seldom hold more than what stands near
        window = _window(pages[place.page].text, place, marks[place.page], chosen)
        worth = _worth({mark.number for mark in window.marks}, weights, shown)
        if worth > most:
            found, most = window, worth
    return found


class _Place(NamedTuple):
    """A mark from which on a passage may begin, and what stands within its reach is worth."""

    worth: int
    page: int
    mark: int


def _likely(
    marks: Sequence[list[Mark]], weights: Sequence[int], shown: set[int]
) -> Iterable[_Place]:
    """The best beginnings on each page, none within another's reach."""
    for page, found in enumerate(marks):
        places = []
        held: dict[int, int] = {}
        after = 0
        for at, mark in enumerate(found):
            while after < len(found) and found[after].end <= mark.start + LONGEST - _BEFORE:
                held[found[after].number] = held.get(found[after].number, 0) + 1
                after += 1
            places.append(_Place(_worth(held, weights, shown), page, at))
            if after > at:
                held[mark.number] -= 1
                if not held[mark.number]:
                    del held[mark.number]
            else:
                after = at + 1
        places.sort(key=lambda place: (-place.worth, place.mark))
        yield from places[:_TRIES]


def _worth(numbers: Iterable[int], weights: Sequence[int], shown: set[int]) -> int:
    """What is new counts before what was shown."""
    new = seen = 0
    for number in numbers:
        if number in shown:
            seen += weights[number]
        else:
            new += weights[number]
    return new * 1000 + seen


def _window(text: str, place: _Place, marks: list[Mark], chosen: Sequence[_Window]) -> _Window:
    """The sentences around a mark, clear of the passages already chosen."""
    mark = marks[place.mark]
    low, high = 0, len(text)
    for other in chosen:
        if other.page == place.page and other.end <= mark.start:
            low = max(low, other.end)
        elif other.page == place.page:
            high = min(high, other.start)
    start, end, whole_start, whole_end = _sentences(text, mark, low, high)
    held = tuple(one for one in marks if start <= one.start < end)
    return _Window(place.page, start, end, whole_start, whole_end, held)


def _sentences(text: str, mark: Mark, low: int, high: int) -> tuple[int, int, bool, bool]:
    """Where the sentences from the one that holds the mark begin and end, and if they do."""
    reach = max(low, mark.start - LONGEST)
    limit = min(high, mark.end + LONGEST)
    start, end = (reach, -1)
    known = reach == low
    for found in _SENTENCE_END.finditer(text, reach, limit):
        if found["dot"] and _is_abbreviation(text, found.start()):
            continue
        at = found.end()
        if at <= mark.start:
            start, known = at, True
        elif at >= mark.end:
            if end >= 0 and at - start > LONGEST:
                break
            end = at
            if end - start > LONGEST:
                break
    if limit == high and high - start <= LONGEST:
        end = high
    elif end < 0:
        end = limit
    if known and end - start <= LONGEST:
        return start, end, start == 0 or low < start or start == low, end == high or end < limit
    return _cut(text, mark, start, end)


def _is_abbreviation(text: str, dot: int) -> bool:
    return _ABBREVIATION.search(text, max(0, dot - _LONGEST_ABBREVIATION), dot) is not None
