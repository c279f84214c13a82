"""Is everything there that answers readers? For the operator's watch, without secrets."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from index import SearchUnavailable
from repo_app.services import catalogue
from repo_app.web.context import runtime

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 where readers are served, 503 where they are not. ``queue_age_seconds`` is how long
    the oldest due job has waited: growing without end means that no worker runs."""
    database, waiting = _database()
    index = _index()
    answer = jsonify(
        database="ok" if database else "unavailable",
        index="ok" if index else "unavailable",
        queue_age_seconds=waiting,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if database and index else 503


def _database() -> tuple[bool, int | None]:
    try:
        with runtime().database.reading() as session:
            return True, catalogue.queue_age_seconds(session)
    except SQLAlchemyError:
        return False, None


def _index() -> bool:
    try:
        runtime().index.status()
    except SearchUnavailable:
        return False
    return True
