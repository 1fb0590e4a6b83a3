"""What the secretary sets for the whole archive: its name, who helps, and the texts that can be edited."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.database import Base


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
