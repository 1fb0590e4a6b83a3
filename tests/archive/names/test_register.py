"""The register: what stands in it, what is found in a text, and how people are named."""

import re

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.names.register import forms, make_register, names_in, register
from archive.people import find_or_add_person

REGISTER = make_register(["Olga Oppdiktet", "Olga Prøvemo", "Kåre Prøvemo", "Trond"], ["Innervika"])


def test_people_are_known_by_surname_and_by_a_first_name_that_is_theirs_alone() -> None:
    assert {name for name in ("Olga", "Kåre", "Oppdiktet", "Prøvemo", "Trond") if REGISTER.get(name)} == {
        "Kåre",
        "Oppdiktet",
        "Prøvemo",
        "Trond",
    }
    found = REGISTER.get("olga  OPPDIKTET")
    assert found is not None
    assert (found.name, found.kind) == ("Olga Oppdiktet", "person")
    assert make_register(["Kari Frosta"]).get("Frosta").kind == "person"  # type: ignore[union-attr]


def test_the_archives_own_people_and_places_are_in_it(session: Session, interview: Interview) -> None:
    find_or_add_person(session, "Bergsvein Kvernhusmo")
    interview.place = "Grendehuset Fjellheim"
    session.flush()
    known = register(session)
    assert all(known.get(name) for name in ("Olga Oppdiktet", "Kvernhusmo", "Grendehuset Fjellheim", "Steinkjer SV"))


def test_names_are_counted_in_all_their_forms_and_the_longest_first() -> None:
    text = "I Steinkjer SV var steinkjerværingene og Levangers folk. Gå til hell, sa Kåre Prøvemo. Møre og Romsdal!"
    assert names_in(text, REGISTER) == {
        "Steinkjer SV": 1,
        "Steinkjer": 1,
        "Levanger": 1,
        "Kåre Prøvemo": 1,
        "Møre og Romsdal": 1,
    }


def test_a_name_that_ends_in_s_has_no_other_genitive() -> None:
    assert ("Namso", "s") not in forms("Namsos") or REGISTER.get("Namso") is None
    assert names_in("Namsos SVs første leder. Røros.", REGISTER) == {"Namsos SV": 1, "Røros": 1}


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert sum(names_in(text, REGISTER).values()) <= len(text.split()) + len(re.findall(r"\W", text))


@given(st.lists(st.sampled_from(["Steinkjer", "Namsos", "Røros", "Frosta", "Olga Oppdiktet"]), max_size=6))
def test_what_is_put_in_is_counted(names: list[str]) -> None:
    counted = names_in(" og ".join(names), REGISTER)
    assert {name: names.count(name) for name in set(names)} == counted


@given(st.text(alphabet="abcdøåæ-sSværingene ", max_size=30))
def test_forms_put_together_are_the_word(written: str) -> None:
    assert all(core + tail == written for core, tail in forms(written))
