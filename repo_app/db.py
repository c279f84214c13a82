"""What every table shares: naming, UTC times, and how the database is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC in every database. SQLite would otherwise drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        datetime: UtcDateTime(),
        list[str]: JSON(),
        dict[str, Any]: JSON(),
        list[dict[str, Any]]: JSON(),
    }


def now() -> datetime:
    """This process's clock: for dates shown to people, never for leases (see jobs)."""
    return datetime.now(UTC)


def today() -> date:
    """The day, which is all that is kept of when a contribution came."""
    return now().date()


@dataclass(frozen=True, slots=True)
class Database:
    """Reading and writing apart: SQLite lets a writer in only if it says so at the start.

    A transaction that begins by reading and then writes fails at once when another process
    wrote in between, whatever the busy timeout; ``writing`` therefore begins IMMEDIATE.
    """

    engine: Engine
    _reads: sessionmaker[Session]
    _writes: sessionmaker[Session]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._reads() as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Reading rows alone: a session for its objects costs half as much again."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Committed when the block ends, rolled back when it raises. The only writer from its
        first line on (SQLite): files may be looked at and changed in step with rows."""
        with self._writes.begin() as session:
            session.connection()
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    parsed = make_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    else:
        options = {"pool_pre_ping": True}
    # Parameters are titles and texts of pages: no error message may carry them to a log.
    engine = create_engine(parsed, hide_parameters=True, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    writer = engine.execution_options(writes=True)
    return Database(
        engine,
        sessionmaker(engine, expire_on_commit=False),
        sessionmaker(writer, expire_on_commit=False),
    )


def is_there(database: Database) -> bool:
    """False for an SQLite file that does not exist: connecting would make an empty one."""
    file = _file(database)
    return file is None or file.is_file()


def make_room(database: Database) -> None:
    """The folder of an SQLite file, readable by its owner alone."""
    if file := _file(database):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _file(database: Database) -> Path | None:
    url = database.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=30000",  # first, for the others may have to wait as well
        "journal_mode=WAL",
        "foreign_keys=ON",
        "secure_delete=ON",  # a withdrawn text must not stay on freed pages
        "synchronous=FULL",  # an acknowledged contribution survives a power cut
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def empty_log(database: Database) -> bool:
    """Bring SQLite's write-ahead log into the database and cut it to nothing; False while
    somebody still reads from it. Other databases keep their logs by their own rules."""
    if database.engine.dialect.name != "sqlite":
        return True
    connection = database.engine.raw_connection()
    try:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not busy


def database_now(session: Session) -> datetime:
    """The database's clock: the only one that all workers share."""
    if session.get_bind().dialect.name == "sqlite":
        stamp = session.scalar(sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
        return datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC)
    moment: datetime = session.execute(sql("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
