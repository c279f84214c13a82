"""Counting tags, and finding the newest documents, without reading their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CONFIRMED = sa.text("confirmed_on IS NOT NULL")


def upgrade() -> None:
    for columns in (["facet", "value", "document_id"], ["document_id", "facet", "value"]):
        op.create_index(
            op.f("ix_tag_" + "_".join(columns)),
            "tag",
            columns,
            sqlite_where=CONFIRMED,
            postgresql_where=CONFIRMED,
        )
    op.drop_index(op.f("ix_tag_facet_value"), table_name="tag")
    op.create_index(
        op.f("ix_document_published_on_public_id"), "document", ["published_on", "public_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_document_published_on_public_id"), table_name="document")
    op.create_index(op.f("ix_tag_facet_value"), "tag", ["facet", "value"])
    op.drop_index(op.f("ix_tag_document_id_facet_value"), table_name="tag")
    op.drop_index(op.f("ix_tag_facet_value_document_id"), table_name="tag")
