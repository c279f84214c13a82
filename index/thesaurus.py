"""Finds the vocabulary's concepts and countries in a text, and says where and how surely.

The longest label wins and consumes its words. Labels count in the text's language only; acronyms
(in their exact case), names of bodies and instruments, and names of countries count in any.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from index.vocabulary import Concept, Concepts, Contested, Places, Reading, Terms, load
from index.vocabulary.forms import forms

NAME, ACRONYM, DEMONYM, BORDER, WEAK, WHISPER = 1.0, 0.5, 0.5, 0.4, 0.2, 0.15
"""Weights of a mention: a label or a place's name, an acronym, a people's name, a border point
(for both sides), a weak label, and an ambiguous place that nothing around it settles."""

_LANGUAGES = ("es", "en", "pt", "fr")
_WORD = re.compile(r"[\w\u0300-\u036f\u00ad]+|[^\w\s,'’\"“”‘`´+/&*\-‐‑–—]|\n\s*\n")
_ENUMERATION = 5  # member states in one sentence that are a list of the members, not a subject


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept or country named in ``text[start:end]``.

    ``kind``: "concept" or "country"; ``id``: the concept's or the country's code; ``label``: the
    label to show (never a hidden one, whatever the text says); ``weight``: see NAME to WHISPER.
    """

    kind: str
    id: str
    label: str
    start: int
    end: int
    weight: float


def recognise(text: str, language: str | None) -> tuple[Mention, ...]:
    """Every concept and country ``text`` names, in order of place. Never raises.

    In a language that is not one of ours, or None, only acronyms and proper names are found.
    """
    page = _page(text, language if language in _LANGUAGES else None)
    concepts = _mentions(page, _concept_lexicon(page.language))
    places = _without_enumerations(page, list(_mentions(page, _place_lexicon(page.language))))
    return tuple(sorted((*concepts, *places), key=lambda m: (m.start, m.end, m.kind, m.id)))


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """Small letters without accents; ñ stays, for *año* is not *ano*."""
    folded = word.casefold().replace("\u00ad", "")
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFC", folded))
    bare = decomposed.replace("n\u0303", "ñ")
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True)
class _Page:
    """A text as folded words (a sign that ends a phrase is one too) and where each stands."""

    text: str
    language: str | None
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    cased: bool

    def span(self, first: int, after: int) -> str:
        return self.text[self.starts[first] : self.ends[after - 1]]


def _page(text: str, language: str | None) -> _Page:
    found = [(fold(match.group()), *match.span()) for match in _WORD.finditer(text)]
    words, starts, ends = zip(*found, strict=True) if found else ((), (), ())
    return _Page(text, language, words, starts, ends, cased=text != text.lower())


@cache
def _words(phrase: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(phrase))


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a sequence of words may stand for. ``kind`` "" is a mask: it consumes and says nothing.

    ``exact``: the only spelling that counts, '' for any. ``capitals``: a name whose capitals count.
    ``readings``: the meanings to choose from; the sense's own ``id`` is then not used.
    """

    kind: str
    id: str
    label: str
    weight: float
    exact: str = ""
    capitals: str = ""
    readings: tuple[Reading, ...] | None = None


class _Node:
    """A state of the lexicon: the words that may follow, and what ends here."""

    __slots__ = ("following", "senses")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.senses: tuple[_Sense, ...] = ()

    def add(self, words: tuple[str, ...], sense: _Sense) -> None:
        node = self
        for word in words:
            node = node.following.setdefault(word, _Node())
        if words and not any(s.id == sense.id and s.exact == sense.exact for s in node.senses):
            node.senses = (*node.senses, sense)

    def add_first(self, words: tuple[str, ...], *senses: _Sense) -> None:
        """As ``add``, but what is there already stays alone."""
        node = self
        for word in words:
            node = node.following.setdefault(word, _Node())
        if words and not node.senses:
            node.senses = senses


def _mentions(page: _Page, lexicon: _Node) -> Iterator[Mention]:
    position, total = 0, len(page.words)
    first = lexicon.following
    while position < total:
        node = first.get(page.words[position])
        if node is None:
            position += 1
            continue
        after, senses = _longest(page, position, node)
        for sense in senses:
            if sense.kind:
                start, end = page.starts[position], page.ends[after - 1]
                yield Mention(sense.kind, sense.id, sense.label, start, end, sense.weight)
        position = after


def _longest(page: _Page, position: int, node: _Node) -> tuple[int, list[_Sense]]:
    """The end of the longest label from ``position`` that holds here, and what it stands for."""
    ends: list[tuple[int, _Node]] = []
    after: int = position + 1
    following: _Node | None = node
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


def _held(page: _Page, first: int, after: int, sense: _Sense) -> _Sense | None:
    """``sense`` as it is to be understood here, or None where it does not hold."""
    if sense.exact and not _is_acronym(page, first, after, sense.exact):
        return None
    if sense.capitals and page.cased and not _capitalised(page, first, after, sense.capitals):
        return None
    if sense.readings is None:
        return sense
    for reading in sense.readings:
        if _reads(page, first, after, reading):
            weight = WHISPER if reading.weak else sense.weight
            return _Sense(sense.kind, reading.means, sense.label, weight)
    return None


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
    words = _WORD.findall(name)
    here = page.text[page.starts[first]], page.text[page.starts[after - 1]]
    needed = words[0][0], words[-1][0]
    return all(h.isupper() for h, n in zip(here, needed, strict=True) if n.isupper())


def _reads(page: _Page, first: int, after: int, reading: Reading) -> bool:
    if reading.languages and page.language not in reading.languages:
        return False
    if reading.cue and not any(_precedes(page, first, _words(cue)) for cue in reading.cue):
        return False
    if not reading.near and not reading.not_near:
        return True
    around = (
        page.words[max(0, first - reading.window) : first],
        page.words[after : after + reading.window],
    )
    if reading.near and not _any_in(around, reading.near):
        return False
    return not _any_in(around, reading.not_near)


def _precedes(page: _Page, first: int, cue: tuple[str, ...]) -> bool:
    return page.words[max(0, first - len(cue)) : first] == cue


def _any_in(around: Iterable[tuple[str, ...]], phrases: Iterable[str]) -> bool:
    return any(_contains(words, _words(phrase)) for words in around for phrase in phrases)


def _contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    if len(phrase) == 1:
        return phrase[0] in words
    if phrase[0] not in words:
        return False
    return any(words[i : i + len(phrase)] == phrase for i in range(len(words)))


def _without_enumerations(page: _Page, places: list[Mention]) -> Iterator[Mention]:
    """The places but for those of a sentence that merely lists the members."""
    members = _members()
    if len({place.id for place in places} & members) < _ENUMERATION:
        yield from places
        return
    stops = [
        start
        for word, start in zip(page.words, page.starts, strict=True)
        if word in {".", "!", "?"} or word.isspace()
    ]
    sentences: dict[int, list[Mention]] = {}
    for place in places:
        sentences.setdefault(sum(stop < place.start for stop in stops), []).append(place)
    for sentence in sentences.values():
        if len({place.id for place in sentence} & members) < _ENUMERATION:
            yield from sentence


@cache
def _members() -> frozenset[str]:
    return frozenset(c.code for c in load().places.countries if c.role == "member")


@cache
def _concept_lexicon(language: str | None) -> _Node:
    vocabulary = load().concepts
    root = _Node()
    for mask in vocabulary.masks.of(language or ""):
        root.add(_words(mask), _Sense("", "", mask, 0.0))
    for concept in vocabulary.concepts:
        proper = concept.type in {"governance", "instrument"}
        for label_language in _LANGUAGES if proper else (language,):
            if label_language is not None:
                _add_labels(root, vocabulary, concept, label_language, shown_in=language or "en")
    _add_acronyms(root, vocabulary)
    return root


def _add_labels(
    root: _Node, vocabulary: Concepts, concept: Concept, language: str, *, shown_in: str
) -> None:
    weak = vocabulary.weak_labels.of(language)
    fixed = vocabulary.fixed_labels.of(language)
    hidden = concept.hidden.of(language)
    preferred = getattr(concept.labels, language)
    for label in filter(None, (preferred, *concept.alt.of(language), *hidden)):
        shown = concept.labels.of(shown_in) if label in hidden else label
        sense = _Sense("concept", concept.id, shown, WEAK if label in weak else NAME)
        words = _words(label)
        people = concept.type == "population"
        found = {words} if label in fixed else forms(words, language, of_people=people)
        for form in sorted(found, key=lambda f: (f != words, f)):
            root.add(form, sense)


def _add_acronyms(root: _Node, vocabulary: Concepts) -> None:
    contested = {item.form: item for item in vocabulary.contested_acronyms}
    for concept in vocabulary.concepts:
        for acronym in dict.fromkeys(a for lang in _LANGUAGES for a in concept.acronyms.of(lang)):
            if acronym not in contested:
                root.add(_words(acronym), _Sense("concept", concept.id, acronym, ACRONYM, acronym))
    for form, item in contested.items():
        sense = _Sense("concept", form, form, ACRONYM, form, readings=item.readings)
        root.add(_words(form), sense)


@cache
def _place_lexicon(language: str | None) -> _Node:
    """Masks before ambiguous forms before names: what is added first keeps its words."""
    places = load().places
    root = _Node()
    for mask in places.masks:
        root.add_first(_words(mask), _Sense("", "", mask, 0.0))
    for form in places.ambiguous:
        _add_ambiguous(root, form)
    for country in places.countries:
        for name in _all(country.names):
            label = country.labels.of(language or "en")
            _add_place(root, country.code, name, label)
        for demonym in country.demonyms.of(language or ""):
            sense = _Sense("country", country.code, demonym, DEMONYM)
            root.add_first(_words(demonym), sense)
    _add_parts(root, places)
    return root


def _add_parts(root: _Node, places: Places) -> None:
    for region in places.regions:
        for name in region.names:
            root.add_first(_words(name), _Sense("", "", name, 0.0))
    for country in places.countries:
        names = (name for part in country.subdivisions for name in part.names)
        for name in (*country.cities, *names, *country.institutions):
            _add_place(root, country.code, name, name)
    for point in places.border_points:
        for name in point.names:
            weight = WHISPER if name in point.common else BORDER
            senses = (_Sense("country", c, name, weight, capitals=name) for c in point.between)
            root.add_first(_words(name), *senses)


def _add_ambiguous(root: _Node, form: Contested) -> None:
    exact = form.form if form.form.isupper() else ""
    sense = _Sense(
        "country", "", form.form, NAME, exact=exact, capitals=form.form, readings=form.readings
    )
    root.add_first(_words(form.form), sense)


def _add_place(root: _Node, country: str, name: str, label: str) -> None:
    # Written small, many names of places are common words: chile, cuba, el salvador.
    exact = name if name.isupper() and name.isalpha() else ""
    root.add_first(_words(name), _Sense("country", country, label, NAME, exact, capitals=name))


def _all(terms: Terms) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for language in _LANGUAGES for name in terms.of(language)))
