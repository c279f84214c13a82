"""Where on a page the words of a question stand. The same for every engine.

A word is marked where the engines would match it: by its exact folded form, by its stem (the
page's language on the page, the question's in the question), by a prefix, as a word that may be
misspelt, as part of a phrase, or near the others it was asked to stand near.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from index import analysis
from index.folded_page import FoldedPage, Found, Shapes, Span, around, words_of
from index.wanted import Wanted


class Mark(NamedTuple):
    """``text[start:end]`` is what the term ``number`` of the question asks for."""

    start: int
    end: int
    number: int


def find(text: str, page_language: str | None, wanted: Wanted) -> list[Mark]:
    """Where a page's text matches, in order; marks of different terms may overlap. Where nothing
    does, what was meant indirectly."""
    marks = _every(text, page_language, wanted)
    if not marks and (indirect := wanted.indirect()):
        marks = _every(text, page_language, indirect)
    return marks


def held(text: str, page_language: str | None, wanted: Wanted) -> set[int]:
    """The numbers of all terms that stand on a page, directly or not."""
    both = (wanted, wanted.indirect())
    return {mark.number for one in both if one for mark in _every(text, page_language, one)}


def _every(text: str, page_language: str | None, wanted: Wanted) -> list[Mark]:
    page = FoldedPage(text, page_language, wanted)
    return _marks(page, list(page.candidates()), wanted)


def _marks(page: FoldedPage, words: list[Found], wanted: Wanted) -> list[Mark]:
    """What these words of a page are, or are part of."""
    numbers = page.numbers
    marks = [
        Mark(start, end, number) for start, end, word in words if (number := numbers[word]) >= 0
    ]
    if words and (wanted.phrases or wanted.near):
        known = analysis.terms_in(page.language)
        marks += _phrases(page.clean, words, known, wanted)
        marks += set(_near(page.clean, words, known, wanted))
        marks.sort()
    if words and wanted.named:
        marks += _namings(page, words)
        marks.sort()
    return marks


# The first that will do ---------------------------------------------------------------

AT_ONCE = 16
"""Words of a page looked at before it is asked whether that will do."""
MANY = 40
"""Words of a page at most that are all looked at anyway."""


def leading(
    text: str, page_language: str | None, wanted: Wanted, stretches: int, reach: int
) -> list[Mark]:
    """As ``find``, but no more than it takes for some passages: up to the end of the first
    ``stretches`` that hold whatever of the question may stand on the page, each of ``reach``
    characters from the first mark behind the one before. A word may stand on a page hundreds
    of times."""
    page = FoldedPage(text, page_language, wanted)
    words: Iterator[Found] = page.candidates()
    if len(wanted.weights) == 1:
        if not (wanted.phrases or wanted.near or wanted.named):
            return _first_of_one(page, words, stretches, reach)
        return _first(page, words, wanted, stretches, reach, possible=1)
    every = list(words)
    if len(every) > MANY:
        possible = _possible(page, every, wanted)
        marks = _first(page, iter(every), wanted, stretches, reach, possible)
    else:
        marks = _marks(page, every, wanted)
    if not marks and (indirect := wanted.indirect()):
        marks = _every(text, page_language, indirect)
    return marks


def _first_of_one(
    page: FoldedPage, words: Iterator[Found], stretches: int, reach: int
) -> list[Mark]:
    """Where the question is one word: every stretch that begins with it holds it."""
    numbers = page.numbers
    marks: list[Mark] = []
    end = -1
    for start, after, word in words:
        if (number := numbers[word]) < 0:
            continue
        if start >= end:
            if stretches == 0:
                break
            end, stretches = start + reach, stretches - 1
        marks.append(Mark(start, after, number))
    return marks


def _first(
    page: FoldedPage,
    words: Iterator[Found],
    wanted: Wanted,
    stretches: int,
    reach: int,
    possible: int,
) -> list[Mark]:
    marks: list[Mark] = []
    end: int | None = None
    while some := list(islice(words, AT_ONCE)):
        marks += _marks(page, some, wanted)
        if wanted.near:
            marks = list(set(marks))
        marks.sort()
        end = _end(marks, stretches, reach, possible)
        if end is not None and some[-1][0] >= end + reach:  # a wording may begin before its word
            break
    return marks if end is None else [mark for mark in marks if mark.start < end]


def _possible(page: FoldedPage, words: list[Found], wanted: Wanted) -> int:
    """How many terms may stand on a page of which these are the words looked for."""
    known = analysis.terms_in(page.language)
    written = {word for _, _, word in words}
    found = {page.numbers[word] for word in written} - {-1}
    found.update(n for word in written for _, n in page.may_stand(known[word].exact))
    stems = {known[word].stem for word in written}
    found.update(n for slots, n in wanted.phrases if not stems.isdisjoint(slots[0][1]))
    found.update(n for groups, _, n in wanted.near if not any(map(stems.isdisjoint, groups)))
    return len(found)


def _end(marks: list[Mark], stretches: int, reach: int, possible: int) -> int | None:
    """Where the last of so many stretches ends that hold marks of all possible terms; None where
    there are not so many."""
    end = -1
    held: set[int] = set()
    for start, _, number in marks:
        if start >= end:
            if stretches == 0:
                return end
            end, held = start + reach, set()
        if number not in held:
            held.add(number)
            stretches -= len(held) == possible
    return None if stretches else end


def mark(text: str, page_language: str | None, wanted: Wanted) -> tuple[Span, ...]:
    """Where a page's text matches, in order and without overlaps."""
    return tuple(merged((start, end) for start, end, _ in find(text, page_language, wanted)))


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order of their starts, those that overlap or touch as one."""
    start = end = -1
    for one_start, one_end in spans:
        if one_start > end:
            if end >= 0:
                yield start, end
            start, end = one_start, one_end
        end = max(end, one_end)
    if end >= 0:
        yield start, end


def holds_quoted(text: str, wanted: Wanted) -> bool:
    """Whether every quoted phrase stands in the text word for word, case and accents aside.

    Engines match quoted words by their stems; pages that pass this test belong first.
    """
    if not wanted.quoted:
        return True
    held = f" {' '.join(words_of(text))} "
    return all(f" {' '.join(words)} " in held for words in wanted.quoted)


Known = Mapping[str, analysis.Term]


def _phrases(text: str, words: list[Found], known: Known, wanted: Wanted) -> Iterator[Mark]:
    """Words that follow one another, marked from the first to the last."""
    for slots, number in wanted.phrases:
        for start, end, first in words:
            if known[first].stem in slots[0][1]:
                last = _end_of_phrase(text, end, known, slots)
                if last >= 0:
                    yield Mark(start, last, number)


def _end_of_phrase(text: str, end: int, known: Known, slots: analysis.Slots) -> int:
    """Where a phrase ends whose first word ends at ``end``; -1 where another word follows."""
    at = 0
    for offset, forms in slots[1:]:
        word = ""
        while at < offset:
            found = analysis.next_token(text, end)
            if found is None:
                return -1
            word, _, end = found
            at += 1
        if known[word].stem not in forms:
            return -1
    return end


def _namings(page: FoldedPage, words: list[Found]) -> Iterator[Mark]:
    """Where concepts are named, each in the longest wording that stands there."""
    led_to = page.led_to if len(words) <= FEW else page.may_stand
    known = analysis.terms_in(page.language)
    several: list[tuple[int, Shapes, int]] = []
    for start, end, word in words:
        for shapes, number in led_to(known[word].exact):
            if shapes[0].length == 1:
                yield Mark(start, end, number)
            else:
                several.append((start, shapes, number))
    # Around a few it is quicker to look one by one.
    for some in [several] if len(several) > FEW else [[one] for one in several]:
        yield from _wordings(page.text, some)


FEW = 6


def _wordings(text: str, places: list[tuple[int, Shapes, int]]) -> Iterator[Mark]:
    """Of several words, at places that are in order."""
    if not places:
        return
    any_of_them = (shape for _, shapes, _ in places for shape in shapes)
    tokens = around(text, places[0][0], places[-1][0], any_of_them)
    for start, shapes, number in places:
        if span := tokens.holding(shapes, start):
            yield Mark(*span, number)


def _near(text: str, words: list[Found], known: Known, wanted: Wanted) -> Iterator[Mark]:
    """Words that stand near enough to one another, each marked by itself, perhaps repeatedly."""
    for groups, width, number in wanted.near:
        fitting = frozenset().union(*groups)
        for start, _, first in words:
            if known[first].stem not in fitting:
                continue
            tokens = list(islice(analysis.spans_from(text, start), width))
            stems = [known[token].stem for token, _, _ in tokens]
            if all(any(form in stems for form in forms) for forms in groups):
                for stem, (_, begin, end) in zip(stems, tokens, strict=True):
                    if stem in fitting:
                        yield Mark(begin, end, number)
