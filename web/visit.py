"""What every request carries: the archive, a session with the database, whose eyes, and what the clock says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.accounts import User
from archive.database import Database
from archive.local_time import day_of
from archive.settings import Settings
from archive.site import SiteSetting
from media.store import Store
from web.indexing import IndexKeeper

LOOKING = ("GET", "HEAD", "OPTIONS")


@dataclass(slots=True)
class Archive:
    """The opened archive; lies in `current_app.extensions["archive"]`."""

    settings: Settings
    database: Database
    store: Store
    keeper: IndexKeeper
    has_owner: bool = False  # once true it stays true: the last owner cannot be ended

    def close(self) -> None:
        """Stop the index keeper and give the connections back."""
        self.keeper.stop()
        self.database.close()


def archive() -> Archive:
    """The archive of this request."""
    return cast(Archive, current_app.extensions["archive"])


def open_session() -> None:
    """Give the request its session: for looking on GET, for changing on everything else.

    Nothing is asked of the database before the view does: a writing session takes the lock with its first statement.
    """
    database = archive().database
    g.session = database.read() if request.method in LOOKING else database.write()


def close_session(_error: BaseException | None = None) -> None:
    """End what the view did not commit."""
    session = g.pop("session", None)
    if session is not None:
        session.close()


def db() -> Session:
    """The request's session, `g.session`."""
    return cast(Session, g.session)


def viewer() -> Viewer:
    """Whose eyes, `g.viewer`."""
    return cast(Viewer, g.viewer)


def this_user() -> User:
    """The row of who is logged in, in this request's session. Only for pages that need at least a member."""
    return db().get_one(User, viewer().user_id)


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is where the archive is read; consents begin and end by it."""
    return day_of(now())


def site_values() -> dict[str, str]:
    """The secretary's short values (`archive_name`, `help_name`, `help_phone`, `demo`, …), read once per request."""
    if "site_values" not in g:
        with archive().database.read() as session:
            g.site_values = {each.key: each.value for each in session.scalars(select(SiteSetting))}
    return cast(dict[str, str], g.site_values)


def is_demo() -> bool:
    """Whether this archive holds invented content, which every page says."""
    return site_values().get("demo") == "1"
