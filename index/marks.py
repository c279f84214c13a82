"""Where on a page the words of a question stand. The same for every engine.

A word is marked where the engines would match it: by its exact folded form, by its stem (the
page's language on the page, the question's in the question), by a prefix, as a word that may be
misspelt, as part of a phrase, or near the others it was asked to stand near.

The page is folded to bytes (see wanted.py); only what is found there is analysed. What does not
fold to one byte makes its surroundings be analysed as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from index import analysis
from index.wanted import (
    APART,
    FOLDED,
    JOINS,
    LETTERS,
    ODD,
    SHORT,
    SPACE,
    UNKNOWN,
    WORD_BYTES,
    Wanted,
)
from index.wording import Shape

Span = tuple[int, int]

Found = tuple[int, int, str]
"""Where a word stands, and how it is written."""


class Mark(NamedTuple):
    """``text[start:end]`` is what the term ``number`` of the question asks for."""

    start: int
    end: int
    number: int


def find(text: str, page_language: str | None, wanted: Wanted) -> list[Mark]:
    """Where a page's text matches, in order; marks of different terms may overlap. Where nothing
    does, what was meant indirectly."""
    marks = _found(text, page_language, wanted)
    if not marks and (indirect := wanted.indirect()):
        marks = _found(text, page_language, indirect)
    return marks


def held(text: str, page_language: str | None, wanted: Wanted) -> set[int]:
    """The numbers of all terms that stand on a page, directly or not."""
    both = (wanted, wanted.indirect())
    return {mark.number for one in both if one for mark in _found(text, page_language, one)}


def _found(text: str, page_language: str | None, wanted: Wanted) -> list[Mark]:
    page = _Page(text, page_language, wanted)
    words = list(page.candidates())
    numbers = wanted.on(page_language).numbers
    marks = [
        Mark(start, end, number) for start, end, word in words if (number := numbers[word]) >= 0
    ]
    if words and (wanted.phrases or wanted.near):
        clean = analysis.without_clitics(text)
        known = analysis.terms_in(page_language)
        marks += _phrases(clean, words, known, wanted)
        marks += set(_near(clean, words, known, wanted))
        marks.sort()
    if words and wanted.named:
        marks += _namings(text, words, page_language, wanted)
        marks.sort()
    return marks


def leading(
    text: str, page_language: str | None, wanted: Wanted, stretches: int, reach: int
) -> list[Mark]:
    """As ``find``, but of a single word no more than it takes for some passages: what begins in
    the first ``stretches``, each of ``reach`` characters from the first mark behind the one
    before. A word may stand on a page hundreds of times."""
    if len(wanted.weights) != 1 or not (wanted.words or wanted.prefixes or wanted.fuzzy):
        return find(text, page_language, wanted)
    marks: list[Mark] = []
    end = -1
    numbers = wanted.on(page_language).numbers
    for start, after, word in _Page(text, page_language, wanted).candidates():
        number = numbers[word]
        if number < 0:
            continue
        if start >= end:
            if stretches <= 0:
                break
            stretches, end = stretches - 1, start + reach
        marks.append(Mark(start, after, number))
    return marks


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
    held = f" {' '.join(_exact_words(text))} "
    return all(f" {' '.join(words)} " in held for words in wanted.quoted)


def _exact_words(text: str) -> list[str]:
    """The folded words of a text: all at once where every letter of it folds to one byte."""
    clean = analysis.without_clitics(text)
    folded = _folded(clean)
    if not _odd(clean, folded):
        return folded.translate(APART).decode("latin-1").split()
    exact = analysis.terms_in(None)
    return [exact[token].exact for token in analysis.tokenise(clean)]


class _Page:
    """A text beside its folded form, which has a space more at either end."""

    def __init__(self, text: str, language: str | None, wanted: Wanted) -> None:
        self.text = text
        self._folded = _folded(text)
        self._needles, anchors, _ = wanted.on(language)
        if anchors:  # going through the words of the page once is quicker than looking for each
            self._needles = tuple(anchors.intersection(self._folded.translate(APART).split()))
        if wanted.fuzzy:
            words = set(self._folded.translate(APART).split())
            self._needles += tuple(
                word for word in words if wanted.misspelt(word.decode("latin-1")) >= 0
            )

    def candidates(self) -> Iterator[Found]:
        """In order, with their places, all words that may be looked for."""
        folded, text, done = self._folded, self.text, 0
        for at in self._likely():
            if at < done:
                continue
            before = folded[at - 1]
            if folded[at] in LETTERS:
                if before in LETTERS:
                    continue
                word = WORD_BYTES.match(folded, at)
                done = word.end() if word else at
                if before == SPACE == folded[done]:
                    yield at - 1, done - 1, text[at - 1 : done - 1]
                    continue
            start, done = folded.rfind(b" ", 0, at), folded.find(b" ", at)
            yield from self._within(start, done - 1)

    def _within(self, start: int, end: int) -> Iterator[Found]:
        """The words of a part of the text."""
        for token, begin, after in analysis.token_spans(self.text[start:end]):
            yield start + begin, start + after, token

    def _likely(self) -> Iterable[int]:
        """Where to look, in order. One beginning is looked for no farther than needed."""
        odd = _odd(self.text, self._folded)
        if not odd and len(self._needles) == 1 and len(self._needles[0]) > SHORT:
            return _places(self._folded, self._needles[0])
        return sorted({*self._begun(), *odd})

    def _begun(self) -> Iterator[int]:
        for needle in self._needles:
            if len(needle) > SHORT:
                yield from _places(self._folded, needle)
            else:
                for sign in (SPACE, JOINS, UNKNOWN):
                    found = _places(self._folded, bytes((sign,)) + needle)
                    yield from (at + 1 for at in found)


def _folded(text: str) -> bytes:
    """A byte for each character, with a space more at either end."""
    return b" %b " % text.encode("latin-1", "replace").translate(FOLDED)


def _odd(text: str, folded: bytes) -> list[int]:
    """Where in the folded text a letter is that did not fold to one byte, or may be."""
    odd = list(_places(folded, b"%c" % ODD)) if ODD in folded else []
    if UNKNOWN in folded:
        for at in _places(folded, b"%c" % UNKNOWN):
            letter = text[at - 1]
            if letter.isalnum() or "\u0300" <= letter <= "\u036f":
                odd.append(at)
    return odd


def _places(folded: bytes, needle: bytes) -> Iterator[int]:
    at = folded.find(needle)
    while at >= 0:
        yield at
        at = folded.find(needle, at + 1)


Known = Mapping[str, analysis.Term]


def _phrases(text: str, words: list[Found], known: Known, wanted: Wanted) -> Iterator[Mark]:
    """Words that follow one another, marked from the first to the last."""
    for slots, number in wanted.phrases:
        length = slots[-1][0] + 1
        for start, _, first in words:
            if known[first].stem not in slots[0][1]:
                continue
            tokens = list(islice(analysis.spans_from(text, start), length))
            if len(tokens) == length and all(
                known[tokens[at][0]].stem in forms for at, forms in slots
            ):
                yield Mark(start, tokens[-1][2], number)


def _namings(text: str, words: list[Found], language: str | None, wanted: Wanted) -> Iterator[Mark]:
    """Where concepts are named, each in the longest wording that stands there."""
    named = wanted.named.get(language if language in analysis.LANGUAGES else None, ())
    known = analysis.terms_in(language)
    for start, end, word in words:
        exact = known[word].exact
        for wordings, number in named:
            shapes = wordings.get(exact)
            if shapes and shapes[0].length == 1:
                yield Mark(start, end, number)
            elif shapes:
                span = _around(text, start, shapes).holding(shapes)
                if span:
                    yield Mark(*span, number)


class _Around(NamedTuple):
    """Some words of a text with their places, the one at ``at`` among them, and others before
    and behind it."""

    begin: int
    tokens: list[tuple[str, int, int]]
    folded: tuple[str, ...]
    at: int

    def holding(self, shapes: tuple[Shape, ...]) -> Span | None:
        """Where the first of the wordings stands."""
        for before, length, wordings in shapes:
            first = self.at - before
            if first >= 0 and self.folded[first : first + length] in wordings:
                last = self.tokens[first + length - 1]
                return self.begin + self.tokens[first][1], self.begin + last[2]
        return None


_LONGEST = 18  # characters of a word of a label and the space beside it; few words have more


def _around(text: str, start: int, shapes: tuple[Shape, ...]) -> _Around:
    """As many words as the longest of the wordings takes."""
    before = max(shape.before for shape in shapes)
    after = max(shape.length - shape.before for shape in shapes)
    begin = max(0, start - _LONGEST * before)
    while 0 < begin < start and not text[begin - 1].isspace():
        begin += 1
    folded = analysis.terms_in(None)
    piece = analysis.without_clitics(text[begin : start + _LONGEST * after])
    tokens = list(analysis.spans_from(piece, 0))
    at = next(n for n, (_, first, _) in enumerate(tokens) if first >= start - begin)
    return _Around(begin, tokens, tuple(folded[token].exact for token, _, _ in tokens), at)


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
