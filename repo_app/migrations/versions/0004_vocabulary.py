"""Labels that curators add, decisions on proposals, and which vocabulary was used for what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "document", sa.Column("tagged_with", sa.String(40), nullable=False, server_default="")
    )
    op.create_table(
        "curator_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concept", sa.String(80), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("weak", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("vocabulary", sa.String(40), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_by", sa.String(40), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curator_label")),
    )
    op.create_table(
        "proposal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(20), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(8), nullable=True),
        sa.Column("vocabulary", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_proposal_decision_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_decision")),
    )
    op.create_index(
        op.f("ix_proposal_decision_document_id_facet_value"),
        "proposal_decision",
        ["document_id", "facet", "value"],
    )
    op.create_table(
        "vocabulary_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indexed_with", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_mark")),
    )


def downgrade() -> None:
    op.drop_table("vocabulary_mark")
    op.drop_table("proposal_decision")
    op.drop_table("curator_label")
    op.drop_column("document", "tagged_with")
