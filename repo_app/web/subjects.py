"""Pages of their own: which address a theme, a country or a part of the plan has."""

from __future__ import annotations

from typing import Any, cast

from flask import url_for
from markupsafe import Markup

from index.analysis import LANGUAGES
from index.vocabulary import Concept, Labels
from repo_app.web.citation import for_script
from repo_app.web.context import runtime

CONCEPTS = frozenset({"theme", "population"})
PARTS = frozenset({"priority", "activity"})


def concept_of(identifier: str) -> Concept | None:
    try:
        return runtime().vocabulary.concept(identifier)
    except KeyError:
        return None


def wordings(labels: Labels) -> tuple[tuple[str, str], ...]:
    """Language and words, for those languages in which there are any."""
    said = ((code, cast(str, getattr(labels, code))) for code in LANGUAGES)
    return tuple((code, words) for code, words in said if words)


def page_of(facet: str, value: str) -> str:
    """Where a value is explained and what is held on it; the search where nothing explains it, as
    with the tags of records older than the vocabulary."""
    vocabulary = runtime().vocabulary
    if facet in CONCEPTS and concept_of(value) is not None:
        return url_for("concepts.concept", identifier=value)
    if facet == "country" and vocabulary.is_known("country", value):
        return url_for("countries.country", code=value)
    if facet in PARTS and vocabulary.is_known(facet, value):
        year, _, code = value.partition(":")
        return url_for("plan.part", year=int(year), code=code)
    return search_for(**{facet: value})


def search_for(**filters: Any) -> str:
    """The search for everything that carries these values; a list of values widens."""
    return url_for("search.results", **filters)


def described(name: str, address: str, about: dict[str, Any]) -> Markup:
    """schema.org for a page that gathers documents: what it is about, with nothing empty in it."""
    return for_script(
        {
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "@id": address,
            "url": address,
            "name": name,
            "about": {key: value for key, value in about.items() if value},
        }
    )
