"""The first page: what this is, a search box, and four ways to look around."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from repo_app.services import catalogue
from repo_app.web.context import runtime, viewer
from repo_app.web.languages import PREFIX

bp = Blueprint("home", __name__, url_prefix=PREFIX)


@bp.get("/")
def index() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        being_read = catalogue.being_read(session)
        newest = catalogue.newest(session, viewer())
        kinds = catalogue.source_kind_counts(session, viewer())
        held = catalogue.tag_counts(session, viewer(), "country", "priority")
    return render_template(
        "home/index.html",
        total=sum(kinds.values()),
        being_read=being_read,
        newest=newest,
        plan=runtime().vocabulary.newest_plan,
        source_kinds_held=kinds,
        countries=held["country"],
        priorities=held["priority"],
    )
