"""Who takes part, and what waits for curators."""

from __future__ import annotations

import pytest

from repo_app.models import Role
from repo_app.runtime import Runtime
from tests.accounts import an_account
from tests.reviews import CURATOR, OTHER, a_person, contributed


@pytest.fixture
def people(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for viewer in (CURATOR, OTHER):
            session.add(a_person(viewer.person_id, Role.CURATOR))
        session.add(a_person(7, Role.CONTRIBUTOR))


@pytest.fixture
def sent(runtime: Runtime, people: None) -> str:
    with runtime.database.writing() as session:
        return contributed(session).public_id


@pytest.fixture
def me(runtime: Runtime) -> int:
    return an_account(runtime).id
