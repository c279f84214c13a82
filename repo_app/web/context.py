"""What every view may ask for: the working parts, who asks, and in which language."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request, url_for

from repo_app.policy import ANYONE, Viewer
from repo_app.runtime import Runtime
from repo_app.web.languages import chosen_language

EXTENSION = "repository"


def runtime() -> Runtime:
    found: Runtime = current_app.extensions[EXTENSION]
    return found


def viewer() -> Viewer:
    """Everybody is a visitor until accounts exist."""
    return ANYONE


def language() -> str:
    """The language of this answer, one of config.LANGUAGES; known even where routing failed."""
    if "language" not in g:
        g.language = chosen_language()
    found: str = g.language
    return found


def absolute(endpoint: str, **values: Any) -> str:
    """An address to be written down: the operator's public one where it is known."""
    public = runtime().settings.public_url or request.host_url.rstrip("/")
    return public + url_for(endpoint, **values)
