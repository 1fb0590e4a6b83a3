"""units, offices and what hangs on them, and the changes of each row"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

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
    _add_unit()
    _add_office()
    _add_invitation()
    _add_row_change()
    _add_ties()


def _add_unit() -> None:
    others = ("parent", "region", "municipality", "merged_into")
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.Enum(*_UNIT_KINDS, name="unitkind", native_enum=False, length=20), nullable=False),
        *(sa.Column(f"{other}_id", sa.Integer(), nullable=True) for other in others),
        sa.Column("municipality_number", sa.String(length=4), nullable=True),
        sa.Column("former_names", sa.JSON(), nullable=False),
        sa.Column("active", sa.String(length=24), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], ["unit.id"], name=op.f(f"fk_unit_{other}_id_unit"))
            for other in others
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("key", name=op.f("uq_unit_key")),
        sa.UniqueConstraint("municipality_number", name=op.f("uq_unit_municipality_number")),
        sqlite_autoincrement=True,
    )
    for column in ("name_key", "kind", *(f"{other}_id" for other in others)):
        op.create_index(op.f(f"ix_unit_{column}"), "unit", [column])


def _add_office() -> None:
    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*_OFFICE_KINDS, name="officekind", native_enum=False, length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("held", sa.String(length=24), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_office_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_office_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sqlite_autoincrement=True,
    )
    for column in ("unit_id", "person_id", "ends"):
        op.create_index(op.f(f"ix_office_{column}"), "office", [column])


def _add_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("invited_to", sa.String(length=200), nullable=False),
        sa.Column("invited_on", sa.String(length=24), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_unit_id"), "invitation", ["unit_id"])


def _add_row_change() -> None:
    op.create_table(
        "row_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("of_table", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=60), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("batch", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_row_change_made_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_change")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_row_change_row", "row_change", ["of_table", "row_id"])
    op.create_index("ix_row_change_thing", "row_change", ["thing", "thing_id"])
    op.create_index(op.f("ix_row_change_batch"), "row_change", ["batch"])


def _add_ties() -> None:
    """Which interviews are about a unit, who logs in, and how people are reached."""
    op.create_table(
        "interview_unit",
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            name=op.f("fk_interview_unit_interview_id_interview"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_interview_unit_unit_id_unit")),
        sa.PrimaryKeyConstraint("interview_id", "unit_id", name=op.f("pk_interview_unit")),
    )
    op.create_index(op.f("ix_interview_unit_unit_id"), "interview_unit", ["unit_id"])
    op.create_table(
        "user_person",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_person_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_user_person_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_person")),
        sa.UniqueConstraint("person_id", name=op.f("uq_user_person_person_id")),
    )
    op.create_table(
        "person_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_contact_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_contact")),
        sa.UniqueConstraint("person_id", name=op.f("uq_person_contact_person_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("person_contact", "user_person", "interview_unit", "row_change", "invitation", "office", "unit"):
        op.drop_table(table)
