"""the year wheel: duties, who answers for them, their occurrences, calendar addresses and reminders"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STRENGTHS = ("must", "encouraged", "considered", "as_needed")
_PER = ("year", "period", "date", "election_year", "request")
_STATES = ("planned", "held", "postponed", "cancelled")
_UNIT_KINDS = (
    "central_party",
    "county_branch",
    "region",
    "municipality",
    "local_branch",
    "town_district",
    "senior_group",
    "committee",
    "campaign_committee",
    "council_group",
    "elected_body",
    "youth_branch",
    "partner",
    "other",
)
_OFFICE_KINDS = (
    "leader",
    "deputy",
    "secretary",
    "treasurer",
    "member",
    "substitute",
    "elected",
    "elected_substitute",
    "contact",
    "other",
)


def upgrade() -> None:
    _add_duty()
    _add_owner()
    _add_occurrence()
    _add_feed()
    _add_reminder()


def _kind(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _add_duty() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("strength", _kind("strength", _STRENGTHS), nullable=False),
        sa.Column("per", _kind("per", _PER), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("each_of", _kind("unitkind", _UNIT_KINDS), nullable=True),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("lasts_minutes", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("meeting_url", sa.String(length=500), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("note_to_next", sa.String(), nullable=False),
        sa.Column("for_members", sa.Boolean(), nullable=False),
        sa.Column("source_lines", sa.String(length=40), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("key", name=op.f("uq_duty_key")),
        sqlite_autoincrement=True,
    )


def _add_owner() -> None:
    op.create_table(
        "duty_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("office_kind", _kind("officekind", _OFFICE_KINDS), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (office_kind IS NULL)", name=op.f("ck_duty_owner_one_owner")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_owner_duty_id_duty")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_owner_unit_id_unit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_owner_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_owner")),
        sa.UniqueConstraint("duty_id", "person_id", name="uq_duty_owner_duty_id"),
        sqlite_autoincrement=True,
    )
    for column in ("duty_id", "person_id"):
        op.create_index(op.f(f"ix_duty_owner_{column}"), "duty_owner", [column])


def _add_occurrence() -> None:
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.String(length=60), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("lasts_minutes", sa.Integer(), nullable=False),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("meeting_url", sa.String(length=500), nullable=False),
        sa.Column("state", _kind("state", _STATES), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("note_to_next", sa.String(), nullable=False),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("help_asked_at", sa.DateTime(), nullable=True),
        sa.Column("help_text", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_occurrence_duty_id_duty")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_occurrence_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("slot", name=op.f("uq_occurrence_slot")),
        sqlite_autoincrement=True,
    )
    for column in ("duty_id", "unit_id", "year", "due_on", "state"):
        op.create_index(op.f(f"ix_occurrence_{column}"), "occurrence", [column])


def _add_feed() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )


def _add_reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("state", _kind("sending", ("waiting", "sent", "handed_over", "refused")), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_again_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("answer", _kind("answer", ("held", "planned", "help")), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_reminder_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("message_id", name=op.f("uq_reminder_message_id")),
        sa.UniqueConstraint("occurrence_id", "person_id", "due_on", name="uq_reminder_occurrence_id"),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_reminder_token_sha256")),
        sqlite_autoincrement=True,
    )
    for column in ("occurrence_id", "person_id", "due_on", "state"):
        op.create_index(op.f(f"ix_reminder_{column}"), "reminder", [column])


def downgrade() -> None:
    for table in ("reminder", "calendar_feed", "occurrence", "duty_owner", "duty"):
        op.drop_table(table)
