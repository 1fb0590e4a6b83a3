"""Suggested links: what is found in texts, what waits, and what an answer does to it."""

from datetime import date

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role, add_user
from archive.bin import throw_away
from archive.database import Database
from archive.errors import BadInput, NotAllowed
from archive.events import EventDetails, add_event
from archive.interviews import Access, Interview, Status
from archive.link_finding import years_of
from archive.link_kinds import Side
from archive.link_looks import LinkLook
from archive.link_suggestions import (
    LinkSuggestion,
    Suggested,
    answer,
    as_papers,
    decline_all,
    load_suggestion,
    still_looking,
    suggestions,
)
from archive.links import LinkState, add_link, undo_of_link
from archive.merging import merge_people, undo_merge
from archive.names import NameSuggestion, SuggestionState
from archive.outbox import searchable_text_changed
from archive.people import AliasKind, Person, PersonAlias, find_or_add_person
from archive.people_details import PersonDetails, add_person
from archive.record_series import RecordKind
from archive.records import ReadingState, Record, RecordPage, RecordVersion
from archive.removing_people import remove_person
from archive.row_history import RowChange
from archive.search.decades import decades_said, spoken_years, years_said
from archive.transcripts import Segment
from archive.units import UnitDetails, UnitKind, add_unit
from tests.archive.looking import look_through_all
from tests.conftest import NOW

TODAY = NOW.date()
SAID = (
    "Vi fikk barnehagen i syttifire, etter mye bråk.",
    "I 1974 flyttet vi.",
    "Olga Oppdiktets hånd lå på døra i 1974.",
    "Den barnehagen var fin.",
    "Hun Åga sto på for barnehagen hele tida.",
)
WRITTEN = "Møtet var i Snåsa. Til stede var ca. 12.\nOlga Oppdiktet ledet møtet. Olga Oppdiktet takket for seg."


def told(database: Database, lines: tuple[str, ...] = SAID, title: str = "Blanketten") -> int:
    """An interview with a line each two minutes."""
    with database.write() as session:
        interview = Interview(title=title, status=Status.REVIEWED, access=Access.CLOSED, made_at=NOW)
        session.add(interview)
        session.flush()
        for number, text in enumerate(lines):
            at = number * 120_000
            session.add(Segment(interview_id=interview.id, start_ms=at, end_ms=at + 5000, text=text, words=[]))
        searchable_text_changed(session, interview.id, now=NOW)
        session.commit()
        return interview.id


def happened(database: Database, title: str = "Ny barnehage i Verran", dated: str = "1974") -> int:
    with database.write() as session:
        number = add_event(session, EventDetails(title, dated), by=None, now=NOW).id
        session.commit()
        return number


def known(database: Database, name: str) -> int:
    with database.write() as session:
        number = add_person(session, PersonDetails(name), by=None, now=NOW).id
        session.commit()
        return number


def waits(database: Database, viewer: Viewer = MACHINE_OWNER, about: Side | None = None) -> list[Suggested]:
    """What waits when the worker has looked."""
    look_through_all(database, now=NOW)
    with database.read() as session:
        count, found = suggestions(session, viewer, today=TODAY, about=about, most=100)
        assert count == len(found)
        assert not still_looking(session)
        return found


def decide(database: Database, number: int, *, accepted: bool) -> int:
    with database.write() as session:
        found = load_suggestion(session, number, MACHINE_OWNER, today=TODAY)
        change = answer(session, found, accepted=accepted, by=None, now=NOW)
        session.commit()
        return change


def test_one_sign_alone_is_not_enough_for_an_event(each_database: Database) -> None:
    interview, event = told(each_database), happened(each_database)
    (found,) = waits(each_database)
    assert (found.said, found.why, found.ms) == (SAID[0], ("year", "word"), 0)
    assert (found.thing.id, found.text.id) == (event, interview)
    assert waits(each_database, VISITOR) == []
    assert waits(each_database, about=Side("event", event)) == waits(each_database, about=Side("interview", interview))


def test_people_of_the_event_are_found_by_name_and_by_what_people_decided(database: Database) -> None:
    interview, event, olga = told(database), happened(database), known(database, "Olga Oppdiktet")
    with database.write() as session:
        add_link(session, Side("event", event), Side("person", olga), by=None, now=NOW)
        line = session.scalars(select(Segment).where(Segment.text == SAID[4])).one()
        session.add(
            NameSuggestion(
                interview_id=interview,
                segment_id=line.id,
                first_word=1,
                last_word=1,
                heard="Åga",
                name="Olga Oppdiktet",
                kind="person",
                score=0.9,
                state=SuggestionState.ACCEPTED,
            )
        )
        session.commit()
    found = waits(database, about=Side("event", event))
    wanted = {SAID[2]: ("person", "year"), SAID[0]: ("year", "word"), SAID[4]: ("person", "word")}
    assert {each.said: each.why for each in found} == wanted
    assert found[0].said == SAID[2]  # the surest first


def test_a_full_name_is_found_in_what_is_said_and_written(each_database: Database) -> None:
    interview, olga = told(each_database), known(each_database, "Olga Oppdiktet")
    with each_database.write() as session:
        unit = add_unit(session, UnitDetails("Snåsa oppdiktede lag", UnitKind.LOCAL_BRANCH), by=None, now=NOW).id
        version = RecordVersion(
            number=1,
            sha256="a" * 64,
            size_bytes=1,
            original_name="p.pdf",
            file_kind="pdf",
            page_count=1,
            is_paged=True,
            received_at=NOW,
            state=ReadingState.DONE,
        )
        version.pages.append(RecordPage(number=1, text=f"{WRITTEN} Snåsa oppdiktede lag sang.", raw="", blocks=[]))
        record = Record(
            title="Protokoll", kind=RecordKind.MINUTES, series="A", made_at=NOW, current_number=1, versions=[version]
        )
        session.add(record)
        session.flush()
        session.add(LinkLook(kind="record", thing_id=record.id, at=NOW))
        session.commit()
        record_id = record.id
    found = {(each.thing.kind, each.text.kind): each for each in waits(each_database)}
    assert len(found) == 3
    said, written = found["person", "interview"], found["person", "record"]
    assert (said.thing.id, said.text.id, said.ms) == (olga, interview, 240_000)
    assert [said.said[start:end] for start, end in said.marks] == ["Olga", "Oppdiktets"]
    assert (written.text.id, written.page, written.said) == (record_id, 1, "Olga Oppdiktet ledet møtet.")
    assert written.score == 2  # sentences
    assert found["unit", "record"].thing.id == unit
    with each_database.read() as session:
        assert next(row[1:3] for row in session.execute(as_papers(MACHINE_OWNER, today=TODAY))) == (
            "Olga Oppdiktet",
            "Blanketten",
        )


def test_nobody_is_suggested_whose_name_another_has_until_they_are_one(database: Database) -> None:
    told(database)
    one = known(database, "Olga Oppdiktet")
    assert len(waits(database)) == 1
    other = known(database, "Olga Oppdiktet")
    assert waits(database) == []
    with database.write() as session:
        people = [session.get_one(Person, number) for number in (one, other)]
        merge = merge_people(session, *people, by=None, today=TODAY, now=NOW)
        session.commit()
        number = merge.id
    assert [each.thing.id for each in waits(database)] == [one]
    with database.write() as session:
        undo_merge(session, session.get_one(type(merge), number), by=None, now=NOW)
        session.commit()
    assert waits(database) == []
    with database.write() as session:
        remove_person(session, session.get_one(Person, one), by=None, now=NOW)
        session.commit()
    assert [each.thing.id for each in waits(database)] == [other]


def test_a_name_that_comes_or_goes_is_looked_for_at_once(database: Database) -> None:
    told(database)
    olga = known(database, "Olga Diktet")
    assert waits(database) == []
    with database.write() as session:
        alias = PersonAlias(person_id=olga, kind=AliasKind.FORMER, name="Olga Oppdiktet")
        session.add(alias)
        session.commit()
    assert len(waits(database)) == 1
    with database.write() as session:
        session.delete(session.get_one(PersonAlias, alias.id))
        session.commit()
    assert waits(database) == []


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_is_remembered_and_can_be_undone(each_database: Database, *, accepted: bool) -> None:
    interview = told(each_database)
    happened(each_database)
    known(each_database, "Olga Oppdiktet")
    found = waits(each_database)
    assert len(found) == 2
    changes = [decide(each_database, each.id, accepted=accepted) for each in found]
    with each_database.write() as session:
        searchable_text_changed(session, interview, now=NOW)
        session.commit()
    assert waits(each_database) == []
    with each_database.write() as session:
        for change in changes:
            undo_of_link(session, session.get_one(RowChange, change), by=None, now=NOW)
        session.commit()
    assert [each.id for each in waits(each_database)] == [each.id for each in found]  # as old as they were


def test_no_to_all_of_one_thing_is_one_act_and_undone_as_one(each_database: Database) -> None:
    interview, other = told(each_database), told(each_database, title="En annen")
    happened(each_database)
    known(each_database, "Olga Oppdiktet")
    before = waits(each_database)
    theirs = [each for each in before if each.text.id == interview]
    assert 1 < len(theirs) < len(before)
    viewer = Viewer(Role.OWNER)
    with each_database.write() as session:
        change = decline_all(session, Side("interview", interview), viewer, today=TODAY, now=NOW)
        session.commit()
    assert change is not None
    assert {each.text.id for each in waits(each_database)} == {other}
    with each_database.write() as session:
        assert decline_all(session, Side("interview", interview), viewer, today=TODAY, now=NOW) is None
        undo_of_link(session, session.get_one(RowChange, change), by=None, now=NOW)
        session.commit()
    assert waits(each_database) == before
    with each_database.write() as session, pytest.raises(BadInput, match="undone_already"):
        undo_of_link(session, session.get_one(RowChange, change), by=None, now=NOW)


def test_only_a_volunteer_says_no_to_all(database: Database) -> None:
    interview = told(database)
    known(database, "Olga Oppdiktet")
    with database.write() as session:
        member = add_user(session, name="Mona Medlem", username="mona", role=Role.MEMBER, now=NOW, by=None)
        session.commit()
        with pytest.raises(NotAllowed):
            decline_all(session, Side("interview", interview), Viewer(Role.MEMBER, member.id), today=TODAY, now=NOW)
    assert len(waits(database)) == 1


@pytest.mark.parametrize("state", list(LinkState))
def test_what_was_tied_or_declined_elsewhere_is_not_asked(database: Database, state: LinkState) -> None:
    interview, event, olga = told(database), happened(database), known(database, "Olga Oppdiktet")
    with database.write() as session:
        near, far = Side("interview", interview, ms=2000), Side("interview", interview, ms=500_000)
        add_link(session, near, Side("event", event), state=state, by=None, now=NOW)
        add_link(session, Side("person", olga), far, state=state, by=None, now=NOW)
        session.commit()
    assert waits(database) == []


def test_who_takes_part_is_not_suggested_and_what_is_written_still_waits(database: Database) -> None:
    interview = told(database)
    known(database, "Olga Oppdiktet")
    with database.write() as session:
        olga = find_or_add_person(session, "Olga Oppdiktet")
        line = session.scalars(select(Segment).order_by(Segment.id).limit(1)).one()
        line.speaker_id = olga.id
        session.get_one(Interview, interview).status = Status.PROCESSING
        session.commit()
    look_through_all(database, now=NOW)
    with database.write() as session:
        assert session.scalars(select(LinkLook.thing_id)).all() != []
        session.get_one(Interview, interview).status = Status.MACHINE_TEXT
        session.commit()
    assert waits(database) == []


def test_what_lies_in_the_bin_is_not_asked_about(database: Database) -> None:
    interview = told(database)
    known(database, "Olga Oppdiktet")
    assert len(waits(database)) == 1
    with database.write() as session:
        throw_away(session, session.get_one(Interview, interview), by=None, now=NOW)
        session.commit()
    assert waits(database) == []
    with database.write() as session:
        session.delete(session.get_one(Interview, interview))
        session.commit()
        assert session.scalars(select(LinkSuggestion.id)).all() == []


def test_as_many_questions_however_much_waits(database: Database) -> None:
    asked: list[str] = []
    sqlalchemy_event.listen(database.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    counts = []
    for number in (1, 30):
        for each in range(number):
            told(database, title=f"Intervju {number}.{each}")
        known(database, f"Olga Oppdiktet {number}")
        happened(database, f"Barnehagen {number}")
        known(database, "Olga Oppdiktet") if number == 1 else None
        assert len(waits(database)) > number
        asked.clear()
        with database.read() as session:
            suggestions(session, Viewer(Role.SECRETARY, 1), today=TODAY, most=100)
        with database.write() as session:
            olga = session.scalars(select(Person.id).where(Person.name == "Olga Oppdiktet")).one()
            decline_all(session, Side("person", olga), Viewer(Role.OWNER), today=TODAY, now=NOW)
            session.rollback()
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ((1974, 5, 1), (1974, 5, 31), {1974}),
        ((1974, 1, 1), (1976, 12, 31), {1974, 1975, 1976}),
        ((1970, 1, 1), (1979, 12, 31), {1970}),
        ((1971, 1, 1), (1985, 12, 31), set()),
        ((1971, 1, 1), (9999, 12, 31), {1971}),
    ],
)
def test_the_years_that_an_event_is_found_by(
    first: tuple[int, int, int], last: tuple[int, int, int], wanted: set[int]
) -> None:
    assert years_of(date(*first), date(*last)) == wanted


@pytest.mark.parametrize(
    "said", ["i 1974", "i syttifire", "våren 74", "i nitten syttifire", "fire og sytti, i fireogsytti"]
)
def test_wherever_a_year_is_said_one_of_its_pieces_stands(said: str) -> None:
    assert 1974 in years_said(said)
    assert any(piece in said for piece in spoken_years(1974))
    assert decades_said(said) == (1970,)
