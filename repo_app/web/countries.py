"""A country's page: its part in the MIRPS, what is held on it, and what is missing there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from index.vocabulary import Country, Plan
from repo_app.i18n import N_
from repo_app.services import catalogue, evidence
from repo_app.services.evidence import Subject
from repo_app.web import holdings, labels
from repo_app.web.context import absolute, language, runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.subjects import described, wordings
from repo_app.web.words import gettext as _

bp = Blueprint("countries", __name__, url_prefix=PREFIX)

MOVED = 301
SUBDIVISIONS = {
    "department": N_("Departments"),
    "district": N_("Districts"),
    "province": N_("Provinces"),
    "state": N_("States"),
    "federal-entity": N_("Federal entities"),
    "indigenous-region": N_("Indigenous regions"),
}
"""By type of subdivision."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A country's part in the MIRPS. ``joined`` is 0 and the presidencies are false where it is
    no member or the plan names another one."""

    member: bool
    joined: int
    presides: bool
    presides_next: bool


@bp.get("/countries")
def everything() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        held = catalogue.tag_counts(session, viewer(), "country")["country"]
    members = [country.code for country in labels.member_states()]
    others = [code for code in labels.ordered("country", held) if code not in members]
    return render_template(
        "countries/index.html",
        held=held,
        others=others,
        plan=runtime().vocabulary.newest_plan,
    )


@bp.get("/countries/<code>")
def country(code: str) -> ResponseReturnValue:
    if not runtime().vocabulary.is_known("country", code.upper()):
        abort(404)
    if code != code.upper():
        return redirect(url_for("countries.country", code=code.upper()), MOVED)
    plan, subject = runtime().vocabulary.newest_plan, Subject("country", (code,))
    with runtime().database.reading() as session:
        kinds = evidence.source_kinds(session, viewer(), subject)
        themes = evidence.by_value(evidence.crossed(session, viewer(), subject, "theme"))
        activities = evidence.activities_in(session, viewer(), code)
        newest = evidence.newest(session, viewer(), subject)
    described_here = _gazetteer(code)
    filters = {"country": code}
    return render_template(
        "countries/country.html",
        code=code,
        title=labels.label("country", code),
        standing=_standing(described_here, plan, code),
        names=_names(described_here),
        subdivisions=_subdivisions(described_here),
        changes=_changes(code),
        plan=plan,
        total=sum(kinds.values()),
        kinds=holdings.shares("source_kind", kinds, filters),
        silent=holdings.silent(kinds),
        themes=holdings.shares("theme", themes, filters),
        table=holdings.table(
            activities, "activity", [activity.id for activity in plan.activities], filters
        ),
        newest=newest,
        json_ld=described(
            labels.label("country", code),
            absolute("bare.countries_country", code=code),
            {"@type": "Country", "name": labels.label("country", code), "identifier": code},
        ),
    )


def _gazetteer(code: str) -> Country | None:
    """What is known of a country; of most of the world nothing but its name."""
    places = runtime().vocabulary.places.countries
    return next((place for place in places if place.code == code), None)


def _standing(place: Country | None, plan: Plan, code: str) -> Standing:
    member = place is not None and place.role == "member"
    return Standing(
        member=member,
        joined=place.joined if place and member else 0,
        presides=plan.presidency == code,
        presides_next=plan.next_presidency == code,
    )


def _names(place: Country | None) -> tuple[tuple[str, str], ...]:
    """Language and name, those of the reader's own language left out."""
    if place is None:
        return ()
    return tuple(pair for pair in wordings(place.labels) if pair[0] != language())


def _subdivisions(place: Country | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What its parts are called, and their names, in the gazetteer's order."""
    parts = place.subdivisions if place else ()
    by_type = groupby(sorted(parts, key=lambda part: part.type), key=lambda part: part.type)
    return tuple(
        (_(SUBDIVISIONS[kind]), tuple(part.names[0] for part in members))
        for kind, members in by_type
    )


def _changes(code: str) -> tuple[str, ...]:
    """What a reader should know of names that changed."""
    changes = runtime().vocabulary.places.changes
    return tuple(change.note.of(language()) for change in changes if change.country == code)
