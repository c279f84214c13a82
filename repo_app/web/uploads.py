"""The file of a contribution: a plain form that works everywhere, and pieces for bad lines.

The name a file has on somebody's device is read by nobody and kept nowhere.
"""

from __future__ import annotations

from contextlib import closing
from typing import BinaryIO, cast

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ingest import Reason, Refused
from repo_app.sentences import REFUSALS
from repo_app.services import arrivals, contributions
from repo_app.services.arrivals import PIECE, Announced, Damaged, WrongOffset
from repo_app.services.contributions import FILE, Closed, NotFound
from repo_app.web import errors, faults
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import account, own_account, runtime
from repo_app.web.contributions import about, wishes_for
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.security import SCRIPT_POLICY
from repo_app.web.words import gettext as _

bp = Blueprint("uploads", __name__, url_prefix=f"{PREFIX}/contributions/<public_id>")

CONFLICT = 409
TOO_LARGE = 413


@bp.route("/file", methods=FORM)
def file(public_id: str) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(public_id, faults.NONE)
    me = own_account().id
    if "remove" in request.form:
        arrivals.detach(runtime(), me, public_id)
        return redirect(url_for("uploads.file", public_id=public_id), SEE_OTHER)
    sent = request.files.get("file")
    # A browser sends a nameless empty part where nothing was chosen.
    if sent is None or not sent.filename:
        return _page(public_id, {"file": _("Please choose the file first.")})
    try:
        with closing(sent):
            arrivals.attach(runtime(), me, public_id, cast(BinaryIO, sent.stream))
    except Refused as refusal:
        return _page(public_id, {"file": _(REFUSALS[refusal.reason])})
    arrivals.discard(runtime().settings.instance, public_id)
    return redirect(url_for("contributions.show", public_id=public_id), SEE_OTHER)


@bp.get("/arriving")
def arrived(public_id: str) -> ResponseReturnValue:
    """How much of a file is here: where its next piece begins."""
    announced = _announced(public_id)
    if announced is None:
        return jsonify(held=0), 400
    with runtime().database.reading() as session:
        document = contributions.changeable(session, own_account().id, public_id)
        if arrivals.is_attached(runtime(), document, announced):
            return jsonify(held=announced.size, next=_next(public_id))
    return jsonify(held=arrivals.held(runtime().settings.instance, announced))


@bp.post("/arriving")
def arriving(public_id: str) -> ResponseReturnValue:
    """One piece, as it is, at its place; after the last one the file is the document's."""
    announced, offset = _announced(public_id), request.args.get("offset", -1, type=int)
    if announced is None or (request.content_length or PIECE + 1) > PIECE:
        return jsonify(held=0), 400
    instance, limit = runtime().settings.instance, runtime().settings.max_upload_bytes
    with runtime().database.reading() as session:
        contributions.changeable(session, own_account().id, public_id)
    try:
        held = arrivals.accept(instance, announced, offset, request.get_data(), limit=limit)
        with runtime().database.reading() as session:  # once more: it may be gone by now
            contributions.changeable(session, own_account().id, public_id)
        if held < announced.size:
            return jsonify(held=held)
        with arrivals.whole(instance, announced) as stream:
            arrivals.attach(runtime(), own_account().id, public_id, stream)
    except (NotFound, Closed):
        arrivals.discard(instance, public_id)
        raise
    except WrongOffset as wrong:
        return jsonify(held=wrong.held), CONFLICT
    except Damaged:
        return jsonify(held=arrivals.held(instance, announced)), CONFLICT
    except Refused as refusal:
        arrivals.discard(instance, public_id)
        return jsonify(held=0, sentence=_(REFUSALS[refusal.reason])), REFUSED
    return jsonify(held=held, next=_next(public_id))


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The form could not even be read: nothing was changed, and the page says what to do."""
    public_id = str((request.view_args or {}).get("public_id", ""))
    try:
        if account() is not None:
            return _page(public_id, {"file": _(REFUSALS[Reason.TOO_LARGE])}, TOO_LARGE)
    except (NotFound, Closed):  # nobody handles what a handler raises
        pass
    return errors.explain(error)


def _page(public_id: str, wrong: Faults, status: int = REFUSED) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        document = contributions.changeable(session, own_account().id, public_id)
        page = render_template(
            "contributions/file.html",
            document=document,
            reading=contributions.reading(session, document),
            limit=runtime().settings.max_upload_bytes,
            mib=runtime().settings.max_upload_mib,
            piece=PIECE,
            faults=wrong,
            **about(session, document) | {"wishes": wishes_for(document, FILE)},
        )
    answer = make_response(page, status if wrong else 200)
    answer.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return answer


def _announced(public_id: str) -> Announced | None:
    size = request.args.get("size", 0, type=int)
    try:
        return Announced(public_id, size, request.args.get("checksum", ""))
    except ValueError:
        return None


def _next(public_id: str) -> str:
    return url_for("contributions.show", public_id=public_id)
