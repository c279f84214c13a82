"""Deny by default, and the headers every answer carries."""

from __future__ import annotations

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from repo_app.policy import MAY
from repo_app.web import tokens
from repo_app.web.context import account, runtime
from repo_app.web.languages import this_address

PUBLIC = frozenset(
    {
        "about.about",
        "about.accessibility",
        "about.favicon",
        "about.patterns",
        "about.robots",
        "account.accept",
        "account.deleted",
        "account.forgotten",
        "account.log_in",
        "account.log_out",
        "account.reset",
        "bare.about_about",
        "bare.about_accessibility",
        "bare.concepts_concept",
        "bare.concepts_everything",
        "bare.countries_country",
        "bare.countries_everything",
        "bare.documents_found_pages",
        "bare.documents_page_text",
        "bare.documents_record",
        "bare.home_index",
        "bare.plan_body",
        "bare.plan_current",
        "bare.plan_part",
        "bare.plan_year",
        "bare.search_help",
        "bare.search_results",
        "documents.page_text",
        "documents.record",
        "completion.offers",
        "concepts.concept",
        "concepts.everything",
        "countries.country",
        "countries.everything",
        "files.document",
        "files.thumbnail",
        "health.health",
        "home.index",
        "plan.body",
        "plan.current",
        "plan.part",
        "plan.year",
        "search.results",
        "search.help",
        "documents.found_pages",
        "static",
    }
)
"""Endpoints anyone may ask. The others are in policy.MAY, or do not exist."""

PRIVATE = frozenset(
    {
        "account",
        "collection",
        "contributions",
        "curation",
        "deposits",
        "duplicates",
        "operations",
        "organizations",
        "people",
        "review",
        "uploads",
        "vocabulary",
    }
)
"""Blueprints whose pages no browser may keep."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT_POLICY = f"{PAGE_POLICY}; script-src 'self'; connect-src 'self'"
"""For the few pages with a script of ours; all of them work without."""
SCRIPTED = frozenset({"home.index", "search.results"})
FILE_POLICY = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""For files shown by the browser's own viewer, which needs nothing of ours: whatever a file
holds, it can neither run, load nor send anything in this site's name."""

HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), "
        "payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    app.before_request(_deny_by_default)
    app.after_request(_add_headers)


def _deny_by_default() -> ResponseReturnValue | None:
    """What a person may not do answers as if it did not exist: the same page, on the same path,
    as for an unknown address. Rights first, then the form's token, then logging in."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if endpoint not in PUBLIC:
        roles = MAY.get(endpoint, frozenset())
        person = account() if roles else None
        if not roles or (person is not None and person.role not in roles):
            abort(404)
        if person is None:
            return _log_in_first()
    if request.method not in SAFE_METHODS:
        tokens.require_token(current_app)
    return None


def _log_in_first() -> ResponseReturnValue:
    """Somebody whose session ended while typing must not lose what was typed."""
    if request.method not in SAFE_METHODS:
        return tokens.typed_again()
    return redirect(url_for("account.log_in", next=this_address()))


def _add_headers(response: Response) -> Response:
    if request.endpoint in SCRIPTED:
        response.headers.setdefault("Content-Security-Policy", SCRIPT_POLICY)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.blueprint in PRIVATE or g.get("for_somebody"):
        response.headers["Cache-Control"] = "no-store"
    if not response.cache_control:
        response.headers["Cache-Control"] = "private, no-cache"
    if runtime().settings.public_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return response
