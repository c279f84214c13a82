"""For curators: documents held twice side by side, and making one of them."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repo_app.sentences import QUESTIONS, STATES
from repo_app.services import duplicates
from repo_app.services.duplicates import CannotMerge, Plan
from repo_app.services.editing import EDITABLE, Stale
from repo_app.services.reviews import OwnContribution
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import runtime, viewer
from repo_app.web.curation import OVERTAKEN
from repo_app.web.languages import PREFIX

bp = Blueprint("duplicates", __name__, url_prefix=f"{PREFIX}/curate/duplicates")

MOST_TOGETHER = 50


@bp.get("/")
def index() -> ResponseReturnValue:
    return _page()


def _page(*, changed: bool = False, own: bool = False) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        groups = duplicates.groups(session)
    page = render_template(
        "curation/duplicates.html",
        groups=groups,
        states=STATES,
        editable=EDITABLE,
        most=duplicates.MOST_GROUPS,
        changed=changed,
        own=own,
    )
    return page, OVERTAKEN if (changed or own) and request.method == "POST" else 200


@bp.route("/merge", methods=FORM)
def merge() -> ResponseReturnValue:
    """Shown first: it cannot be undone."""
    kept, ids = request.values.get("keep", ""), request.values.getlist("of")[:MOST_TOGETHER]
    gone = [public_id for public_id in ids if public_id != kept]
    try:
        if request.method == "GET":
            with runtime().database.reading() as session:
                return _plan_page(duplicates.plan(session, kept, gone))
        with runtime().database.writing() as session:
            duplicates.merge(session, runtime().vocabulary, _revisions(), kept, viewer())
    except (CannotMerge, Stale):
        return _page(changed=True)
    except OwnContribution:
        return _page(own=True)
    return redirect(url_for("duplicates.index", done="merged", kept=kept), SEE_OTHER)


def _plan_page(plan: Plan | None) -> ResponseReturnValue:
    if plan is None:
        return _page(changed=True)
    return render_template("curation/merge.html", plan=plan, questions=QUESTIONS, states=STATES)


def _revisions() -> dict[str, int]:
    """Each document as it stood when the merge was shown: ``abcdefghjk:3``."""
    pairs = (one.partition(":") for one in request.form.getlist("revision")[:MOST_TOGETHER])
    return {public_id: int(n) for public_id, _sign, n in pairs if re.fullmatch(r"[0-9]{1,9}", n)}
