"""numbers of people, their other names and consents are given once: who was removed comes back under his own"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("person", "person_alias", "consent")


def upgrade() -> None:
    _make_anew(autoincrement=True)


def _make_anew(*, autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL never gives a number twice
    for table in TABLES:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": autoincrement}):
            pass


def downgrade() -> None:
    _make_anew(autoincrement=False)
