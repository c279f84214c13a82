"""Drafts in which what is needed has been said."""

from __future__ import annotations

from sqlalchemy.orm import Session

from repo_app.models import (
    Document,
)
from repo_app.runtime import Runtime
from repo_app.services import contributions
from repo_app.services.answers import (
    Field,
    Value,
)

WHOLE: dict[Field, Value] = {
    Field.TITLE: "Retorno y arraigo",
    Field.LANGUAGE: "es",
    Field.SOURCE_KIND: "refugee-led",
    Field.DOCUMENT_KIND: "position-input",
    Field.COUNTRIES: ("country=HN",),
    Field.URL: "https://example.org/retorno",
}


def begun(session: Session, person: int) -> Document:
    return contributions.begin(session, person)


def answered(runtime: Runtime, session: Session, person: int, **more: Value) -> Document:
    """A draft in which everything that is needed has been said."""
    draft = begun(session, person)
    for field, value in (WHOLE | {Field(name): value for name, value in more.items()}).items():
        contributions.answer(session, runtime.vocabulary, draft, field, value)
    return draft
