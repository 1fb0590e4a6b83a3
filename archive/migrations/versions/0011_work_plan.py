"""work plans with items, figures and reports; items of plans and occurrences can be linked as anything else"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
_LINKED = ("occurrence", "work_plan_item")
_TABLES = (
    "work_plan_report_text",
    "work_plan_point",
    "work_plan_figure",
    "work_plan_responsible",
    "work_plan_item",
    "work_plan_parent",
    "work_plan",
)


def upgrade() -> None:
    _add_plan()
    _add_parent()
    _add_item()
    _add_responsible()
    _add_year()
    for side in "ab":
        for kind in _LINKED:
            # In one statement with its foreign key: both databases take it, and SQLite need not write the table anew.
            op.execute(
                f"ALTER TABLE link ADD COLUMN {side}_{kind}_id INTEGER "
                f"CONSTRAINT fk_link_{side}_{kind}_id_{kind} REFERENCES {kind} (id)"
            )
            op.create_index(op.f(f"ix_link_{side}_{kind}_id"), "link", [f"{side}_{kind}_id"])


def _kind(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def _key(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_plan() -> None:
    op.create_table(
        "work_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("state", _kind("planstate", "proposal", "adopted", "superseded"), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("amended_on", sa.Date(), nullable=True),
        sa.Column("amended_why", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _key("work_plan", "unit_id", "unit"),
        _key("work_plan", "meeting_id", "meeting"),
        _key("work_plan", "case_id", "meeting_case"),
        _key("work_plan", "follows_id", "work_plan"),
        _key("work_plan", "record_id", "record", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan")),
        sqlite_autoincrement=True,
    )
    _index("work_plan", "unit_id", "meeting_id", "case_id", "follows_id")


def _add_parent() -> None:
    op.create_table(
        "work_plan_parent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("above_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        _key("work_plan_parent", "plan_id", "work_plan"),
        _key("work_plan_parent", "above_id", "work_plan"),
        _key("work_plan_parent", "record_id", "record", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_parent")),
        sqlite_autoincrement=True,
    )
    _index("work_plan_parent", "plan_id", "above_id")


def _add_item() -> None:
    op.create_table(
        "work_plan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _kind("itemkind", "heading", "goal", "measure"), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("measured_in", sa.String(length=60), nullable=False),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("current", sa.Float(), nullable=True),
        sa.Column("current_on", sa.Date(), nullable=True),
        sa.Column(
            "status", _kind("itemstatus", "not_begun", "under_way", "done", "put_off", "dropped"), nullable=False
        ),
        sa.Column("status_note", sa.String(), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("carried_from_id", sa.Integer(), nullable=True),
        sa.Column("source_record_id", sa.Integer(), nullable=True),
        sa.Column("source_page", sa.Integer(), nullable=True),
        sa.Column("source_lines", sa.String(length=20), nullable=False),
        sa.Column("amended_on", sa.Date(), nullable=True),
        sa.Column("amended_why", sa.String(length=300), nullable=False),
        _key("work_plan_item", "plan_id", "work_plan"),
        _key("work_plan_item", "carried_from_id", "work_plan_item"),
        _key("work_plan_item", "source_record_id", "record", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_item")),
        sqlite_autoincrement=True,
    )
    _index("work_plan_item", "plan_id", "carried_from_id", "source_record_id")


def _add_responsible() -> None:
    op.create_table(
        "work_plan_responsible",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("each_of", _kind("unitkind", *_UNIT_KINDS), nullable=True),
        sa.Column("office_kind", _kind("officekind", *_OFFICE_KINDS), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN each_of IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_work_plan_responsible_one_responsible"),
        ),
        _key("work_plan_responsible", "item_id", "work_plan_item"),
        _key("work_plan_responsible", "person_id", "person"),
        _key("work_plan_responsible", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_responsible")),
        sa.UniqueConstraint("item_id", "person_id", name="uq_work_plan_responsible_item_id"),
        sqlite_autoincrement=True,
    )
    _index("work_plan_responsible", "item_id", "person_id", "unit_id")


def _add_year() -> None:
    op.create_table(
        "work_plan_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        _key("work_plan_figure", "plan_id", "work_plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_figure")),
        sa.UniqueConstraint("plan_id", "year", "key", name="uq_work_plan_figure_plan_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work_plan_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", _kind("pointkind", "strength", "weakness"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        _key("work_plan_point", "plan_id", "work_plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_point")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work_plan_report_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _key("work_plan_report_text", "plan_id", "work_plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_report_text")),
        sqlite_autoincrement=True,
    )
    _index("work_plan_point", "plan_id")
    _index("work_plan_report_text", "plan_id")


def downgrade() -> None:
    for side in "ab":
        for kind in _LINKED:
            op.drop_index(op.f(f"ix_link_{side}_{kind}_id"), table_name="link")
            op.drop_column("link", f"{side}_{kind}_id")
    for table in _TABLES:
        op.drop_table(table)
