"""Forms carry a token that only our own pages hold; one that has expired loses nothing typed.

What was typed comes back on a page that sends it again, passwords excepted. Only our own pages
lead there: a form that another site sends gets the plain error, and no cookie.
"""

from __future__ import annotations

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import BadRequest

from repo_app.web import errors
from repo_app.web.context import account
from repo_app.web.sessions import LONGEST

FIELD = "csrf_token"
SECRETS = ("password", "password_again", "present_password")
CHOICES = frozenset(
    {
        "agreed",
        "ask",
        "checked",
        "countries",
        "country",
        "decision",
        "do",
        "document",
        "document_kind",
        "evidence_type",
        "harmful",
        "has",
        "keep",
        "language",
        "licence",
        "list",
        "naming",
        "next",
        "of",
        "organization",
        "page",
        "refused_for",
        "remove",
        "revision",
        "role",
        "scope",
        "source_kind",
        "state",
        "tag",
        "tags",
        "ticked",
        "unread",
        "where",
    }
)
"""Fields that hold a code; sent again like the others, but words only are worth showing."""
OURS = (None, "same-origin", "none")
"""Values of Sec-Fetch-Site; old browsers send none, and keep our cookies from other sites."""


def install(app: Flask) -> None:
    app.config |= {
        "WTF_CSRF_CHECK_DEFAULT": False,  # require_token is called where rights are known
        "WTF_CSRF_FIELD_NAME": FIELD,
        "WTF_CSRF_SSL_STRICT": False,  # would ask for the Referer that our pages withhold
        "WTF_CSRF_TIME_LIMIT": LONGEST,
    }
    CSRFProtect(app)
    app.register_error_handler(CSRFError, lambda _error: typed_again())


def require_token(app: Flask) -> None:
    app.extensions["csrf"].protect()


def typed_again() -> ResponseReturnValue:
    """Everything that was typed, ready to be sent once more. Files are not kept for whoever may
    be nobody: the page says that they have to be chosen again, and where."""
    if request.headers.get("Sec-Fetch-Site") not in OURS:
        return errors.explain(BadRequest())
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    kept = [(name, value) for name, value in pairs if name not in SECRETS]
    page = render_template(
        "account/again.html",
        kept=kept,
        shown=[value for name, value in kept if name not in CHOICES and value.strip()],
        secrets=[name for name in SECRETS if name in request.form],
        had_files=any(file.filename for file in request.files.values()),
        logged_in=account() is not None,
        alternates=(),
    )
    return make_response(page, 400)
