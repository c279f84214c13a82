"""Editing as a browser does it: the form as it stands, and what is held afterwards."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import Document
from repo_app.runtime import Runtime

WORDS = "e" * 64


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's last form that is posted: texts, ticks, choices."""
    form = re.findall(r'<form method="post".*?</form>', page, re.S)
    (whole,) = [one for one in form if 'name="title"' in one]
    sent: dict[str, list[str]] = {}
    for element in re.findall(r"<input[^>]*>", whole):
        name, kind = _attribute(element, "name"), _attribute(element, "type")
        if kind not in ("checkbox", "radio") or " checked" in element:
            sent.setdefault(name, []).append(_attribute(element, "value"))
    for name, words in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', whole, re.S):
        sent[name] = [unescape(words).removeprefix("\n")]
    for name, choices in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', whole, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', choices)
        sent[name] = [unescape(chosen[0]) if chosen else ""]
    return sent


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', element)
    return unescape(found.group(1)) if found else ""


def save(client: FlaskClient, path: str, form: dict[str, list[str]]) -> TestResponse:
    return client.post(path, data=form)


def held(runtime: Runtime, public_id: str) -> Document:
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        assert row.tags is not None  # loaded while the session lives
        return row


def tags_of(row: Document) -> set[str]:
    return {tag.value for tag in row.tags if tag.confirmed_on}
