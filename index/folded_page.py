"""A page's text beside its folded form, in which words are looked for.

The page is folded to bytes (see wanted.py); only what is found there is analysed. What does not
fold to one byte makes its surroundings be analysed as a whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
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

Shapes = tuple[Shape, ...]

Led = tuple[tuple[Shapes, int], ...]
"""The wordings a word leads to, each with the number of its concept."""


class FoldedPage:
    """A text beside its folded form, which has a space more at either end."""

    def __init__(self, text: str, language: str | None, wanted: Wanted) -> None:
        self.text, self.language = text, language
        self._folded = _folded(text)
        self._needles, anchors, self.numbers = wanted.on(language)
        self._named = wanted.named.get(language if language in analysis.LANGUAGES else None, ())
        self._led: dict[str, Led] = {}
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

    def led_to(self, exact: str) -> Led:
        """Every wording of a concept that a word leads to."""
        led = ((wordings.get(exact), number) for wordings, number in self._named)
        return tuple((shapes, number) for shapes, number in led if shapes)

    def may_stand(self, exact: str) -> Led:
        """Of these, only wordings every word of which stands on the page: of a word that is one
        of hundreds of wordings, mostly none."""
        led = self._led.get(exact)
        if led is None:
            held = ((_of_words(self._words, shapes), n) for shapes, n in self.led_to(exact))
            led = self._led[exact] = tuple((shapes, n) for shapes, n in held if shapes)
        return led

    @cached_property
    def clean(self) -> str:
        """The text without what is no word of its own."""
        return analysis.without_clitics(self.text)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every word of the page, folded; and more where a sign belongs to one or parts two."""
        if _odd(self.text, self._folded):
            return frozenset(words_of(self.text))
        return frozenset(self._folded.translate(APART).decode("latin-1").split())


def _of_words(on_page: frozenset[str], shapes: Shapes) -> Shapes:
    there = (
        shape._replace(wordings=held)
        for shape in shapes
        if (held := frozenset(filter(on_page.issuperset, shape.wordings)))
    )
    return tuple(there)


class Tokens(NamedTuple):
    """The words of a text, or of some of it: where they begin and end, and how they fold."""

    starts: list[int]
    ends: list[int]
    folded: tuple[str, ...]

    @classmethod
    def of(cls, text: str, begin: int) -> Tokens:
        """The words of a text that stands from ``begin`` on."""
        exact = analysis.terms_in(None)
        found = list(analysis.token_spans(text))
        starts = [begin + start for _, start, _ in found]
        ends = [begin + end for _, _, end in found]
        return cls(starts, ends, tuple([exact[token].exact for token, _, _ in found]))

    def holding(self, shapes: Shapes, start: int) -> Span | None:
        """Where the first of the wordings stands of which a word begins at ``start``."""
        at = bisect_left(self.starts, start)
        for before, length, wordings in shapes:
            first = at - before
            if first >= 0 and self.folded[first : first + length] in wordings:
                return self.starts[first], self.ends[first + length - 1]
        return None


_LONGEST = 18  # characters of a word of a label and the space beside it; few words have more


def around(text: str, start: int, last: int, shapes: Iterable[Shape]) -> Tokens:
    """The words from that at ``start`` to that at ``last``, and as many before and behind as the
    longest of the wordings takes."""
    before = after = 0
    for shape in shapes:
        before = max(before, shape.before)
        after = max(after, shape.length - shape.before)
    begin = max(0, start - _LONGEST * before)
    while 0 < begin < start and not text[begin - 1].isspace():
        begin += 1
    return Tokens.of(text[begin : last + _LONGEST * after], begin)


def words_of(text: str) -> list[str]:
    """The folded words of a text: all at once where every letter of it folds to one byte."""
    clean = analysis.without_clitics(text)
    folded = _folded(clean)
    if not _odd(clean, folded):
        return folded.translate(APART).decode("latin-1").split()
    exact = analysis.terms_in(None)
    return [exact[token].exact for token in analysis.tokenise(clean)]


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
