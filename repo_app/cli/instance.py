"""Opening an instance for a command, with a sentence for everything that may be wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import DatabaseError

from config import Settings, SettingsError
from index import SearchUnavailable
from repo_app import schema
from repo_app.cli.words import _
from repo_app.i18n import N_
from repo_app.locking import WorkerRunning, worker_lock
from repo_app.runtime import Runtime, running, secret_key
from repo_app.services import indexing


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
    runtime.watch.look(now=True)  # labels of curators have a table from now on
    secret_key(settings)
    _ensure_index(runtime)


def _ensure_index(runtime: Runtime) -> None:
    try:
        runtime.index.status()
    except SearchUnavailable:
        try:
            with worker_lock(runtime.settings.worker_lock_file):
                indexing.rebuild_index(runtime)
        except WorkerRunning:
            indexing.ask_for_rebuild(runtime)


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
    except OSError as error:
        fail(
            _("“%(path)s” cannot be used: %(reason)s. Please check the path and the disk.")
            % {"path": error.filename, "reason": error.strerror}
        )
    except schema.SchemaNewer:
        fail(_("A newer version of this program made this instance. Please install that version."))
    except DatabaseError as error:
        sentence = DATABASE_FAULTS.get(_sqlite_code(error))
        if sentence is None:
            raise  # a fault of ours: nobody should restore a backup for it
        fail(_(sentence))


DATABASE_FAULTS = {
    "SQLITE_CORRUPT": N_("The database is damaged. Please restore it from a backup."),
    "SQLITE_NOTADB": N_("The database is damaged. Please restore it from a backup."),
    "SQLITE_FULL": N_("The disk is full. Please make room and run the command again."),
    "SQLITE_IOERR": N_("The disk could not be read or written. Please check it."),
    "SQLITE_CANTOPEN": N_(
        "The database cannot be opened. Please check its folder and permissions."
    ),
    "SQLITE_READONLY": N_("The database may not be written. Please check its permissions."),
    "SQLITE_BUSY": N_("Another program holds the database. Please try again in a moment."),
}


def _sqlite_code(error: DatabaseError) -> str:
    """SQLite's own name of the fault, without its extension (SQLITE_IOERR_WRITE is an IOERR)."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return "_".join(name.split("_")[:2])


def _settings(instance: Path | None) -> Settings:
    """Settings for a command, or every wrong one named and exit status 2."""
    try:
        return Settings.load(instance)
    except SettingsError as error:
        for fault in error.faults:
            click.echo(_(fault.sentence) % fault.values, err=True)
        sys.exit(2)


def fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
