"""How a concept or country may be written on a page: what is marked where it was looked for.

A wording is found by its *anchor*, one of its words. Anchors are chosen so that few words lead
to all wordings of a concept: *personas*, *familias* and *mujeres desplazadas* by the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from index import grammar
from index.analysis import STOP_WORDS, fold, tokenise
from index.vocabulary import Concept, Country, Vocabulary, load
from index.vocabulary.forms import forms
from index.vocabulary.values import LANGUAGES
from index.vocabulary.words import label_words

Words = tuple[str, ...]
SHOWN = 2
_NAMES = frozenset({"governance", "instrument"})  # written alike in every language
_SHORTEST_ANCHOR = 3


class Shape(NamedTuple):
    """Wordings of one length whose anchor has as many words before it."""

    before: int
    length: int
    wordings: frozenset[Words]


Wordings = Mapping[str, tuple[Shape, ...]]
"""By anchor, the longest wordings first; every word folded."""


Named = Mapping[str | None, tuple[tuple[Wordings, int], ...]]
"""By language of a page, the wordings looked for on it, each with the number of its concept."""


def wordings_of(concepts: Mapping[int, grammar.Concept], *, indirect: bool) -> Named:
    """The wordings of numbered concepts by language of the page they stand on; those of every
    language for an unknown one. ``indirect`` ones are those of narrower concepts and of places
    within a country; else all others."""
    named: dict[str | None, tuple[tuple[Wordings, int], ...]] = {}
    for number, concept in concepts.items():
        for language in concept.languages or LANGUAGES:
            found = wordings(load(), concept.id, language, indirect and not concept.narrower)
            if found and (concept.narrower <= indirect):
                for key in (language, None):
                    named[key] = (*named.get(key, ()), (found, number))
    return named


@lru_cache(maxsize=2_000)
def wordings(vocabulary: Vocabulary, code: str, language: str, within: bool) -> Wordings:
    """The wordings of a concept or country in ``language``, none for what is neither; or those
    of the places ``within`` a country."""
    left = {words for words in _found(vocabulary, code, language, within) if words}
    by_anchor: dict[str, tuple[Shape, ...]] = {}
    while left:
        anchor = _anchor(left)
        held = {words for words in left if anchor in words}
        by_anchor[anchor] = tuple(_shapes(anchor, held))
        left -= held
    return by_anchor


def _anchor(left: Collection[Words]) -> str:
    """The word that most of these have."""
    counts = Counter(word for words in left for word in _telling(words))
    return min(counts, key=lambda word: (-counts[word], -len(word), word))


def _telling(words: Words) -> set[str]:
    stops = frozenset().union(*STOP_WORDS.values())
    telling = {word for word in words if len(word) >= _SHORTEST_ANCHOR and word not in stops}
    return telling or set(words)


def _shapes(anchor: str, held: Iterable[Words]) -> list[Shape]:
    by_shape: dict[tuple[int, int], set[Words]] = {}
    for words in held:
        by_shape.setdefault((words.index(anchor), len(words)), set()).add(words)
    shapes = (Shape(*shape, frozenset(several)) for shape, several in by_shape.items())
    return sorted(shapes, key=lambda shape: (-shape.length, shape.before))


def _found(vocabulary: Vocabulary, code: str, language: str, within: bool) -> Iterator[Words]:
    with suppress(KeyError):
        concept = vocabulary.concept(code)
        return iter(()) if within else _of_concept(concept, language)
    with suppress(KeyError):
        country = vocabulary.country(code)
        return _within(country) if within else _of_country(country, language)
    return iter(())


def _of_concept(concept: Concept, language: str) -> Iterator[Words]:
    for of in LANGUAGES if concept.type in _NAMES else (language,):
        for label in (*concept.names(of), *concept.hidden.of(of)):
            yield _folded(label)
            yield from forms(label_words(label, of), of, of_people=concept.type == "population")
    for of in LANGUAGES:
        yield from map(_folded, concept.acronyms.of(of))


def _of_country(country: Country, language: str) -> Iterator[Words]:
    names = [name for of in LANGUAGES for name in country.names.of(of)]
    yield from map(_folded, (*names, *country.demonyms.of(language)))


def _within(country: Country) -> Iterator[Words]:
    parts = [name for part in country.subdivisions for name in part.names]
    yield from map(_folded, (*parts, *country.cities))


def _folded(label: str) -> Words:
    return tuple(map(fold, tokenise(label)))


def shown(vocabulary: Vocabulary, code: str, language: str, typed: str) -> tuple[str, ...]:
    """A few labels of a concept in ``language`` other than what was typed, to show to a reader;
    hidden ones never."""
    same = _folded(typed)
    others = (label for label, folded in _labels(vocabulary, code, language) if folded != same)
    return tuple(islice(others, SHOWN))


@lru_cache(maxsize=2_000)
def _labels(vocabulary: Vocabulary, code: str, language: str) -> tuple[tuple[str, Words], ...]:
    concept = vocabulary.concept(code)
    every = (*concept.names(language), *concept.acronyms.of(language))
    return tuple((one, _folded(one)) for one in every)
