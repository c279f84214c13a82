"""Finds the vocabulary's concepts, countries and regions in a text, and says where and how surely.

The longest label wins and consumes its words. Labels count in the text's language only; acronyms
(in their exact case), names of bodies and instruments, and names of countries count in any.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.vocabulary import Reading, load
from index.vocabulary.cues import WIDEST_GAP, Beginning, Cue, Part, cues
from index.vocabulary.lexicon import (
    ACRONYM,
    DEMONYM,
    LANGUAGES,
    NAME,
    WEAK,
    WHISPER,
    Node,
    Sense,
    concept_lexicon,
    place_lexicon,
)
from index.vocabulary.words import WORD, contains, fold, label_words, plain_words, words_of

__all__ = [
    "ACRONYM",
    "CUE",
    "DEMONYM",
    "NAME",
    "WEAK",
    "WHISPER",
    "Mention",
    "fold",
    "mentions",
    "recognise",
    "warm",
]

CUE = 0.4  # weight of a mention by a cue: one alone proposes nothing

_ENUMERATION = 5  # member states in one sentence that are a list of the members, not a subject
_STRANGERS = 3  # other countries in it that make it a list of anything


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept, country or region named in ``text[start:end]``.

    ``kind``: "concept", "country" or "region"; ``id``: the concept's, country's or region's code;
    ``label``: the label to show (never a hidden one, whatever the text says); ``weight``: see NAME
    to WHISPER. ``level``: what of a country is named: "country", "subdivision", "locality",
    "institution" or "people"; '' for what is no country. ``words``: of the text, where it says
    the label by a cue.
    """

    kind: str
    id: str
    label: str
    start: int
    end: int
    weight: float
    level: str = ""
    words: str = ""


def recognise(text: str, language: str | None, *, with_cues: bool = False) -> tuple[Mention, ...]:
    """Every concept, country and region ``text`` names, in order of place. Never raises.

    In a language that is not one of ours, or None, only acronyms and proper names are found. A
    sentence that lists member states names the region MIRPS instead of each of them.
    ``with_cues``: what the text says by a cue, without naming it, is found too.
    """
    page = _page(text, language if language in LANGUAGES else None)
    plain = _without_articles(page)
    concepts = list(_mentions(plain, concept_lexicon(page.language)))
    places = _without_enumerations(page, list(_mentions(page, place_lexicon(page.language))))
    named = {(mention.id, mention.start) for mention in concepts}
    implied = _implied(plain) if with_cues else ()
    # What is named is not said by a cue as well: one word is no two reasons.
    cued = (mention for mention in implied if (mention.id, mention.start) not in named)
    found = (*concepts, *places, *cued)
    return tuple(sorted(found, key=lambda m: (m.start, m.end, m.kind, m.id)))


def _implied(page: _Page) -> Iterator[Mention]:
    beginnings, words = cues(page.language), page.words
    for at, word in enumerate(words):
        beginning = beginnings.get(word)
        if beginning is None:
            continue
        for cue in beginning.alone:
            yield _implying(page, cue, (at,))
        for cue in beginning.next.get(words[at + 1], ()) if at + 1 < len(words) else ():
            if found := _said_by(words, at, cue.parts):
                yield _implying(page, cue, found)
        if beginning.later:
            yield from _implied_later(page, beginning, at)


def _implied_later(page: _Page, beginning: Beginning, at: int) -> Iterator[Mention]:
    """The cues whose second word comes after a gap, each where it comes first."""
    seen: set[int] = set()
    for position in _gap(page.words, at + 1):
        for cue in beginning.later.get(page.words[position], ()):
            rest = _said_by(page.words, position, cue.parts[2:])
            if rest and id(cue) not in seen:
                seen.add(id(cue))
                yield _implying(page, cue, (at, *rest))


def _implying(page: _Page, cue: Cue, found: tuple[int, ...]) -> Mention:
    words = page.span(found[0], found[0] + 1)
    for before, position in pairwise(found):
        words += (" " if position == before + 1 else " … ") + page.span(position, position + 1)
    start, end = page.starts[found[0]], page.ends[found[-1]]
    return Mention("concept", cue.concept, cue.label, start, end, CUE, words=words)


def _said_by(words: tuple[str, ...], at: int, parts: tuple[Part, ...]) -> tuple[int, ...]:
    """Where the words of ``parts`` stand from ``at`` on; nothing where they are not there."""
    found: tuple[int, ...] = ()
    for position, part in enumerate(parts):
        if part is None:
            rest = _after_gap(words, at, parts[position + 1 :])
            return (*found, *rest) if rest else ()
        if at >= len(words) or words[at] not in part:
            return ()
        found = (*found, at)
        at += 1
    return found


def _after_gap(words: tuple[str, ...], at: int, parts: tuple[Part, ...]) -> tuple[int, ...]:
    found = (_said_by(words, start, parts) for start in _gap(words, at))
    return next(filter(None, found), ())


def _gap(words: tuple[str, ...], at: int) -> Iterator[int]:
    """Where a gap that begins at ``at`` may end; a sign that ends a phrase ends it."""
    for position in range(at, min(at + WIDEST_GAP + 1, len(words))):
        yield position
        if not words[position][0].isalnum():
            return


def mentions(text: str, language: str | None, lexicon: Node) -> Iterator[Mention]:
    """What a lexicon of concepts finds in ``text``, articles aside, in order of place."""
    return _mentions(_without_articles(_page(text, language)), lexicon)


def warm() -> None:
    """Build the lexicon of every language now: processes forked later share them."""
    for language in (*LANGUAGES, None):
        concept_lexicon(language)
        place_lexicon(language)
        cues(language)


@dataclass(frozen=True, slots=True)
class _Page:
    """A text as folded words (a sign that ends a phrase is one too) and where each stands.

    ``plain``: the words are compared as those of labels are, without articles.
    """

    text: str
    language: str | None
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    cased: bool
    plain: bool = False

    def span(self, first: int, after: int) -> str:
        return self.text[self.starts[first] : self.ends[after - 1]]

    def words_of(self, phrase: str) -> tuple[str, ...]:
        return label_words(phrase, self.language) if self.plain else words_of(phrase)


def _page(text: str, language: str | None) -> _Page:
    found = [(fold(match.group()), *match.span()) for match in WORD.finditer(text)]
    words, starts, ends = zip(*found, strict=True) if found else ((), (), ())
    return _Page(text, language, words, starts, ends, cased=text != text.lower())


def _without_articles(page: _Page) -> _Page:
    """The page with its words as ``label_words`` has those of labels."""
    plain = plain_words(page.language)
    if not plain:
        return page
    kept = [
        (word, start, end)
        for folded, start, end in zip(page.words, page.starts, page.ends, strict=True)
        if (word := plain.get(folded, folded)) is not None
    ]
    words, starts, ends = zip(*kept, strict=True) if kept else ((), (), ())
    return _Page(page.text, page.language, words, starts, ends, page.cased, plain=True)


def _mentions(page: _Page, lexicon: Node) -> Iterator[Mention]:
    position, total = 0, len(page.words)
    first = lexicon.following
    while position < total:
        node = first.get(page.words[position])
        if node is None:
            position += 1
            continue
        after, senses = _longest(page, position, node)
        for sense in senses:
            yield from _said(page, position, after, sense)
        position = after


def _said(page: _Page, first: int, after: int, sense: Sense) -> Iterator[Mention]:
    """What is meant by the words of a label, and the people it ends with."""
    end = page.ends[after - 1]
    if sense.kind:
        start = page.starts[first]
        yield Mention(sense.kind, sense.id, sense.label, start, end, sense.weight, sense.level)
    for identifier, label, words in sense.people:
        yield Mention("concept", identifier, label, page.starts[after - words], end, sense.weight)


def _longest(page: _Page, position: int, node: Node) -> tuple[int, list[Sense]]:
    """The end of the longest label from ``position`` that holds here, and what it stands for."""
    ends: list[tuple[int, Node]] = []
    after: int = position + 1
    following: Node | None = node
    while following is not None:
        if following.senses:
            ends.append((after, following))
        if after >= len(page.words):
            break
        following = following.following.get(page.words[after])
        after += 1
    for end, ending in reversed(ends):
        held = [s for sense in ending.senses if (s := _held(page, position, end, sense))]
        if held:
            return end, held
    return position + 1, []


_SILENCE = Sense("", "", "", 0.0)

# In one number, for *las calles de Guatemala* are in Guatemala.
_NAMED = frozenset(
    words_of(
        "almacén almacenes atlético av avenida bairro barrio bulevar calle calzada cantina cine "
        "club colegio colonia comedor deportivo edificio escola escuela estadio farmacia "
        "ferretería hotel hospital liceo mercado panadería parque paseo pensión plaza praça puente "
        "quartier reparto residencial restaurante rua teatro tienda urbanización"
    )
)
_NAMED_BEHIND = frozenset(words_of("avenue hotel road school square stadium street"))
_BETWEEN = (("rue", "du"), ("place", "du"), ("rue", "de", "la"), ("avenue", "du"))
_REPUBLIC = ("republica", "de")


def _held(page: _Page, first: int, after: int, sense: Sense) -> Sense | None:
    """``sense`` as it is to be understood here, or None where it does not hold."""
    if sense.exact and not _is_acronym(page, first, after, sense.exact):
        return None
    if sense.capitals and page.cased and not _capitalised(page, first, after, sense.capitals):
        return None
    if sense.level == "country" and _names_something_else(page, first, after):
        return _SILENCE
    if sense.readings is None:
        return sense
    for reading in sense.readings:
        if _reads(page, first, after, reading):
            weight = WHISPER if reading.weak else sense.weight
            return Sense(sense.kind, reading.means, sense.label, weight, level=sense.level)
    # Its words are consumed all the same: no Panama where Panama City is in Florida.
    return _SILENCE


def _names_something_else(page: _Page, first: int, after: int) -> bool:
    """Whether a country's name is that of a street, a school or a shop, wherever it is."""
    if after < len(page.words) and page.words[after] in _NAMED_BEHIND:
        return True
    if _precedes(page, first, _REPUBLIC):
        first -= 2
    if first and page.words[first - 1] in _NAMED:  # and no sign between them
        return page.text[page.ends[first - 1] : page.starts[first]].isspace()
    return any(_precedes(page, first, before) for before in _BETWEEN)


def _is_acronym(page: _Page, first: int, after: int, exact: str) -> bool:
    if page.span(first, after) != exact:
        return False
    # In a heading set in capitals every word looks like an acronym.
    start = page.text.rfind("\n", 0, page.starts[first]) + 1
    end = page.text.find("\n", page.ends[after - 1])
    line = page.text[start : end if end >= 0 else len(page.text)]
    return line.count(" ") < 3 or not line.isupper()


def _capitalised(page: _Page, first: int, after: int, name: str) -> bool:
    """Whether the first and the last word begin with a capital where those of ``name`` do."""
    words = WORD.findall(name)
    here = page.text[page.starts[first]], page.text[page.starts[after - 1]]
    needed = words[0][0], words[-1][0]
    return all(h.isupper() for h, n in zip(here, needed, strict=True) if n.isupper())


def _reads(page: _Page, first: int, after: int, reading: Reading) -> bool:
    if reading.languages and page.language not in reading.languages:
        return False
    if reading.cue and not any(_precedes(page, first, page.words_of(cue)) for cue in reading.cue):
        return False
    if not reading.near and not reading.not_near:
        return True
    around = (
        page.words[max(0, first - reading.window) : first],
        page.words[after : after + reading.window],
    )
    if reading.near and not _any_in(around, map(page.words_of, reading.near)):
        return False
    return not _any_in(around, map(page.words_of, reading.not_near))


def _precedes(page: _Page, first: int, cue: tuple[str, ...]) -> bool:
    return page.words[max(0, first - len(cue)) : first] == cue


def _any_in(around: Iterable[tuple[str, ...]], phrases: Iterable[tuple[str, ...]]) -> bool:
    return any(contains(words, phrase) for phrase in phrases for words in around)


def _without_enumerations(page: _Page, places: list[Mention]) -> Iterator[Mention]:
    """The places, but the region for those of a sentence that merely lists the members, and
    nothing for those of one that lists half the world."""
    members = load().member_states
    if len({place.id for place in places} & members) < _ENUMERATION:
        yield from places
        return
    stops = _sentence_ends(page)
    sentences: dict[int, list[Mention]] = {}
    for place in places:
        sentences.setdefault(bisect_left(stops, place.start), []).append(place)
    for sentence in sentences.values():
        if len({place.id for place in sentence} & members) < _ENUMERATION:
            yield from sentence
        elif len({place.id for place in sentence} - members) < _STRANGERS:
            label = _region_label(page.language)
            yield Mention("region", "MIRPS", label, sentence[0].start, sentence[-1].end, NAME)


def _sentence_ends(page: _Page) -> list[int]:
    """Where sentences end. The point of *2.011* ends none."""
    return [
        start
        for word, start in zip(page.words, page.starts, strict=True)
        if word in {"!", "?"}
        or word.isspace()
        or (word == "." and not page.text[start + 1 : start + 2].isalnum())
    ]


def _region_label(language: str | None) -> str:
    regions = {region.id: region for region in load().places.regions}
    return regions["MIRPS"].labels.of(language or "en")
