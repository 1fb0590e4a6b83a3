"""What the secretary sets for the whole archive: its name, who helps, and the texts that can be edited."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.audit import note
from archive.database import Base
from archive.errors import BadInput
from archive.row_history import Thing
from archive.typed import many_lines
from archive.value_history import note_values

# On whose page the history of the settings is shown.
SITE = Thing("site", 0)


class SiteSetting(Base):
    """One short value: `archive_name`, `help_name`, `help_phone`, `first_run_code_sha256`, `model`, …"""

    __tablename__ = "site_setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str]


class PageVersion(Base):
    """One version of a text that the secretary edits (`slik-retter-vi`, `personvern`); the newest one is shown."""

    __tablename__ = "page_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), index=True)
    text: Mapped[str]  # plain text: blank lines part paragraphs, a line that begins with "- " is a list item
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


def get_setting(session: Session, key: str) -> str | None:
    """The value of a setting; None when nobody has set it."""
    setting = session.get(SiteSetting, key)
    return None if setting is None else setting.value


def set_setting(session: Session, key: str, value: str | None) -> None:
    """Set a setting; None takes it away."""
    setting = session.get(SiteSetting, key)
    if value is None:
        if setting is not None:
            session.delete(setting)
    elif setting is None:
        session.add(SiteSetting(key=key, value=value))
    else:
        setting.value = value
    session.flush()


def save_settings(
    session: Session,
    wanted: Mapping[str, str | None],
    *,
    by: int | None,
    now: datetime,
    act: str = "changed_settings",
) -> None:
    """Set what the secretary chose, with history: each value that is another than before; None takes one away."""
    before = {key: get_setting(session, key) for key in wanted}
    for key, value in wanted.items():
        set_setting(session, key, value)
    note_values(session, "site_setting", SITE.id, before, dict(wanted), act=act, thing=SITE, by=by, now=now)


def page_text(session: Session, key: str) -> str:
    """The newest version of a text; "" when there is none."""
    newest = select(PageVersion.text).where(PageVersion.key == key).order_by(PageVersion.id.desc()).limit(1)
    return session.scalar(newest) or ""


def save_page(session: Session, key: str, text: str, *, by: int | None, now: datetime) -> PageVersion:
    """Write a new version of a text; the older ones stay in `page_history`.

    Raises:
        BadInput: the text is empty or too long.
    """
    clean = many_lines(text, "text")
    if not clean:
        raise BadInput("text", "empty")
    version = PageVersion(key=key, text=clean, made_at=now, made_by_id=by)
    session.add(version)
    note(session, "changed_page", "page", key, user_id=by, now=now)
    session.flush()
    return version


def page_history(session: Session, key: str) -> list[PageVersion]:
    """Every version of a text, newest first."""
    return list(session.scalars(select(PageVersion).where(PageVersion.key == key).order_by(PageVersion.id.desc())))
