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
    """The database is not at this program's schema; ``mirps-repo migrate`` brings it there."""


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, revision: str = "head") -> None:
    """Up (or, by a revision's name, down) in one transaction; makes an embedded database."""
    make_room(database)
    writer = database.engine.execution_options(writes=True)
    with writer.begin() as connection:
        config = configuration(connection)
        down = revision == "base"
        (command.downgrade if down else command.upgrade)(config, revision)


def require_current(database: Database) -> None:
    if not is_there(database) or current(database) != head():
        raise SchemaOutdated
