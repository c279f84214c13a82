"""Alembic's entry: migrates the connection it is handed by ``repo_app.schema``."""

from __future__ import annotations

from alembic import context

from repo_app.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
