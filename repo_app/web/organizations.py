"""For administrators: the organizations that contribute, and how each wants to be named."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repo_app.models import Naming
from repo_app.services import organizations
from repo_app.services.organizations import OrganizationRefused, Profile
from repo_app.web import faults, labels
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import runtime, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.forms import organization_profile
from repo_app.web.languages import PREFIX

bp = Blueprint("organizations", __name__, url_prefix=f"{PREFIX}/organizations")


@bp.get("/")
def index() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        entries = organizations.everything(session)
    return render_template("organizations/index.html", entries=entries)


@bp.route("/new", methods=FORM)
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _page(Profile("", None), faults.NONE)
    form = _read()
    try:
        with runtime().database.writing() as session:
            organizations.create(session, viewer().signature, form)
    except OrganizationRefused as refused:
        return _page(form, faults.of_organization(refused))
    return redirect(url_for("organizations.index", done="saved"), SEE_OTHER)


@bp.route("/<int:organization_id>", methods=FORM)
def change(organization_id: int) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        present = organizations.profile(session, organization_id)
    if present is None:
        abort(404)
    if request.method == "GET":
        return _page(present, faults.NONE, present)
    form = _read()
    try:
        with runtime().database.writing() as session:
            organizations.change(session, viewer().signature, organization_id, form)
    except OrganizationRefused as refused:
        return _page(form, faults.of_organization(refused), present)
    return redirect(url_for("organizations.index", done="saved"), SEE_OTHER)


def _read() -> Profile:
    vocabulary = runtime().vocabulary
    kinds = frozenset(kind.id for kind in vocabulary.lists.source_kinds)
    countries = frozenset(country.code for country in labels.countries())
    return organization_profile(request.form, kinds, countries)


def _page(form: Profile, wrong: Faults, present: Profile | None = None) -> ResponseReturnValue:
    page = render_template(
        "organizations/form.html",
        form=form,
        faults=wrong,
        present=present,
        countries=labels.countries(),
        namings=tuple(Naming),
    )
    return page, REFUSED if wrong else 200
