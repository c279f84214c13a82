"""The migrations and the models say the same, and every migration goes up and down."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from repo_app import jobs, schema
from repo_app.db import open_database
from repo_app.models import Base, Document, Job, Organization


def test_the_migrated_schema_is_that_of_the_models() -> None:
    database = open_database("sqlite://")
    schema.migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_every_migration_goes_up_and_down() -> None:
    database = open_database("sqlite://")
    script = ScriptDirectory.from_config(schema.configuration())
    for revision in reversed(list(script.walk_revisions())):
        schema.migrate(database, revision.revision)
        assert schema.current(database) == revision.revision
    schema.migrate(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.close()


def test_migrating_twice_changes_nothing() -> None:
    database = open_database("sqlite://")
    schema.migrate(database)
    schema.migrate(database)
    schema.require_current(database)
    database.close()


def test_every_table_is_valid_postgresql_with_zoned_times_and_named_constraints() -> None:
    for table in Base.metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert "TIMESTAMP WITHOUT TIME ZONE" not in text
        assert "CONSTRAINT pk_" in text


def test_documents_keep_their_organization_and_jobs_their_place_through_every_migration() -> None:
    """SQLite changes a table by copying and dropping it, which would unlink what points to it."""
    database = open_database("sqlite://")
    schema.migrate(database)
    with database.writing() as session:
        row = Document(title="Informe", organization=Organization(name="Red"))
        session.add(row)
        session.flush()
        jobs.enqueue(session, jobs.SYNC_INDEX, row.id)
    with database.engine.execution_options(writes=True).begin() as connection:
        command.downgrade(schema.configuration(connection), "0001")
    assert "naming" not in {c["name"] for c in inspect(database.engine).get_columns("organization")}
    schema.migrate(database)
    with database.reading() as session:
        kept = session.query(Document).one()
        assert kept.organization is not None
        assert (kept.organization.name, kept.organization.public_name) == ("Red", "Red")
        assert session.query(Job).one().document_id == kept.id
    database.close()
