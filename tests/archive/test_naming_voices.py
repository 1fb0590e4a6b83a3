"""Who the voices are: naming, swapping, joining, taking back; a person's own choices for lines stand."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.naming_voices import (
    ask_for_voices,
    heard_voices,
    last_act,
    merge_voices,
    name_voice,
    swap_voices,
    take_back,
)
from archive.outbox import OutboxEntry
from archive.people import Person, find_or_add_person
from archive.transcripts import Segment, segments_of
from archive.voices import Voice, expected_voices, voices_in

VOICES = [1, 2, 2, 1, 2, None]


@pytest.fixture
def interview(session: Session, now: datetime) -> Interview:
    """Six lines of two voices, the last one nobody's."""
    details = InterviewDetails(title="Fra laget", narrators=("Olga Oppdiktet",), interviewers=("Ida Intervjuer",))
    interview = add_interview(session, details, handed_in_by_id=None, now=now)
    for at, voice in enumerate(VOICES):
        line = Segment(start_ms=at * 10_000, end_ms=at * 10_000 + 9_000, voice=voice, text=f"Linje {at}.")
        line.machine_text = line.text
        interview.segments.append(line)
    session.add_all([Voice(interview_id=interview.id, number=number) for number in (1, 2)])
    session.flush()
    return interview


@pytest.fixture
def people(session: Session, interview: Interview) -> tuple[Person, Person]:
    """The one who tells and the one who asks."""
    return find_or_add_person(session, "Olga Oppdiktet"), find_or_add_person(session, "Ida Intervjuer")


def speakers(session: Session, interview: Interview) -> list[str | None]:
    return [line.speaker.name if line.speaker else None for line in segments_of(session, interview.id)]


def state(session: Session, interview: Interview) -> tuple[object, ...]:
    lines = [(line.voice, line.speaker_id) for line in segments_of(session, interview.id)]
    return lines, {number: voice.person_id for number, voice in voices_in(session, interview.id).items()}


def test_a_name_goes_to_every_line_of_the_voice(
    session: Session, interview: Interview, people: tuple[Person, Person], now: datetime
) -> None:
    name_voice(session, interview, 2, people[0].id, by=None, now=now)
    assert speakers(session, interview) == [None, "Olga Oppdiktet", "Olga Oppdiktet", None, "Olga Oppdiktet", None]
    assert session.query(OutboxEntry).filter_by(thing_id=interview.id).count()
    assert session.query(AuditEvent).filter_by(act="named_voice").count() == 1


def test_a_line_that_somebody_gave_to_another_stays(
    session: Session, interview: Interview, people: tuple[Person, Person], now: datetime
) -> None:
    olga, ida = people
    segments_of(session, interview.id)[1].speaker_id = ida.id
    name_voice(session, interview, 2, olga.id, by=None, now=now)
    assert speakers(session, interview)[1] == "Ida Intervjuer"
    name_voice(session, interview, 2, None, by=None, now=now)
    assert speakers(session, interview) == [None, "Ida Intervjuer", None, None, None, None]


def test_swapping_puts_names_right_that_were_the_wrong_way_round(
    session: Session, interview: Interview, people: tuple[Person, Person], now: datetime
) -> None:
    olga, ida = people
    name_voice(session, interview, 1, olga.id, by=None, now=now)
    name_voice(session, interview, 2, ida.id, by=None, now=now)
    swap_voices(session, interview, 1, 2, by=None, now=now)
    assert speakers(session, interview)[:3] == ["Ida Intervjuer", "Olga Oppdiktet", "Olga Oppdiktet"]
    with pytest.raises(BadInput):
        swap_voices(session, interview, 1, 1, by=None, now=now)


def test_joining_gives_all_lines_to_one_voice_and_keeps_the_name(
    session: Session, interview: Interview, people: tuple[Person, Person], now: datetime
) -> None:
    name_voice(session, interview, 1, people[0].id, by=None, now=now)
    merge_voices(session, interview, 1, 2, by=None, now=now)
    assert list(voices_in(session, interview.id)) == [2]
    assert speakers(session, interview) == ["Olga Oppdiktet"] * 5 + [None]
    assert [heard.share for heard in heard_voices(session, interview.id)] == [1.0]


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(["name", "swap", "merge"]), st.integers(0, 2), st.booleans()), max_size=4)
)
def test_what_was_done_last_can_be_taken_back(
    session: Session,
    interview: Interview,
    people: tuple[Person, Person],
    now: datetime,
    acts: list[tuple[str, int, bool]],
) -> None:
    with session.begin_nested() as attempt:
        for act, who, turned in acts:
            numbers = list(voices_in(session, interview.id))
            before, events = state(session, interview), session.query(AuditEvent).count()
            first, last = (numbers[-1], numbers[0]) if turned else (numbers[0], numbers[-1])
            if act == "name":
                name_voice(session, interview, first, [None, *[p.id for p in people]][who], by=None, now=now)
            elif first != last:
                (swap_voices if act == "swap" else merge_voices)(session, interview, first, last, by=None, now=now)
            after = state(session, interview)
            if session.query(AuditEvent).count() > events:
                assert take_back(session, interview, by=None, now=now)
                assert state(session, interview) == before
                assert last_act(session, interview.id) is None
                assert not take_back(session, interview, by=None, now=now)
            else:
                assert after == before
        attempt.rollback()
    session.expire_all()


def test_a_line_that_changed_since_is_not_taken_back(
    session: Session, interview: Interview, people: tuple[Person, Person], now: datetime
) -> None:
    olga, ida = people
    name_voice(session, interview, 2, olga.id, by=None, now=now)
    segments_of(session, interview.id)[1].speaker_id = ida.id
    session.flush()
    assert take_back(session, interview, by=None, now=now)
    assert speakers(session, interview) == [None, "Ida Intervjuer", None, None, None, None]


def test_only_those_who_may_correct_may_name(session: Session, interview: Interview, now: datetime) -> None:
    from archive.accounts import Role, add_user

    member = add_user(session, name="Mari Medlem", username="mari", role=Role.MEMBER, now=now, by=None)
    assert isinstance(member, User)
    session.flush()
    with pytest.raises(NotAllowed):
        name_voice(session, interview, 1, None, by=member.id, now=now)
    with pytest.raises(NotFound):
        name_voice(session, interview, 7, None, by=None, now=now)
    with pytest.raises(NotFound):
        name_voice(session, interview, 1, 999_999, by=None, now=now)


def test_how_many_voices_are_looked_for(session: Session, interview: Interview, now: datetime) -> None:
    assert expected_voices(interview) == (2, False)
    interview.participations[:] = interview.participations[:1]
    assert expected_voices(interview) == (2, False)
    interview.voice_count = 1
    assert expected_voices(interview) == (1, True)
    with pytest.raises(BadInput, match="out_of_range"):
        ask_for_voices(session, interview, 0, by=None, now=now)
    with pytest.raises(BadInput, match="no_sound"):
        ask_for_voices(session, interview, 3, by=None, now=now)


def test_a_voice_is_heard_where_it_speaks_longest(session: Session, interview: Interview) -> None:
    one, two = heard_voices(session, interview.id)
    assert (one.talking_ms, two.talking_ms) == (18_000, 28_000 - 0)
    assert two.turns == ((10_000, 29_000), (40_000, 49_000))
    assert one.share + two.share == 1.0
