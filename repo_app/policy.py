"""Who may see what: one function for SQL and one set for search, never a default viewer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from repo_app.models import AudienceGroup, Document, State

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the groups whose documents this person may find. No name, no address."""

    audience: frozenset[str]


ANYONE = Viewer(frozenset({PUBLIC}))


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The SQL condition on Document for everything ``viewer`` may see."""
    granted = Document.audience.any(AudienceGroup.name.in_(sorted(viewer.audience)))
    return and_(Document.state == State.PUBLISHED, granted)
