"""Two people who were one: everything moves, nothing stands twice, and an undo puts back exactly what was."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, func, insert, select
from sqlalchemy.orm import Session

import archive.model  # noqa: F401 - every table that may point to a person
from archive.access import ConsentDetails, Use, Viewer, open_interview, record_consent, visible_to, withdraw_consent
from archive.accounts import Role, User
from archive.database import Base, Database
from archive.errors import BadInput, NotAllowed
from archive.interviews import Access, Interview, InterviewDetails, Part, Participation, add_interview
from archive.links import Link
from archive.merging import PersonMerge, merge_people, merges_of, overlapping_offices, preview_merge, undo_merge
from archive.merging_rows import pointers
from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.naming_voices import last_act, name_voice
from archive.offices import Office, OfficeKind
from archive.outbox import OutboxEntry
from archive.people import AliasKind, Person, PersonAlias, find_or_add_person, load_person
from archive.transcripts import Segment
from archive.units import Unit, UnitKind
from archive.voice_memory import forget, remembered_voices
from archive.voices import Voice, VoicePrint

NOW = datetime.fromisoformat("2026-03-14T12:00:00+00:00")
TODAY = NOW.date()
# These only grow, or say that something is to be done again.
GROWING = {"audit_event", "search_outbox", "link_look", "person_merge"}


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database has it."""
    session.flush()
    session.expire_all()
    return {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in GROWING
    }


def merge(session: Session, kept: Person, gone: Person, **more: Any) -> PersonMerge:
    return merge_people(session, kept, gone, by=None, today=TODAY, now=NOW, **more)


@pytest.fixture
def olga(session: Session) -> Person:
    """Who is kept."""
    return find_or_add_person(session, "Olga Oppdiktet")


@pytest.fixture
def double(session: Session) -> Person:
    """The same one, misspelt."""
    return find_or_add_person(session, "Olga Opdiktet")


def conversation(session: Session, *people: tuple[str, Part], title: str = "Fra laget") -> Interview:
    named = {part: tuple(name for name, each in people if each is part) for part in Part}
    details = InterviewDetails(
        title=title, narrators=named[Part.NARRATOR], interviewers=named[Part.INTERVIEWER], heard=named[Part.HEARD]
    )
    return add_interview(session, details, handed_in_by_id=None, now=NOW)


# --- exactly undone, whatever pointed to whom

who = st.integers(0, 2)
titles, periods = st.sampled_from(["leder", "kasserer"]), st.sampled_from(["1971/1975", "1973/..", ""])
born = st.sampled_from(["", "1931", "193X"])
worlds = st.fixed_dictionaries(
    {
        "parts": st.sets(st.tuples(st.integers(1, 3), who, st.sampled_from(Part)), max_size=12),
        "lines": st.lists(st.tuples(st.integers(1, 3), who | st.none()), max_size=8),
        "voices": st.sets(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=5),
        "of_voices": st.lists(who | st.none(), min_size=10, max_size=10),
        "prints": st.sets(who, max_size=3),
        "consents": st.lists(st.tuples(st.integers(1, 3), who, st.sampled_from(Use), st.booleans()), max_size=5),
        "access": st.lists(st.sampled_from(Access), min_size=3, max_size=3),
        "aliases": st.sets(st.tuples(who, st.sampled_from(["Kari", "KARI", "Olga Oppdiktet", "Lita"])), max_size=5),
        "offices": st.lists(st.tuples(who, titles, periods), max_size=6),
        "life": st.lists(st.tuples(born, st.sampled_from(["", "Et notat."])), min_size=3, max_size=3),
        "suggested": st.lists(st.tuples(who, st.sampled_from(SuggestionState)), max_size=4),
        "links": st.lists(
            st.tuples(who, who | st.integers(11, 13), st.booleans()).filter(lambda each: each[0] != each[1]), max_size=6
        ),
        "name_is": st.sampled_from(AliasKind),
    }
)
NAMES = ("Olga Oppdiktet", "Olga Opdiktet", "Ida Intervjuer")


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Database]:
    """Tables without rows; every example takes back what it wrote."""
    database = Database("sqlite://")
    from sqlalchemy.pool import StaticPool

    database.engine.dispose()
    database.engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

    @event.listens_for(database.engine, "connect")
    def with_keys(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(database.engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


def build(session: Session, world: dict[str, Any]) -> list[Person]:
    """Three people, three interviews, and whatever the world says of them."""
    people = [Person(name=name, born=born, note=said) for name, (born, said) in zip(NAMES, world["life"], strict=True)]
    session.add_all([*people, Unit(name="Frosta", kind=UnitKind.LOCAL_BRANCH, active="")])
    session.add_all(
        Interview(id=number, title=f"Samtale {number}", made_at=NOW, access=access)
        for number, access in enumerate(world["access"], start=1)
    )
    session.flush()
    ids = [person.id for person in people]
    unit_id = session.scalars(select(Unit.id)).first()
    session.add_all(Participation(interview_id=i, person_id=ids[p], part=part) for i, p, part in world["parts"])
    session.add_all(
        Segment(interview_id=i, speaker_id=None if p is None else ids[p], start_ms=n, end_ms=n + 1, text="ord")
        for n, (i, p) in enumerate(world["lines"])
    )
    of = iter([None if each is None else ids[each] for each in world["of_voices"]])
    session.add_all(
        Voice(interview_id=i, number=n, person_id=next(of), suggested_id=next(of)) for i, n in sorted(world["voices"])
    )
    session.add_all(PersonAlias(person_id=ids[p], kind=AliasKind.FORMER, name=name) for p, name in world["aliases"])
    session.add_all(
        Office(unit_id=unit_id, person_id=ids[p], kind=OfficeKind.LEADER, title=title, held=held)
        for p, title, held in world["offices"]
    )
    session.add_all(
        NameSuggestion(
            interview_id=1,
            first_word=0,
            last_word=0,
            heard="olka",
            name=NAMES[p],
            kind="person",
            score=0.9,
            state=state,
        )
        for p, state in world["suggested"]
    )
    session.add(LearnedName(heard_key="olka", name=NAMES[1]))
    for one, other, turned in world["links"]:  # from 11 on: interview 1, 2, 3
        a, b = ("b", "a") if turned else ("a", "b")
        other_side = {f"{b}_interview_id": other - 10} if other > 10 else {f"{b}_person_id": ids[other]}
        session.add(Link(made_at=NOW, **{f"{a}_person_id": ids[one]}, **other_side))
    for i, p, use, withdrawn in world["consents"]:
        consent = {"interview_id": i, "person_id": ids[p], "given_by": NAMES[p], "use": use, "voice": True, "paper": ""}
        consent |= {"valid_from": date(2026, 1, 1), "recorded_at": NOW, "withdrawn_at": NOW if withdrawn else None}
        consent_id = session.execute(insert(Base.metadata.tables["consent"]).values(consent)).inserted_primary_key[0]
        if p in world["prints"] and session.get(VoicePrint, ids[p]) is None:
            session.add(
                VoicePrint(
                    person_id=ids[p], consent_id=consent_id, interview_id=i, embedding=[1.0], model="x", made_at=NOW
                )
            )
            session.flush()
    session.flush()
    return people


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_an_undo_puts_back_exactly_what_was(in_memory: Database, world: dict[str, Any]) -> None:
    with Session(in_memory.engine) as session:
        kept, gone, _other = build(session, world)
        before = everything(session)
        seen = _seen(session)
        done = merge(session, kept, gone, name_is=world["name_is"])
        for pointer in pointers():  # nothing points to who is gone, but what rests on its own consent
            if pointer.may_remove:
                assert pointer.count(session, gone.id) == 0, pointer.column
        himself = select(Link.id).where(Link.a_person_id == Link.b_person_id)
        assert session.scalars(himself).all() == [], "nobody is tied to himself"
        stands = session.execute(select(Participation.interview_id, Participation.person_id, Participation.part)).all()
        assert len(set(stands)) == len(stands)
        assert _seen(session) <= seen, "a merge opens nothing"
        undo_merge(session, done, by=None, now=NOW)
        assert everything(session) == before
        session.rollback()


def _seen(session: Session) -> set[tuple[Role, int]]:
    return {
        (role, number)
        for role in (Role.VISITOR, Role.MEMBER)
        for number in session.scalars(select(Interview.id).where(visible_to(Viewer(role), today=TODAY)))
    }


# --- what a person sees of it


def test_both_narrators_of_one_interview_are_one_afterwards(session: Session, olga: Person, double: Person) -> None:
    both = conversation(session, (olga.name, Part.NARRATOR), (double.name, Part.NARRATOR), (olga.name, Part.HEARD))
    alone = conversation(session, (double.name, Part.INTERVIEWER))
    found = preview_merge(session, olga, double)
    assert [(each.table, each.rows, each.doubles) for each in found.moving] == [("participation", 2, 1)]
    done = merge(session, olga, double)
    session.refresh(both)
    session.refresh(alone)
    assert [person.name for person in both.narrators] == ["Olga Oppdiktet"]
    assert [person.name for person in alone.people(Part.INTERVIEWER)] == ["Olga Oppdiktet"]
    assert merges_of(session, olga.id) == [done]
    undo_merge(session, done, by=None, now=NOW)
    session.refresh(both)
    assert [person.name for person in both.narrators] == ["Olga Oppdiktet", "Olga Opdiktet"]
    assert merges_of(session, olga.id) == []


def test_offices_that_both_held_stand_once_and_overlapping_ones_are_said(
    session: Session, olga: Person, double: Person
) -> None:
    unit = Unit(name="Frosta", kind=UnitKind.LOCAL_BRANCH, active="")
    session.add(unit)
    session.flush()
    for person, held, note in (
        (olga, "1971/1975", "valgt på benkeforslag"),
        (double, "1971/1975", ""),
        (double, "1974/..", ""),
        (double, "1961/1962", ""),
    ):
        session.add(
            Office(unit_id=unit.id, person_id=person.id, kind=OfficeKind.LEADER, title="leder", held=held, note=note)
        )
    session.flush()
    found = {each.table: each for each in preview_merge(session, olga, double).moving}
    assert (found["office"].rows, found["office"].doubles) == (3, 1)
    assert overlapping_offices(session, olga, double) == ["leder"]
    done = merge(session, olga, double)
    held = session.scalars(select(Office.held).where(Office.person_id == olga.id).order_by(Office.held))
    assert list(held) == ["1961/1962", "1971/1975", "1974/.."]
    undo_merge(session, done, by=None, now=NOW)
    assert session.scalar(select(func.count()).where(Office.person_id == double.id)) == 3


def test_links_between_the_two_go_and_links_alike_stand_once(session: Session, olga: Person, double: Person) -> None:
    interview = conversation(session, (olga.name, Part.NARRATOR))
    for ends in (
        {"a_person_id": olga.id, "b_person_id": double.id},
        {"a_person_id": olga.id, "b_interview_id": interview.id},
        {"a_person_id": double.id, "b_interview_id": interview.id},
    ):
        session.add(Link(made_at=NOW, **ends))
    session.flush()
    found = {(each.table, each.column): each for each in preview_merge(session, olga, double).moving}
    assert found["link", "a_person_id"].doubles == found["link", "b_person_id"].doubles == 1
    done = merge(session, olga, double)
    assert session.execute(select(Link.a_person_id, Link.b_interview_id)).all() == [(olga.id, interview.id)]
    undo_merge(session, done, by=None, now=NOW)
    assert session.scalar(select(func.count()).select_from(Link)) == 3


def test_the_one_that_goes_leads_on_and_its_name_is_found(session: Session, olga: Person, double: Person) -> None:
    double.born, double.note = "ca. 1931".replace("ca. ", "") + "~", "Fra Frosta."
    olga.note = "Lærer."
    merge(session, olga, double, name_is=AliasKind.FORMER)
    assert load_person(session, double.id) is olga
    assert find_or_add_person(session, "olga opdiktet") is olga
    assert olga.names(AliasKind.FORMER) == ["Olga Opdiktet"]
    assert (olga.born, olga.birth_year, olga.note) == ("1931~", 1931, "Lærer.\n\nFra Frosta.")


def test_a_misspelt_name_is_not_offered_any_more(session: Session, olga: Person, double: Person) -> None:
    session.add(LearnedName(heard_key="olka", name=double.name))
    done = merge(session, olga, double)
    assert session.get_one(LearnedName, "olka").name == "Olga Oppdiktet"
    undo_merge(session, done, by=None, now=NOW)
    assert session.get_one(LearnedName, "olka").name == "Olga Opdiktet"


def test_what_came_after_the_merge_stays_with_the_one_that_is_kept(
    session: Session, olga: Person, double: Person
) -> None:
    old = conversation(session, (double.name, Part.NARRATOR))
    done = merge(session, olga, double)
    new = conversation(session, (olga.name, Part.NARRATOR), title="Etterpå")
    olga.note = "Skrevet etterpå."
    session.flush()
    undo_merge(session, done, by=None, now=NOW)
    assert [person.name for person in session.get_one(Interview, old.id).narrators] == ["Olga Opdiktet"]
    assert [person.name for person in session.get_one(Interview, new.id).narrators] == ["Olga Oppdiktet"]
    assert olga.note == "Skrevet etterpå."


def test_merges_are_undone_the_last_first(session: Session, olga: Person, double: Person) -> None:
    third = find_or_add_person(session, "Olga O.")
    first = merge(session, olga, double)
    second = merge(session, olga, third)
    for wrong in (lambda: undo_merge(session, first, by=None, now=NOW), lambda: merge(session, third, double)):
        with pytest.raises(BadInput):
            wrong()
    undo_merge(session, second, by=None, now=NOW)
    undo_merge(session, first, by=None, now=NOW)
    with pytest.raises(BadInput, match="undone_already"):
        undo_merge(session, first, by=None, now=NOW)


def test_nobody_is_merged_with_himself_and_only_the_secretary_merges(
    session: Session, olga: Person, double: Person, volunteer: User
) -> None:
    with pytest.raises(BadInput, match="same"):
        merge(session, olga, olga)
    with pytest.raises(NotAllowed):
        merge_people(session, olga, double, by=volunteer.id, today=TODAY, now=NOW)


def test_what_one_of_the_two_never_agreed_to_stays_closed(session: Session, olga: Person, double: Person) -> None:
    interview = conversation(session, (olga.name, Part.NARRATOR), (double.name, Part.NARRATOR))
    everybody = ConsentDetails(given_by=olga.name, use=Use.ALL, valid_from=TODAY)
    open_interview(session, interview, Access.OPEN, consent=everybody, by=None, now=NOW)
    record_consent(session, interview, given_by=double.name, use=Use.MEMBERS, valid_from=TODAY, by=None, now=NOW)
    assert _seen(session) == {(Role.MEMBER, interview.id)}
    done = merge(session, olga, double)
    assert _seen(session) == {(Role.MEMBER, interview.id)}
    assert done.did["closed"] == [[interview.id, "open", "members"]]
    undo_merge(session, done, by=None, now=NOW)
    assert session.get_one(Interview, interview.id).access == Access.OPEN


def test_a_voice_that_both_have_is_not_copied_and_can_be_forgotten(
    session: Session, olga: Person, double: Person
) -> None:
    interview = conversation(session, (olga.name, Part.NARRATOR), (double.name, Part.NARRATOR))
    consents = [
        record_consent(
            session, interview, given_by=each.name, use=Use.ARCHIVE, valid_from=TODAY, voice=True, by=None, now=NOW
        )
        for each in (olga, double)
    ]
    for each, consent, number in ((olga, consents[0], 0.1), (double, consents[1], 0.2)):
        voice = VoicePrint(person_id=each.id, consent_id=consent.id, interview_id=interview.id, model="x", made_at=NOW)
        voice.embedding = [number]
        session.add(voice)
    session.flush()
    done = merge(session, olga, double)
    assert [each.embedding for each in remembered_voices(session, today=TODAY)] == [[0.1]]
    assert "0.2" not in str(done.did)
    undo_merge(session, done, by=None, now=NOW)
    assert len(remembered_voices(session, today=TODAY)) == 2
    merge(session, olga, double)
    forget(session, olga.id, by=None, now=NOW)
    assert session.scalar(select(func.count()).select_from(VoicePrint)) == 0
    withdraw_consent(session, consents[1], by=None, now=NOW)


def test_naming_a_voice_is_not_taken_back_to_somebody_who_is_gone(
    session: Session, olga: Person, double: Person
) -> None:
    interview = conversation(session, (double.name, Part.NARRATOR))
    session.add(Voice(interview_id=interview.id, number=1, person_id=olga.id))
    session.add(Segment(interview_id=interview.id, voice=1, speaker_id=olga.id, start_ms=0, end_ms=1, text="Ja."))
    session.flush()
    name_voice(session, interview, 1, double.id, by=None, now=NOW)
    assert last_act(session, interview.id) is not None
    merge(session, olga, double)
    assert last_act(session, interview.id) is None


def test_search_hears_of_it(session: Session, olga: Person, double: Person) -> None:
    interview = conversation(session, (double.name, Part.NARRATOR))
    session.query(OutboxEntry).delete()
    done = merge(session, olga, double)
    session.flush()
    assert _waiting(session) >= {("interview", interview.id), ("person", olga.id), ("person", double.id)}
    session.query(OutboxEntry).delete()
    undo_merge(session, done, by=None, now=NOW)
    assert _waiting(session) >= {("interview", interview.id), ("person", olga.id), ("person", double.id)}


def _waiting(session: Session) -> set[tuple[str, int]]:
    return {(kind, number) for kind, number in session.execute(select(OutboxEntry.kind, OutboxEntry.thing_id))}


@pytest.mark.parametrize("lines", [3, 300])
def test_a_thousand_lines_cost_no_more_questions(session: Session, olga: Person, double: Person, lines: int) -> None:
    interview = conversation(session, (double.name, Part.NARRATOR))
    session.add_all(
        Segment(interview_id=interview.id, speaker_id=double.id, start_ms=n, end_ms=n + 1, text="Ja.")
        for n in range(lines)
    )
    session.commit()
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *each: asked.append(each[2]))
    merge(session, olga, double)
    assert len(asked) < 90, len(asked)
