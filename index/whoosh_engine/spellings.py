"""Terms that are spelt nearly as a word: the dictionary sifted by letters, then compared.

An edit takes at most one letter out of the set of a word's letters and puts at most one in. So a
word is compared only with terms that lack no more of its letters than there may be edits, have
no more others, and begin with the same letter or with one that is written for the same sound.
Distances are those of optimal string alignment (a letter more, less or another, or two
neighbours swapped), as in Lucene, which is often told to leave the first letter alone as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from index.whoosh_engine.flat import ranges
from index.whoosh_engine.terms import END, TermDictionary

_SOUND_ALIKE = ("bv", "csz", "ckq", "gj", "iy", "ly", "ñn", "xs", "sz", "hj", "jx")
_VOWELS = "aeiou"

_BIT = np.zeros(256, np.uint32)
_BIT[1:] = 1 << (np.arange(1, 256, dtype=np.uint32) % 31)
_BIT[0xC2:0xE0] = 0  # the first byte of two: an ñ is one letter


class Spellings:
    """The terms of one dictionary by their first letter, each looked at once."""

    def __init__(self, terms: TermDictionary) -> None:
        self._terms = terms
        self._beginning: dict[str, _Terms] = {}

    def near(self, word: str, edits: int) -> dict[int, int]:
        """Number of each term at most ``edits`` away from ``word`` → how far."""
        found: dict[int, int] = {}
        for letter in _first_letters(word):
            if letter not in self._beginning:
                self._beginning[letter] = _Terms(self._terms, letter)
            found |= self._beginning[letter].near(word, edits)
        return found


def _first_letters(word: str) -> set[str]:
    """The word's own and those written for the same sound; an h may be missing or too much."""
    letters = {word[0]}.union(*(alike for alike in _SOUND_ALIKE if word[0] in alike))
    if word[0] == "h":
        letters.update(word[1:2])
    elif word[0] in _VOWELS:
        letters.add("h")
    return letters


class _Terms:
    """The terms that begin with one letter: where each stands, its bytes, its set of letters."""

    def __init__(self, terms: TermDictionary, letter: str) -> None:
        self._first, end = terms.beginning_with(letter.encode())
        self._raw = np.frombuffer(terms.raw(self._first, end), np.uint8)
        ends = np.flatnonzero(self._raw == END[0])
        self._starts = np.concatenate((np.zeros(1, np.intp), ends[:-1] + 1))[: len(ends)]
        self._sizes = ends - self._starts
        further = (self._raw & 0xC0) == 0x80  # bytes of a letter after its first
        extra = np.add.reduceat(further, self._starts, dtype=np.intp) if len(ends) else ends
        self._long = (self._sizes - extra).astype(np.uint8)  # in letters
        bits = _BIT.take(self._raw)
        self._letters = np.bitwise_or.reduceat(bits, self._starts) if len(ends) else bits

    def near(self, word: str, edits: int) -> dict[int, int]:
        letters = np.bitwise_or.reduce(_BIT.take(np.frombuffer(word.encode(), np.uint8)))
        shortest, longest = max(len(word) - edits, 0), min(len(word) + edits, 255)
        likely = (self._long >= shortest) & (self._long <= longest)
        likely &= np.bitwise_count(letters & ~self._letters) <= edits
        likely &= np.bitwise_count(self._letters & ~letters) <= edits
        numbers = likely.nonzero()[0]
        if not len(numbers):
            return {}
        texts = self._texts(numbers)
        far = cdist([word], texts, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]
        close = (far <= edits).nonzero()[0]
        at = (numbers.take(close) + self._first).tolist()
        return dict(zip(at, far.take(close).tolist(), strict=True))

    def _texts(self, numbers: NDArray[np.intp]) -> list[str]:
        starts, sizes = self._starts.take(numbers), self._sizes.take(numbers) + 1
        texts: str = self._raw.take(ranges(starts, sizes)).tobytes().decode()
        return texts.split("\0")[:-1]
