"""What the vocabulary in force says of one thing, as plain data for the command line."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from index.vocabulary import Concept, Labels, Lists, Plan, Terms, Vocabulary
from index.vocabulary.meanings import concepts_named
from index.vocabulary.values import LANGUAGES

Facts = dict[str, Any]
"""Name of a fact → a text, a number, a list of texts, or facts of the same form."""


def overview(vocabulary: Vocabulary) -> Facts:
    added = vocabulary.additions
    labels = [label for one in vocabulary.concepts.concepts for label in _all_labels(one)]
    return {
        "version": vocabulary.version,
        "plans": [str(plan.year) for plan in vocabulary.plans],
        "concepts": len(vocabulary.concepts.concepts),
        "labels": len(labels),
        "countries": len(vocabulary.places.countries),
        "lists": [one.name for one in fields(Lists)],
        "added_plans": [source.file.name for source in added.plans],
        "added_files": [source.file.name for source in added.label_files],
        "added_by_curators": len(added.labels),
    }


def named(vocabulary: Vocabulary, asked: str) -> tuple[Facts, ...]:
    """What ``asked`` names: the id of a concept, priority or activity, the year of a plan, the name
    of a list, the code of a country, or else words that are a label. Empty for nothing."""
    for find in (_concept, _plan, _part, _list, _country):
        found = find(vocabulary, asked)
        if found is not None:
            return (found,)
    ids = dict.fromkeys(one for of in LANGUAGES for one in concepts_named(asked, of))
    return tuple(concept_facts(vocabulary, one) for one in ids)


def concept_facts(vocabulary: Vocabulary, identifier: str) -> Facts:
    concept = vocabulary.concept(identifier)
    theme = vocabulary.facet_theme(identifier) if concept.type != "population" else None
    return {
        "concept": concept.id,
        "type": concept.type,
        "theme": theme or "",
        "name": _labels(concept.labels),
        "other_labels": _terms(concept.alt),
        "hidden_labels": _terms(concept.hidden),
        "acronyms": _terms(concept.acronyms),
        "weak_labels": _weak(vocabulary, concept),
        "broader": list(concept.broader),
        "narrower": list(concept.narrower),
        "related": list(concept.related),
        "priorities": list(concept.priorities),
        "activities": list(concept.activities),
        "added_by_curators": [
            f"{one.label} ({one.language}, {one.kind})"
            for one in vocabulary.additions.labels
            if one.concept == identifier
        ],
    }


def _concept(vocabulary: Vocabulary, asked: str) -> Facts | None:
    known = any(concept.id == asked for concept in vocabulary.concepts.concepts)
    return concept_facts(vocabulary, asked) if known else None


def _plan(vocabulary: Vocabulary, asked: str) -> Facts | None:
    plan = next((plan for plan in vocabulary.plans if str(plan.year) == asked), None)
    return _plan_facts(plan) if plan else None


def _plan_facts(plan: Plan) -> Facts:
    return {
        "plan": str(plan.year),
        "presidency": plan.presidency,
        "priorities": {one.id: _labels(one.title) for one in plan.priorities},
        "activities": {one.id: _labels(one.text) for one in plan.activities},
        "carried_over": [f"{one.before} → {one.after}" for one in plan.carried_over],
    }


def _part(vocabulary: Vocabulary, asked: str) -> Facts | None:
    """A priority or an activity."""
    for plan in vocabulary.plans:
        for priority in plan.priorities:
            if priority.id == asked:
                own = [one.id for one in plan.activities if one.priority == asked]
                return {"priority": asked, "name": _labels(priority.title), "activities": own}
        for activity in plan.activities:
            if activity.id == asked:
                spoken = [
                    concept.id
                    for concept in vocabulary.concepts.concepts
                    if asked in concept.activities
                ]
                return {
                    "activity": asked,
                    "name": _labels(activity.text),
                    "priority": activity.priority,
                    "themes": list(activity.themes),
                    "populations": list(activity.populations),
                    "concepts": spoken,
                }
    return None


def _list(vocabulary: Vocabulary, asked: str) -> Facts | None:
    if asked not in {one.name for one in fields(Lists)} or asked == "presidencies":
        return None
    entries = getattr(vocabulary.lists, asked)
    return {"list": asked, "entries": {one.id: _labels(one.labels) for one in entries}}


def _country(vocabulary: Vocabulary, asked: str) -> Facts | None:
    for country in vocabulary.places.countries:
        if country.code == asked.upper():
            return {
                "country": country.code,
                "name": _labels(country.labels),
                "member_state": country.role == "member",
            }
    return None


def _labels(labels: Labels) -> dict[str, str]:
    return {of: words for of in LANGUAGES if (words := getattr(labels, of))}


def _terms(terms: Terms) -> dict[str, list[str]]:
    return {of: list(words) for of in LANGUAGES if (words := terms.of(of))}


def _all_labels(concept: Concept) -> list[str]:
    terms = (concept.alt, concept.hidden, concept.acronyms)
    several = [word for one in terms for words in _terms(one).values() for word in words]
    return [*_labels(concept.labels).values(), *several]


def _weak(vocabulary: Vocabulary, concept: Concept) -> dict[str, list[str]]:
    found = {}
    for of in LANGUAGES:
        own = {getattr(concept.labels, of), *concept.alt.of(of), *concept.hidden.of(of)}
        found[of] = [words for words in vocabulary.concepts.weak_labels.of(of) if words in own]
    return {of: words for of, words in found.items() if words}
