"""Proposes countries, themes, populations, activities and priorities, each with its reasons.

Proposals are for people to confirm. Source kind, authorship, consent and the nationality of a
person are never proposed: no text can say them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import sqrt

from index.thesaurus import ACRONYM
from index.vocabulary import Activity, Concept, Vocabulary, load
from ingest.draft import Draft, Proposal
from ingest.findings import REASONS, Finding, Findings, Found, find, reasons
from ingest.places import propose_places
from ingest.segments import segments

_KEEP = 0.9  # a score below this proposes nothing
_SHARE = {"theme": 0.25, "population": 0.2, "activity": 0.4, "priority": 0.5}
_LIMIT = {"theme": 5, "population": 4, "activity": 3, "priority": 2}
_ROLL_UP = {1: 0.6, 2: 0.3}
# The theme that is the condition of a population: whoever writes of the one writes of the other.
_CONDITIONS = {
    "internally-displaced-persons": ("internal-displacement", 1.0),
    "stateless-persons": ("statelessness-nationality", 1.0),
    "disaster-displaced-persons": ("disaster-displacement", 1.0),
    "unaccompanied-children": ("children-adolescents-protection", 1.0),
    "returnees": ("return-reintegration", 0.6),
    "deported-persons": ("return-reintegration", 0.6),
    "returnees-protection-needs": ("return-reintegration", 0.6),
    "eligibility-officers": ("refugee-status-determination", 0.6),
}
_ANY_DISPLACED = "forcibly-displaced-persons"
_DISPLACEMENTS = {
    "internal-displacement": "internally-displaced-persons",
    "disaster-displacement": "disaster-displaced-persons",
}
_PEOPLE_OF = {
    **_DISPLACEMENTS,
    "statelessness-nationality": "stateless-persons",
    "refugee-led-organizations": "refugees",
    "refugee-status-determination": "asylum-seekers",
}
_COMES_BACK = 3
_FIGURES = "data-statistics"
_A_SUBJECT = 0.25  # share of the votes for figures that makes what they are about the subject
_IN_PASSING = 0.5
_ACTIVITY_KEEP = 0.6
_SHORT = 400  # words of a text that names what it is about but once


def propose_tags(draft: Draft) -> Draft:
    """``draft`` with proposals for the facets country, scope, theme, population, activity and
    priority.

    Reads title, abstract and pages; lists of references and what a text says it is not about are
    left out. The same draft always gives the same proposals; a draft without text gives none.
    Never raises.
    """
    found = find(segments(draft))
    scores = {
        identifier: finding.score(found.body_factor)
        for identifier, finding in found.concepts.items()
        if finding.has_strength()
    }
    proposals = (
        *propose_places(found),
        *_themes(found.concepts, scores),
        *_populations(found, scores),
        *_activities(found.concepts, scores),
        *_priorities(found.concepts, scores),
    )
    return replace(draft, proposals=proposals)


def _themes(findings: Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Themes of the facet: a concept counts for itself and, less, for its broader ones."""
    vocabulary = load()
    totals: defaultdict[str, float] = defaultdict(float)
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in sorted(scores):
        for theme, share in _counts_for(vocabulary, identifier):
            totals[theme] += scores[identifier] * share
            sources[theme].append(identifier)
    for theme, named in sources.items():
        if _is_a_body_in_passing(vocabulary, findings, named):
            totals[theme] *= _IN_PASSING
    return [
        Proposal("theme", theme, score, reasons(findings, sources[theme], scores))
        for theme, score in _kept("theme", totals)
    ]


def _is_a_body_in_passing(vocabulary: Vocabulary, findings: Findings, named: list[str]) -> bool:
    """Whether one body or instrument, named outside the title, is all that speaks for a theme."""
    if len(named) > 1 or findings[named[0]].in_title():
        return False
    return vocabulary.concept(named[0]).type in {"governance", "instrument"}


def _counts_for(vocabulary: Vocabulary, identifier: str) -> Iterator[tuple[str, float]]:
    """The themes a concept counts for, and how much of it.

    A theme of the facet counts for broader ones far less than a concept that has no facet of its
    own: who confirms *local integration* has said more than *durable solutions*.
    """
    concept = vocabulary.concept(identifier)
    if concept.type == "population":
        if identifier in _CONDITIONS:
            yield _CONDITIONS[identifier]
        return
    passed = 1.0
    if concept.theme_facet:
        yield identifier, 1.0
        passed = 0.5
    for theme, distance in vocabulary.broader(identifier).items():
        if distance in _ROLL_UP and vocabulary.concept(theme).theme_facet:
            yield theme, passed * _ROLL_UP[distance]
            passed = 0.5


def _populations(found: Found, scores: Mapping[str, float]) -> list[Proposal]:
    """Populations named twice, in the title or in a short text: one is never widened to another."""
    findings = {
        identifier: _borne_out(identifier, finding, scores)
        for identifier, finding in _by_population(found).items()
    }
    named = {
        identifier: finding.score(found.body_factor)
        for identifier, finding in findings.items()
        if finding.has_strength() and (found.words <= _SHORT or _is_named_enough(finding))
    }
    if len(named) > 1:
        named.pop(_ANY_DISPLACED, None)
    return [
        Proposal("population", identifier, score, findings[identifier].evidence()[:REASONS])
        for identifier, score in _kept("population", named)
    ]


def _borne_out(identifier: str, finding: Finding, scores: Mapping[str, float]) -> Finding:
    """A weak word for people (*women*, *applicants*) says more in the title, when it comes back,
    and where the text speaks of what concerns them."""
    if not finding.is_weak():
        return finding
    enough = finding.in_title() or finding.hits() >= _COMES_BACK
    if not enough and not _concerns(identifier, scores):
        return finding
    return replace(finding, weights=dict.fromkeys(finding.weights, ACRONYM))


def _concerns(population: str, scores: Mapping[str, float]) -> bool:
    """Whether any concept of ``scores`` is related to the population, or belongs to a theme that
    is."""
    vocabulary = load()
    related = set(vocabulary.concept(population).related)
    for concept in tuple(related):
        if vocabulary.concept(concept).theme_facet:
            related.update(vocabulary.broader(concept))
    return any(c in related or vocabulary.facet_theme(c) in related for c in scores)


def _is_named_enough(finding: Finding) -> bool:
    return finding.hits() > 1 or finding.in_title()


def _by_population(found: Found) -> dict[str, Finding]:
    """What is found of each population.

    *Displaced persons* are those of whose displacement the text speaks, and a text on their
    displacement, on organizations of refugees, or on how claims are decided, speaks of them.
    """
    vocabulary = load()
    findings = {
        identifier: finding
        for identifier, finding in found.concepts.items()
        if vocabulary.concept(identifier).type == "population"
    }
    for theme, population in _PEOPLE_OF.items():
        spoken_of = found.concepts.get(theme)
        if spoken_of and not spoken_of.is_weak() and _is_named_enough(spoken_of):
            findings[population] = spoken_of.merged(findings.get(population))
    displaced = findings.get(_ANY_DISPLACED)
    kind = _kind_of_displacement(found)
    if displaced is not None and kind is not None:
        del findings[_ANY_DISPLACED]
        findings[kind] = displaced.merged(findings.get(kind))
    return findings


def _kind_of_displacement(found: Found) -> str | None:
    """The population that *displaced persons* are in this text, if it says so."""
    strength = {
        population: sum(
            found.concepts[concept].score(found.body_factor)
            for concept in (theme, population)
            if concept in found.concepts
        )
        for theme, population in _DISPLACEMENTS.items()
    }
    population = max(sorted(strength), key=strength.__getitem__)
    return population if strength[population] > 0 else None


def _activities(findings: Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Activities whose concepts the text speaks of. None is a frequent and valid answer."""
    vocabulary = load()
    plan = vocabulary.newest_plan
    totals: dict[str, float] = {}
    sources: dict[str, list[str]] = {}
    for activity in plan.activities:
        about = [c for c in sorted(scores) if activity.id in vocabulary.concept(c).activities]
        if about and _meets_needs(activity, findings, scores):
            sources[activity.id] = about
            totals[activity.id] = sum(scores[c] / sqrt(_links(vocabulary, c)) for c in about)
    return [
        Proposal("activity", value, score, reasons(findings, sources[value], scores))
        for value, score in _kept("activity", totals, at_least=_ACTIVITY_KEEP)
    ]


def _links(vocabulary: Vocabulary, concept: str) -> int:
    return len(vocabulary.of_newest_plan(vocabulary.concept(concept).activities))


def _meets_needs(activity: Activity, findings: Findings, scores: Mapping[str, float]) -> bool:
    spoken_of = set(scores)
    if activity.only_when_named:
        spoken_of = {concept for concept in scores if findings[concept].is_named()}
    return all(not spoken_of.isdisjoint(group) for group in activity.needs)


def _priorities(findings: Findings, scores: Mapping[str, float]) -> list[Proposal]:
    """Each concept splits its vote among the priorities it has in the newest plan."""
    vocabulary = load()
    totals: defaultdict[str, float] = defaultdict(float)
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in sorted(scores):
        priorities = vocabulary.of_newest_plan(vocabulary.concept(identifier).priorities)
        for priority in priorities:
            totals[priority] += scores[identifier] / len(priorities)
            sources[priority].append(identifier)
    allowed = {
        priority: totals[priority] for priority in _open_priorities(vocabulary, scores, totals)
    }
    return [
        Proposal("priority", value, score, reasons(findings, sources[value], scores))
        for value, score in _kept("priority", allowed)
    ]


def _open_priorities(
    vocabulary: Vocabulary, scores: Mapping[str, float], totals: Mapping[str, float]
) -> list[str]:
    """The priorities of the newest plan that this text may be proposed for."""
    if not scores:
        return []
    plan = vocabulary.newest_plan
    leading = min(scores, key=lambda c: (-scores[c], c))
    return [
        priority.id
        for priority in plan.priorities
        if priority.id in totals
        and (
            not priority.only_when_leading
            or _leads(vocabulary, vocabulary.concept(leading), priority.id, totals)
        )
    ]


def _leads(
    vocabulary: Vocabulary, leading: Concept, priority: str, totals: Mapping[str, float]
) -> bool:
    """Whether the concept that leads a text makes it one of this priority.

    Figures say how something is known: a text of figures on a subject is one on that subject.
    """
    if leading.id == _FIGURES or _FIGURES in leading.broader:
        rest = max((total for one, total in totals.items() if one != priority), default=0.0)
        return rest < totals[priority] * _A_SUBJECT
    own = vocabulary.of_newest_plan(leading.priorities) == (priority,)
    return own or (leading.type == "governance" and priority in leading.priorities)


def _kept(
    facet: str,
    scores: Mapping[str, float],
    *,
    at_least: float = _KEEP,
) -> list[tuple[str, float]]:
    """The values worth proposing: strong enough, and not far behind the strongest."""
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return []
    floor = max(at_least, ranked[0][1] * _SHARE[facet])
    kept = [(value, round(score, 3)) for value, score in ranked if score >= floor]
    return kept[: _LIMIT[facet]]
