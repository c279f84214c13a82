"""Opening an instance for a command, with a sentence for everything that may be wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from config import Settings, SettingsError
from index import SearchUnavailable
from repo_app import schema
from repo_app.cli.words import _
from repo_app.locking import WorkerRunning, worker_lock
from repo_app.runtime import Runtime, running, secret_key
from repo_app.services import searching


@contextmanager
def prepared(instance: Path | None) -> Iterator[Runtime]:
    """The instance, made or brought to the current schema first where needed."""
    settings = _settings(instance)
    with _open(settings) as runtime:
        prepare(runtime)
        yield runtime


@contextmanager
def opened(instance: Path | None) -> Iterator[Runtime]:
    """The instance as it is; a missing or outdated one is said, and exit status 1."""
    settings = _settings(instance)
    with _open(settings) as runtime:
        try:
            schema.require_current(runtime.database)
        except schema.SchemaOutdated:
            fail(
                _(
                    "This instance is not set up for this version yet. "
                    "Please run “mirps-repo init” first."
                )
            )
        yield runtime


def prepare(runtime: Runtime) -> None:
    settings = runtime.settings
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.migrate(runtime.database)
    secret_key(settings)
    _ensure_index(runtime)


def _ensure_index(runtime: Runtime) -> None:
    try:
        runtime.index.status()
    except SearchUnavailable:
        try:
            with worker_lock(runtime.settings.worker_lock_file):
                searching.rebuild_index(runtime)
        except WorkerRunning:
            searching.ask_for_rebuild(runtime)


@contextmanager
def _open(settings: Settings) -> Iterator[Runtime]:
    try:
        with running(settings) as runtime:
            yield runtime
    except PermissionError as error:
        fail(
            _("This program may not write to “%(path)s”. Please change its permissions.")
            % {"path": error.filename}
        )
    except OperationalError:
        fail(_("The database cannot be opened. Please check the folder, its disk and permissions."))
    except DatabaseError:
        fail(_("The database is damaged. Please restore it from a backup."))


def _settings(instance: Path | None) -> Settings:
    """Settings for a command, or every wrong one named and exit status 2."""
    try:
        return Settings.load(instance)
    except SettingsError as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(2)


def fail(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)
