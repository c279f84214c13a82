"""The plan as a way in: each priority, result and activity with what is held for it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from index.vocabulary import Plan
from repo_app.services import catalogue
from repo_app.web.context import runtime, viewer
from repo_app.web.languages import PREFIX

bp = Blueprint("plan", __name__, url_prefix=PREFIX)


@bp.get("/plan")
def current() -> ResponseReturnValue:
    return _page(max(runtime().vocabulary.plans, key=lambda plan: plan.year))


@bp.get("/plan/<int:year>")
def year(year: int) -> ResponseReturnValue:
    plan = next((plan for plan in runtime().vocabulary.plans if plan.year == year), None)
    if plan is None:
        abort(404)
    return _page(plan)


def _page(plan: Plan) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        return render_template(
            "plan/plan.html",
            plan=plan,
            priorities=catalogue.tag_counts(session, viewer(), "priority"),
            activities=catalogue.tag_counts(session, viewer(), "activity"),
        )
