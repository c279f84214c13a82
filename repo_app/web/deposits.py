"""For curators: many documents at once, as a manifest and its files in one form."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO, cast

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ingest import Refused
from repo_app.i18n import N_
from repo_app.sentences import PROBLEMS, REFUSALS
from repo_app.services import deposits
from repo_app.services.deposits import NotTaken, Upload
from repo_app.services.manifests import COLUMNS, Fault, Problem
from repo_app.web import errors, formats
from repo_app.web.account import FORM
from repo_app.web.context import account, runtime, viewer
from repo_app.web.faults import NONE, REFUSED, Faults
from repo_app.web.languages import PREFIX
from repo_app.web.words import gettext as _

bp = Blueprint("deposits", __name__, url_prefix=f"{PREFIX}/curate/deposit")

TOO_LARGE = 413
NOT_SENT = N_("“%(value)s” is not among the files that were sent. Please choose it as well.")
"""A browser sends no folders, so the command line's words would mislead here."""
EXAMPLE = {
    "file": "integracion-frontera.pdf",
    "title": "Integración local en la frontera: un estudio",
    "language": "es",
    "source_kind": "academic",
    "document_kind": "research-report",
    "year": "2024",
    "authors": "Universidad de Ejemplo",
    "countries": "HN;GT",
    "themes": "local-integration",
    "populations": "refugees",
    "activities": "2026:P2-R2-A1",
    "licence": "CC-BY-4.0",
}
"""One invented line: a file is best explained by one that works."""


@bp.route("/", methods=FORM)
def index() -> ResponseReturnValue:
    if request.method == "GET":
        return _form_page(NONE)
    manifest = request.files.get("manifest")
    uploads = [
        Upload(str(one.filename), cast(BinaryIO, one.stream))
        for one in request.files.getlist("files")
        if one
    ]
    if not manifest and not uploads:
        return _form_page({"manifest": _("Please choose a manifest, PDF files, or both.")})
    told = cast(BinaryIO, manifest.stream) if manifest else None
    report = deposits.deposit(runtime(), told, uploads, viewer().signature)
    return render_template("curation/deposited.html", report=report, sentence=_sentence)


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The form could not even be read: nothing was taken, and the page says what to do."""
    if account() is None:
        return errors.explain(error)
    limit = formats.number(runtime().settings.max_upload_mib)
    sentence = _(
        "This is more than %(limit)s MB or too many files, so nothing was taken. Please send it in "
        "parts, each with its own manifest.",
        limit=limit,
    )
    return _form_page({"files": sentence}, TOO_LARGE)


def _form_page(wrong: Faults, status: int = REFUSED) -> ResponseReturnValue:
    page = render_template(
        "curation/deposit.html",
        limit=runtime().settings.max_upload_mib,
        most=deposits.MOST_DOCUMENTS,
        columns=COLUMNS,
        faults=wrong,
    )
    return page, status if wrong else 200


@bp.get("/template.csv")
def template() -> ResponseReturnValue:
    """Every column, and one line that shows how it is written. Spreadsheets know UTF-8 by its
    mark."""
    written = io.StringIO()
    lines = csv.DictWriter(written, COLUMNS)
    lines.writeheader()
    lines.writerow(EXAMPLE)
    answer = make_response(written.getvalue().encode("utf-8-sig"))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=manifest.csv"
    return answer


def _sentence(one: NotTaken) -> str:
    """Why something was not taken, and what to do."""
    if isinstance(one.reason, Refused):
        return _(REFUSALS[one.reason.reason])
    return _fault(one.reason)


def _fault(found: Fault) -> str:
    problem = found.problem
    sentence = NOT_SENT if problem is Problem.MISSING_FILE else PROBLEMS[problem]
    value = formats.number(int(found.value)) if problem is Problem.TOO_MANY else found.value
    told = _(sentence, value=value)
    if found.suggestion:
        told += " " + _("Did you mean “%(suggestion)s”?", suggestion=found.suggestion)
    return told
