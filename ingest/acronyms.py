"""Acronyms that a text spells out as something else: *IDP (International Driving Permit)*.

Told as Schwartz and Hearst do (2003, "A simple algorithm for identifying abbreviation definitions
in biomedical text"), with initials only: the words stand beside the acronym, one of the two in
brackets or between dashes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from index.thesaurus import fold
from index.vocabulary import Vocabulary, load
from index.vocabulary.words import words_of
from ingest.wordings import LANGUAGES

_ACRONYM = r"[A-ZÁÉÍÓÚÑ]{2,8}"
_BEFORE_ITS_WORDS = re.compile(rf"\b({_ACRONYM})\b[ \t]*(?:[(,]|[—–-][ \t])[ \t]*(?=[^\W\d_])")
_IN_BRACKETS = re.compile(rf"\(({_ACRONYM})s?\)")
_LONGEST = 120  # characters of the words an acronym stands for
_PHRASE_END = re.compile(r"[().;:\n]|[ \t][—–-][ \t]")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SAME = 5  # letters by which two words are told to be the same
_SMALL = frozenset(
    words_of(
        "a al and as d da das de del des do dos du e el en et for la las le les los o of on para "
        "por pour su sur the to y"
    )
)


def meant_otherwise(text: str) -> frozenset[str]:
    """The acronyms of the vocabulary, in one and in several, that ``text`` spells out, and not as
    what they mean there."""
    known = _acronyms(load())
    return frozenset(
        form
        for acronym, words in _spelt_out(text, known)
        if not _is_meant(words, known[acronym])
        for form in (acronym, f"{acronym}s")
    )


def _spelt_out(text: str, known: Container[str]) -> Iterator[tuple[str, str]]:
    """Each acronym with the words beside it whose initials it is."""
    for match in _BEFORE_ITS_WORDS.finditer(text):
        if match[1] in known:
            phrase = _PHRASE_END.split(text[match.end() : match.end() + _LONGEST], 1)[0]
            yield from _fitting(match[1], _WORD.findall(phrase), from_the_end=False)
    for match in _IN_BRACKETS.finditer(text):
        if match[1] in known:
            start = match.start()
            phrase = _PHRASE_END.split(text[max(0, start - _LONGEST) : start])[-1]
            yield from _fitting(match[1], _WORD.findall(phrase), from_the_end=True)


def _fitting(acronym: str, words: list[str], *, from_the_end: bool) -> Iterator[tuple[str, str]]:
    weighty = [at for at, word in enumerate(words) if fold(word) not in _SMALL]
    taken = weighty[-len(acronym) :] if from_the_end else weighty[: len(acronym)]
    if fold("".join(words[at][0] for at in taken)) == fold(acronym):
        yield acronym, " ".join(words[taken[0] : taken[-1] + 1])


def _is_meant(words: str, labels: frozenset[str]) -> bool:
    """Whether half of these words are of a label that the acronym stands for: texts vary them."""
    weighty = _beginnings([words])
    return 2 * len(weighty & labels) >= len(weighty)


def _beginnings(phrases: Iterable[str]) -> frozenset[str]:
    """Of the words that weigh: their ends vary by number and gender."""
    words = (fold(word) for phrase in phrases for word in _WORD.findall(phrase))
    return frozenset(word[:_SAME] for word in words if word not in _SMALL)


@lru_cache(maxsize=4)
def _acronyms(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Each acronym with how the words of what it may mean begin."""
    found: dict[str, set[str]] = {}
    for concept in vocabulary.concepts.concepts:
        for language in LANGUAGES:
            for acronym in concept.acronyms.of(language):
                found.setdefault(acronym, set()).add(concept.id)
    for form in vocabulary.concepts.contested_acronyms:
        found.setdefault(form.form, set()).update(reading.means for reading in form.readings)
    return {
        acronym: _beginnings(
            label
            for one in meanings
            for of in LANGUAGES
            for label in vocabulary.concept(one).names(of)
        )
        for acronym, meanings in found.items()
    }
