"""Which language a page speaks: the address says; a bare address asks cookie, then browser."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config import LANGUAGES

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
PREFIX = f"/<any({', '.join(LANGUAGES)}):lang>"
"""Blueprints of pages for people begin with this."""

SPOKEN = re.compile(rf"/({'|'.join(LANGUAGES)})(?=/|$)")

BARE_ADDRESSES = {
    "/": "home.index",
    "/search": "search.results",
    "/search/help": "search.help",
    "/plan": "plan.current",
    "/plan/<int:year>": "plan.year",
    "/plan/<int:year>/<code>": "plan.part",
    "/plan/<int:year>/bodies/<identifier>": "plan.body",
    "/concepts": "concepts.everything",
    "/concepts/<identifier>": "concepts.concept",
    "/countries": "countries.everything",
    "/countries/<code>": "countries.country",
    "/documents/<public_id>": "documents.record",
    "/documents/<public_id>/pages": "documents.found_pages",
    "/documents/<public_id>/pages/<int:number>": "documents.page_text",
    "/about": "about.about",
    "/accessibility": "about.accessibility",
}

bp = Blueprint("bare", __name__)


def by_choice(target: str, **values: Any) -> ResponseReturnValue:
    """From an address without a language to the reader's own, keeping the question."""
    question = request.query_string.decode("ascii", "ignore")
    address = url_for(target, lang=chosen_language(), **values)
    answer = redirect(f"{address}?{question}" if question else address)
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


for _path, _target in BARE_ADDRESSES.items():
    bp.add_url_rule(
        _path,
        endpoint=_target.replace(".", "_"),
        view_func=by_choice,
        defaults={"target": _target},
        methods=["GET"],
    )


def chosen_language() -> str:
    """Of the reader: remembered, else the browser's first that we speak, else Spanish."""
    remembered = request.cookies.get(COOKIE)
    if remembered in LANGUAGES:
        return remembered
    return request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])


def spoken_in(path: str) -> str | None:
    """The language an address says, or None where it says none."""
    found = SPOKEN.match(path)
    return found.group(1) if found else None


def same_page_in(language: str) -> str:
    """This very address in another language, with everything the reader has set."""
    path = request.path
    if spoken_in(path) is None:
        return url_for("home.index", lang=language)
    return _with_question(url_for_path(SPOKEN.sub(f"/{language}", path, count=1)))


def this_address() -> str:
    """Path and question of what was asked for, as they are written in an address."""
    return _with_question(url_for_path(request.path))


def _with_question(address: str) -> str:
    question = request.query_string.decode("ascii", "ignore")
    return f"{address}?{question}" if question else address


def url_for_path(path: str) -> str:
    """A decoded path as it is written in an address; never one of another site (``//…``)."""
    return "/" + quote(path.lstrip("/"), safe="/:@!$&'()*+,;=-._~")


def install(app: Flask) -> None:
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_keep_language)
    app.after_request(_remember)
    app.register_blueprint(bp)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    said = values.pop("lang", None) if values else None
    g.language = said or spoken_in(request.path) or chosen_language()
    g.language_said = said is not None


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = g.get("language") or chosen_language()


def _remember(response: Response) -> Response:
    """Only the switch leads from a page of ours to one in another language than the reader's
    own, so that following it is a choice; arriving from elsewhere is none."""
    here = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if here and g.get("language_said") and response.status_code == 200:
        language = g.language
        if language != chosen_language():
            response.set_cookie(
                COOKIE,
                language,
                max_age=COOKIE_SECONDS,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
    return response
