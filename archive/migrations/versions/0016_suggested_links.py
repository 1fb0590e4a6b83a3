"""links that are suggested, and what has yet to be looked through for them: everything that is there"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TEXTS = ("interview", "record")
SOUGHT = ("event", "person", "unit")


def upgrade() -> None:
    _add_looks()
    _add_suggestions()
    for text in TEXTS:
        op.execute(
            f"INSERT INTO link_look (kind, thing_id, name, at) SELECT '{text}', id, '', CURRENT_TIMESTAMP FROM {text}"  # noqa: S608 - names of ours
        )


def _add_looks() -> None:
    op.create_table(
        "link_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_look")),
        sqlite_autoincrement=True,
    )


def _add_suggestions() -> None:
    kinds = (*TEXTS, *SOUGHT)
    op.create_table(
        "link_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{kind}_id", sa.Integer(), nullable=True) for kind in kinds),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(_one_of(TEXTS), name=op.f("ck_link_suggestion_one_text")),
        sa.CheckConstraint(_one_of(SOUGHT), name=op.f("ck_link_suggestion_one_thing")),
        *(
            sa.ForeignKeyConstraint(
                [f"{kind}_id"], [f"{kind}.id"], name=op.f(f"fk_link_suggestion_{kind}_id_{kind}"), ondelete="CASCADE"
            )
            for kind in kinds
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_suggestion")),
        sqlite_autoincrement=True,
    )
    for kind in kinds:
        op.create_index(op.f(f"ix_link_suggestion_{kind}_id"), "link_suggestion", [f"{kind}_id"])
    op.create_index(op.f("ix_link_suggestion_found_at"), "link_suggestion", ["found_at"])


def _one_of(kinds: tuple[str, ...]) -> str:
    return " + ".join(f"(CASE WHEN {kind}_id IS NULL THEN 0 ELSE 1 END)" for kind in kinds) + " = 1"


def downgrade() -> None:
    op.drop_table("link_suggestion")
    op.drop_table("link_look")
