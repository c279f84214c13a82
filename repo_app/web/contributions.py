"""Contributing a document: one's own list, its questions one a page, sending, taking back.

A contribution exists for whoever made it; for everybody else its addresses lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoSuchPage

from repo_app.models import Document, FileRole
from repo_app.sentences import ASKS, QUESTIONS, why_refused
from repo_app.services import (
    answers,
    arrivals,
    catalogue,
    contributions,
    drafts,
    second_looks,
)
from repo_app.services.answers import STAYS, Choices, Field, Given, Unusable
from repo_app.services.contributions import (
    CHANGEABLE,
    FILE,
    Agreed,
    Closed,
    Incomplete,
    NotAgreed,
    Note,
    NotFound,
    Reading,
    Standing,
)
from repo_app.services.drafts import TooManyDrafts
from repo_app.services.people import Belonging
from repo_app.services.reviews import Ask
from repo_app.web import answering, errors, faults, files, remarks
from repo_app.web.account import FORM, SEE_OTHER
from repo_app.web.context import language, own_account, runtime, viewer
from repo_app.web.documents import web_address
from repo_app.web.faults import REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.words import gettext as _

bp = Blueprint("contributions", __name__, url_prefix=f"{PREFIX}/contributions")

CONFLICT = 409
MOST_LOOKS = 12
"""How often the page of a file that is being read looks again by itself, every five seconds."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that is asked: of which question, why, and in the curator's own words."""

    field: str
    name: str
    sentence: str
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the task list."""

    field: str
    name: str
    standing: Standing
    wishes: tuple[Wish, ...]


@bp.app_errorhandler(NotFound)
def _no_such_contribution(_error: NotFound) -> ResponseReturnValue:
    """Of somebody else's, or of none: the same page as for any unknown address."""
    return errors.explain(NoSuchPage())


@bp.app_errorhandler(Closed)
def _is_closed(_error: Closed) -> ResponseReturnValue:
    """Sent from another window, or sent twice: the page that says where it is now, and that what
    was just sent came too late. An answer comes back there; nothing typed is lost."""
    values = request.view_args or {}
    public_id = str(values.get("public_id", ""))
    if request.endpoint == "contributions.question" and request.method == "POST":
        return _too_late(public_id, Field(values["name"]))
    late = "late" if request.endpoint == "uploads.file" and request.method == "POST" else None
    address = url_for("contributions.show", public_id=public_id, done=late)
    return redirect(address, SEE_OTHER)


def _too_late(public_id: str, field: Field) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        document = own(session, public_id)
        given = answering.given()
        return _status_page(session, document, typed=_typed(document, field, given)), CONFLICT


def _typed(document: Document, field: Field, given: Given) -> list[tuple[str, tuple[str, ...]]]:
    """The answer that came too late, by its question, in words where it can be read."""
    if field is Field.ORGANIZATION:
        named = _organizations(document)
        return [(_name_of(field), tuple(named.get(one, "") for one in given.get(field, ())))]
    return [(_name_of(field), answering.in_words(field, given, _choices(document)))]


@bp.get("/")
def index() -> ResponseReturnValue:
    with runtime().database.reading() as session:
        entries = contributions.mine(session, own_account().id)
    shown = [(entry, wishes(entry.asked), why_refused(entry.refusal)) for entry in entries]
    return render_template("contributions/index.html", entries=shown)


@bp.route("/new", methods=FORM)
def new() -> ResponseReturnValue:
    """Before anything is sent: what will become of it."""
    if request.method == "GET":
        with runtime().database.reading() as session:
            room = drafts.has_room(session, own_account().id)
        return _before_page(room=room)
    with runtime().database.writing() as session:
        public_id = contributions.begin(session, own_account().id).public_id
    return redirect(url_for("uploads.file", public_id=public_id), SEE_OTHER)


def _before_page(*, room: bool) -> str:
    return render_template("contributions/new.html", room=room, most=drafts.MOST_OPEN)


@bp.app_errorhandler(TooManyDrafts)
def _no_room(_error: TooManyDrafts) -> ResponseReturnValue:
    """Said before anything was begun: a contribution, or a new version of a document."""
    return _before_page(room=False), CONFLICT


@bp.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        document = own(session, public_id)
        if document.state not in CHANGEABLE:
            return _status_page(session, document)
        reading = contributions.reading(session, document)
        return render_template(
            "contributions/tasks.html",
            document=document,
            groups=_groups(document),
            file=_file_task(document, reading),
            reading=reading,
            look_again=_look_again(reading),
            **about(session, document),
        )


def _look_again(reading: Reading) -> int | None:
    looks = request.args.get("look", 0, type=int)
    return looks + 1 if reading is Reading.WAITS and 0 <= looks < MOST_LOOKS else None


def _status_page(
    session: Session, document: Document, typed: Sequence[tuple[str, tuple[str, ...]]] = ()
) -> str:
    """Where what was sent is now; ``typed`` is what came too late for it."""
    return render_template(
        "contributions/status.html",
        document=document,
        typed=typed,
        look_again=_look_again(contributions.reading(session, document)),
        second_look=second_looks.standing(session, document),
        **about(session, document),
    )


@bp.route(f"/<public_id>/<any({', '.join(field.value for field in Field)}):name>", methods=FORM)
def question(public_id: str, name: str) -> ResponseReturnValue:
    field = Field(name)
    if request.method == "GET":
        return _question_page(public_id, field, faults.NONE)
    try:
        with runtime().database.writing() as session:
            document = contributions.changeable(session, own_account().id, public_id)
            value = answers.read(field, answering.given(), _choices(document))
            contributions.answer(session, runtime().vocabulary, document, field, value)
            following = contributions.next_open(document, field)
    except Unusable as unusable:
        return _question_page(public_id, field, answering.faults_of(unusable))
    if following is None or "list" in request.form:
        return redirect(url_for(".show", public_id=public_id), SEE_OTHER)
    return redirect(url_for(".question", public_id=public_id, name=following.value), SEE_OTHER)


@bp.route("/<public_id>/send", methods=FORM)
def send(public_id: str) -> ResponseReturnValue:
    if request.method == "GET":
        return _send_page(public_id, faults.NONE)
    agreed = {Agreed(one) for one in request.form.getlist("agreed") if one in set(Agreed)}
    try:
        with runtime().database.writing() as session:
            document = contributions.changeable(session, own_account().id, public_id)
            contributions.send(session, document, language(), agreed)
    except Incomplete:
        return _send_page(public_id, {"": _("Something is still missing. Please answer it first.")})
    except NotAgreed as refused:
        return _send_page(public_id, {one.value: _unticked(one) for one in refused.lacking})
    return redirect(url_for(".show", public_id=public_id, done="sent"), SEE_OTHER)


@bp.get("/<public_id>/copy")
def copy(public_id: str) -> ResponseReturnValue:
    """The rebuilt file as readers will get it."""
    with runtime().database.reading() as session:
        held = catalogue.stored(own(session, public_id), FileRole.CLEAN)
    return files.shown(held)


@bp.route("/<public_id>/take-back", methods=FORM)
def take_back(public_id: str) -> ResponseReturnValue:
    if request.method == "GET":
        with runtime().database.reading() as session:
            document = own(session, public_id)
            return render_template("contributions/take_back.html", document=document)
    with runtime().database.writing() as session:
        contributions.take_back(session, own(session, public_id))
    arrivals.discard(runtime().settings.instance, public_id)
    return redirect(url_for(".index", done="gone"), SEE_OTHER)


@bp.post("/<public_id>/second-look")
def second_look(public_id: str) -> ResponseReturnValue:
    with runtime().database.writing() as session:
        second_looks.ask(session, own(session, public_id))
    return redirect(url_for("contributions.show", public_id=public_id), SEE_OTHER)


def own(session: Session, public_id: str) -> Document:
    return contributions.own(session, own_account().id, public_id)


def about(session: Session, document: Document) -> dict[str, object]:
    """What every page about a contribution says beside its own matter."""
    return {
        "wishes": wishes(contributions.asked(document)),
        "refusal": why_refused(document.refusal),
        "remarks": remarks.in_words(document.remarks),
        "twins": contributions.already_there(session, viewer(), document),
        "replaced": contributions.replaced(document),
    }


def wishes(asked: Iterable[Note]) -> tuple[Wish, ...]:
    return tuple(
        Wish(
            field=note.field,
            name=_name_of(note.field),
            sentence=_(ASKS[Ask(note.reason)]) if note.reason in set(Ask) else "",
            words=note.words,
        )
        for note in asked
    )


def wishes_for(document: Document, name: str) -> tuple[Wish, ...]:
    return tuple(wish for wish in wishes(contributions.asked(document)) if wish.field == name)


def _name_of(field: str) -> str:
    return _(QUESTIONS[Field(field)]) if field in set(Field) else _("The document itself")


def _groups(document: Document) -> list[tuple[str, list[Task]]]:
    return [
        (
            group,
            [
                Task(
                    field.value,
                    _name_of(field),
                    contributions.standing(document, field),
                    wishes_for(document, field),
                )
                for field in questions
            ],
        )
        for group, questions in contributions.QUESTIONS.items()
    ]


def _file_task(document: Document, reading: Reading) -> Task:
    """A file may be missing where there is an address to it, or a present version of it."""
    if reading is not Reading.NO_FILE:
        standing = Standing.DONE
    else:
        needed = FILE in contributions.missing(document)
        standing = Standing.TO_DO if needed else Standing.OPTIONAL
    return Task(FILE, _name_of(FILE), standing, wishes_for(document, FILE))


def _choices(document: Document) -> Choices:
    """One may name one's own organizations, and keep the one that stands there."""
    numbers = {organization.id for organization in own_account().organizations}
    withheld = answering.withheld(document)
    if document.organization_id is not None and withheld is None:
        numbers.add(document.organization_id)
    return Choices(runtime().vocabulary, frozenset(numbers), withheld)


def _organizations(document: Document) -> dict[str, str]:
    """Whoever puts a new version of somebody else's document together learns no number of an
    organization that withholds its name."""
    named = {str(one.id): _as_readers_see(one) for one in own_account().organizations}
    present = document.organization
    if present is not None and present.public_name is None:
        named[STAYS] = named.pop(str(present.id), _("Name withheld"))
    elif present is not None:
        named.setdefault(str(present.id), present.public_name or "")
    return named


def _as_readers_see(one: Belonging) -> str:
    """Its name, and where readers see another or none, that too: choosing must frighten nobody."""
    if one.public_name is None:
        return _("%(name)s (readers see no name)", name=one.name)
    if one.public_name != one.name:
        return _("%(name)s (readers see “%(alias)s”)", name=one.name, alias=one.public_name)
    return one.name


def _question_page(public_id: str, field: Field, wrong: Faults) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        document = contributions.changeable(session, own_account().id, public_id)
        asked = answering.asked(
            document,
            field,
            organizations=_organizations(document).items(),
            given=answering.given() if wrong else None,
        )
        page = render_template(
            "contributions/question.html",
            document=document,
            question=asked,
            wishes=wishes_for(document, field),
            standing=contributions.standing(document, field),
            reading=contributions.reading(session, document),
            faults=wrong,
        )
    return page, REFUSED if wrong else 200


def _send_page(public_id: str, wrong: Faults) -> ResponseReturnValue:
    with runtime().database.reading() as session:
        row = contributions.changeable(session, own_account().id, public_id)
        document = catalogue.as_shown(session, row)
        page = render_template(
            "contributions/send.html",
            row=row,
            document=document,
            card=document.card,
            source_address=web_address(document.url),
            reading=contributions.reading(session, row),
            missing=[(name, _name_of(name)) for name in contributions.missing(row)],
            agreed=request.form.getlist("agreed"),
            faults=wrong,
            **about(session, row),
        )
    return page, REFUSED if wrong else 200


def _unticked(one: Agreed) -> str:
    match one:
        case Agreed.PUBLISH:
            return _("Without your yes we cannot publish it. Please tick the box if you agree.")
        case Agreed.NOBODY_SINGLED_OUT:
            return _("Please tick the box if this is so. If it is not, please do not send it.")
        case Agreed.NO_CHILD_RECOGNISED:
            return _("Please make sure of it. If a child can be recognised, please do not send it.")
