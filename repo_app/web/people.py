"""For administrators: who has an account, inviting, roles, and new passwords."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from repo_app.models import LinkPurpose, Role
from repo_app.services import links, organizations, people
from repo_app.services.links import Invitation
from repo_app.services.people import AccountRefused, Refusal
from repo_app.web import faults
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import language, runtime, site, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.forms import Invite, role
from repo_app.web.languages import PREFIX
from repo_app.web.numbers import row_number

bp = Blueprint("people", __name__, url_prefix=f"{PREFIX}/people")


@bp.get("/")
def index() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        return render_template(
            "people/index.html",
            accounts=people.everybody(session),
            waiting=links.waiting(session),
        )


@bp.route("/invite", methods=FORM)
def invite() -> ResponseReturnValue:
    form = Invite.read(request.form, language())
    if request.method == "GET":
        return _invite_page(form, faults.NONE)
    invitation = Invitation(form.email, form.role, form.language, form.organization_id)
    by_mail = bool(runtime().settings.smtp_url)
    try:
        with runtime().database.writing() as session:
            token = links.invite(session, viewer().signature, invitation, by_mail=by_mail)
    except AccountRefused as refused:
        return _invite_page(form, faults.of(refused))
    if token is None:
        return redirect(url_for("people.index", done="mailed"), SEE_OTHER)
    return _link_page(LinkPurpose.INVITATION, form.language, token)


def _invite_page(form: Invite, wrong: Faults) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        page = render_template(
            "people/invite.html",
            form=form,
            faults=wrong,
            roles=tuple(Role),
            organizations=organizations.everything(session),
            by_mail=bool(runtime().settings.smtp_url),
        )
    return page, REFUSED if wrong else 200


def _link_page(purpose: LinkPurpose, lang: str, token: str) -> ResponseReturnValue:
    """Shown once: only its hash is kept."""
    address = links.address(site(), purpose, lang, token)
    return render_template("people/link.html", address=address, purpose=purpose.value)


@bp.post("/invitations/<int:link_id>/withdraw")
def withdraw(link_id: int) -> ResponseReturnValue:
    with runtime().database.writing() as session:
        links.withdraw(session, viewer().signature, link_id)
    return redirect(url_for("people.index", done="withdrawn"), SEE_OTHER)


@bp.get("/<int:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    return _person_page(person_id, faults.NONE)


def _person_page(person_id: int, wrong: Faults) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        try:
            person = people.account(session, person_id)
        except AccountRefused:
            abort(404)
        page = render_template(
            "people/person.html",
            person=person,
            faults=wrong,
            roles=tuple(Role),
            organizations=organizations.everything(session),
        )
    return page, REFUSED if wrong else 200


@bp.post("/<int:person_id>")
def change(person_id: int) -> ResponseReturnValue:
    """Role and organizations: what the form holds replaces what was."""
    chosen = request.form.getlist("organization", type=row_number)
    new_role = role(request.form)

    def both(session: Session, by: str) -> None:
        if new_role is not None:
            people.change_role(session, by, person_id, new_role)
        people.change_organizations(session, by, person_id, chosen)

    return _changed(person_id, both)


@bp.post("/<int:person_id>/disable")
def disable(person_id: int) -> ResponseReturnValue:
    return _changed(person_id, lambda session, by: people.disable(session, by, person_id))


@bp.post("/<int:person_id>/enable")
def enable(person_id: int) -> ResponseReturnValue:
    return _changed(person_id, lambda session, by: people.enable(session, by, person_id))


@bp.route("/<int:person_id>/delete", methods=FORM)
def delete(person_id: int) -> ResponseReturnValue:
    """After a page that says what goes. One's own account asks for the password as well."""
    if person_id == viewer().person_id:
        return redirect(url_for("account.delete"), SEE_OTHER)
    if request.method == "GET":
        return _delete_page(person_id, faults.NONE)
    try:
        with runtime().database.writing() as session:
            people.delete(session, viewer().signature, person_id)
    except AccountRefused as refused:
        return _delete_page(person_id, faults.of(refused))
    return redirect(url_for("people.index", done="deleted"), SEE_OTHER)


def _delete_page(person_id: int, wrong: Faults) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        try:
            person = people.account(session, person_id)
        except AccountRefused:
            abort(404)
    page = render_template("people/delete.html", person=person, faults=wrong)
    return page, REFUSED if wrong else 200


def _changed(person_id: int, work: Callable[[Session, str], None]) -> ResponseReturnValue:
    try:
        with runtime().database.writing() as session:
            work(session, viewer().signature)
    except AccountRefused as refused:
        if refused.reason is Refusal.NO_SUCH_ACCOUNT:
            abort(404)
        return _person_page(person_id, faults.of(refused))
    return redirect(url_for("people.show", person_id=person_id, done="saved"), SEE_OTHER)


@bp.post("/<int:person_id>/reset-link")
def reset_link(person_id: int) -> ResponseReturnValue:
    by_mail = bool(runtime().settings.smtp_url)
    try:
        with runtime().database.writing() as session:
            person = people.account(session, person_id)
            token = links.make_reset(session, viewer().signature, person_id, by_mail=by_mail)
    except AccountRefused:
        abort(404)
    if token is None:
        return redirect(url_for("people.show", person_id=person_id, done="mailed"), SEE_OTHER)
    return _link_page(LinkPurpose.RESET, person.language, token)
