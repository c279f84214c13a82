"""The database's schema: made, moved up and down by Alembic, and checked before use."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from repo_app.db import Database, is_there, make_room

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaOutdated(Exception):
    """The database is older than this program; ``mirps-repo init`` brings it up."""


class SchemaNewer(Exception):
    """A newer version of this program has been at work here."""


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str | None:
    return _scripts().get_current_head()


def _revisions() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def current(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, revision: str = "head") -> None:
    """Up to ``revision``, or down to ``base``, in one transaction; makes an embedded database.

    Raises SchemaNewer where a newer version of this program has been here.
    """
    make_room(database)
    if current(database) not in {None, *_revisions()}:
        raise SchemaNewer
    writer = database.engine.execution_options(writes=True)
    with writer.begin() as connection:
        config = configuration(connection)
        down = revision == "base"
        (command.downgrade if down else command.upgrade)(config, revision)


def require_current(database: Database) -> None:
    if not is_there(database):
        raise SchemaOutdated
    found = current(database)
    if found not in {None, *_revisions()}:
        raise SchemaNewer
    if found != head():
        raise SchemaOutdated
