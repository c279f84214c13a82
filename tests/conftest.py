"""Real parts for every test: SQLite, a Whoosh index and a blob folder of its own."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from config import Settings
from ingest import Sandbox
from repo_app import schema
from repo_app.runtime import Runtime, running
from repo_app.services import passwords

# The same examples on every run: a test that fails, fails for whoever looks at it next as well.
# `pytest --hypothesis-profile=searching` looks for new ones.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.register_profile("searching", deadline=None, print_blob=True)
hypothesis_settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-everything",
        action="store_true",
        help="a browser or program that is missing fails the test instead of skipping it",
    )


def pytest_collection_finish() -> None:
    """What is imported by now stays: no collection of garbage need look through it again."""
    gc.collect()
    gc.freeze()


class CompiledOnce(BytecodeCache):
    """Nearly every test builds a site of its own; what its templates compile to is the same."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        options = Flask.jinja_options | {"bytecode_cache": CompiledOnce()}
        patched.setattr(Flask, "jinja_options", options)
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
    """Migrated once, with an empty index; each test has a copy of its own."""
    folder = tmp_path_factory.mktemp("empty") / "instance"
    with running(Settings.load(folder, env={})) as opened:
        schema.migrate(opened.database)
        opened.index.rebuild([])
    return folder


@pytest.fixture
def runtime(settings: Settings, empty_instance: Path) -> Iterator[Runtime]:
    """An instance on disk with an empty index, closed after the test."""
    shutil.copytree(empty_instance, settings.instance)
    with running(settings) as opened:
        yield opened


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that log in often and are not about hashing."""
    cheap = Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", PasswordHash((cheap,)))
