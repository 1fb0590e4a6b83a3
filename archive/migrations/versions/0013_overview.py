"""the overview: yearly figures, wishes of representatives, help to branches, newsletters, posts in social media"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _kind(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def upgrade() -> None:
    _add_unit_year()
    _add_wish()
    _add_help()
    _add_newsletter()
    _add_post()


def _add_unit_year() -> None:
    op.create_table(
        "unit_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=True),
        sa.Column("list_work", _kind("listwork", ("not_begun", "under_way", "delivered", "no_list")), nullable=True),
        sa.Column("programme_work", _kind("programmework", ("not_begun", "under_way", "adopted")), nullable=True),
        sa.Column("list_goal", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_year_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_year")),
        sa.UniqueConstraint("unit_id", "year", name=op.f("uq_unit_year_unit_id")),
        sqlite_autoincrement=True,
    )
    for column in ("unit_id", "year"):
        op.create_index(op.f(f"ix_unit_year_{column}"), "unit_year", [column])


def _add_wish() -> None:
    op.create_table(
        "follow_up_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("wished_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_wish_unit_id_unit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_up_wish_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_wish")),
        sqlite_autoincrement=True,
    )
    for column in ("unit_id", "person_id"):
        op.create_index(op.f(f"ix_follow_up_wish_{column}"), "follow_up_wish", [column])


def _add_help() -> None:
    op.create_table(
        "unit_help",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "offered_on IS NOT NULL OR asked_on IS NOT NULL OR given_on IS NOT NULL",
            name=op.f("ck_unit_help_one_step"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_help_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_help")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_unit_help_unit_id"), "unit_help", ["unit_id"])


def _add_newsletter() -> None:
    op.create_table(
        "newsletter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("audience", _kind("access", ("closed", "members", "open")), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_newsletter_made_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter")),
        sqlite_autoincrement=True,
    )


def _add_post() -> None:
    topics = ("news", "recruiting", "county_council", "cause", "history", "central", "other")
    channels = ("facebook", "instagram", "website", "newsletter", "other")
    op.create_table(
        "social_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", _kind("channel", channels), nullable=False),
        sa.Column("topic", _kind("topic", topics), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN interview_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN record_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_social_post_about_one"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_social_post_unit_id_unit")),
        *(
            sa.ForeignKeyConstraint(
                [f"{kind}_id"], [f"{kind}.id"], name=op.f(f"fk_social_post_{kind}_id_{kind}"), ondelete="SET NULL"
            )
            for kind in ("interview", "event", "record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_post")),
        sqlite_autoincrement=True,
    )
    for column in ("posted_on", "unit_id", "interview_id", "event_id", "record_id"):
        op.create_index(op.f(f"ix_social_post_{column}"), "social_post", [column])


def downgrade() -> None:
    for table in ("social_post", "newsletter", "unit_help", "follow_up_wish", "unit_year"):
        op.drop_table(table)
