"""What the worker does with what waits to be looked through for links."""

from datetime import datetime

from archive.database import Database
from archive.link_looking import Looker


def look_through_all(database: Database, *, now: datetime) -> None:
    """Look at all that waits, however long it takes."""
    looker = Looker(database)
    while looker.step(now=now):
        pass
