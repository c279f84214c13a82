"""The command line's sentences in the operator's language, and its reports of what failed."""

from __future__ import annotations

from babel.support import Format

from config import operator_language
from ingest import Reason, Refused
from repo_app.i18n import N_, catalogue
from repo_app.sentences import PROBLEMS, REFUSALS
from repo_app.services.batches import Failed, Unreadable
from repo_app.services.manifests import Fault

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
