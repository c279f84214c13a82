"""Reads the plan of one year, such as plans/2026.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from index.vocabulary.reading import N_, Record, Source, read_source, source_of
from index.vocabulary.values import (
    Activity,
    Body,
    CarriedOver,
    ListItem,
    Partner,
    Plan,
    Priority,
    Result,
    TimelineRow,
)

_COUNTRY = r"[A-Z]{2}"


def read_plan(file: Path) -> tuple[Record, Plan]:
    """The plan of ``file``; see ``plan_of``."""
    return plan_of(source_of(file))


def plan_of(source: Source) -> tuple[Record, Plan]:
    """The plan of a file, consistent in itself, and its record for checks against the rest."""
    data = read_source(source).only(
        *("year", "presidency", "next_presidency", "working_translations", "priorities"),
        *("results", "activities", "bodies", "partners", "other_outputs", "timeline"),
        "carried_over",
    )
    year = data.number("year")
    plan = Plan(
        year=year,
        presidency=data.code("presidency", _COUNTRY),
        next_presidency=data.code("next_presidency", _COUNTRY),
        working_translations=data.texts("working_translations"),
        priorities=tuple(_priority(record, year) for record in data.records("priorities")),
        results=tuple(_result(record, year) for record in data.records("results")),
        activities=tuple(_activity(record, year) for record in data.records("activities")),
        bodies=tuple(_body(record) for record in data.records("bodies")),
        partners=tuple(_partner(record) for record in data.records("partners")),
        other_outputs=tuple(
            ListItem(record.identifier(), record.labels())
            for record in data.records("other_outputs")
        ),
        timeline=tuple(_row(record, year) for record in data.records("timeline")),
        carried_over=_carried_over(data, year),
    )
    _check(data, plan)
    return data, plan


def _priority(record: Record, year: int) -> Priority:
    record.only("code", "title", "objective_title", "only_when_leading")
    code = record.code("code", r"P\d")
    return Priority(
        id=f"{year}:{code}",
        code=code,
        title=record.labels("title"),
        objective_title=record.labels("objective_title"),
        only_when_leading=record.flag("only_when_leading"),
    )


def _result(record: Record, year: int) -> Result:
    record.only("code", "priority", "text")
    code = record.code("code", r"R\d")
    return Result(
        id=f"{year}:{code}",
        code=code,
        priority=f"{year}:{record.code('priority', r'P[0-9]')}",
        text=record.labels("text"),
    )


def _activity(record: Record, year: int) -> Activity:
    record.only(
        *("code", "priority", "result", "text", "bodies", "outputs", "themes", "populations"),
        *("partners", "source_kinds", "needs", "only_when_named"),
    )
    code = record.code("code", r"P\d-R\d-A\d+")
    for part, key in zip(code.split("-"), ("priority", "result"), strict=False):
        if record.text(key) != part:
            sentence = N_("%(key)s %(value)s contradicts the code %(code)s")
            raise record.wrong(sentence, key, key=key, value=record.text(key), code=code)
    if not record.texts("themes"):
        raise record.wrong(N_("activity %(code)s has no theme"), "themes", code=code)
    return Activity(
        id=f"{year}:{code}",
        code=code,
        priority=f"{year}:{record.text('priority')}",
        result=f"{year}:{record.text('result')}",
        text=record.labels("text"),
        bodies=record.texts("bodies"),
        outputs=record.texts("outputs"),
        themes=record.texts("themes"),
        populations=record.texts("populations"),
        partners=record.texts("partners"),
        source_kinds=record.texts("source_kinds"),
        needs=record.groups("needs"),
        only_when_named=record.flag("only_when_named"),
    )


def _body(record: Record) -> Body:
    record.only("id", "labels", "acronym")
    return Body(record.identifier(), record.labels(), record.labels_or_none("acronym"))


def _partner(record: Record) -> Partner:
    record.only("id", "labels", "concept")
    return Partner(record.identifier(), record.labels(), record.text_or_empty("concept"))


def _row(record: Record, year: int) -> TimelineRow:
    record.only("label", "months", "bodies", "activities")
    if "months" not in record.fields:
        raise record.wrong(N_("months must be said, or be null where they are unknown"))
    months = None if record.fields["months"] is None else record.numbers("months")
    if not all(1 <= month <= 12 for month in months or ()):
        raise record.wrong(N_("months are numbers from 1 to 12"), "months")
    return TimelineRow(
        label=record.labels("label"),
        months=months,
        bodies=record.texts("bodies"),
        activities=tuple(f"{year}:{code}" for code in record.texts("activities")),
    )


_CARRIED = {
    # key: facet, form of what is carried over, form of what takes its place
    "priorities": ("priority", r"20\d\d:P\d", r"P\d"),
    "activities": ("activity", r"20\d\d:P\d-R\d-A\d+", r"P\d-R\d-A\d+"),
    "themes": ("theme", r"[a-z0-9-]+", r"[a-z0-9-]+"),
}


def _carried_over(data: Record, year: int) -> tuple[CarriedOver, ...]:
    """What of older plans lives on in this one, and under which name."""
    if "carried_over" not in data.fields:
        return ()
    record = data.record("carried_over").only(*_CARRIED)
    found = []
    for key, (facet, before, after) in _CARRIED.items():
        for pair in record.records(key):
            old = pair.only("from", "to").code("from", before)
            new = pair.code("to", after)
            found.append(CarriedOver(facet, old, new if facet == "theme" else f"{year}:{new}"))
    return tuple(found)


def _check(data: Record, plan: Plan) -> None:
    """What the plan says about itself: no code twice, and no part that it does not list."""
    known = {
        "priority": [item.id for item in plan.priorities],
        "result": [item.id for item in plan.results],
        "bodies": [item.id for item in plan.bodies],
        "partners": [item.id for item in plan.partners],
    }
    listed = {"priorities": known["priority"], "results": known["result"]}
    listed |= {"activities": [item.id for item in plan.activities]}
    listed |= {"bodies": known["bodies"], "partners": known["partners"]}
    for key, ids in listed.items():
        for position, identifier in enumerate(ids):
            if identifier in ids[:position]:
                raise data.wrong(N_("'%(id)s' is there twice"), key, position, id=identifier)
    for position, result in enumerate(plan.results):
        if result.priority not in known["priority"]:
            sentence = N_("unknown priority '%(value)s'")
            raise data.wrong(sentence, "results", position, value=result.priority)
    for position, activity in enumerate(plan.activities):
        _check_activity(data, position, activity, known)
    for position, row in enumerate(plan.timeline):
        _check_row(data, position, row, listed)
    own = {*listed["priorities"], *listed["activities"]}
    for carried in plan.carried_over:
        if carried.facet != "theme" and carried.after not in own:
            sentence = N_("carried_over names '%(value)s', which the plan does not list")
            raise data.wrong(sentence, "carried_over", value=carried.after)


def _check_activity(
    data: Record, position: int, activity: Activity, known: dict[str, list[str]]
) -> None:
    for key in ("priority", "result"):
        if getattr(activity, key) not in known[key]:
            sentence, value = N_("unknown %(key)s '%(value)s'"), getattr(activity, key)
            raise data.wrong(sentence, "activities", position, key, key=key, value=value)
    for key in ("bodies", "partners"):
        at = ("activities", position, key)
        _check_names(data, at, activity.code, getattr(activity, key), known[key])


def _check_row(data: Record, position: int, row: TimelineRow, listed: dict[str, list[str]]) -> None:
    for key in ("bodies", "activities"):
        _check_names(data, ("timeline", position, key), "timeline", getattr(row, key), listed[key])


def _check_names(
    data: Record, at: tuple[str, int, str], code: str, names: Iterable[str], known: list[str]
) -> None:
    """``at``: the list, the place in it and the key under which the names stand."""
    for value in names:
        if value not in known:
            sentence = N_("%(code)s: %(key)s names '%(value)s', which the plan does not list")
            raise data.wrong(sentence, *at, code=code, key=at[2], value=value)
