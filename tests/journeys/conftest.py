"""The site, and it in front of those who work with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest import Sandbox
from repo_app.models import Role
from repo_app.runtime import Runtime
from repo_app.web import build_app
from tests.accounts import an_account, visitor
from tests.factories import a_document
from tests.reading import lent_to_commands


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return build_app(runtime, limited=False)


@pytest.fixture
def me(runtime: Runtime, app: Flask) -> FlaskClient:
    return visitor(app, an_account(runtime))


@pytest.fixture
def desk(app: Flask, runtime: Runtime) -> FlaskClient:
    """A curator's browser."""
    return visitor(app, an_account(runtime, Role.CURATOR))


@pytest.fixture
def study(runtime: Runtime) -> str:
    with runtime.database.writing() as session:
        return a_document(
            session,
            "Estudio de la frontera",
            year=2020,
            document_kind="research-report",
            authors=["Ana Paz", "Luis Sol"],
            abstract="Qué se sabe.\n\nY qué no.",
            licence="MIT",  # no form offers it
            tags={"country": ["HN", "GT"], "theme": ["local-integration"]},
        ).public_id


@pytest.fixture
def lent_sandbox(sandbox: Sandbox) -> Iterator[None]:
    """Commands of this test read with the sandbox that has started already."""
    with lent_to_commands(sandbox):
        yield
