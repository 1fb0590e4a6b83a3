import pytest
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.people import Person, find_or_add_person


def test_the_same_name_is_the_same_person(session: Session) -> None:
    olga = find_or_add_person(session, "Åse Ødegård")
    assert find_or_add_person(session, "  åse  ØDEGÅRD ") is olga
    assert find_or_add_person(session, "A\u030ase Ødegård") is olga
    assert find_or_add_person(session, "Åse Ødegaard") is not olga


def test_a_birth_year_tells_two_people_of_one_name_apart(session: Session) -> None:
    older = find_or_add_person(session, "Ola Oppdiktet", birth_year=1931)
    younger = find_or_add_person(session, "Ola Oppdiktet", birth_year=1958)
    assert older is not younger
    assert find_or_add_person(session, "Ola Oppdiktet", birth_year=1958) is younger
    assert find_or_add_person(session, "Ola Oppdiktet") is older


def test_a_birth_year_that_was_not_known_is_written_down(session: Session) -> None:
    person = find_or_add_person(session, "Kari Oppdiktet")
    assert find_or_add_person(session, "Kari Oppdiktet", birth_year=1940) is person
    assert person.birth_year == 1940


def test_the_key_follows_the_name(session: Session) -> None:
    person = Person(name="Før Bryllupet")
    session.add(person)
    person.name = "Etter Bryllupet"
    session.flush()
    assert find_or_add_person(session, "etter bryllupet") is person


@pytest.mark.parametrize(("name", "problem"), [(" ", "empty"), ("x" * 201, "too_long")])
def test_a_name_that_cannot_be_used_is_refused(session: Session, name: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        find_or_add_person(session, name)
    assert raised.value.problem == problem
