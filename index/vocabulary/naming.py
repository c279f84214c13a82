"""From what a person types for a facet's value — a code, a name, a label — to the values meant."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from index.vocabulary.vocabulary import Vocabulary

LANGUAGES = ("es", "en", "pt", "fr")
_YEARLY = ("priority", "activity")
"""Facets whose values begin with the year of their plan: a bare code means the newest one."""


def values_named(vocabulary: Vocabulary, facet: str, typed: str) -> frozenset[str]:
    """Every value of ``facet`` that ``typed`` names in any of the four languages.

    ``país:Honduras``, ``country:hn`` and ``tema:"tejido social"`` all work, with or without
    accents and capitals; empty where nothing is called so.
    """
    folded = _folded(typed)
    named = _names(vocabulary, facet)
    if facet in _YEARLY and ":" not in folded:
        newest = vocabulary.newest_plan.year
        return named.get(f"{newest}:{folded}", frozenset()) | named.get(folded, frozenset())
    return named.get(folded, frozenset())


def code(vocabulary: Vocabulary, facet: str, typed: str) -> str:
    """The one value that ``typed`` names; otherwise what was typed, unchanged."""
    values = values_named(vocabulary, facet, typed)
    return next(iter(values)) if len(values) == 1 else typed


def _names(vocabulary: Vocabulary, facet: str) -> Mapping[str, frozenset[str]]:
    """Folded name → values."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for value in vocabulary.facet_values(facet):
        found[_folded(value)].add(value)
        for language in LANGUAGES:
            found[_folded(vocabulary.label(facet, value, language))].add(value)
    return {name: frozenset(values) for name, values in found.items()}


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", " ".join(text.casefold().split()))
    bare = decomposed.replace("n\u0303", "ñ")
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
