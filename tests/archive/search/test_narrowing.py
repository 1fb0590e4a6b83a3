"""Narrowing to a unit finds whatever belongs to it, and an old address of a person who was merged finds the same."""

from sqlalchemy import select

from archive.events import EventDetails, add_event
from archive.interviews import Access, Interview
from archive.links import LinkState, Side, add_link
from archive.merging import merge_people
from archive.organisation.interviews import set_units
from archive.people import Person
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, RecordDetails, add_record
from archive.search.holders import number_of_event, number_of_record
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.schema import KINDS
from archive.units import UnitDetails, UnitKind, add_unit
from media.papers import Paper
from tests.archive.search.conftest import NOW, TODAY, SmallArchive


def test_a_unit_finds_what_is_about_it_what_is_its_own_and_what_is_linked_to_it(each: SmallArchive) -> None:
    about, linked, neither = (each.add(f"Om {n}", ("Kari Fortelling", "Brygga."), indexed=False) for n in range(3))
    with each.database.write() as session:
        units = [UnitDetails(name, UnitKind.LOCAL_BRANCH) for name in ("Ett lag", "To lag")]
        unit, other = (add_unit(session, details, by=None, now=NOW) for details in units)
        set_units(session, session.get_one(Interview, about), [unit.id], by=None, now=NOW)
        events = [add_event(session, EventDetails(f"Brygga {n}", "1974"), by=None, now=NOW).id for n in range(3)]
        records = [
            add_record(
                session,
                RecordDetails(f"Brygga {n}", RecordKind.MINUTES, unit_id=unit.id if n == 0 else None),
                ReceivedPaper(str(n) * 64, 9, "a.pdf", Paper("pdf", 1, True)),
                by=None,
                now=NOW,
            ).id
            for n in range(3)
        ]
        here = Side("unit", unit.id)
        for one, two, state in (
            (Side("interview", linked), here, LinkState.STANDS),
            (Side("interview", about), here, LinkState.STANDS),  # twice over is once
            (here, Side("event", events[0]), LinkState.STANDS),
            (Side("event", events[1]), here, LinkState.DECLINED),
            (Side("record", records[1]), here, LinkState.STANDS),
            (Side("unit", other.id), Side("event", events[2]), LinkState.STANDS),
        ):
            add_link(session, one, two, state=state, by=None, now=NOW)
        session.commit()
        theirs = {about, linked, number_of_event(events[0]), *map(number_of_record, records[:2])}
        unit_id, other_id = unit.id, other.id
    each.update()
    for number, found in ((unit_id, theirs), (other_id, {number_of_event(events[2])})):
        results = each.search("brygga", kinds=KINDS, wish=Wish(narrow=Narrow(unit_id=number)))
        assert {hit.interview_id for hit in results.hits} == found
        assert results.total == len(found)
    offered = each.search("brygga", kinds=KINDS, wish=Wish(with_facets=True)).facets.units
    assert {facet.value: facet.count for facet in offered} == {str(unit_id): len(theirs), str(other_id): 1}
    assert neither not in theirs


def test_somebody_who_was_merged_is_found_under_the_old_number(each: SmallArchive) -> None:
    interview = each.add("Om folk", ("Kari Gammelnavn", "Ola Oppdiktet sto på brygga."), access=Access.OPEN)
    with each.database.write() as session:
        session.add(Person(name="Ola Oppdiktet"))
        session.commit()
    each.update()
    with each.database.write() as session:
        people = {person.name: person for person in session.scalars(select(Person))}
        speaker, mentioned = people["Kari Gammelnavn"].id, people["Ola Oppdiktet"].id
        for name, new in (("Kari Gammelnavn", "Kari Nyttnavn"), ("Ola Oppdiktet", "Ola Nyttnavn")):
            kept = Person(name=new)
            session.add(kept)
            session.flush()
            merge_people(session, kept, people[name], by=None, today=TODAY, now=NOW)
        session.commit()
    each.update()
    for narrow in (
        Narrow(speaker_id=speaker),
        Narrow(person_id=mentioned),
        Narrow(speaker_id=speaker, person_id=mentioned),
    ):
        assert each.found("brygga", wish=Wish(narrow=narrow)) == [interview], narrow
    assert each.found("brygga", wish=Wish(narrow=Narrow(person_id=speaker))) == []
