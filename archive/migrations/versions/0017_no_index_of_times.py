"""no index of when links were suggested: every question reads what waits whole, and sorts it"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_link_suggestion_found_at"), table_name="link_suggestion")


def downgrade() -> None:
    op.create_index(op.f("ix_link_suggestion_found_at"), "link_suggestion", ["found_at"])
