"""Real parts for every test: SQLite, a Whoosh index and a blob folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from repo_app import schema
from repo_app.runtime import Runtime, running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-everything",
        action="store_true",
        help="a browser or program that is missing fails the test instead of skipping it",
    )


@pytest.fixture
def missing(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Call with a reason where a needed program is missing: skips, or fails in `test-all`."""
    if request.config.getoption("--require-everything"):
        return pytest.fail
    return pytest.skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(tmp_path / "instance", env={})


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    """An instance on disk with an empty index, closed after the test."""
    with running(settings) as opened:
        schema.migrate(opened.database)
        opened.index.rebuild([])
        yield opened
