"""What every view may ask for: the working parts, who asks, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_login import UserMixin, current_user  # type: ignore[import-untyped]

from repo_app.policy import ANYONE, Viewer, viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services.people import Account
from repo_app.web.languages import chosen_language

EXTENSION = "repository"


def runtime() -> Runtime:
    found: Runtime = current_app.extensions[EXTENSION]
    return found


@dataclass(frozen=True, slots=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """An account as Flask-Login asks for it."""

    account: Account

    def get_id(self) -> str:
        return f"{self.account.id}:{self.account.epoch}"


def account() -> Account | None:
    """Of whoever is logged in; looked up once a request."""
    found: Account | None = current_user.account if current_user.is_authenticated else None
    g.for_somebody = found is not None
    return found


def own_account() -> Account:
    """On pages that only people with an account reach."""
    found = account()
    assert found is not None, "the table of actions lets nobody else in"
    return found


def viewer() -> Viewer:
    """Who asks, as the session says; a visitor without one."""
    found = account()
    return viewer_with_account(found.id, found.role) if found else ANYONE


def language() -> str:
    """The language of this answer, one of config.LANGUAGES; known even where routing failed."""
    try:  # asked two hundred times a page
        found: str = g.language
    except AttributeError:
        found = g.language = chosen_language()
    return found


def absolute(endpoint: str, **values: Any) -> str:
    """An address to be written down: the operator's public one where it is known."""
    return site() + url_for(endpoint, **values)


def site() -> str:
    """Where people reach us, without a slash. The Host header of a request counts only where
    the operator has named no address."""
    return runtime().settings.public_url or request.host_url.rstrip("/")
