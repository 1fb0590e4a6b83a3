"""People as somebody types them in a field: they are in the register already, and one alone bears the name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.people import Person, name_key


def named_person(session: Session, name: str, field: str, *, birth_year: int | None = None) -> Person:
    """The person of the register with this name.

    Raises:
        BadInput: `field` names "several", or somebody "not_in_register".
    """
    named = select(Person).where(Person.name_key == name_key(name), Person.merged_into_id.is_(None))
    if birth_year is not None:
        named = named.where(Person.birth_year == birth_year)
    found = session.scalars(named.limit(2)).all()
    if len(found) != 1:
        raise BadInput(field, "several" if found else "not_in_register")
    return found[0]


def named_people(session: Session, lines: str, field: str) -> list[Person]:
    """The people of the register, one on each line; raises as `named_person`, for the first that is not one."""
    return [named_person(session, line, field) for line in lines.splitlines() if line.strip()]
