"""The people: narrators, interviewers and others heard. A speaker is a person, not a string."""

import unicodedata
from collections.abc import Iterator

from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, validates

from archive.database import Base
from archive.outbox import follow_names
from archive.typed import one_line


class Person(Base):
    """Somebody the archive knows of."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    name_key: Mapped[str] = mapped_column(String(400), index=True)  # the name as it is compared; follows `name`
    birth_year: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")

    @validates("name")
    def _follow_name(self, _field: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


follow_names(Person, lambda person: person.id)


def every_name(session: Session) -> Iterator[tuple[int, str, bool]]:
    """The number of a person, a name, and whether it is another name than the person's own; everybody's, all of them."""
    for person_id, name in session.execute(select(Person.id, Person.name).order_by(Person.id)):
        yield person_id, name, False


def name_key(name: str) -> str:
    """The form in which two spellings of one name are equal: spaces collapsed, case folded.

    SQLite's own lower() knows only A to Z, so the folding is done here.
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def find_or_add_person(session: Session, name: str, *, birth_year: int | None = None) -> Person:
    """The person of that name, added when unknown. Two people of one name are told apart by their birth years.

    Raises:
        BadInput: the name is empty or has more than 200 characters.
    """
    line = one_line(name, "name", limit=200, required=True)
    same_name = select(Person).where(Person.name_key == name_key(line)).order_by(Person.id)
    if birth_year is None:
        person = session.scalars(same_name).first()
    else:
        exact_first = same_name.where(or_(Person.birth_year == birth_year, Person.birth_year.is_(None)))
        found = session.scalars(exact_first).all()
        person = next((each for each in found if each.birth_year), found[0] if found else None)
    if person is None:
        person = Person(name=line)
        session.add(person)
    if birth_year is not None:
        person.birth_year = birth_year
    session.flush()
    return person
