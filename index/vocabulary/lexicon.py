"""The lexicon of each language: every form of every label and name, as a trie of words.

Two of them: concepts, compared without articles, and places, whose article is part of the name
(*El Salvador*, *La Paz*).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.vocabulary.forms import forms
from index.vocabulary.in_force import load
from index.vocabulary.values import Concept, Concepts, Contested, Country, Places, Reading, Terms
from index.vocabulary.vocabulary import Vocabulary
from index.vocabulary.words import label_words, words_of

NAME, ACRONYM, DEMONYM, BORDER, WEAK, WHISPER = 1.0, 0.5, 0.5, 0.4, 0.2, 0.15
"""Weights of a mention: a label or a place's name, an acronym, a people's name, a border point
(for both sides), a weak label, and an ambiguous place that nothing around it settles."""

LANGUAGES = ("es", "en", "pt", "fr")
_KEPT = 2 * (len(LANGUAGES) + 1)  # lexicons of two vocabularies: the one before may still be read
# A body named after refugees does not speak of refugees; a population is not its own part.
_NAMED_AFTER_PEOPLE = frozenset({"governance", "instrument", "population"})


@dataclass(frozen=True, slots=True)
class Sense:
    """What a sequence of words may stand for. ``kind`` "" is a mask: it consumes and says nothing.

    ``exact``: the only spelling that counts, '' for any. ``capitals``: a name whose capitals count.
    ``readings``: the meanings to choose from; the sense's own ``id`` is then not used.
    ``level``: what of a country is named; see ``Mention`` of the thesaurus. ``people``: the
    population the label ends with (*reintegración de personas retornadas*) and its words.
    """

    kind: str
    id: str
    label: str
    weight: float
    exact: str = ""
    capitals: str = ""
    readings: tuple[Reading, ...] | None = None
    level: str = ""
    people: tuple[tuple[str, str, int], ...] = ()


class Node:
    """A state of the lexicon: the words that may follow, and what ends here."""

    __slots__ = ("following", "senses")

    def __init__(self) -> None:
        self.following: dict[str, Node] = {}
        self.senses: tuple[Sense, ...] = ()

    def add(self, words: tuple[str, ...], sense: Sense) -> None:
        node = self._at(words)
        if words and not any(s.id == sense.id and s.exact == sense.exact for s in node.senses):
            node.senses = (*node.senses, sense)

    def add_first(self, words: tuple[str, ...], *senses: Sense) -> None:
        """As ``add``, but what is there already stays alone."""
        node = self._at(words)
        if words and not node.senses:
            node.senses = senses

    def _at(self, words: tuple[str, ...]) -> Node:
        node = self
        for word in words:
            node = node.following.setdefault(word, Node())
        return node


def concept_lexicon(language: str | None) -> Node:
    """Labels of ``language``, and acronyms and names of bodies and instruments in all four, of
    the vocabulary in force."""
    return concept_lexicon_of(load(), language)


@lru_cache(maxsize=_KEPT)
def concept_lexicon_of(vocabulary: Vocabulary, language: str | None) -> Node:
    concepts = vocabulary.concepts
    root = Node()
    for mask in concepts.masks.of(language or ""):
        root.add(label_words(mask, language), Sense("", "", mask, 0.0))
    for concept in concepts.concepts:
        proper = concept.type in {"governance", "instrument"}
        for of in LANGUAGES if proper else (language,):
            if of is not None:
                _add_labels(root, vocabulary, concept, of, text_language=language)
    _add_acronyms(root, concepts, language)
    return root


def _add_labels(
    root: Node,
    vocabulary: Vocabulary,
    concept: Concept,
    language: str,
    *,
    text_language: str | None,
) -> None:
    weak = vocabulary.concepts.weak_labels.of(language)
    fixed = vocabulary.concepts.fixed_labels.of(language)
    hidden = concept.hidden.of(language)
    for label in (*concept.names(language), *hidden):
        shown = concept.labels.of(text_language or "en") if label in hidden else label
        words = label_words(label, text_language)
        weight = WEAK if label in weak else NAME
        people = (
            ()
            if concept.type in _NAMED_AFTER_PEOPLE
            else _people_at_end(vocabulary, words, language)
        )
        sense = Sense("concept", concept.id, shown, weight, people=people)
        of_people = concept.type == "population"
        found = {words} if label in fixed else forms(words, language, of_people=of_people)
        for form in sorted(found, key=lambda f: (f != words, f)):
            root.add(form, sense)


def _people_at_end(
    vocabulary: Vocabulary, words: tuple[str, ...], language: str
) -> tuple[tuple[str, str, int], ...]:
    """The population whose label ends a longer label, if one does: code, label and words."""
    populations = _populations(vocabulary, language)
    for first in range(1, len(words)):
        if words[first:] in populations:
            return ((*populations[words[first:]], len(words) - first),)
    return ()


@lru_cache(maxsize=_KEPT)
def _populations(vocabulary: Vocabulary, language: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Labels of populations as they stand (in the plural), but for weak and hidden ones."""
    weak = vocabulary.concepts.weak_labels.of(language)
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for concept in vocabulary.concepts.concepts:
        if concept.type == "population":
            for label in concept.names(language):
                if label not in weak:
                    found.setdefault(label_words(label, language), (concept.id, label))
    return found


def _add_acronyms(root: Node, vocabulary: Concepts, language: str | None) -> None:
    contested = {item.form: item for item in vocabulary.contested_acronyms}
    for concept in vocabulary.concepts:
        for acronym in dict.fromkeys(a for of in LANGUAGES for a in concept.acronyms.of(of)):
            if acronym not in contested:
                sense = Sense("concept", concept.id, acronym, ACRONYM, acronym)
                root.add(label_words(acronym, language), sense)
    for form, item in contested.items():
        sense = Sense("concept", form, form, ACRONYM, form, readings=item.readings)
        root.add(label_words(form, language), sense)


def place_lexicon(language: str | None) -> Node:
    """Names of places in the vocabulary in force.

    Masks before ambiguous forms before names: what is added first keeps its words.
    """
    return place_lexicon_of(load(), language)


@lru_cache(maxsize=_KEPT)
def place_lexicon_of(vocabulary: Vocabulary, language: str | None) -> Node:
    places = vocabulary.places
    root = Node()
    for mask in places.masks:
        root.add_first(words_of(mask), Sense("", "", mask, 0.0))
    levels = _levels(places)
    for form in places.ambiguous:
        _add_ambiguous(root, form, levels.get(form.form, "locality"))
    for country in places.countries:
        for name in _all(country.names):
            _add_place(root, country.code, name, country.labels.of(language or "en"), "country")
        for demonym in country.demonyms.of(language or ""):
            sense = Sense("country", country.code, demonym, DEMONYM, level="people")
            root.add_first(words_of(demonym), sense)
    _add_parts(root, places, language)
    return root


def _levels(places: Places) -> dict[str, str]:
    """What an ambiguous form names where it is one of a country's own names."""
    found: dict[str, str] = {}
    for country in places.countries:
        for level, name in _named_parts(country):
            found.setdefault(name, level)
        found.update(dict.fromkeys(_all(country.names), "country"))
    return found


def _named_parts(country: Country) -> Iterator[tuple[str, str]]:
    yield from (("subdivision", name) for part in country.subdivisions for name in part.names)
    yield from (("locality", name) for name in country.cities)
    yield from (("institution", name) for name in country.institutions)


def _add_parts(root: Node, places: Places, language: str | None) -> None:
    for region in places.regions:
        for name in region.names:
            label = region.labels.of(language or "en")
            root.add_first(words_of(name), Sense("region", region.id, label, NAME))
    for country in places.countries:
        for level, name in _named_parts(country):
            _add_place(root, country.code, name, name, level)
    for point in places.border_points:
        for name in point.names:
            weight = WHISPER if name in point.common else BORDER
            senses = (
                Sense("country", code, name, weight, capitals=name, level="locality")
                for code in point.between
            )
            root.add_first(words_of(name), *senses)


def _add_ambiguous(root: Node, form: Contested, level: str) -> None:
    exact = form.form if form.form.isupper() else ""
    sense = Sense(
        *("country", "", form.form, NAME, exact),
        capitals=form.form,
        readings=form.readings,
        level=level,
    )
    root.add_first(words_of(form.form), sense)


def _add_place(root: Node, country: str, name: str, label: str, level: str) -> None:
    # Written small, many names of places are common words: chile, cuba, el salvador.
    exact = name if name.isupper() and name.isalpha() else ""
    sense = Sense("country", country, label, NAME, exact, capitals=name, level=level)
    root.add_first(words_of(name), sense)


def _all(terms: Terms) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for language in LANGUAGES for name in terms.of(language)))
