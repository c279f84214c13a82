"""What a person reads when something does not work: what happened, and what to do now."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from repo_app.i18n import N_
from repo_app.web import templating

PASSED_ON = ("Allow", "Retry-After")
SENTENCES: dict[int, tuple[str, str]] = {
    400: (
        N_("We could not understand that address"),
        N_("Part of the address seems to be missing or damaged. Please start again from here."),
    ),
    404: (
        N_("There is no such page"),
        N_(
            "The address may have a typing error, or the document is not available. "
            "Searching usually helps."
        ),
    ),
    405: (
        N_("This page only shows things"),
        N_("It cannot receive what your browser sent. Please go back and use its links."),
    ),
    413: (
        N_("That is too much at once"),
        N_("What was sent is larger than we can accept. Please send less at a time."),
    ),
    429: (
        N_("One moment, please"),
        N_(
            "Very many pages were asked for from your connection in a short time. "
            "Please wait a minute and try again: nothing is lost."
        ),
    ),
    500: (
        N_("Something went wrong on our side"),
        N_(
            "It is not your fault. Please try again in a few minutes. "
            "No details about you were noted."
        ),
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, explain)


def explain(error: HTTPException) -> ResponseReturnValue:
    """The error's own text stays inside: it may quote what was sent. Nothing on the page tells
    one address from another: what may not be seen looks like what does not exist."""
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect
    code = error.code if error.code in SENTENCES else (500 if error.code >= 500 else 400)
    title, advice = SENTENCES[code]
    headers = [(name, value) for name, value in error.get_headers() if name in PASSED_ON]
    page = render_template(
        "error.html",
        code=error.code,
        title=title,
        advice=advice,
        other_languages=templating.first_page_in_other_languages(),
        alternates=(),
    )
    return page, error.code, headers
