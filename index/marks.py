"""Where on a page the words of a question stand. The same for every engine.

A word is marked where the engines would match it: by its exact folded form, by its stem (the
page's language on the page, the question's in the question), by a prefix, as a word that may be
misspelt, as part of a phrase, or near the others it was asked to stand near.

Most words of a page have nothing to do with the question. So the page is folded to bytes, one
for each character, in which beginnings of words are searched for; only what is found there is
analysed. What does not fold to one byte makes its surroundings be analysed as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from index import analysis
from index.grammar import Area, Fuzzy, Phrase, Prefix, Term, Word, parse, terms, without_stop_words
from index.spelling import is_near

Span = tuple[int, int]


Found = tuple[int, int, analysis.Term]
"""Where a word stands, and how it is found."""


class Mark(NamedTuple):
    """``text[start:end]`` is what the term ``number`` of the question asks for."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question looks for in the text of pages; derive it once per question.

    Terms are numbered as they stand in the question. ``words`` and ``stems`` map folded forms
    to terms; ``near``: the forms of each word, and within how many tokens all must stand;
    ``quoted``: folded phrases whose words must follow one another; ``needles``: by language of
    the page, folded beginnings one of which every word looked for has.
    """

    words: Mapping[str, int]
    stems: Mapping[str, int]
    prefixes: tuple[tuple[str, int], ...]
    fuzzy: tuple[tuple[str, int, int], ...]
    phrases: tuple[tuple[analysis.Slots, int], ...]
    near: tuple[tuple[tuple[tuple[str, ...], ...], int, int], ...]
    quoted: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...]
    needles: Mapping[str | None, tuple[bytes, ...]]
    _spelt: dict[str, int] = field(default_factory=dict, repr=False)

    def number(self, term: analysis.Term) -> int:
        """Which term asks for this word by itself; -1 for none. Not for stop words."""
        found = self.words.get(term.exact, -1)
        if found < 0:
            found = self.stems.get(term.stem, -1)
        if found < 0 and self.prefixes:
            begun = (n for prefix, n in self.prefixes if term.exact.startswith(prefix))
            found = next(begun, -1)
        if found < 0 and self.fuzzy:
            found = self.misspelt(term.exact)
        return found

    def misspelt(self, exact: str) -> int:
        """Which term asks for a word spelt about so; -1 for none."""
        number = self._spelt.get(exact)  # words come again on every page
        if number is None:
            near = (
                n
                for word, edits, n in self.fuzzy
                if len(set(word).difference(exact)) <= edits and is_near(word, exact, edits)
            )
            number = self._spelt[exact] = next(near, -1)
        return number


def wanted(text: str, language: str) -> Wanted:
    """From what was typed and the language it was stemmed in (``Results.language``)."""
    known = analysis.terms_in(language)
    tree = without_stop_words(parse(text), language).tree
    found = [term for term in dict.fromkeys(terms(tree)) if term.area is Area.ANYWHERE]
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    for n, term in enumerate(found):
        if isinstance(term, Word):
            words.setdefault(known[term.text].exact, n)
            stems.setdefault(known[term.text].stem, n)
    quoted = [(n, term) for n, term in enumerate(found) if isinstance(term, Phrase)]
    following = [(n, term) for n, term in quoted if not term.within]
    return Wanted(
        words=words,
        stems=stems,
        prefixes=tuple(
            (analysis.fold(term.text), n)
            for n, term in enumerate(found)
            if isinstance(term, Prefix)
        ),
        fuzzy=tuple(
            (analysis.fold(term.text), term.edits, n)
            for n, term in enumerate(found)
            if isinstance(term, Fuzzy)
        ),
        phrases=tuple((analysis.slots(term.words, language), n) for n, term in following),
        near=tuple(
            (analysis.different_slots(term.words, language), len(term.words) + term.within, n)
            for n, term in quoted
            if term.within
        ),
        quoted=tuple(tuple(map(analysis.fold, term.words)) for _, term in following),
        weights=tuple(_weight(term) for term in found),
        needles=_needles(found, language),
    )


def _weight(term: Term) -> int:
    """A phrase says more than a word."""
    return len(term.words) if isinstance(term, Phrase) else 1


# Folding ------------------------------------------------------------------------------

_SPACE, _ODD, _JOINS, _UNKNOWN = 0x20, 0x01, 0x02, 0x3F
"""Between words; a letter that is no single byte folded; a sign that may belong to a word
(l'asile); and the question mark, which also stands for whatever Latin-1 does not have."""


def _byte(code: int) -> int:
    letter = chr(code)
    if letter == "?":
        return _UNKNOWN
    if letter in "'_":
        return _JOINS
    if not letter.isalnum():
        return _ODD if letter == "\u00ad" else _SPACE
    folded = analysis.fold(letter)
    return ord(folded) if len(folded) == 1 and ord(folded) < 256 else _ODD


_FOLDED = bytes(map(_byte, range(256)))
_LETTERS = frozenset(_FOLDED) - {_SPACE, _ODD, _JOINS, _UNKNOWN}
_APART = bytes(byte if byte in _LETTERS else _SPACE for byte in range(256))
_WORD = re.compile(b"[" + re.escape(bytes(sorted(_LETTERS))) + b"]*+")
_UNSHARED = {"es": 1, "en": 3, "pt": 2, "fr": 2}
"""At most so many of a stem's last letters are not those of a word that has it (lying: lie)."""
_SHORT = 2


def _needles(found: Iterable[Term], language: str) -> dict[str | None, tuple[bytes, ...]]:
    whole, stems = set(), set()
    for term in found:
        if isinstance(term, Word):
            stem, exact = analysis.terms_in(language)[term.text]
            stems.add(stem)
            whole.add(exact)
        elif isinstance(term, Prefix):
            whole.add(analysis.fold(term.text))
        elif isinstance(term, Phrase) and term.within:
            stems.update(*analysis.different_slots(term.words, language))
        elif isinstance(term, Phrase):
            stems.update(analysis.slots(term.words, language)[0][1])
    beginnings: dict[str | None, tuple[bytes, ...]] = {None: _bytes(whole | stems)}
    for page_language, unshared in _UNSHARED.items():
        beginnings[page_language] = _bytes(whole | {s[: max(1, len(s) - unshared)] for s in stems})
    return beginnings


def _bytes(beginnings: set[str]) -> tuple[bytes, ...]:
    """As searched for in a folded page; what has an odd letter is found by that alone."""
    needed: list[bytes] = []
    for beginning in sorted(beginnings):
        needle = beginning.encode("latin-1", "replace").translate(_FOLDED)
        if _LETTERS.issuperset(needle) and not (needed and needle.startswith(needed[-1])):
            needed.append(needle)
    return tuple(needed)


# Finding ------------------------------------------------------------------------------


def find(text: str, page_language: str | None, wanted: Wanted) -> list[Mark]:
    """Where a page's text matches, in order; marks of different terms may overlap."""
    page = _Page(text, page_language, wanted)
    words = list(page.candidates())
    marks = [
        Mark(start, end, number)
        for start, end, term in words
        if (number := wanted.number(term)) >= 0
    ]
    if words and (wanted.phrases or wanted.near):
        clean = analysis.without_clitics(text)
        marks += _phrases(clean, words, page.known, wanted)
        marks += set(_near(clean, words, page.known, wanted))
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
    for start, after, term in _Page(text, page_language, wanted).candidates():
        number = wanted.number(term)
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
    folded = analysis.terms_in(None)
    tokens = f" {' '.join(folded[token].exact for token in analysis.tokenise(text))} "
    return all(f" {' '.join(words)} " in tokens for words in wanted.quoted)


class _Page:
    """A text beside its folded form, which has a space more at either end."""

    def __init__(self, text: str, language: str | None, wanted: Wanted) -> None:
        self.text = text
        self.known = analysis.terms_in(language)
        self._folded = b" %b " % text.encode("latin-1", "replace").translate(_FOLDED)
        self._needles = wanted.needles.get(language, wanted.needles[None])
        if wanted.fuzzy:
            words = set(self._folded.translate(_APART).split())
            self._needles += tuple(
                word for word in words if wanted.misspelt(word.decode("latin-1")) >= 0
            )

    def candidates(self) -> Iterator[Found]:
        """In order, with their places, all words that may be looked for, stop words left out."""
        folded, text, known, done = self._folded, self.text, self.known, 0
        for at in self._likely():
            if at < done:
                continue
            before = folded[at - 1]
            if folded[at] in _LETTERS:
                if before in _LETTERS:
                    continue
                word = _WORD.match(folded, at)
                done = word.end() if word else at
                if before == _SPACE == folded[done]:
                    term = known[text[at - 1 : done - 1]]
                    if term.exact:
                        yield at - 1, done - 1, term
                    continue
            start, done = folded.rfind(b" ", 0, at), folded.find(b" ", at)
            yield from self._within(start, done - 1)

    def _within(self, start: int, end: int) -> Iterator[Found]:
        """The words of a part of the text."""
        for token, begin, after in analysis.token_spans(self.text[start:end]):
            term = self.known[token]
            if term.exact:
                yield start + begin, start + after, term

    def _likely(self) -> Iterable[int]:
        """Where to look, in order. One beginning is looked for no farther than needed."""
        odd = list(self._odd())
        if not odd and len(self._needles) == 1 and len(self._needles[0]) > _SHORT:
            return _places(self._folded, self._needles[0])
        return sorted({*self._begun(), *odd})

    def _begun(self) -> Iterator[int]:
        for needle in self._needles:
            if len(needle) > _SHORT:
                yield from _places(self._folded, needle)
            else:
                for sign in (_SPACE, _JOINS, _UNKNOWN):
                    found = _places(self._folded, bytes((sign,)) + needle)
                    yield from (at + 1 for at in found)

    def _odd(self) -> Iterator[int]:
        yield from _places(self._folded, bytes((_ODD,)))
        for at in _places(self._folded, bytes((_UNKNOWN,))):
            letter = self.text[at - 1]
            if letter.isalnum() or "\u0300" <= letter <= "\u036f":
                yield at


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
            if first.stem not in slots[0][1]:
                continue
            tokens = list(islice(analysis.spans_from(text, start), length))
            if len(tokens) == length and all(
                known[tokens[at][0]].stem in forms for at, forms in slots
            ):
                yield Mark(start, tokens[-1][2], number)


def _near(text: str, words: list[Found], known: Known, wanted: Wanted) -> Iterator[Mark]:
    """Words that stand near enough to one another, each marked by itself, perhaps repeatedly."""
    for groups, width, number in wanted.near:
        fitting = frozenset().union(*groups)
        for start, _, first in words:
            if first.stem not in fitting:
                continue
            tokens = list(islice(analysis.spans_from(text, start), width))
            stems = [known[token].stem for token, _, _ in tokens]
            if all(any(form in stems for form in forms) for forms in groups):
                for stem, (_, begin, end) in zip(stems, tokens, strict=True):
                    if stem in fitting:
                        yield Mark(begin, end, number)
