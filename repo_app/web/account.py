"""One's own account: coming in, going out, accepting an invitation, a new password, one's name."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from repo_app.models import LinkPurpose
from repo_app.services import links, people
from repo_app.services.people import Account, AccountRefused
from repo_app.web import faults, limits, sessions
from repo_app.web.context import account, language, own_account, runtime
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.forms import LogIn, NewPassword, Oneself, line, secret
from repo_app.web.languages import PREFIX
from repo_app.web.ways import within_site

bp = Blueprint("account", __name__, url_prefix=PREFIX)

FORM = ("GET", "POST")
SEE_OTHER = 303


@bp.route("/log-in", methods=FORM)
def log_in() -> ResponseReturnValue:
    form = LogIn.read(request.form, request.args)
    if request.method == "GET":
        return _onward(form.after, language()) if account() else _log_in_page(form)
    who, address = form.email.lower(), request.remote_addr or ""
    if wait := limits.patience().begin(who, address):
        return _log_in_page(form, wait=wait)
    found = people.authenticate(runtime().database, form.email, form.password)
    if found is None:
        return _log_in_page(form, failed=True)
    limits.patience().succeeded(who, address)
    sessions.begin(found)
    return _onward(form.after, found.language)


def _log_in_page(form: LogIn, *, failed: bool = False, wait: int = 0) -> ResponseReturnValue:
    after = within_site(form.after)
    page = render_template("account/log_in.html", form=form, after=after, failed=failed, wait=wait)
    answer = make_response(page, 429 if wait else REFUSED if failed else 200)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _onward(address: str, lang: str) -> ResponseReturnValue:
    return redirect(within_site(address) or url_for("home.index", lang=lang), SEE_OTHER)


@bp.post("/log-out")
def log_out() -> ResponseReturnValue:
    sessions.end()
    return redirect(url_for("home.index"), SEE_OTHER)


@bp.post("/log-out-everywhere")
def log_out_everywhere() -> ResponseReturnValue:
    with runtime().database.writing() as session:
        people.log_out_everywhere(session, own_account())
    sessions.end()
    return redirect(url_for("account.log_in"), SEE_OTHER)


@bp.route("/account", methods=FORM)
def mine() -> ResponseReturnValue:
    own = own_account()
    if request.method == "GET":
        return _mine_page(own, Oneself(own.name, own.language), faults.NONE)
    form = Oneself.read(request.form, own.language)
    try:
        with runtime().database.writing() as session:
            people.describe_oneself(session, own, form.name, form.language)
    except AccountRefused as refused:
        return _mine_page(own, form, faults.of(refused))
    return redirect(url_for("account.mine", lang=form.language, done="saved"), SEE_OTHER)


def _mine_page(own: Account, form: Oneself, wrong: Faults) -> ResponseReturnValue:
    page = render_template("account/mine.html", own=own, form=form, faults=wrong)
    return page, REFUSED if wrong else 200


@bp.route("/account/password", methods=FORM)
def password() -> ResponseReturnValue:
    own = own_account()
    if request.method == "GET":
        return render_template("account/password.html", faults=faults.NONE, own=own)
    form = NewPassword.read(request.form)
    if form.differs:
        return _refused("account/password.html", faults.of_differing_passwords(), own=own)
    try:
        changed = people.change_password(runtime().database, own, form.present, form.password)
    except AccountRefused as refused:
        return _refused("account/password.html", faults.of(refused), own=own)
    sessions.renew(changed)
    return redirect(url_for("account.mine", done="password"), SEE_OTHER)


@bp.route("/account/delete", methods=FORM)
def delete() -> ResponseReturnValue:
    own = own_account()
    if request.method == "GET":
        return render_template("account/delete.html", faults=faults.NONE, own=own)
    given = secret(request.form, "present_password")
    try:
        people.delete_oneself(runtime().database, own, given)
    except AccountRefused as refused:
        return _refused("account/delete.html", faults.of(refused), own=own)
    sessions.end()
    return redirect(url_for("account.deleted"), SEE_OTHER)


@bp.get("/account/deleted")
def deleted() -> ResponseReturnValue:
    """The same for everybody: it says nothing of anybody."""
    return render_template("account/deleted.html")


@bp.route("/forgotten", methods=FORM)
def forgotten() -> ResponseReturnValue:
    """The same page for every address, known or not. Without a mail server there is no form."""
    by_mail = bool(runtime().settings.smtp_url)
    asked = request.method == "POST" and by_mail
    if asked:
        with runtime().database.writing() as session:
            links.request_reset(session, line(request.form, "email"), language())
    return render_template("account/forgotten.html", by_mail=by_mail, asked=asked)


@bp.route("/invitation/<token>", methods=FORM)
def accept(token: str) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        opened = links.opened(session, LinkPurpose.INVITATION, token)
    if opened is None:
        return render_template("account/no_link.html"), REFUSED
    who = Oneself.read(request.form, language())
    shown = {"opened": opened, "form": who}
    if request.method == "GET":
        return render_template("account/accept.html", faults=faults.NONE, **shown)
    form = NewPassword.read(request.form)
    if form.differs:
        return _refused("account/accept.html", faults.of_differing_passwords(), **shown)
    try:
        made = links.accept(runtime().database, token, who.name, who.language, form.password)
    except AccountRefused as refused:
        return _refused("account/accept.html", faults.of(refused), **shown)
    sessions.begin(made)
    return redirect(url_for("account.mine", lang=made.language, done="welcome"), SEE_OTHER)


@bp.route("/reset/<token>", methods=FORM)
def reset(token: str) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        opened = links.opened(session, LinkPurpose.RESET, token)
    if opened is None:
        return render_template("account/no_link.html"), REFUSED
    if request.method == "GET":
        return render_template("account/reset.html", faults=faults.NONE, opened=opened)
    form = NewPassword.read(request.form)
    if form.differs:
        return _refused("account/reset.html", faults.of_differing_passwords(), opened=opened)
    try:
        found = links.reset(runtime().database, token, form.password)
    except AccountRefused as refused:
        return _refused("account/reset.html", faults.of(refused), opened=opened)
    sessions.begin(found)
    return redirect(url_for("account.mine", lang=found.language, done="password"), SEE_OTHER)


def _refused(template: str, wrong: Faults, **shown: object) -> ResponseReturnValue:
    return render_template(template, faults=wrong, **shown), REFUSED
