"""the desk: what people tell, and the bin"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_contribution()
    _add_bin()


def _add_contribution() -> None:
    state = sa.Enum("new", "answered", "put_aside", name="contributionstate", native_enum=False, length=20)
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=320), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("state", state, nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        _points("contribution", "interview_id", "interview", "CASCADE"),
        _points("contribution", "record_id", "record", "CASCADE"),
        _points("contribution", "event_id", "event", "SET NULL"),
        _points("contribution", "person_id", "person", "SET NULL"),
        _points("contribution", "made_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sqlite_autoincrement=True,
    )
    for column in ("interview_id", "record_id", "event_id", "person_id", "state"):
        op.create_index(op.f(f"ix_contribution_{column}"), "contribution", [column])


def _add_bin() -> None:
    kind = sa.Enum("interview", "record", name="binned", native_enum=False, length=20)
    op.create_table(
        "bin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("erase_at", sa.DateTime(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        _points("bin", "removed_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_bin_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bin_erase_at"), "bin", ["erase_at"])


def _points(table: str, column: str, other: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)


def downgrade() -> None:
    op.drop_table("bin")
    op.drop_table("contribution")
