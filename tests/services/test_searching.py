"""Searching as somebody else is a mistake of the program's, never an answer; a missing index is
said, whatever else is out of order."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from sqlalchemy import event

from index import Query, SearchUnavailable
from repo_app.models import Job
from repo_app.policy import ANYONE
from repo_app.runtime import Runtime
from repo_app.services import meaning, searching, widening
from tests.factories import a_document, indexed

ASKED = Query("asilo", ANYONE.audience)


@pytest.fixture
def without_index(runtime: Runtime) -> Runtime:
    shutil.rmtree(runtime.settings.instance / "search")
    return runtime


def test_where_nothing_can_be_written_readers_are_told_of_the_index_all_the_same(
    without_index: Runtime,
) -> None:
    engine = without_index.database.engine
    engine.dispose()

    def refuse_to_write(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(engine, "connect", refuse_to_write)
    with pytest.raises(SearchUnavailable):
        searching.find(without_index, ANYONE, ASKED)


def test_a_rebuild_is_asked_for_once_and_nobody_waits_to_ask_again(without_index: Runtime) -> None:
    with pytest.raises(SearchUnavailable):
        searching.find(without_index, ANYONE, ASKED)
    with without_index.database.writing() as session, pytest.raises(SearchUnavailable):
        searching.find(without_index, ANYONE, ASKED)
    assert session.query(Job).count() == 1


@pytest.mark.parametrize("ask", [searching.find, searching.total, widening.wider, meaning.meant])
def test_nobody_searches_with_another_audience_than_their_own(runtime: Runtime, ask) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Asilo", audience=["board"])
    indexed(runtime)
    for text in ("asilo", "asylo", '"asilo nada"'):
        with pytest.raises(ValueError, match="audience"):
            ask(runtime, ANYONE, Query(text, frozenset({"board"})))
