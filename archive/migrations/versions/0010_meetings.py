"""meetings with their cases and papers; meetings and cases can be linked as anything else"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = ("annual", "representatives", "county_board", "local_branch", "committee", "other")
_ROLES = ("notice", "case_paper", "minutes", "attachment")
_SIDES = {f"{side}_{kind}_id": kind for side in "ab" for kind in ("meeting", "meeting_case")}


def upgrade() -> None:
    _add_meeting()
    _add_case()
    _add_paper()
    for column, kind in _SIDES.items():
        # In one statement with its foreign key: both databases take it, and SQLite need not write the table anew.
        op.execute(
            f"ALTER TABLE link ADD COLUMN {column} INTEGER CONSTRAINT fk_link_{column}_{kind} REFERENCES {kind} (id)"
        )
        op.create_index(op.f(f"ix_link_{column}"), "link", [column])


def _kind(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _add_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind("meetingkind", _KINDS), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.String(length=24), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("meeting_url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("access", _kind("access", ("closed", "members", "open")), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_unit_id_unit")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_meeting_occurrence_id_occurrence")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_meeting_made_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_meeting_occurrence_id")),
        sqlite_autoincrement=True,
    )
    for column in ("unit_id", "kind", "first_day", "access"):
        op.create_index(op.f(f"ix_meeting_{column}"), "meeting", [column])


def _add_case() -> None:
    op.create_table(
        "meeting_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("number_key", sa.String(length=30), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("discussion", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("vote", sa.String(length=300), nullable=False),
        sa.Column("presented_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_case_meeting_id_meeting")),
        sa.ForeignKeyConstraint(
            ["presented_by_id"], ["person.id"], name=op.f("fk_meeting_case_presented_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_case")),
        sa.UniqueConstraint("meeting_id", "number_key", name="uq_meeting_case_meeting_id"),
        sqlite_autoincrement=True,
    )
    for column in ("meeting_id", "presented_by_id"):
        op.create_index(op.f(f"ix_meeting_case_{column}"), "meeting_case", [column])


def _add_paper() -> None:
    op.create_table(
        "meeting_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("role", _kind("paperrole", _ROLES), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("lines", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_paper_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["case_id"], ["meeting_case.id"], name=op.f("fk_meeting_paper_case_id_meeting_case")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_meeting_paper_record_id_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_paper")),
        sqlite_autoincrement=True,
    )
    for column in ("meeting_id", "case_id", "record_id"):
        op.create_index(op.f(f"ix_meeting_paper_{column}"), "meeting_paper", [column])


def downgrade() -> None:
    for column in _SIDES:
        op.drop_index(op.f(f"ix_link_{column}"), table_name="link")
        op.drop_column("link", column)
    for table in ("meeting_paper", "meeting_case", "meeting"):
        op.drop_table(table)
