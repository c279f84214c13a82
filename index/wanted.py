"""What a question looks for in the text of pages, derived once, to be found on many.

Most words of a page have nothing to do with the question. So a page is folded to bytes, one for
each character, in which *needles*, beginnings of words, are searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from index import analysis
from index.grammar import (
    And,
    Area,
    Concept,
    Either,
    Filter,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Word,
    terms,
    without_stop_words,
)
from index.spelling import is_near
from index.wording import Named, wordings_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question looks for in the text of pages; derive it once per question.

    Terms are numbered as they stand in the question. ``words`` and ``stems`` map folded forms
    to terms; ``near``: the forms of each word, and within how many tokens all must stand;
    ``named``: by language of the page, wordings of the concepts looked for; ``tree`` is what is
    asked, ``numbers`` the terms of it that are looked for in the text; ``quoted``: folded phrases
    whose words must follow one another; ``beginnings``: what every word looked for begins with.
    """

    words: Mapping[str, int]
    stems: Mapping[str, int]
    prefixes: tuple[tuple[str, int], ...]
    fuzzy: tuple[tuple[str, int, int], ...]
    phrases: tuple[tuple[analysis.Slots, int], ...]
    near: tuple[tuple[tuple[tuple[str, ...], ...], int, int], ...]
    named: Named
    tree: Node
    numbers: Mapping[Term, int]
    quoted: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...]
    beginnings: Beginnings
    _on: dict[str | None, OnPages] = field(default_factory=dict, repr=False)
    _spelt: dict[str, int] = field(default_factory=dict, repr=False)
    _indirect: list[Wanted | None] = field(default_factory=list, repr=False)

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

    def on(self, page_language: str | None) -> OnPages:
        """How pages in a language are searched for it."""
        known = self._on.get(page_language)
        if known is None:
            needles = self.beginnings.on(page_language)
            others = self.fuzzy or self.beginnings.whole or self.beginnings.stems
            few = others or len(needles) < MANY
            anchors = frozenset[bytes]() if few else self.beginnings.anchors_on(page_language)
            known = OnPages(needles, anchors, Numbers(self, page_language))
            self._on[page_language] = known
        return known

    def indirect(self) -> Wanted | None:
        """What else is looked for where nothing of this stands: narrower concepts, and places of
        a country."""
        if not self._indirect:
            concepts = {n: one for one, n in self.numbers.items() if isinstance(one, Concept)}
            named = wordings_of(concepts, indirect=True)
            self._indirect.append(self._only(named) if named else None)
        return self._indirect[0]

    def _only(self, named: Named) -> Wanted:
        return Wanted(
            words={},
            stems={},
            prefixes=(),
            fuzzy=(),
            phrases=(),
            near=(),
            named=named,
            tree=self.tree,
            numbers=self.numbers,
            quoted=(),
            weights=self.weights,
            beginnings=_beginnings((), "", named),
        )

    def is_answered_by(self, numbers: Set[int]) -> bool:
        """Whether a text that holds these terms holds everything that is asked of a text."""
        return self._answers(self.tree, numbers)

    def _answers(self, node: Node, held: Set[int]) -> bool:
        match node:
            case And(parts):
                return all(self._answers(part, held) for part in parts)
            case Or(parts) | Either(parts):
                return any(self._answers(part, held) for part in parts)
            case Not() | Filter():
                return True  # decided before anything is marked
            case _:
                return self.numbers.get(node, -1) in held or node not in self.numbers

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


class Numbers(dict[str, int]):
    """From a word as written to the term that asks for it by itself, -1 for none. Words come
    again and again: each is looked at once."""

    def __init__(self, wanted: Wanted, page_language: str | None) -> None:
        super().__init__()
        self._wanted = wanted
        self._known = analysis.terms_in(page_language)

    def __missing__(self, word: str) -> int:
        term = self._known[word]
        number = self[word] = self._wanted.number(term) if term.exact else -1
        return number


class OnPages(NamedTuple):
    """``needles``: folded beginnings one of which every word looked for has. ``anchors``: where
    nothing but wordings of many concepts is looked for, folded words one of which a page has, if
    any of them stands there; else none. ``numbers``: which term asks for a word."""

    needles: tuple[bytes, ...]
    anchors: frozenset[bytes]
    numbers: Numbers


def wanted_by(tree: Node, language: str) -> Wanted:
    """From what was asked (``Results.tree``) and the language it was stemmed in
    (``Results.language``)."""
    known = analysis.terms_in(language)
    asked = without_stop_words(tree, language).tree
    found = [term for term in dict.fromkeys(terms(asked)) if term.area is Area.ANYWHERE]
    concepts = {n: term for n, term in enumerate(found) if isinstance(term, Concept)}
    named = wordings_of(concepts, indirect=False)
    # A word asked for twice in two ways is the first of the two.
    plain = [(n, known[term.text]) for n, term in enumerate(found) if isinstance(term, Word)][::-1]
    quoted = [(n, term) for n, term in enumerate(found) if isinstance(term, Phrase)]
    following = [(n, term) for n, term in quoted if not term.within]
    return Wanted(
        words={term.exact: n for n, term in plain},
        stems={term.stem: n for n, term in plain},
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
        named=named,
        tree=asked,
        numbers={term: n for n, term in enumerate(found)},
        quoted=tuple(tuple(map(analysis.fold, term.words)) for _, term in following),
        weights=tuple(_weight(term) for term in found),
        beginnings=_beginnings(found, language, named),
    )


def _weight(term: Term) -> int:
    """A phrase says more than a word."""
    return len(term.words) if isinstance(term, Phrase) else 1


# Folding ------------------------------------------------------------------------------

SPACE, ODD, JOINS, UNKNOWN = 0x20, 0x01, 0x02, 0x3F
"""Between words; a letter that is no single byte folded; a sign that may belong to a word
(l'asile); and the question mark, which also stands for whatever Latin-1 does not have."""


def _byte(code: int) -> int:
    letter = chr(code)
    if letter == "?":
        return UNKNOWN
    if letter in "'_":
        return JOINS
    if not letter.isalnum():
        return ODD if letter == "\u00ad" else SPACE
    folded = analysis.fold(letter)
    return ord(folded) if len(folded) == 1 and ord(folded) < 256 else ODD


FOLDED = bytes(map(_byte, range(256)))
LETTERS = frozenset(FOLDED) - {SPACE, ODD, JOINS, UNKNOWN}
APART = bytes(byte if byte in LETTERS else SPACE for byte in range(256))
WORD_BYTES = re.compile(b"[" + re.escape(bytes(sorted(LETTERS))) + b"]*+")
_UNSHARED = {
    "es": (0, 0, 0, 0, 0, 0, 1),
    "en": (0, 0, 1, 2, 1, 2, 3),
    "pt": (0, 0, 1, 1, 1, 1, 2),
    "fr": (0, 0, 1, 1, 1, 2),
}
"""At most so many of a stem's last letters are not those of a word that has it (lying: lie), by
how many letters the stem has; the last number is that of all longer ones."""
SHORT = 2
MANY = 12
"""Words that are looked for one by one, at most; a country has more places."""


class Beginnings(NamedTuple):
    """Folded words looked for as they are, stems, and by language of the page the words that
    lead to wordings of concepts."""

    whole: set[str]
    stems: set[str]
    anchors: Mapping[str | None, set[str]]

    def on(self, page_language: str | None) -> tuple[bytes, ...]:
        """What words looked for begin with on pages in a language, as it is searched for."""
        unshared = _UNSHARED.get(page_language or "")
        if unshared is None:
            return _bytes(self.whole | self.stems | self.anchors.get(None, set()))
        longest = len(unshared) - 1
        kin = {stem[: len(stem) - unshared[min(len(stem), longest)]] for stem in self.stems}
        return _bytes(self.whole | kin | self.anchors.get(page_language, set()))

    def anchors_on(self, page_language: str | None) -> frozenset[bytes]:
        """The words that lead to wordings on pages in a language, folded; none where one of them
        does not fold to letters of one byte."""
        known = page_language if page_language in _UNSHARED else None
        words = [word.encode("latin-1", "replace") for word in self.anchors.get(known, ())]
        folded = frozenset(word.translate(FOLDED) for word in words)
        return folded if all(map(LETTERS.issuperset, folded)) else frozenset()


def _beginnings(found: Iterable[Term], language: str, named: Named) -> Beginnings:
    whole, stems = set[str](), set[str]()
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
    anchors = {key: {a for wordings, _ in held for a in wordings} for key, held in named.items()}
    return Beginnings(whole, stems, anchors)


def _bytes(beginnings: set[str]) -> tuple[bytes, ...]:
    """As searched for in a folded page; what has an odd letter is found by that alone."""
    needed: list[bytes] = []
    for beginning in sorted(beginnings):
        needle = beginning.encode("latin-1", "replace").translate(FOLDED)
        if LETTERS.issuperset(needle) and not (needed and needle.startswith(needed[-1])):
            needed.append(needle)
    return tuple(needed)
