"""Searching as somebody else is a mistake of the program's, never an answer."""

from __future__ import annotations

import pytest

from index import Query
from repo_app.policy import ANYONE
from repo_app.runtime import Runtime
from repo_app.services import meaning, searching, widening
from tests.factories import a_document, indexed


@pytest.mark.parametrize("ask", [searching.find, searching.total, widening.wider, meaning.meant])
def test_nobody_searches_with_another_audience_than_their_own(runtime: Runtime, ask) -> None:
    with runtime.database.writing() as session:
        a_document(session, "Asilo", audience=["board"])
    indexed(runtime)
    for text in ("asilo", "asylo", '"asilo nada"'):
        with pytest.raises(ValueError, match="audience"):
            ask(runtime, ANYONE, Query(text, frozenset({"board"})))
