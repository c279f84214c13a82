"""Pages that explain the site, and the small files that browsers and robots ask for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from repo_app.web.languages import PREFIX

bp = Blueprint("about", __name__)

TRAINING_ROBOTS = (
    "AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot",
    "ClaudeBot", "cohere-ai", "Diffbot", "FacebookBot", "Google-Extended", "GPTBot",
    "Meta-ExternalAgent", "OAI-SearchBot", "PerplexityBot", "Timpibot", "YouBot",
)  # fmt: skip
"""Collectors that feed language models and say that they heed robots.txt. Contributors did
not agree to that use."""


@bp.get(f"{PREFIX}/about")
def about() -> ResponseReturnValue:
    return render_template("about/about.html")


@bp.get(f"{PREFIX}/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("about/accessibility.html")


@bp.get(f"{PREFIX}/patterns")
def patterns() -> ResponseReturnValue:
    return render_template("about/patterns.html")


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    refused = "".join(f"User-agent: {name}\n" for name in TRAINING_ROBOTS)
    rules = "User-agent: *\nDisallow: /es/search\nDisallow: /en/search\nDisallow: /search\n"
    return Response(f"{refused}Disallow: /\n\n{rules}", mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Browsers ask for this name whatever the page says."""
    return current_app.send_static_file("favicon.svg")
