"""What templates may call: words for values, formats, and where the other language is."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from config import LANGUAGES
from repo_app.sentences import QUESTIONS, ROLES
from repo_app.web import addresses, formats, labels, marking
from repo_app.web.context import absolute, account, language, runtime, site
from repo_app.web.languages import same_page_in
from repo_app.web.subjects import page_of, search_for
from repo_app.web.words import gettext_in_page, ngettext_in_page

LANGUAGE_NAMES = {"es": "Español", "en": "English"}


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "day": formats.day,
        "each": each,
        "file_size": formats.file_size,
        "listed": formats.listed,
        "month": formats.month,
        "months": formats.months,
        "number": formats.number,
        "people": formats.people,
        "with_marks": marking.with_marks,
    }
    app.jinja_env.globals |= {
        # Called directly: Jinja's own pass every sentence through three calls.
        **dict.fromkeys(("_", "gettext"), gettext_in_page),
        "ngettext": ngettext_in_page,
        "absolute": absolute,
        "code": labels.code,
        "codes": labels.codes,
        "counted": labels.counted,
        "facet_name": labels.facet_name,
        "in_sentence": labels.in_sentence,
        "label": labels.label,
        "lang": formats.lang,
        "language_name": formats.language_name,
        "listed_value": labels.listed_value,
        "member_states": labels.member_states,
        "ordered": labels.ordered,
        "page_of": page_of,
        "question_names": QUESTIONS,
        "role_names": ROLES,
        "search_for": search_for,
        "source_kinds": labels.source_kinds,
        "tagged": _search_address,
        "url_for": addresses.url_for,
    }
    app.context_processor(_for_every_page)


def each(rows: Iterable[tuple[str, ...]], pattern: str) -> Markup:
    """``pattern`` filled in with one row after the other, escaped: for the long lists of a page,
    where Jinja's own loop takes five times as long."""
    return Markup("\n".join([pattern % tuple(map(escape, row)) for row in rows]))  # noqa: S704


def _search_address(facet: str, value: str) -> str:
    """The search for everything that carries one value."""
    return search_for(**{facet: value})


def _for_every_page() -> dict[str, Any]:
    here = language()
    return {
        "account": account(),
        "language": here,
        "vocabulary": runtime().vocabulary,
        "other_languages": [
            (code, LANGUAGE_NAMES[code], same_page_in(code)) for code in LANGUAGES if code != here
        ],
        "alternates": _alternates(),
    }


def first_page_in_other_languages() -> list[tuple[str, str, str]]:
    """For pages that must not say which address was asked for."""
    here = language()
    return [
        (code, LANGUAGE_NAMES[code], url_for("home.index", lang=code))
        for code in LANGUAGES
        if code != here
    ]


def _alternates() -> tuple[tuple[str, str], ...]:
    """Every language of this page with its absolute address, without the reader's question."""
    endpoint, values = request.endpoint, dict(request.view_args or {})
    if endpoint is None or not _has_languages(endpoint):
        return ()
    here = site()
    # What an address was asked for with is not remembered; most pages have nothing of the kind.
    put_together = url_for if values else addresses.url_for
    return tuple((code, here + put_together(endpoint, lang=code, **values)) for code in LANGUAGES)


def _has_languages(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "lang")
