"""Real parts for every test: SQLite, a Whoosh index and a blob folder of its own."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from config import Settings
from ingest import Sandbox
from repo_app import schema
from repo_app.runtime import Runtime, running
from repo_app.services import passwords
from tests.compiled import Address, Templates
from tests.instances import copied

# The same examples on every run: a test that fails, fails for whoever looks at it next as well.
# `pytest --hypothesis-profile=searching` looks for new ones.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.register_profile("searching", deadline=None, print_blob=True)
hypothesis_settings.load_profile("steady")


MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # of which a run takes some 150 MB
A_DAY = 24 * 3600


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-everything",
        action="store_true",
        help="a browser or program that is missing fails the test instead of skipping it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Where there is room, tests write into memory: they kill processes, but cut no power, and
    waiting for a disk at every commit is a quarter of their time. ``--basetemp=FOLDER`` keeps what
    they leave."""
    if config.option.basetemp is None and _is_roomy(MEMORY):
        for left in MEMORY.glob("mirps-tests-*"):  # by runs that were killed
            with suppress(FileNotFoundError):  # another run clears up as well
                if time.time() - left.stat().st_mtime > A_DAY:
                    shutil.rmtree(left, ignore_errors=True)
        config.option.basetemp = tempfile.mkdtemp(prefix="mirps-tests-", dir=MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def _is_roomy(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free >= ROOM and os.access(folder, os.W_OK | os.X_OK)
    except FileNotFoundError:
        return False


def pytest_collection_finish() -> None:
    """What is imported by now stays: no collection of garbage need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        options = Flask.jinja_options | {"bytecode_cache": Templates()}
        patched.setattr(Flask, "jinja_options", options)
        patched.setattr(Flask, "url_rule_class", Address)
        yield


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One for all that is read: its start takes a second, and each file has a child of its own."""
    with Sandbox() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(tmp_path / "instance", env={})


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, with an empty index."""
    folder = tmp_path_factory.mktemp("empty") / "instance"
    with running(Settings.load(folder, env={})) as opened:
        schema.migrate(opened.database)
        opened.index.rebuild([])
    return folder


@pytest.fixture(scope="module")
def beginning(empty_instance: Path) -> Path:
    """What ``runtime`` is a copy of. Modules whose tests all begin with the same documents make
    them once, in a ``beginning`` of their own."""
    return empty_instance


@pytest.fixture
def runtime(settings: Settings, beginning: Path) -> Iterator[Runtime]:
    """An instance on disk of the test's own, closed after it."""
    with copied(beginning, settings) as opened:
        yield opened


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that log in often and are not about hashing."""
    cheap = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", PasswordHash((cheap,)))
