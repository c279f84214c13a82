"""Who is logged in: a signed cookie with a number, an epoch and when it began. Nothing else.

A session ends twelve hours after it began, whatever happens in it, and at once where the
account is disabled or logged out everywhere.
"""

from __future__ import annotations

import time

import flask_login  # type: ignore[import-untyped]
from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.exc import SQLAlchemyError

from repo_app.services import people
from repo_app.services.people import Account
from repo_app.web.context import SignedIn, runtime

LONGEST = 12 * 3600
BEGAN = "began"


class Cookies(SecureCookieSessionInterface):
    """Marked Secure wherever people come by https, also behind a proxy."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or runtime().settings.public_url.startswith("https:")


def install(app: Flask) -> None:
    app.session_interface = Cookies()
    app.config |= {
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
    }
    manager = flask_login.LoginManager(app)
    # Flask-Login would bind a session to a hash of address and browser, which we never keep.
    manager.session_protection = None
    manager.user_loader(_signed_in)


def begin(account: Account) -> None:
    """A new session: whatever an earlier visitor or a stranger put into this one is gone."""
    session.clear()
    flask_login.login_user(SignedIn(account))
    session.pop("_id")
    session[BEGAN] = int(time.time())


def renew(account: Account) -> None:
    """The same session under the account's new epoch; its twelve hours run on."""
    began = session.get(BEGAN)
    begin(account)
    session[BEGAN] = began


def end() -> None:
    flask_login.logout_user()
    session.clear()


def _signed_in(user_id: str) -> SignedIn | None:
    """Whoever cannot be looked up is nobody: an error page must not fail once more for it."""
    began = session.get(BEGAN)
    if not isinstance(began, int) or not 0 <= time.time() - began < LONGEST:
        return None
    person_id, _, epoch = user_id.partition(":")
    try:
        with runtime().database.reading() as reading:
            account = people.current(reading, int(person_id), int(epoch))
    except SQLAlchemyError:
        return None
    return SignedIn(account) if account else None
