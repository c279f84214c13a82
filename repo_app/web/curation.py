"""For curators: what is said of a document, records without a file, new versions, taking away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from repo_app import workflow
from repo_app.models import Document, Organization, Origin, Party, State
from repo_app.sentences import QUESTIONS, STATES
from repo_app.services import answers, decisions, editing, reviews, versions, withdrawals
from repo_app.services.answers import (
    LONGEST_AUTHOR,
    MOST_AUTHORS,
    NEEDED,
    STAYS,
    Choices,
    Fault,
    Field,
    Given,
    Unusable,
    Value,
)
from repo_app.services.editing import EDITABLE, AlreadyHeld, Stale
from repo_app.services.tags import PROPOSED, By
from repo_app.typed import lines
from repo_app.web import answering, faults
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import own_account, runtime, viewer
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.telling import in_words
from repo_app.web.words import gettext as _
from repo_app.workflow import Actor

bp = Blueprint("curation", __name__, url_prefix=f"{PREFIX}/curate")

NOT_FOUND = 404
OVERTAKEN = 409
Names = Mapping[str, str]
"""What the form of an organization sends, and what it is called."""


@bp.route("/<public_id>", methods=FORM)
def edit(public_id: str) -> ResponseReturnValue:
    if request.method == "GET":
        with runtime().database.reading() as session:
            return _edit_page(session, _found(session, public_id))
    given = answering.given()
    with runtime().database.writing() as session:
        row = editing.found(session, public_id)
        if row is None:
            return gone(given)
        if not _may_edit(row):
            return _edit_page(session, row, given)
        read = Read.of(given, organizations(session, row), row)
        if read.faults:
            return _edit_page(session, row, given, read.faults)
        try:
            revision = request.form.get("revision", 0, type=int)
            changed = editing.edit(
                session,
                runtime().vocabulary,
                row,
                read.answers,
                by(),
                revision,
                harmful="harmful" in request.form,
            )
            decisions.note(session, row, PROPOSED, by())
        except Stale:
            return _edit_page(session, row, given, meanwhile=_differing(session, row, read))
    return redirect(_edited(public_id, "saved" if changed else "same"), SEE_OTHER)


def _found(session: Session, public_id: str) -> Document:
    row = editing.found(session, public_id)
    if row is None:
        abort(404)
    return row


def gone(given: Given | None = None) -> ResponseReturnValue:
    """What was sent about a document that was taken back meanwhile: the same page as for one that
    never was, with everything typed."""
    page = render_template("curation/gone.html", written=answering.written(given or {}))
    return page, NOT_FOUND


def _may_edit(row: Document) -> bool:
    return row.state in EDITABLE and not reviews.is_for_others(viewer(), row)


def by() -> By:
    return By(Origin.CURATOR, viewer().signature)


def curator() -> Actor:
    return Actor(Party.CURATOR, viewer().signature)


def organizations(session: Session, row: Document | None = None) -> Names:
    """Number and public name of those that may be chosen. One that withholds its name is
    offered only where it stands already, and stays without a name or a number."""
    rows = session.scalars(select(Organization))
    shown = [(str(one.id), name) for one in rows if (name := one.public_name)]
    # By the name they show: a place in the order of names would tell what an alias hides.
    named = dict(sorted(shown, key=lambda one: one[1].casefold()))
    if row is not None and answering.withheld(row) is not None:
        named[STAYS] = _("An organization whose name is withheld")
    return named


def _choices(named: Names, row: Document | None) -> Choices:
    numbers = frozenset(int(sent) for sent in named if sent != STAYS)
    return Choices(runtime().vocabulary, numbers, answering.withheld(row) if row else None)


@dataclass(frozen=True, slots=True)
class Read:
    """A whole form: the answers that can be taken, and a sentence for each that cannot."""

    answers: Mapping[Field, Value]
    faults: Faults

    @classmethod
    def of(cls, given: Given, named: Names, row: Document | None = None) -> Read:
        choices = _choices(named, row)
        read: dict[Field, Value] = {}
        wrong: dict[str, str] = {}
        for field in Field:
            if row is not None and _stays(row, field, given, choices):
                continue
            try:
                read[field] = answers.read(field, given, choices)
            except Unusable as unusable:
                if not _was_open(row, unusable):
                    wrong |= answering.faults_of(unusable)
        return cls(read, wrong)


def _was_open(row: Document | None, unusable: Unusable) -> bool:
    """What was never said of an older document need not be found out to correct its title."""
    if row is None or unusable.fault is not Fault.MISSING:
        return False
    return not answers.present(row, unusable.field)


def _stays(row: Document, field: Field, given: Given, choices: Choices) -> bool:
    """A value that no form offers (a language or licence from a manifest) stands until another
    is chosen, and a list that is longer than a form may send until somebody changes it."""
    if field is Field.AUTHORS:
        return len(row.authors) > MOST_AUTHORS and _named(given) == tuple(row.authors)
    offered, stands = choices.offered(field), answers.present(row, field)
    chosen = any(given.get(field.value, ()))
    return isinstance(stands, str) and bool(offered) and stands not in offered and not chosen


def _named(given: Given) -> tuple[str, ...]:
    return lines("\n".join(given.get(Field.AUTHORS.value, ())), LONGEST_AUTHOR + 1)


def _unoffered(row: Document) -> list[tuple[str, str]]:
    choices = Choices(runtime().vocabulary, frozenset())
    fields = (field for field in Field if answers.present(row, field))
    return [
        (QUESTIONS[field], "; ".join(in_words(field, answers.present(row, field))))
        for field in fields
        if _stays(row, field, {}, choices)
    ]


def _differing(session: Session, row: Document, read: Read) -> list[tuple[str, tuple[str, ...]]]:
    """What stands there now, by question, where the form says something else."""
    vocabulary = runtime().vocabulary
    return [
        (QUESTIONS[field], _told(session, row, field))
        for field, value in read.answers.items()
        if not editing.says_the_same(vocabulary, field, answers.present(row, field), value)
    ]


def _told(session: Session, row: Document, field: Field) -> tuple[str, ...]:
    value = answers.present(row, field)
    if field is Field.ORGANIZATION:
        sent = STAYS if answering.withheld(row) is not None else str(row.organization_id)
        name = organizations(session, row).get(sent)
        return (name,) if name else ()
    return in_words(field, value)


def _edit_page(
    session: Session,
    row: Document,
    given: Given | None = None,
    wrong: Faults = faults.NONE,
    meanwhile: list[tuple[str, tuple[str, ...]]] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "curation/edit.html",
        document=row,
        state_names=STATES,
        questions=_questions(row, organizations(session, row), given),
        may_edit=_may_edit(row),
        may_withdraw=_may_withdraw(row),
        may_renew=versions.may_begin(row, viewer()),
        unoffered=_unoffered(row),
        meanwhile=meanwhile,
        written=answering.written(given or {}),
        harmful=given is not None and "harmful" in given,
        history=editing.history(session, row),
        in_words=in_words,
        fields={field.value: field for field in Field},
        faults=wrong,
    )
    return page, OVERTAKEN if meanwhile is not None else REFUSED if wrong else 200


def _questions(
    row: Document, named: Names, given: Given | None
) -> list[tuple[Field, answering.Asked]]:
    offered = named.items()
    return [
        (field, answering.asked(row, field, organizations=offered, given=given)) for field in Field
    ]


@bp.route("/new", methods=FORM)
def new() -> ResponseReturnValue:
    """A record of what is published elsewhere: its address in the place of a file."""
    if request.method == "GET":
        with runtime().database.reading() as session:
            return _new_page(session, {})
    given = answering.given()
    with runtime().database.writing() as session:
        read = Read.of(given, organizations(session))
        wrong = dict(read.faults)
        if Field.URL not in wrong and not read.answers.get(Field.URL):
            wrong[Field.URL.value] = _("Please write the address where it can be read.")
        if wrong:
            return _new_page(session, given, wrong)
        try:
            made = editing.create(session, runtime().vocabulary, read.answers, by()).public_id
        except AlreadyHeld as held:
            if not held.says_the_same:
                return _new_page(session, given, held=held)
            return redirect(_edited(held.public_id, "held"), SEE_OTHER)
    return redirect(_edited(made, "made"), SEE_OTHER)


def _edited(public_id: str, done: str) -> str:
    return url_for("curation.edit", public_id=public_id, done=done)


def _new_page(
    session: Session,
    given: Given,
    wrong: Faults = faults.NONE,
    held: AlreadyHeld | None = None,
) -> ResponseReturnValue:
    """Where it is published first, then what cannot be missing, then the rest."""
    empty = Document(title="", abstract="", planning_use="", authors=[])
    asked = dict(_questions(empty, organizations(session), given))
    first = [Field.URL, *(field for field in Field if field in NEEDED)]
    rest = [field for field in Field if field not in first]
    page = render_template(
        "curation/new.html",
        first=[asked[field] for field in first],
        rest=[asked[field] for field in rest],
        faults={field.value: wrong[field.value] for field in (*first, *rest) if field in wrong},
        held=held,
    )
    return page, OVERTAKEN if held else REFUSED if wrong else 200


@bp.post("/<public_id>/new-version")
def new_version(public_id: str) -> ResponseReturnValue:
    """For curators, and for whoever contributed the document."""
    with runtime().database.writing() as session:
        row = _found(session, public_id)
        if not versions.may_begin(row, viewer()):
            abort(404)
        draft = versions.begin(session, row, own_account().id)
    return redirect(url_for("contributions.show", public_id=draft.public_id), SEE_OTHER)


def _may_withdraw(row: Document) -> bool:
    return workflow.may_move(row.state, State.WITHDRAWN, Party.CURATOR)


@bp.route("/<public_id>/withdraw", methods=FORM)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Asked first, for it cannot be undone."""
    if request.method == "GET":
        with runtime().database.reading() as session:
            row = _found(session, public_id)
            return render_template("curation/withdraw.html", document=row)
    with runtime().database.writing() as session:
        document = editing.found(session, public_id)
        if document is None:
            return gone()
        withdrawals.withdraw(session, document, curator())
    return redirect(url_for("collection.index", done="withdrawn"), SEE_OTHER)
