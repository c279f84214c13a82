"""What the words of a question name: few words, often small letters, no sentence around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.analysis import STOP_WORDS, fold
from index.thesaurus import ACRONYM, mentions, recognise
from index.vocabulary import Reading, Vocabulary, load
from index.vocabulary.lexicon import Node, Sense, concept_lexicon_of, place_lexicon
from index.vocabulary.values import LANGUAGES
from index.vocabulary.words import contains, folded_words, plain_words, words_of

Senses = tuple[Sense, ...]
_WHOLE = frozenset({"country", "people"})  # of a country; a town stands for itself
_KEPT = 8  # a vocabulary and the one before it, in four languages
_SHORTEST_ACRONYM = 3  # that is understood in small letters


@dataclass(frozen=True, slots=True)
class Named:
    """``words[first:after]`` of a question name a concept or a country. Where a form has several
    readings and nothing decides between them, ``ids`` are all of these."""

    first: int
    after: int
    kind: str
    ids: tuple[str, ...]


def named_in(words: Sequence[str], language: str) -> tuple[Named, ...]:
    """What words that follow one another name, in order, none overlapping another.

    Labels of every language are tried: the one that explains the most words is taken, the
    reader's ``language`` where several do.
    """
    best: tuple[Named, ...] = ()
    most = 0
    for one in dict.fromkeys((language, *LANGUAGES)):
        found = tuple(_apart(_named(words, one)))
        explained = sum(named.after - named.first for named in found)
        if explained > most:
            best, most = found, explained
        if found and _explain_all(found, words, one):
            break
    return best


def _explain_all(found: tuple[Named, ...], words: Sequence[str], language: str) -> bool:
    """Whether nothing is left but function words of the language."""
    explained = {at for one in found for at in range(one.first, one.after)}
    left = (word for at, word in enumerate(words) if at not in explained)
    return all(fold(word) in STOP_WORDS[language] for word in left)


def _apart(found: list[Named]) -> Iterator[Named]:
    """Of what overlaps the longest."""
    done = 0
    for one in sorted(found, key=lambda named: (named.first, -named.after)):
        if one.first >= done:
            yield one
            done = one.after


def _named(words: Sequence[str], language: str) -> list[Named]:
    found = list(_acronyms(words, language))
    settled = {one.first for one in found}
    text = " ".join(words)
    folded = folded_words(text)
    if _begun(folded, language):
        found += (one for one in _concepts(words, language) if one.first not in settled)
    if place_lexicon(language).following.keys().isdisjoint(folded):
        return found
    starts, ends = _places(words)
    for mention in recognise(text, language):
        first, after = starts.get(mention.start), ends.get(mention.end)
        of_country = mention.kind == "country" and mention.level in _WHOLE
        if of_country and first is not None and after is not None:
            found.append(Named(first, after, "country", (mention.id,)))
    return found


def _begun(folded: Iterable[str], language: str) -> bool:
    """Whether any of these words begins a concept's label: mostly none does."""
    plain, first = plain_words(language), _lexicon(load(), language).following
    return any(plain.get(word, word) in first for word in folded)


def _concepts(words: Sequence[str], language: str) -> Iterator[Named]:
    """Concepts named with or without prepositions (*solicitantes asilo*)."""
    telling = [at for at, word in enumerate(words) if fold(word) not in STOP_WORDS[language]]
    starts, ends = _places([words[at] for at in telling])
    text = " ".join(words[at] for at in telling)
    for mention in mentions(text, language, _lexicon(load(), language)):
        first, after = starts.get(mention.start), ends.get(mention.end)
        if first is not None and after is not None:
            ids = (mention.id,) if mention.kind == "concept" else ()
            yield Named(telling[first], telling[after - 1] + 1, mention.kind, ids)


@lru_cache(maxsize=_KEPT)
def _lexicon(vocabulary: Vocabulary, language: str) -> Node:
    """The concepts of a language by their labels without function words, which people leave out
    of questions. What merely contains a label explains its words, too, and names nothing."""
    root = Node()
    for words, senses in _labels(concept_lexicon_of(vocabulary, language), ()):
        telling = tuple(word for word in words if word not in STOP_WORDS[language])
        for sense in senses:
            root.add(telling, sense if sense.kind else replace(sense, kind="mask", id=sense.label))
    return root


def _labels(node: Node, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Senses]]:
    if node.senses:
        yield before, node.senses
    for word, following in node.following.items():
        yield from _labels(following, (*before, word))


def _places(words: Sequence[str]) -> tuple[dict[int, int], dict[int, int]]:
    """Where each word starts in the text to its number, and where it ends to the next one's."""
    starts, ends, at = {}, {}, 0
    for number, word in enumerate(words):
        starts[at] = number
        at += len(word)
        ends[at] = number + 1
        at += 1
    return starts, ends


def _acronyms(words: Sequence[str], language: str) -> Iterator[Named]:
    """Acronyms that have several readings, and those typed in small letters."""
    contested = {one.form: one.readings for one in load().concepts.contested_acronyms}
    spelt = _spelt(load())
    small = all(word == word.lower() for word in words)
    for at, word in enumerate(words):
        form = spelt.get(word.upper(), word) if small and _may_be_acronym(word) else word
        ids: tuple[str, ...] = ()
        if form in contested:
            ids = _read(contested[form], words, language)
        elif form != word:
            found = (one for one in recognise(form, language) if one.kind == "concept")
            ids = tuple(one.id for one in found if one.weight == ACRONYM)
        if ids:
            yield Named(at, at + 1, "concept", tuple(dict.fromkeys(ids)))


@lru_cache(maxsize=_KEPT)
def _spelt(vocabulary: Vocabulary) -> dict[str, str]:
    """Every acronym as it is spelt (*IDPs*), by its capitals."""
    concepts = vocabulary.concepts
    spelt = [a for c in concepts.concepts for of in LANGUAGES for a in c.acronyms.of(of)]
    return {form.upper(): form for form in (*spelt, *(c.form for c in concepts.contested_acronyms))}


def _may_be_acronym(word: str) -> bool:
    """No word of a sentence is one, *aca* and *bid* excepted, which say little as words."""
    common = any(word in stops for stops in STOP_WORDS.values())
    return len(word) >= _SHORTEST_ACRONYM and word.isalpha() and not common


def _read(readings: Sequence[Reading], words: Sequence[str], language: str) -> tuple[str, ...]:
    """The reading that language or other words decide for, else every possible one."""
    text = folded_words(" ".join(words))
    possible: list[str] = []
    for reading in readings:
        if reading.languages and language not in reading.languages:
            continue
        if any(contains(text, words_of(phrase)) for phrase in reading.not_near):
            continue
        if reading.languages or any(contains(text, words_of(one)) for one in reading.near):
            return (reading.means,)
        possible.append(reading.means)
    return tuple(possible)
