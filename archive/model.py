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
    merging,
    names,
    offices,
    outbox,
    people,
    recordings,
    row_history,
    site,
    transcripts,
    units,
    voices,
)
from archive.database import Base
from archive.organisation import contacts, invitations, rights
from archive.organisation import interviews as interview_units

__all__ = [
    "Base",
    "access",
    "accounts",
    "audit",
    "chapters",
    "contacts",
    "interview_units",
    "interviews",
    "invitations",
    "jobs",
    "joining",
    "logins",
    "merging",
    "names",
    "offices",
    "outbox",
    "people",
    "recordings",
    "rights",
    "row_history",
    "site",
    "transcripts",
    "units",
    "voices",
]
