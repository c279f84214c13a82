"""Written words as numbers: a page is analysed once, for its stems and for its exact words."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import proxy

from index import analysis

GAP = 0
"""The number of what is not indexed: a stop word, or the space between two parts of a text."""


_CODES = "codes"


class Lexicon:
    """The words of one batch. ``stem_of`` and ``exact_of`` give for each number the place of its
    term in ``stems`` and ``exacts``, -1 where it is not indexed."""

    def __init__(self) -> None:
        self.stems: list[bytes] = []
        self.exacts: list[bytes] = []
        self.stem_of = array("i", [-1])
        self.exact_of = array("i", [-1])
        self._stems: dict[str, int] = {}
        self._exacts: dict[str, int] = {}
        self._numbers: dict[str | None, _Numbers] = {}

    def read(self, text: str, language: str | None) -> list[int]:
        """The numbers of a text's words in order; a word's place in the list is its position."""
        known = self._numbers.get(language)
        if known is None:
            known = self._numbers[language] = _Numbers(self, language)
        return list(map(known.__getitem__, analysis.tokenise(text)))

    def read_codes(self, codes: Iterable[str]) -> list[int]:
        """The numbers of terms that are indexed as they stand."""
        known = self._numbers.get(_CODES)
        if known is None:
            known = self._numbers[_CODES] = _Codes(self, None)
        return list(map(known.__getitem__, codes))

    def number_of(self, term: analysis.Term) -> int:
        """A new number for a term."""
        if not term.exact:
            return GAP
        self.stem_of.append(_place(term.stem, self._stems, self.stems))
        self.exact_of.append(_place(term.exact, self._exacts, self.exacts))
        return len(self.stem_of) - 1


def _place(word: str, places: dict[str, int], terms: list[bytes]) -> int:
    place = places.get(word)
    if place is None:
        place = places[word] = len(terms)
        terms.append(word.encode())
    return place


class _Numbers(dict[str, int]):
    """Written word → number, each looked up once."""

    def __init__(self, lexicon: Lexicon, language: str | None) -> None:
        super().__init__()
        # Not its owner: a batch's words, 100 MB, would wait for a collection of garbage.
        self._lexicon: Lexicon = proxy(lexicon)
        self._terms = analysis.terms_in(language)

    def __missing__(self, word: str) -> int:
        number = self[word] = self._lexicon.number_of(self._terms[word])
        return number


class _Codes(_Numbers):
    """The same for terms that are not analysed."""

    def __missing__(self, word: str) -> int:
        number = self[word] = self._lexicon.number_of(analysis.Term(word, word))
        return number


@dataclass(frozen=True, slots=True)
class Words:
    """A text as numbers of a lexicon."""

    lexicon: Lexicon
    numbers: list[int]

    @property
    def indexed(self) -> int:
        """How many of them are indexed: the text's length as scoring counts it."""
        return len(self.numbers) - self.numbers.count(GAP)


def joined(parts: Iterable[list[int]], gap: int) -> list[int]:
    """One list, ``gap`` positions between its parts: no phrase runs from one into the next."""
    numbers: list[int] = []
    for part in parts:
        if numbers:
            numbers += [GAP] * gap
        numbers += part
    return numbers
