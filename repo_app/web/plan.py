"""The plan as a way in: its priorities, activities and bodies with what is held for each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from index.vocabulary import Activity, Plan, Priority
from repo_app.services import catalogue, evidence
from repo_app.services.evidence import Subject
from repo_app.web import holdings, labels
from repo_app.web.context import absolute, language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.subjects import described
from repo_app.web.words import gettext as _

bp = Blueprint("plan", __name__, url_prefix=PREFIX)

MOVED = 301


@bp.get("/plan")
def current() -> ResponseReturnValue:
    return _whole(runtime().vocabulary.newest_plan)


@bp.get("/plan/<int:year>")
def year(year: int) -> ResponseReturnValue:
    return _whole(_plan_of(year))


@bp.get("/plan/<int:year>/<code>")
def part(year: int, code: str) -> ResponseReturnValue:
    """A priority (``P2``) or an activity (``P2-R2-A5``)."""
    plan, wanted = _plan_of(year), code.upper()
    priority = next((one for one in plan.priorities if one.code == wanted), None)
    activity = next((one for one in plan.activities if one.code == wanted), None)
    if priority is None and activity is None:
        abort(404)
    if code != wanted:
        return redirect(url_for("plan.part", year=year, code=wanted), MOVED)
    return _priority(plan, priority) if priority else _activity(plan, activity)


@bp.get("/plan/<int:year>/bodies/<identifier>")
def body(year: int, identifier: str) -> ResponseReturnValue:
    plan = _plan_of(year)
    found = next((one for one in plan.bodies if one.id == identifier), None)
    if found is None:
        abort(404)
    own = tuple(one for one in plan.activities if identifier in one.bodies)
    return render_template(
        "plan/body.html",
        plan=plan,
        body=found,
        activities=own,
        timeline=[row for row in plan.timeline if identifier in row.bodies],
        together=_together(plan, identifier, own),
        json_ld=described(
            found.labels.of(language()),
            absolute("bare.plan_body", year=year, identifier=identifier),
            {"@type": "Organization", "name": found.labels.of(language())},
        ),
        **_held("activity", [one.id for one in own], own),
    )


def _plan_of(year: int) -> Plan:
    plan = next((plan for plan in runtime().vocabulary.plans if plan.year == year), None)
    if plan is None:
        abort(404)
    return plan


def _whole(plan: Plan) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        held = catalogue.tag_counts(session, viewer(), "priority", "activity")
    return render_template(
        "plan/plan.html", plan=plan, priorities=held["priority"], activities=held["activity"]
    )


def _priority(plan: Plan, priority: Priority) -> ResponseReturnValue:
    own = tuple(one for one in plan.activities if one.priority == priority.id)
    return render_template(
        "plan/priority.html",
        plan=plan,
        priority=priority,
        results=[one for one in plan.results if one.priority == priority.id],
        concepts=_concepts_of(priority),
        json_ld=_json_ld(plan, priority.code, priority.title.of(language())),
        **_held("priority", [priority.id], own),
    )


def _activity(plan: Plan, activity: Activity | None) -> ResponseReturnValue:
    assert activity is not None, "part() answers 404 for what is neither"
    subject, at = Subject("activity", (activity.id,)), plan.activities.index(activity)
    with runtime().database.reading() as session:
        kinds = evidence.source_kinds(session, viewer(), subject)
        countries = evidence.crossed(session, viewer(), subject, "country")
        newest = evidence.newest(session, viewer(), subject)
    members = [country.code for country in labels.member_states()]
    others = {value: n for value, n in evidence.by_value(countries).items() if value not in members}
    filters = {"activity": activity.id}
    return render_template(
        "plan/activity.html",
        plan=plan,
        activity=activity,
        result=runtime().vocabulary.result(activity.result),
        outputs=_outputs(plan, activity),
        steps=[row for row in plan.timeline if activity.id in row.activities],
        total=sum(kinds.values()),
        kinds=holdings.shares("source_kind", kinds, filters),
        silent=holdings.silent(kinds),
        table=holdings.table(countries, "country", members, filters),
        elsewhere=holdings.shares("country", others, filters),
        newest=newest,
        before=plan.activities[at - 1] if at else None,
        after=plan.activities[at + 1] if at + 1 < len(plan.activities) else None,
        json_ld=_json_ld(plan, activity.code, activity.text.of(language())),
    )


def _held(facet: str, values: list[str], activities: tuple[Activity, ...]) -> dict[str, Any]:
    """For a part of the plan that has several activities: what is held, activity by activity."""
    subject = Subject(facet, tuple(values))
    with runtime().database.reading() as session:
        kinds = evidence.source_kinds(session, viewer(), subject)
        counts = evidence.crossed(session, viewer(), subject, "activity")
        newest = evidence.newest(session, viewer(), subject)
    filters = {facet: values}
    return {
        "total": sum(kinds.values()),
        "kinds": holdings.shares("source_kind", kinds, filters),
        "silent": holdings.silent(kinds),
        "table": holdings.table(counts, "activity", [one.id for one in activities]),
        "newest": newest,
        "filters": filters,
    }


def _outputs(plan: Plan, activity: Activity) -> tuple[str, ...]:
    """What an activity promises, in words: kinds of documents, and what is none."""
    others = {one.id: one.labels.of(language()) for one in plan.other_outputs}
    return tuple(others.get(one) or labels.label("document_kind", one) for one in activity.outputs)


def _together(plan: Plan, identifier: str, activities: tuple[Activity, ...]) -> tuple[str, ...]:
    """The bodies that carry out one of these activities with this one, in the plan's order."""
    named = {one for activity in activities for one in activity.bodies} - {identifier}
    return tuple(one.id for one in plan.bodies if one.id in named)


def _concepts_of(priority: Priority) -> tuple[str, ...]:
    """The facet themes that belong to a priority."""
    listed = runtime().vocabulary.concepts.concepts
    return tuple(one.id for one in listed if one.theme_facet and priority.id in one.priorities)


def _json_ld(plan: Plan, code: str, words: str) -> Markup:
    whole = _("MIRPS Regional Action Plan %(year)s", year=plan.year)
    return described(
        f"{code}: {words}",
        absolute("bare.plan_part", year=plan.year, code=code),
        {
            "@type": "CreativeWork",
            "name": code,
            "text": words,
            "isPartOf": {"@type": "CreativeWork", "name": whole},
        },
    )
