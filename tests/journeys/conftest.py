"""The site, and it in front of those who work with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest import Sandbox
from repo_app.models import Role
from repo_app.runtime import Runtime
from repo_app.services.people import Account
from repo_app.web import build_app
from tests.accounts import an_account, visitor
from tests.collection import Collection, Place, a_collection
from tests.factories import a_document
from tests.reading import lent_to_commands
from tests.reviewing import contributed


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return build_app(runtime, limited=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def me(runtime: Runtime, app: Flask) -> FlaskClient:
    return visitor(app, an_account(runtime))


@pytest.fixture
def account(runtime: Runtime) -> Account:
    """The curator's at the desk."""
    return an_account(runtime, Role.CURATOR)


@pytest.fixture
def desk(app: Flask, account: Account) -> FlaskClient:
    """A curator's browser."""
    return visitor(app, account)


@pytest.fixture
def second(app: Flask, runtime: Runtime) -> FlaskClient:
    """Another curator's."""
    return visitor(app, an_account(runtime, Role.CURATOR, "second@example.org"))


@pytest.fixture
def boss(runtime: Runtime) -> Account:
    return an_account(runtime, Role.ADMINISTRATOR)


@pytest.fixture
def office(app: Flask, boss: Account) -> FlaskClient:
    """An administrator's browser."""
    return visitor(app, boss)


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


@pytest.fixture
def contributor(runtime: Runtime) -> Account:
    return an_account(runtime)


@pytest.fixture
def sent(runtime: Runtime, contributor: Account) -> str:
    """What ``contributor`` sent, as it waits for curators."""
    return contributed(runtime, contributor)


@pytest.fixture(scope="session")
def collection(empty_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return a_collection(empty_instance, tmp_path_factory.mktemp("collection") / "instance")


@pytest.fixture
def place(client: FlaskClient, collection: Collection) -> Place:
    """A visitor in front of ``collection``, in modules that begin with it."""
    return Place(client, collection.study, collection.english, collection.pdf)
