"""Accounts: people, memberships, links that let them in, and how organizations are named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from repo_app.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = ("contributor", "planner", "curator", "administrator")


def _role() -> sa.Enum:
    return sa.Enum(*ROLES, name="role", native_enum=False, length=16)


def upgrade() -> None:
    _people()
    _access_links()
    # Not by copying the table: dropping the old one would unlink every document from it.
    op.add_column(
        "organization",
        sa.Column(
            "naming",
            sa.Enum("shown", "alias", "withheld", name="naming", native_enum=False, length=16),
            server_default="shown",
            nullable=False,
        ),
    )
    op.add_column("organization", sa.Column("alias", sa.Text(), nullable=True))
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_job_link_id_access_link"),
            "access_link",
            ["link_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index(batch_op.f("ix_job_link_id"), ["link_id"], unique=False)


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("role", _role(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_membership_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_membership_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "organization_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_organization_id"), "membership", ["organization_id"])


def _access_links() -> None:
    op.create_table(
        "access_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("invitation", "reset", name="linkpurpose", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("role", _role(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_access_link_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_access_link_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_link_token_hash")),
    )
    op.create_index(op.f("ix_access_link_person_id"), "access_link", ["person_id"])


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_link_id"))
        batch_op.drop_constraint(batch_op.f("fk_job_link_id_access_link"), type_="foreignkey")
        batch_op.drop_column("link_id")
    op.drop_column("organization", "alias")
    op.drop_column("organization", "naming")
    op.drop_table("access_link")
    op.drop_table("membership")
    op.drop_table("person")
