"""The people: narrators, interviewers and others heard, and whoever else is spoken of or held an office.

A speaker is a person, not a string. Two rows that turn out to be one person are merged (`archive.merging`): then one of
them stays as a sign that points to the other.
"""

import enum
import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from archive.database import Base, find_row
from archive.errors import NotFound
from archive.fuzzy_dates import LONGEST_EDTF, read_edtf
from archive.outbox import follow_names
from archive.row_history import Snapshot, note_change, snapshot
from archive.typed import one_line

LONGEST_NAME = 200


class AliasKind(enum.StrEnum):
    """What another name of a person is."""

    FORMER = "former"  # before a marriage, or on a farm that was left
    NICKNAME = "nickname"
    SPELLING = "spelling"  # as somebody else wrote it; never offered as what a speaker said


class Person(Base):
    """Somebody the archive knows of."""

    __tablename__ = "person"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), index=True)
    name_key: Mapped[str] = mapped_column(String(400), index=True)  # the name as it is compared; follows `name`
    born: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF; "": unknown
    died: Mapped[str] = mapped_column(String(LONGEST_EDTF), default="")  # EDTF; "": alive, or unknown
    birth_year: Mapped[int | None]  # follows `born`; None: unknown, or a span of years
    note: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), index=True
    )  # None: it stands for itself

    aliases: Mapped[list["PersonAlias"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", passive_deletes=True, order_by="PersonAlias.id"
    )

    @validates("name")
    def _follow_name(self, _field: str, name: str) -> str:
        self.name_key = name_key(name)
        return name

    @validates("born")
    def _follow_born(self, _field: str, born: str) -> str:
        self.birth_year = read_edtf(born).year if born else None
        return born

    def names(self, kind: AliasKind) -> list[str]:
        """The other names of one kind, in the order they were written down."""
        return [alias.name for alias in self.aliases if alias.kind == kind]


class PersonAlias(Base):
    """Another name of a person."""

    __tablename__ = "person_alias"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AliasKind]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(400), index=True)  # follows `name`

    person: Mapped[Person] = relationship(back_populates="aliases")

    @validates("name")
    def _follow_name(self, _field: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


follow_names(Person, lambda person: person.id)
follow_names(PersonAlias, lambda alias: alias.person_id)


def name_key(name: str) -> str:
    """The form in which two spellings of one name are equal: spaces collapsed, case folded.

    SQLite's own lower() knows only A to Z, so the folding is done here.
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def every_name(session: Session) -> Iterator[tuple[int, str, bool]]:
    """The number of a person, a name, and whether it is another name than the person's own; everybody's."""
    stands = Person.merged_into_id.is_(None)
    for person_id, name in session.execute(select(Person.id, Person.name).where(stands).order_by(Person.id)):
        yield person_id, name, False
    aliases = select(PersonAlias.person_id, PersonAlias.name).join(PersonAlias.person).where(stands)
    for person_id, name in session.execute(aliases.order_by(PersonAlias.id)):
        yield person_id, name, True


def load_person(session: Session, person_id: int) -> Person:
    """A person; of one that was merged, the one it was merged into.

    Raises:
        NotFound
    """
    person = find_row(session, Person, person_id)
    while person is not None and person.merged_into_id is not None:  # a merge never closes a ring
        person = session.get(Person, person.merged_into_id)
    if person is None:
        raise NotFound("person", person_id)
    return person


def find_or_add_person(session: Session, name: str, *, birth_year: int | None = None) -> Person:
    """The person of that name, added when unknown. Two people of one name are told apart by their birth years.

    A name that one person alone has beside his own is his too.

    Raises:
        BadInput: the name is empty or has more than 200 characters.
    """
    return _found_or_added(session, name, birth_year)[0]


def named_person(session: Session, name: str, *, birth_year: int | None, by: int | None, now: datetime) -> Person:
    """The person of that name, added when unknown; that, or a birth year that nobody knew, is told in the history.

    Raises:
        BadInput: as `find_or_add_person`.
    """
    person, before = _found_or_added(session, name, birth_year)
    act = "added" if before is None else "changed"
    note_change(session, person, before, act=act, by=by, now=now, batch=new_batch())
    return person


def new_batch() -> str:
    """A name for what is done to people in one go."""
    return f"person:{secrets.token_hex(12)}"


def _found_or_added(session: Session, name: str, birth_year: int | None) -> tuple[Person, Snapshot | None]:
    """The person, and what was known before; None of one who is new."""
    line = one_line(name, "name", limit=LONGEST_NAME, required=True)
    person = _of_name(session, line, birth_year) or _of_alias(session, line, birth_year)
    before = snapshot(person) if person is not None else None
    if person is None:
        person = Person(name=line)
        session.add(person)
    if birth_year is not None and person.birth_year != birth_year:
        person.born = str(birth_year)
    session.flush()
    return person, before


def _of_name(session: Session, name: str, birth_year: int | None) -> Person | None:
    same_name = (
        select(Person).where(Person.name_key == name_key(name), Person.merged_into_id.is_(None)).order_by(Person.id)
    )
    if birth_year is None:
        return session.scalars(same_name).first()
    exact_first = same_name.where(or_(Person.birth_year == birth_year, Person.birth_year.is_(None)))
    found = session.scalars(exact_first).all()
    return next((each for each in found if each.birth_year), found[0] if found else None)


def _of_alias(session: Session, name: str, birth_year: int | None) -> Person | None:
    ids = select(PersonAlias.person_id).where(PersonAlias.name_key == name_key(name))
    found = session.scalars(select(Person).where(Person.id.in_(ids), Person.merged_into_id.is_(None))).all()
    if len(found) != 1 or (birth_year is not None and found[0].birth_year not in (None, birth_year)):
        return None
    return found[0]
