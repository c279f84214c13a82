"""The command line's sentences in the operator's language, and its reports of what failed."""

from __future__ import annotations

from babel.support import Format

from config import operator_language
from ingest import Reason, Refused
from repo_app.i18n import N_, catalogue
from repo_app.sentences import REFUSALS
from repo_app.services.batches import Failed, Unreadable
from repo_app.services.manifests import Fault, Problem

LANGUAGE = operator_language()
_ = catalogue(LANGUAGE).gettext
ngettext = catalogue(LANGUAGE).ngettext
formats = Format(LANGUAGE)

UNREADABLE: dict[Unreadable, str] = {
    Unreadable.MISSING: N_("There is no such file or folder. Please check the path."),
    Unreadable.NO_PERMISSION: N_("This program may not read it. Please change its permissions."),
    Unreadable.NOT_A_FILE: N_(
        "It is no file that can be read. Please name a PDF file or a folder."
    ),
    Unreadable.STUCK: N_(
        "It is held, but could not be read because something failed here. Please run the command "
        "again, or “mirps-repo check”."
    ),
    Unreadable.FAILED: N_("It could not be read. Please check the disk or the network drive."),
    Unreadable.NO_PDFS: N_("There is no PDF file in this folder."),
}

PROBLEMS: dict[Problem, str] = {
    Problem.NOT_READABLE: N_("The manifest cannot be read. Please check its path and permissions."),
    Problem.NO_COLUMNS: N_(
        "The first line names none of the known columns. Please save the manifest as CSV with "
        "commas between the columns; found: %(value)s"
    ),
    Problem.UNKNOWN_COLUMN: N_(
        "“%(value)s” is no known column, so nothing of this manifest was taken. Please correct or "
        "remove it."
    ),
    Problem.DOUBLE_COLUMN: N_("The column “%(value)s” stands there twice. Please keep one."),
    Problem.ENCODING: N_(
        "The text is not UTF-8: “%(value)s”. Please save the manifest as CSV UTF-8."
    ),
    Problem.TOO_MANY_CELLS: N_(
        "The line has %(value)s cells, more than the first line. Text with commas needs quotes."
    ),
    Problem.UNKNOWN_CODE: N_("“%(value)s” is no known code."),
    Problem.BAD_YEAR: N_("“%(value)s” is no year. Please write four digits, such as 2024."),
    Problem.BAD_URL: N_("“%(value)s” is no web address. It should begin with https://."),
    Problem.MISSING_FILE: N_(
        "There is no file “%(value)s”. Names count from the folder of the manifest."
    ),
    Problem.NOTHING_HELD: N_("A record needs a file, a text, an address or an abstract."),
    Problem.TOO_LONG: N_("The title is longer than %(value)s characters. Please shorten it."),
    Problem.NO_LINES: N_(
        "The manifest describes no document: there is nothing below its first line."
    ),
    Problem.NO_TITLE: N_("A record without a file needs a title."),
    Problem.MALFORMED: N_(
        "The line is no valid CSV: a quotation mark is open or misplaced. Nothing after it was "
        "read."
    ),
}


def failure(failed: Failed) -> str:
    """One line: which source, where in it, what is wrong and what to do."""
    reason, label = failed.reason, shown(failed.label)
    if isinstance(reason, Fault):
        return f"{label}{_place(reason)}: {fault(reason)}"
    if isinstance(reason, Unreadable):
        return f"{label}: {_(UNREADABLE[reason])}"
    return f"{label}: {refusal(reason)}"


def shown(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 and signs a terminal obeys are spelt out."""
    text = name.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def refusal(refused: Refused | Reason) -> str:
    reason = refused.reason if isinstance(refused, Refused) else refused
    return _(REFUSALS[reason])


def fault(found: Fault) -> str:
    sentence = _(PROBLEMS[found.problem]) % {"value": found.value}
    if found.suggestion:
        sentence += " " + _("Did you mean “%(suggestion)s”?") % {"suggestion": found.suggestion}
    return sentence


def code(failed: Failed) -> str:
    """The machine's word for the same reason, for --json."""
    reason = failed.reason
    if isinstance(reason, Fault):
        return reason.problem.value
    return reason.value if isinstance(reason, Unreadable) else reason.reason.value


def _place(found: Fault) -> str:
    if not found.line:
        return ""
    if not found.column:
        return _(", line %(line)d") % {"line": found.line}
    return _(", line %(line)d, column “%(column)s”") % {"line": found.line, "column": found.column}
