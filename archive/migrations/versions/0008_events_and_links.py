"""events: the history timeline; links: anything tied to anything else"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

_KINDS = ("event", "interview", "chapter", "person", "unit", "record")
_GO_ALONG = ("interview", "chapter", "record")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=400), nullable=False),
        sa.Column("dated", sa.String(length=24), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sources", sa.String(), nullable=False),
        sa.Column("access", _enum("access", "closed", "members", "open"), nullable=False),
        sa.Column("state", _enum("eventstate", "suggested", "stands"), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_event_made_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    for column in ("first_day", "access"):
        op.create_index(op.f(f"ix_event_{column}"), "event", [column])
    sides = [f"{side}_{kind}_id" for side in "ab" for kind in _KINDS]
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{side}_{place}", sa.Integer(), nullable=True) for place in ("ms", "page") for side in "ab"),
        sa.Column("state", _enum("linkstate", "stands", "declined"), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in sides),
        *(
            sa.ForeignKeyConstraint(
                [f"{side}_{kind}_id"],
                [f"{kind}.id"],
                name=op.f(f"fk_link_{side}_{kind}_id_{kind}"),
                ondelete="CASCADE" if kind in _GO_ALONG else None,
            )
            for side in "ab"
            for kind in _KINDS
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_link_made_by_id_user"), ondelete="SET NULL"),
        sa.CheckConstraint("a_ms IS NULL OR a_interview_id IS NOT NULL", name=op.f("ck_link_a_second")),
        sa.CheckConstraint("b_ms IS NULL OR b_interview_id IS NOT NULL", name=op.f("ck_link_b_second")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sqlite_autoincrement=True,
    )
    for column in sides:
        op.create_index(op.f(f"ix_link_{column}"), "link", [column])


def downgrade() -> None:
    op.drop_table("link")
    op.drop_table("event")
