"""trusted text: doubts, versions, voices, names"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _new_columns() -> dict[str, tuple[sa.Column[object], ...]]:
    """What older rows get: nothing was measured then, and nothing was doubted."""
    return {
        "recording": (
            sa.Column("asked_model", sa.String(length=200)),
            sa.Column("asked_start_ms", sa.Integer()),
            sa.Column("asked_end_ms", sa.Integer()),
            sa.Column("sound", sa.JSON(), nullable=False, server_default="{}"),
        ),
        "machine_layer": (
            sa.Column("prompt", sa.String(), nullable=False, server_default=""),
            sa.Column("start_ms", sa.Integer()),
            sa.Column("end_ms", sa.Integer()),
            sa.Column("languages", sa.JSON(), nullable=False, server_default="{}"),
            sa.Column("speakers", sa.JSON(), nullable=False, server_default="{}"),
        ),
        "window": (
            sa.Column("speech", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("how", sa.String(length=20), nullable=False, server_default="batch"),
            sa.Column("doubts", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("others", sa.JSON(), nullable=False, server_default="[]"),
        ),
        "segment": (
            sa.Column("voice", sa.Integer()),
            sa.Column("doubts", sa.JSON(), nullable=False, server_default="[]"),
        ),
        "interview": (
            sa.Column("voice_count", sa.Integer()),
            sa.Column("language_kept_at", sa.DateTime()),
        ),
        "consent": (sa.Column("voice", sa.Boolean(), nullable=False, server_default=sa.false()),),
    }


def upgrade() -> None:
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
        needed = [column.name for column in columns if not column.nullable]
        if needed:  # the default was for the rows there were
            with op.batch_alter_table(table) as batch:
                for name in needed:
                    batch.alter_column(name, server_default=None)
    _add_voices()
    _add_names()


def _add_voices() -> None:
    op.create_table(
        "voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("suggested_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_voice_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_voice_person_id_person")),
        sa.ForeignKeyConstraint(["suggested_id"], ["person.id"], name=op.f("fk_voice_suggested_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("interview_id", "number", name=op.f("uq_voice_interview_id")),
    )
    op.create_table(
        "voice_print",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("embedding", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_voice_print_consent_id_consent"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_voice_print_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_voice_print_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_voice_print")),
    )
    op.create_index(op.f("ix_voice_print_consent_id"), "voice_print", ["consent_id"])
    op.create_table(
        "voice_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            name=op.f("fk_voice_request_interview_id_interview"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_voice_request_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_request")),
    )
    op.create_index(op.f("ix_voice_request_interview_id"), "voice_request", ["interview_id"])


def _add_names() -> None:
    op.create_table(
        "learned_name",
        sa.Column("heard_key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("heard_key", name=op.f("pk_learned_name")),
    )
    op.create_table(
        "name_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("first_word", sa.Integer(), nullable=False),
        sa.Column("last_word", sa.Integer(), nullable=False),
        sa.Column("heard", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "declined", name="suggestionstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_name_suggestion_decided_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            name=op.f("fk_name_suggestion_interview_id_interview"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_name_suggestion_segment_id_segment"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_suggestion")),
    )
    op.create_index("ix_name_suggestion_interview_state", "name_suggestion", ["interview_id", "state"])
    op.create_index(op.f("ix_name_suggestion_segment_id"), "name_suggestion", ["segment_id"])


def downgrade() -> None:
    for table in ("name_suggestion", "learned_name", "voice_request", "voice_print", "voice"):
        op.drop_table(table)
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name)
