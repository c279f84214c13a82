"""For curators: what waits for review, each document beside what is said of it, and deciding."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from repo_app.models import Document, FileRole, Origin, State
from repo_app.sentences import ASKS, CHECK_LIST, REFUSED_FOR, REVIEW_GAPS, why_refused
from repo_app.services import answers, decisions, editing, review_case, review_queue, reviews
from repo_app.services.answers import Choices, Field, Given, Unusable
from repo_app.services.catalogue import StoredFile
from repo_app.services.editing import Stale
from repo_app.services.review_case import Case
from repo_app.services.review_queue import LISTED
from repo_app.services.reviews import (
    ASKED_OF,
    Ask,
    Incomplete,
    Overtaken,
    OwnContribution,
)
from repo_app.services.tags import PROPOSED, By
from repo_app.web import answering, faults, files, formats, remarks
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import runtime, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.telling import in_words
from repo_app.web.verdicts import ABOUT, Typed
from repo_app.web.words import gettext as _

bp = Blueprint("review", __name__, url_prefix=f"{PREFIX}/review")

OVERTAKEN = 409
TAGGED = (Field.COUNTRIES, Field.SCOPE, Field.TAGS)


@bp.get("/")
def index() -> ResponseReturnValue:
    asked = request.args.get("state", State.IN_REVIEW.value)
    state = State(asked) if asked in LISTED else State.IN_REVIEW
    with runtime().database.reading() as session:
        found = review_queue.queue(session, viewer(), state, request.args.get("page", 1, type=int))
    return render_template(
        "review/index.html",
        queue=found,
        listed=LISTED,
        remarks=remarks.in_words,
        why_refused=why_refused,
        decided=request.args.get("of", ""),
    )


@bp.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    """Page ``page`` of the text beside everything known. Turning pages sends the boxes that are
    ticked along, so that none is lost."""
    ticked = request.args.to_dict(flat=False) if "ticked" in request.args else None
    with runtime().database.reading() as session:
        row = editing.found(session, public_id)
        if row is None:
            abort(404)
        return _case_page(session, row, ticked)


def _case_page(
    session: Session,
    row: Document,
    ticked: Given | None,
    wrong: Faults = faults.NONE,
    overtaken: bool = False,
) -> ResponseReturnValue:
    case = review_case.case(session, viewer(), row)
    number = max(1, min(request.values.get("page", 1, type=int), case.page_total))
    text, tongue = review_case.page_text(session, row, number)
    page = render_template(
        "review/case.html",
        case=case,
        number=number,
        text=text,
        tongue=tongue,
        said=_said(case),
        questions=[answering.asked(row, field, given=ticked) for field in TAGGED],
        remarks=remarks.in_words(case.remarks),
        why_refused=why_refused,
        asks=_sentences(),
        faults=wrong,
        overtaken=overtaken,
    )
    return page, OVERTAKEN if overtaken else REFUSED if wrong else 200


@bp.post("/<public_id>/tags")
def confirm_tags(public_id: str) -> ResponseReturnValue:
    """What is ticked becomes the tags; proposals that are not ticked stay proposals."""
    given, vocabulary = answering.given(), runtime().vocabulary
    with runtime().database.writing() as session:
        row = editing.found(session, public_id)
        if row is None:
            return _gone(Typed())
        if reviews.is_own(viewer(), row):
            return _case_page(session, row, given)
        try:
            chosen = {f: answers.read(f, given, Choices(vocabulary, frozenset())) for f in TAGGED}
            by = By(Origin.CURATOR, viewer().signature)
            editing.edit(session, vocabulary, row, chosen, by, _revision())
            decisions.note(session, row, PROPOSED, by)
        except Unusable as unusable:
            return _case_page(session, row, given, answering.faults_of(unusable))
        except Stale:
            return _case_page(session, row, given, overtaken=True)
    page = request.form.get("page", type=int)
    return redirect(url_for("review.show", public_id=public_id, page=page, done="tags"), SEE_OTHER)


def _revision() -> int:
    return request.form.get("revision", 0, type=int)


@bp.route("/<public_id>/decide", methods=FORM)
def decide(public_id: str) -> ResponseReturnValue:
    if request.method == "GET":
        with runtime().database.reading() as session:
            row = editing.found(session, public_id)
            if row is None:
                abort(404)
            return _decide_page(review_case.case(session, viewer(), row), Typed())
    typed = Typed.read(request.form)
    with runtime().database.writing() as session:
        row = editing.found(session, public_id)
        if row is None:
            return _gone(typed)
        case = review_case.case(session, viewer(), row)
        try:
            outcome = reviews.decide(session, viewer(), row, typed.verdict, _revision())
        except Incomplete as incomplete:
            return _decide_page(case, typed, _faults_of(incomplete))
        except Overtaken as overtaken:
            return _decide_page(case, typed, overtaken=overtaken)
        except OwnContribution:
            return _decide_page(case, typed)
    return redirect(url_for("review.index", done=typed.verdict.decision, of=outcome), SEE_OTHER)


def _gone(typed: Typed) -> ResponseReturnValue:
    """The same page for what was taken back and for what never was, with everything typed."""
    page = render_template("review/gone.html", typed=typed, asks=_sentences(), reasons=REFUSED_FOR)
    return page, 404


def _decide_page(
    case: Case,
    typed: Typed,
    wrong: Faults = faults.NONE,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    only = case.decisions[0] if len(case.decisions) == 1 else None
    page = render_template(
        "review/decide.html",
        case=case,
        typed=typed,
        chosen=typed.verdict.decision or only,
        said=dict(_said(case)),
        askable=[(field, _asks_about(field)) for field in ABOUT],
        asks=_sentences(),
        reasons=REFUSED_FOR,
        check_list=CHECK_LIST,
        why_refused=why_refused,
        faults=wrong,
        overtaken=overtaken,
    )
    return page, OVERTAKEN if overtaken else REFUSED if wrong else 200


@bp.get("/<public_id>/file")
def file(public_id: str) -> ResponseReturnValue:
    """The clean copy. Nobody here sees the file as it was sent."""
    return files.shown(_file(public_id, FileRole.CLEAN))


@bp.get("/<public_id>/thumbnail")
def thumbnail(public_id: str) -> ResponseReturnValue:
    return files.shown(_file(public_id, FileRole.THUMBNAIL))


def _file(public_id: str, role: FileRole) -> StoredFile | None:
    with runtime().database.reading() as session:
        row = editing.found(session, public_id)
        return review_case.file(row, role) if row else None


def _faults_of(incomplete: Incomplete) -> Faults:
    longest = formats.number(reviews.LONGEST_WORDS)
    name = f"words-{incomplete.field}" if incomplete.field else incomplete.gap.value
    return {name: _(REVIEW_GAPS[incomplete.gap], longest=longest)}


def _asks_about(field: str) -> tuple[Ask, ...]:
    return tuple(ask for ask in Ask if field in ASKED_OF[ask])


def _sentences() -> Mapping[str, str]:
    """What is asked, by the value that notes and forms hold."""
    return {ask.value: sentence for ask, sentence in ASKS.items()}


def _said(case: Case) -> list[tuple[str, str]]:
    """Every question with its answer in words, '' where there is none."""
    return [(field.value, _words(case, field)) for field in case.said]


def _words(case: Case, field: Field) -> str:
    value = case.organization if field is Field.ORGANIZATION else case.said[field]
    return "; ".join(in_words(field, value))
