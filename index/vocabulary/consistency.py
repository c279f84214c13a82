"""What the files say about each other: plans name concepts and kinds, concepts name activities."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from index.vocabulary.reading import N_, Record, read
from index.vocabulary.values import Activity, Concepts, Lists, Plan


def check_plan(record: Record, plan: Plan, concepts: Concepts, lists: Lists) -> None:
    """Every theme, population, output, source kind and partner of the plan must be known."""
    ids = {concept.id for concept in concepts.concepts}
    populations = {concept.id for concept in concepts.concepts if concept.type == "population"}
    outputs = {item.id for item in lists.document_kinds}
    outputs |= {item.id for item in plan.other_outputs}
    known: dict[str, Collection[str]] = {
        "themes": {c.id for c in concepts.concepts if c.theme_facet},
        "populations": populations,
        "outputs": outputs,
        "source_kinds": {item.id for item in lists.source_kinds},
    }
    for position, activity in enumerate(plan.activities):
        _check_activity(record, position, activity, known)
        for group in activity.needs:
            for concept in group:
                if concept not in ids:
                    sentence = N_("%(code)s: needs names unknown concept '%(value)s'")
                    said = {"code": activity.code, "value": concept}
                    raise record.wrong(sentence, "activities", position, "needs", **said)
    for position, partner in enumerate(plan.partners):
        if partner.concept and partner.concept not in ids:
            sentence = N_("partner '%(id)s' names unknown concept '%(value)s'")
            said = {"id": partner.id, "value": partner.concept}
            raise record.wrong(sentence, "partners", position, "concept", **said)


def _check_activity(
    record: Record, position: int, activity: Activity, known: dict[str, Collection[str]]
) -> None:
    for key, values in known.items():
        for value in getattr(activity, key):
            if value not in values:
                sentence = N_("%(code)s: %(key)s names '%(value)s', which is not known")
                said = {"code": activity.code, "key": key, "value": value}
                raise record.wrong(sentence, "activities", position, key, **said)


def check_concepts(file: Path, concepts: Concepts, plans: tuple[Plan, ...]) -> None:
    """Every priority and activity a concept names must be in a plan."""
    priorities = {item.id for plan in plans for item in plan.priorities}
    activities = {item.id for plan in plans for item in plan.activities}
    for position, concept in enumerate(concepts.concepts):
        unknown = sorted({*concept.priorities} - priorities | {*concept.activities} - activities)
        if unknown:
            key = "priorities" if unknown[0] in concept.priorities else "activities"
            what = f"{concept.id!r} names {unknown[0]!r}, which is in no plan"
            raise read(file).wrong(what, "concepts", position, key)


def check_carried_over(
    record: Record, plan: Plan, concepts: Concepts, others: Collection[Plan]
) -> None:
    """What is carried over must be of an older plan, and a theme must live on as a theme."""
    older = [other for other in others if other.year < plan.year]
    known = {item.id for other in older for item in other.priorities}
    known |= {item.id for other in older for item in other.activities}
    themes = {concept.id for concept in concepts.concepts if concept.theme_facet}
    for carried in plan.carried_over:
        if carried.facet == "theme" and carried.after not in themes:
            sentence = N_("carried_over names '%(value)s', which is no theme")
            raise record.wrong(sentence, "carried_over", "themes", value=carried.after)
        if carried.facet != "theme" and carried.before not in known:
            sentence = N_("carried_over names '%(value)s', which is in no older plan")
            raise record.wrong(sentence, "carried_over", value=carried.before)
