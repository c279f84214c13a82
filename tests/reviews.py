"""Contributions that wait for curators, and what curators get to see of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from repo_app.models import (
    Contribution,
    Document,
    Person,
    Role,
    State,
)
from repo_app.policy import Viewer, viewer_with_account
from repo_app.runtime import Runtime
from repo_app.services import editing, review_case, review_queue
from tests.factories import a_document

CURATOR = viewer_with_account(101, Role.CURATOR)
OTHER = viewer_with_account(102, Role.CURATOR)


def a_person(number: int | None, role: Role) -> Person:
    return Person(id=number, email=f"{number}@example.org", name="N", role=role, language="es")


def contributed(
    session: Session, title: str = "Aporte", by: int | None = 7, **said: object
) -> Document:
    row = a_document(session, title, state=said.pop("state", State.IN_REVIEW), **said)  # type: ignore[arg-type]
    row.contribution = Contribution(contributor_id=by)
    session.flush()
    return row


def look(runtime: Runtime, public_id: str, by: Viewer = CURATOR) -> review_case.Case:
    with runtime.database.reading() as session:
        row = editing.found(session, public_id)
        assert row is not None
        return review_case.case(session, by, row)


def listed(
    runtime: Runtime, state: State = State.IN_REVIEW, page: int = 1, by: Viewer = CURATOR
) -> review_queue.Queue:
    with runtime.database.reading() as session:
        return review_queue.queue(session, by, state, page)
