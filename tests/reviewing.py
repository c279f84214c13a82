"""Reviewing as a browser does it: opening, deciding, confirming tags."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from repo_app.models import Contribution, Document, Origin, State, Tag
from repo_app.runtime import Runtime
from repo_app.services.people import Account
from tests.accounts import token
from tests.factories import a_document, a_pdf, with_file


def proposal(facet: str, value: str, label: str, count: int, where: str) -> Tag:
    evidence = [{"label": label, "count": count, "where": where}]
    return Tag(facet=facet, value=value, origin=Origin.RULE, score=1.0, evidence=evidence)


def contributed(runtime: Runtime, by: Account, title: str = "Integración en la frontera") -> str:
    with runtime.database.writing() as session:
        row = a_document(
            session,
            title,
            ["Texto de la primera página.", "Texto de la segunda página."],
            state=State.IN_REVIEW,
            tags={"country": ["HN"], "theme": ["local-integration"]},
            document_kind="research-report",
        )
        row.tags.append(proposal("theme", "employment-decent-work", "empleo formal", 4, "title"))
        row.contribution = Contribution(contributor_id=by.id)
        with_file(runtime, session, row, a_pdf("Uno", "Dos"))
        return row.public_id


def state(runtime: Runtime, public_id: str) -> State:
    with runtime.database.reading() as session:
        return session.query(Document).filter_by(public_id=public_id).one().state


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found, "the page has no form"
    return found.group(1)


def opened(client: FlaskClient, public_id: str, language: str = "es") -> dict[str, str]:
    """What the hidden fields of the page of decisions hold."""
    page = client.get(f"/{language}/review/{public_id}/decide").text
    return {"csrf_token": token(page), "revision": revision(page)}


def decide(client: FlaskClient, public_id: str, page: dict[str, str] | None = None,
           language: str = "es", **typed: object) -> TestResponse:  # fmt: skip
    page = page or opened(client, public_id, language)
    return client.post(f"/{language}/review/{public_id}/decide", data={**page, **typed})


def ticked(page: str) -> set[str]:
    boxes = re.findall(
        r'<input type="checkbox" name="(?:tags|countries)" value="([^"]+)"( checked)?', page
    )
    return {value for value, checked in boxes if checked}


def tag_rows(runtime: Runtime, public_id: str) -> dict[str, bool]:
    with runtime.database.reading() as session:
        row = session.query(Document).filter_by(public_id=public_id).one()
        return {tag.value: tag.confirmed_on is not None for tag in row.tags}


def save(client: FlaskClient, public_id: str, seen: str, **chosen: object) -> TestResponse:
    data = {"csrf_token": token(seen), "revision": revision(seen), "page": "2", **chosen}
    return client.post(f"/es/review/{public_id}/tags", data=data)
