"""For administrators: is everything running, what waits, what failed, and how full the disk is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_timedelta
from babel.units import format_unit
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from index import SearchUnavailable
from ingest import Reason
from repo_app import jobs
from repo_app.i18n import N_
from repo_app.models import FileRole, State
from repo_app.sentences import unsound_in_words
from repo_app.services import operations
from repo_app.services.operations import Alarm
from repo_app.web import formats
from repo_app.web.account import SEE_OTHER
from repo_app.web.context import runtime, viewer
from repo_app.web.languages import PREFIX
from repo_app.web.words import gettext as _

bp = Blueprint("operations", __name__, url_prefix=f"{PREFIX}/operations")

ALARMS: Mapping[Alarm, str] = {
    Alarm.NO_WORKER: N_(
        "No worker is running: new files are not read, nothing new is found, and what was "
        "withdrawn is not deleted from the disk. Please start “mirps-repo serve” or “mirps-repo "
        "work”."
    ),
    Alarm.INDEX_UNUSABLE: N_(
        "The search index is missing or cannot be read, so readers find nothing. A running worker "
        "builds it anew by itself."
    ),
    Alarm.LITTLE_ROOM: N_("The disk is nearly full. Please make room before it stops everything."),
    Alarm.TASKS_DEAD: N_("Tasks have failed too often and are not tried again by themselves."),
    Alarm.QUEUE_STANDS: N_(
        "Tasks have waited for longer than a quarter of an hour although a worker is running."
    ),
    Alarm.INDEX_BEHIND: N_(
        "The search index does not hold as many documents as are published. A running worker "
        "mends this within a minute or two."
    ),
    Alarm.VOCABULARY_UNSOUND: N_(
        "Something in the vocabulary of this instance is wrong and is left out. Everything else "
        "serves on."
    ),
    Alarm.MAIL_WAITS: N_(
        "Letters wait, but no mail server is set up: invitations and new passwords do not go out."
    ),
}
STATES: Mapping[State, str] = {
    State.DRAFT: N_("Being put together"),
    State.RECEIVED: N_("Waiting to be read"),
    State.IN_REVIEW: N_("In review"),
    State.RETURNED: N_("Back with whoever contributed them"),
    State.REFUSED: N_("Refused"),
    State.PUBLISHED: N_("Published"),
    State.WITHDRAWN: N_("Withdrawn"),
}
TASKS: Mapping[str, str] = {
    jobs.READ_DOCUMENT: N_("Reading files"),
    jobs.SYNC_INDEX: N_("Bringing documents into the index"),
    jobs.REBUILD_INDEX: N_("Building the index anew"),
    jobs.SEND_MAIL: N_("Sending letters"),
    jobs.PURGE_DOCUMENT: N_("Deleting what was withdrawn"),
    jobs.FORGET_WORDS: N_("Deleting names that were taken out"),
    jobs.PROPOSE_AGAIN: N_("Proposing tags anew"),
}
REASONS: Mapping[Reason, str] = {
    Reason.EMPTY: N_("Empty"),
    Reason.NOT_A_PDF: N_("No PDF"),
    Reason.TOO_LARGE: N_("Too large"),
    Reason.TOO_MANY_PAGES: N_("Too many pages"),
    Reason.ENCRYPTED: N_("Locked with a password"),
    Reason.DAMAGED: N_("Damaged"),
    Reason.NO_PAGES: N_("Without pages"),
    Reason.TOO_COSTLY: N_("Too heavy to read"),
}
FILES: Mapping[FileRole, str] = {
    FileRole.ORIGINAL: N_("Files as they were sent"),
    FileRole.CLEAN: N_("Clean copies for readers"),
    FileRole.THUMBNAIL: N_("Pictures of first pages"),
}
UNITS = ("kilobyte", "megabyte", "gigabyte", "terabyte")
KILO = 1000


@bp.get("/")
def index() -> ResponseReturnValue:
    seen = operations.overview(runtime())
    return render_template(
        "operations/index.html",
        seen=seen,
        names={"alarm": ALARMS, "state": STATES, "task": TASKS, "reason": REASONS, "file": FILES},
        unsound=[unsound_in_words(one, _) for one in seen.unsound],
        amount=amount,
        span=span,
        ago=ago,
        short_day=short_day,
    )


@bp.get("/comparison")
def comparison() -> ResponseReturnValue:
    """Document by document, which a large collection makes too slow for every look."""
    try:
        differing: tuple[str, ...] | None = operations.differing(runtime())
    except SearchUnavailable:
        differing = None
    return render_template(
        "operations/comparison.html", differing=differing, most=operations.MOST_SHOWN
    )


@bp.post("/tasks/<int:job_id>/retry")
def retry(job_id: int) -> ResponseReturnValue:
    with runtime().database.writing() as session:
        operations.retry(session, viewer().signature, job_id)
    return redirect(url_for("operations.index", done="retried"), SEE_OTHER)


@bp.post("/tasks/retry")
def retry_all() -> ResponseReturnValue:
    with runtime().database.writing() as session:
        operations.retry_all(session, viewer().signature)
    return redirect(url_for("operations.index", done="retried"), SEE_OTHER)


@bp.post("/rebuild")
def rebuild() -> ResponseReturnValue:
    with runtime().database.writing() as session:
        operations.build_anew(session, viewer().signature)
    return redirect(url_for("operations.index", done="rebuild"), SEE_OTHER)


def amount(size: int) -> str:
    """Bytes on a disk: 640 kB, 2.4 MB, 1.2 TB."""
    value, unit = size / KILO, 0
    while round(value) >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    shown = round(value, 1 if unit else 0)
    return str(format_unit(shown, f"digital-{UNITS[unit]}", "short", locale=formats.locale()))


def span(waited: timedelta) -> str:
    """A length of time in its largest whole unit: 40 segundos, 3 horas."""
    return str(format_timedelta(waited, threshold=2, locale=formats.locale()))


def ago(moment: datetime) -> str:
    """How long since: hace 3 horas."""
    since = moment - datetime.now(UTC)
    return str(format_timedelta(since, add_direction=True, locale=formats.locale()))


def short_day(day: date) -> str:
    """As it fits into a table: 22 nov 2026."""
    return str(format_date(day, "medium", formats.locale()))
