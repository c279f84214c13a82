"""Cues: wordings that say a concept without naming it (*los sacaron de la casa* is displacement).

A cue alone never carries a tag: it adds to what else a text says. In the file, ``~sacar`` stands
for the forms of the verb, ``casa|vivienda`` for either word in both numbers, ``..`` for up to four
words between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from index.vocabulary.assembly import shipped
from index.vocabulary.forms import forms
from index.vocabulary.reading import Record, read
from index.vocabulary.values import LANGUAGES, Terms
from index.vocabulary.words import fold, label_words

GAP = ".."
WIDEST_GAP = 4
_VERB, _OR = "~", "|"
_Irregular = Mapping[str, frozenset[str]]
Part = frozenset[str] | None
"""The words that may stand at one place of a cue; None is a gap."""

# Endings that take the place of the infinitive's. Forms that do not exist do no harm.
_ENDINGS = {
    "es": {
        "ar": "a an o aron aba aban amos aremos aran ado ada ados adas ando ar e en",
        "er": "e en io ieron ia ian emos imos eran ido ida idos idas iendo er a an",
        "ir": "e en io ieron ia ian imos iremos iran ido ida idos idas iendo ir a an",
    },
    "pt": {
        "ar": "a am ou aram ava avam amos ado ada ados adas ando ar e em",
        "er": "e em eu eram ia iam emos ido ida idos idas endo er",
        "ir": "e em iu iram ia iam imos ido ida idos idas indo ir",
    },
    "fr": {
        "er": "e ent ait aient ee es ees ant er ons",
        "ir": "it issent issait issaient i ie is ies issant ir",
        "re": "d dent dait daient du due dus dues dant dre",
    },
}


@dataclass(frozen=True, slots=True)
class Cue:
    """What ``parts`` in this order say: a concept. ``label``: the cue as it is shown."""

    concept: str
    label: str
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Beginning:
    """The cues that begin with one word: those that are that word ``alone``, and the others by the
    word that must come ``next``, or ``later``, after a gap."""

    alone: list[Cue] = field(default_factory=list)
    next: dict[str, list[Cue]] = field(default_factory=dict)
    later: dict[str, list[Cue]] = field(default_factory=dict)

    def add(self, cue: Cue) -> None:
        if len(cue.parts) == 1:
            self.alone.append(cue)
            return
        gap = cue.parts[1] is None
        for word in cue.parts[2 if gap else 1] or ():
            (self.later if gap else self.next).setdefault(word, []).append(cue)


@cache
def cues(language: str | None) -> Mapping[str, Beginning]:
    """The cues of ``language``, by every word they may begin with; none for another language.

    Raises VocabularyError where the file names no concept of ours or is not well-formed.
    """
    found: dict[str, Beginning] = {}
    if language not in LANGUAGES:
        return found
    for concept, terms in _file().items():
        for phrase in terms.of(language):
            for way in _ways(phrase, language):
                cue = Cue(concept, _shown(phrase), tuple(_parts(way, language)))
                for word in cue.parts[0] or ():
                    found.setdefault(word, Beginning()).add(cue)
    return found


@cache
def _file() -> Mapping[str, Terms]:
    record = read(Path(__file__).parent / "cues.yaml").record("cues")
    known = {concept.id for concept in shipped().concepts.concepts}
    for concept in record.fields:
        if concept not in known:
            raise record.wrong(f"unknown concept {concept!r}", concept)
        _check(record, concept)
    return {concept: record.terms(concept) for concept in record.fields}


def _check(record: Record, concept: str) -> None:
    for language in LANGUAGES:
        for position, phrase in enumerate(record.terms(concept).of(language)):
            words = phrase.split()
            if GAP in (words[0], words[-1]):
                raise record.wrong("a cue begins and ends with a word", concept, language, position)


@cache
def _irregular(language: str) -> _Irregular:
    """Infinitive to forms, from lines that begin with the infinitive."""
    lines = read(Path(__file__).parent / "cues.yaml").terms("irregular_verbs").of(language)
    found = (tuple(fold(word) for word in line.split()) for line in lines)
    return {words[0]: frozenset(words) for words in found}


def _shown(phrase: str) -> str:
    return phrase.replace(_VERB, "").replace(_OR, "/").replace(GAP, "…")


def _ways(phrase: str, language: str) -> Iterator[str]:
    """A phrase with what a text has as several words, *self-care* or *s'installer*, written as
    such; of alternatives each such one is a way of its own."""
    places = [_at_one_place(token, language) for token in phrase.split()]
    return map(" ".join, product(*places))


def _at_one_place(token: str, language: str) -> list[str]:
    if token == GAP:
        return [GAP]
    single, several = [], []
    for word in token.split(_OR):
        words = () if word.startswith(_VERB) else label_words(word, language)
        if len(words) > 1:
            several.append(" ".join(words))
        else:
            single.append(word)
    return [*([_OR.join(single)] if single else []), *several]


def _parts(phrase: str, language: str) -> Iterator[Part]:
    for token in phrase.split():
        if token == GAP:
            yield None
            continue
        words = (form for word in token.split(_OR) for form in _forms(word, language))
        if kept := frozenset(words):
            yield kept


def _forms(word: str, language: str) -> frozenset[str]:
    if word.startswith(_VERB):
        return _conjugated(fold(word[1:]), language)
    plain = label_words(word, language)
    return (
        frozenset(form[0] for form in forms(plain, language, of_people=False))
        if plain
        else (frozenset())
    )


def _conjugated(infinitive: str, language: str) -> frozenset[str]:
    irregular = _irregular(language).get(infinitive)
    if irregular is not None:
        return irregular
    if language == "en":
        return _english(infinitive)
    stem, ending = infinitive[:-2], infinitive[-2:]
    if language == "fr" and ending == "re":
        stem = infinitive[:-3]
    endings = _ENDINGS[language].get(ending, "").split()
    return frozenset({infinitive, *(stem + each for each in endings)})


def _english(verb: str) -> frozenset[str]:
    if verb.endswith("e"):
        return frozenset({verb, verb + "s", verb + "d", verb[:-1] + "ing"})
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return frozenset({verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"})
    third = "es" if verb.endswith(("s", "sh", "ch", "x")) else "s"
    return frozenset({verb, verb + third, verb + "ed", verb + "ing"})
