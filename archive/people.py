"""The people: narrators, interviewers and others heard. A speaker is a person, not a string."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from archive.database import Base


class Person(Base):
    """Somebody the archive knows of."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    birth_year: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
