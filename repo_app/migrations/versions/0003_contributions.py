"""Contributions: drafts and their consent, what curators ask, edits; tags keep days only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from repo_app.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _to(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    # Never by copying the table: dropping the old one would take everything that points to it.
    op.add_column("document", sa.Column("text_sha256", sa.String(64), nullable=True))
    op.add_column("document", sa.Column("merged_into", sa.String(16), nullable=True))
    _index("document", "text_sha256")
    _contributions()
    _reviews()
    op.add_column("tag", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.execute("UPDATE tag SET confirmed_on = date(confirmed_at) WHERE confirmed_at IS NOT NULL")
    op.drop_column("tag", "confirmed_at")


def _contributions() -> None:
    op.create_table(
        "contribution",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("contributor_id", sa.Integer(), nullable=True),
        sa.Column("answered", sa.JSON(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        _to("contribution", "document_id", "document", "CASCADE"),
        _to("contribution", "contributor_id", "person", "SET NULL"),
        _to("contribution", "replaces_id", "document", "SET NULL"),
        _key("contribution", "document_id"),
    )
    _index("contribution", "contributor_id")
    _index("contribution", "replaces_id")
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        _to("consent", "document_id", "document", "CASCADE"),
        _key("consent"),
    )
    _index("consent", "document_id")


def _reviews() -> None:
    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        _to("review_note", "document_id", "document", "CASCADE"),
        _key("review_note"),
    )
    _index("review_note", "document_id")
    op.create_table(
        "edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        _to("edit", "document_id", "document", "CASCADE"),
        _key("edit"),
    )
    _index("edit", "document_id")


def downgrade() -> None:
    op.add_column("tag", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":  # keeps times as text
        op.execute("UPDATE tag SET confirmed_at = confirmed_on || ' 00:00:00.000000'")
    else:
        op.execute("UPDATE tag SET confirmed_at = confirmed_on")
    op.drop_column("tag", "confirmed_on")
    op.drop_table("edit")
    op.drop_table("review_note")
    op.drop_table("consent")
    op.drop_table("contribution")
    op.drop_index(op.f("ix_document_text_sha256"), "document")
    op.drop_column("document", "merged_into")
    op.drop_column("document", "text_sha256")
