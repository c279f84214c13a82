"""Deny by default, and the headers every answer carries."""

from __future__ import annotations

from flask import Flask, Response, abort, request

from repo_app.web.context import runtime

PUBLIC = frozenset(
    {
        "about.about",
        "about.accessibility",
        "about.favicon",
        "about.patterns",
        "about.robots",
        "bare.about_about",
        "bare.about_accessibility",
        "bare.documents_page_text",
        "bare.documents_record",
        "bare.home_index",
        "bare.plan_current",
        "bare.plan_year",
        "bare.search_results",
        "documents.page_text",
        "documents.record",
        "files.document",
        "files.thumbnail",
        "health.health",
        "home.index",
        "plan.current",
        "plan.year",
        "search.results",
        "static",
    }
)
"""Endpoints anyone may ask. Whatever is not named here does not exist for visitors."""

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
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


def _deny_by_default() -> None:
    """As if it did not exist: the same answer, on the same path, as for an unknown address."""
    if request.endpoint is not None and request.endpoint not in PUBLIC:
        abort(404)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not response.cache_control:
        response.headers["Cache-Control"] = "private, no-cache"
    if runtime().settings.public_url.startswith("https:"):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return response
