"""Every table, imported in one place: for the migrations, and for whoever opens the database."""

from archive import (
    access,
    accounts,
    audit,
    chapters,
    interviews,
    jobs,
    joining,
    logins,
    names,
    outbox,
    people,
    recordings,
    site,
    transcripts,
    voices,
)
from archive.database import Base

__all__ = [
    "Base",
    "access",
    "accounts",
    "audit",
    "chapters",
    "interviews",
    "jobs",
    "joining",
    "logins",
    "names",
    "outbox",
    "people",
    "recordings",
    "site",
    "transcripts",
    "voices",
]
