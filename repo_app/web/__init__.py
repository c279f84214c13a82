"""The site. Flask lives in this room and in the command line."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel  # type: ignore[import-untyped]
from werkzeug.middleware.proxy_fix import ProxyFix

from repo_app.runtime import Runtime, secret_key
from repo_app.web import (
    about,
    account,
    collection,
    completion,
    compression,
    concepts,
    context,
    contributions,
    countries,
    curation,
    deposits,
    documents,
    duplicates,
    errors,
    files,
    freshness,
    health,
    home,
    languages,
    limits,
    numbers,
    operations,
    organizations,
    people,
    plan,
    remembering,
    review,
    search,
    security,
    sessions,
    statics,
    templating,
    tokens,
    uploads,
    vocabulary,
)
from repo_app.web.logs import Site

__all__ = ["build_app"]

BLUEPRINTS = (
    home.bp,
    search.bp,
    completion.bp,
    documents.bp,
    files.bp,
    plan.bp,
    concepts.bp,
    countries.bp,
    about.bp,
    health.bp,
    account.bp,
    people.bp,
    organizations.bp,
    contributions.bp,
    uploads.bp,
    review.bp,
    collection.bp,
    duplicates.bp,
    deposits.bp,
    vocabulary.bp,
    curation.bp,
    operations.bp,
)
ROOMS = (
    *(freshness, languages, sessions, compression, tokens, security, errors, statics),
    *(remembering, templating),
)


def build_app(runtime: Runtime, *, limited: bool = True) -> Flask:
    """A WSGI application over ``runtime``, which the caller opens and closes.

    ``limited=False`` switches the rate limits off, for tests that ask a lot.
    """
    app = Site("repo_app")
    app.config["SECRET_KEY"] = secret_key(runtime.settings)
    app.config["MAX_CONTENT_LENGTH"] = runtime.settings.max_upload_bytes
    app.url_map.strict_slashes = False
    numbers.install(app)
    app.extensions[context.EXTENSION] = runtime
    Babel(app, locale_selector=context.language)
    for bp in BLUEPRINTS:
        app.register_blueprint(bp)
    for room in ROOMS:
        room.install(app)
    limits.install(app, enabled=limited)
    if proxies := runtime.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return app
