"""Decades spoken about and people mentioned: counted, narrowed by, and following the register of people."""

from datetime import date

import pytest
from sqlalchemy import event, select

from archive.interviews import Interview
from archive.outbox import searchable_text_changed
from archive.people import Person
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.transcripts import Segment
from tests.archive.search.conftest import NOW, SmallArchive
from tests.archive.search.test_writers import make_old

FACETS = Wish(with_facets=True)


def decades(archive: SmallArchive, typed: str, **narrow: int) -> dict[str, int]:
    facets = archive.search(typed, wish=Wish(narrow=Narrow(**narrow), with_facets=True)).facets
    return {facet.value: facet.count for facet in facets.about_decades}


def people(archive: SmallArchive, typed: str) -> dict[str, int]:
    return {facet.name: facet.count for facet in archive.search(typed, wish=FACETS).facets.people}


def person(archive: SmallArchive, name: str) -> int:
    with archive.database.read() as session:
        return session.scalars(select(Person.id).where(Person.name == name)).one()


def add_person(archive: SmallArchive, name: str, **more: int) -> int:
    with archive.database.write() as session:
        made = Person(name=name, **more)
        session.add(made)
        session.commit()
        return made.id


@pytest.fixture
def told(each: SmallArchive) -> SmallArchive:
    each.add("A", ("Kari Spør", "Torvet i 1973, og så på 80-tallet."), ("Ola Svarer", "Kari Spør vet om torvet."))
    each.add("B", ("Ola Svarer", "Torvet i syttiåra, sa Kari Spør."), held_on=date(2003, 1, 1))
    each.add("C", (None, "Torvet, 1973 kroner."))
    return each


def test_what_passages_are_about_is_counted_and_narrowed_by(told: SmallArchive) -> None:
    assert decades(told, "torvet") == {"1970": 2, "1980": 1}
    assert decades(told, "torvet", about_decade=1980) == {"1970": 1, "1980": 1}
    assert people(told, "torvet") == {"Kari Spør": 2}
    kari = person(told, "Kari Spør")
    mentioned = told.search("torvet", wish=Wish(narrow=Narrow(person_id=kari)))
    assert [hit.speaker for hit in mentioned.hits] == ["Ola Svarer", "Ola Svarer"]
    both = Narrow(person_id=kari, about_decade=1970)
    assert [hit.title for hit in told.search("torvet", wish=Wish(narrow=both)).hits] == ["B"]
    assert told.search("torvet", wish=Wish(narrow=Narrow(about_decade=1930))).total == 0
    assert told.search("torvet").facets.about_decades == ()


def test_they_are_counted_also_where_the_index_has_not_heard_of_a_change(told: SmallArchive) -> None:
    with told.database.write() as session:
        line = session.scalars(select(Segment).where(Segment.text.contains("1973, og"))).one()
        line.text = "Torvet på 80-tallet, sa Ola Svarer."
        searchable_text_changed(session, line.interview_id, now=NOW)
        session.commit()
    for _ in range(2):
        assert decades(told, "torvet") == {"1970": 1, "1980": 1}
        assert people(told, "torvet") == {"Kari Spør": 2, "Ola Svarer": 1}
        assert told.search("torvet", wish=Wish(narrow=Narrow(about_decade=1970))).total == 1
        told.update()


def test_who_says_a_name_is_found_when_the_register_has_it(told: SmallArchive) -> None:
    d = told.add("D", (None, "Bygda husker Gunda Påhitt."), (None, "Og Gunda Påhitts hest."))
    e = told.add("E", (None, "Bygda husker Gunda Omdøpt."))
    assert people(told, "bygda") == {}
    gunda = add_person(told, "Gunda Påhitt")
    assert told.update() == 1
    assert people(told, "bygda") == {"Gunda Påhitt": 1}
    assert [hit.interview_id for hit in told.search("bygda", wish=Wish(narrow=Narrow(person_id=gunda))).hits] == [d]
    with told.database.write() as session:
        session.get_one(Person, gunda).name = "Gunda Omdøpt"
        session.commit()
    assert told.update() == 2
    assert [hit.interview_id for hit in told.search("bygda", wish=Wish(narrow=Narrow(person_id=gunda))).hits] == [e]
    with told.database.write() as session:
        session.delete(session.get_one(Person, gunda))
        session.commit()
    assert told.update() == 1
    assert people(told, "bygda") == {}


def test_a_person_whom_nobody_mentions_costs_no_interview(told: SmallArchive) -> None:
    add_person(told, "Ingen Nevnt")
    assert told.update() == 0
    with told.database.write() as session:
        session.scalars(select(Person).where(Person.name == "Ingen Nevnt")).one().name = "Ingen Nevnt"
        session.commit()
    assert told.waiting == 0


def test_two_of_one_name_are_told_apart_by_when_they_were_born(told: SmallArchive) -> None:
    told.add("D", (None, "Bygda husker Jo Navnebror."))
    add_person(told, "Jo Navnebror", birth_year=1901)
    add_person(told, "Jo Navnebror", birth_year=1932)
    told.update()
    assert people(told, "bygda") == {"Jo Navnebror (født 1901)": 1, "Jo Navnebror (født 1932)": 1}


def test_a_rebuilt_index_says_the_same(told: SmallArchive) -> None:
    before = decades(told, "torvet"), people(told, "torvet")
    make_old(told)
    assert told.update() == 3
    assert (decades(told, "torvet"), people(told, "torvet")) == before


def test_the_facets_cost_no_query_for_each_hit(told: SmallArchive) -> None:
    def asked() -> int:
        queries: list[str] = []
        engine = told.database.engine

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            queries.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        told.search("torvet", wish=FACETS)
        event.remove(engine, "before_cursor_execute", note)
        return len(queries)

    few = asked()
    for number in range(30):
        told.add(f"Nr. {number}", (f"Person {number}", f"Torvet i 19{30 + number}."), indexed=False)
    told.update()
    assert asked() == few
    with told.database.read() as session:
        assert session.query(Interview).count() == 33
