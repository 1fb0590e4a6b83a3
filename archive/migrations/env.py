"""What Alembic reads: it runs on the connection and in the transaction that `archive.migrate` gives it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from archive.database import UtcDateTime
from archive.model import Base


def render_item(kind: str, thing: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Scripts stand on their own: they name plain column types, never ours, which may change later."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table, only make it anew
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
