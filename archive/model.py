"""Every table, imported in one place: for the migrations, and for whoever opens the database."""

from archive import (
    access,
    accounts,
    audit,
    interviews,
    jobs,
    joining,
    logins,
    outbox,
    people,
    recordings,
    site,
    transcripts,
)
from archive.database import Base

__all__ = [
    "Base",
    "access",
    "accounts",
    "audit",
    "interviews",
    "jobs",
    "joining",
    "logins",
    "outbox",
    "people",
    "recordings",
    "site",
    "transcripts",
]
