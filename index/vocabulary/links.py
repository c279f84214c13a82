"""Which concepts speak for which parts of a plan that came after the concepts were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from index.vocabulary.concept_file import ancestors
from index.vocabulary.values import Concept, Concepts, Plan


def linked(concepts: Concepts, plan: Plan) -> Concepts:
    """``concepts`` with the activities and priorities of ``plan``.

    A concept speaks for an activity that carries over one it spoke for, and else for those about
    the theme it counts for; for the priorities of its activities, or for those that carry over
    its own.
    """
    known = {concept.id: concept for concept in concepts.concepts}
    return replace(
        concepts, concepts=tuple(_linked(concept, plan, known) for concept in known.values())
    )


def _linked(concept: Concept, plan: Plan, known: Mapping[str, Concept]) -> Concept:
    carried = {(c.facet, c.after): c.before for c in plan.carried_over}
    theme = _theme(concept, known)
    activities = []
    for activity in plan.activities:
        before = carried.get(("activity", activity.id))
        speaks = theme in activity.themes if before is None else before in concept.activities
        if speaks:
            activities.append(activity)
    own = {activity.priority for activity in activities}
    if not own:
        own = {
            after
            for (facet, after), before in carried.items()
            if facet == "priority" and before in concept.priorities
        }
    return replace(
        concept,
        activities=(*concept.activities, *(activity.id for activity in activities)),
        priorities=(*concept.priorities, *(p.id for p in plan.priorities if p.id in own)),
    )


def _theme(concept: Concept, known: Mapping[str, Concept]) -> str | None:
    """The facet theme a concept counts for: itself, or the nearest broader one."""
    if concept.type == "population":
        return None
    for candidate in (concept.id, *ancestors(concept.id, known)):
        if known[candidate].theme_facet:
            return candidate
    return None
