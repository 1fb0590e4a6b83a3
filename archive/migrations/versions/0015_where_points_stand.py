"""where in a document a strength or a weakness of a plan stands"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "work_plan_point"
# A table that SQLite makes anew must still never give a number twice.
KEPT = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table(TABLE, table_kwargs=KEPT) as batch:
        batch.add_column(sa.Column("source_record_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("source_page", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("source_lines", sa.String(length=20), nullable=False, server_default=""))
        batch.create_foreign_key(
            batch.f(f"fk_{TABLE}_source_record_id_record"), "record", ["source_record_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(batch.f(f"ix_{TABLE}_source_record_id"), ["source_record_id"])
    with op.batch_alter_table(TABLE, table_kwargs=KEPT) as batch:
        batch.alter_column("source_lines", server_default=None)  # it was for the rows there were


def downgrade() -> None:
    with op.batch_alter_table(TABLE, table_kwargs=KEPT) as batch:
        batch.drop_index(batch.f(f"ix_{TABLE}_source_record_id"))
        batch.drop_constraint(batch.f(f"fk_{TABLE}_source_record_id_record"), type_="foreignkey")
        for column in ("source_lines", "source_page", "source_record_id"):
            batch.drop_column(column)
