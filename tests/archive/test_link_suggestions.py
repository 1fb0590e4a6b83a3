from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access, Interview, Status
from archive.link_kinds import Side
from archive.link_suggestions import for_event, for_interview, years_of
from archive.links import LinkState, add_link
from archive.names import NameSuggestion, SuggestionState
from archive.people import find_or_add_person
from archive.search.decades import decades_said, spoken_years, years_said
from archive.transcripts import Segment

SAID = (
    "Vi fikk barnehagen i syttifire, etter mye bråk.",
    "I 1974 flyttet vi.",
    "Olga Oppdiktet stod i døra i 1974.",
    "Den barnehagen var fin.",
    "Hun Åga sto på for barnehagen hele tida.",
)


@pytest.fixture
def interview(session: Session, now: datetime) -> Interview:
    """Somebody tells of a kindergarten, a line each two minutes."""
    interview = Interview(title="Blanketten", status=Status.REVIEWED, access=Access.CLOSED, made_at=now)
    session.add(interview)
    session.flush()
    for number, text in enumerate(SAID):
        start_ms = number * 120_000
        session.add(Segment(interview_id=interview.id, start_ms=start_ms, end_ms=start_ms + 5000, text=text, words=[]))
    session.flush()
    return interview


@pytest.fixture
def event(session: Session, now: datetime) -> Event:
    """What is told of."""
    return add_event(session, EventDetails("Ny barnehage i Verran", "1974"), by=None, now=now)


def test_one_sign_alone_is_not_enough(
    session: Session, now: datetime, today: date, interview: Interview, event: Event
) -> None:
    found = for_event(session, event, MACHINE_OWNER, today=today)
    assert [(each.line.text, each.why) for each in found] == [(SAID[0], ("year", "word"))]
    assert [each.line.segment_id for each in for_interview(session, interview, MACHINE_OWNER)] == [
        found[0].line.segment_id
    ]
    assert for_event(session, event, VISITOR, today=today) == []


def test_people_of_the_event_are_found_by_name_and_by_what_people_decided(
    session: Session, now: datetime, today: date, interview: Interview, event: Event
) -> None:
    olga = find_or_add_person(session, "Olga Oppdiktet")
    add_link(session, Side("event", event.id), Side("person", olga.id), by=None, now=now)
    line = session.query(Segment).filter_by(text=SAID[4]).one()
    session.add(
        NameSuggestion(
            interview_id=interview.id,
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
    session.flush()
    wanted = {SAID[2]: ("person", "year"), SAID[0]: ("year", "word"), SAID[4]: ("person", "word")}
    for found in (
        for_event(session, event, MACHINE_OWNER, today=today),
        for_interview(session, interview, MACHINE_OWNER),
    ):
        assert {each.line.text: each.why for each in found} == wanted
        assert found[0].line.text == SAID[2]  # the surest first


@pytest.mark.parametrize("state", list(LinkState))
def test_what_was_decided_is_not_asked_again(
    session: Session, now: datetime, today: date, interview: Interview, event: Event, state: LinkState
) -> None:
    near = Side("interview", interview.id, ms=2000)
    add_link(session, Side("event", event.id), near, state=state, by=None, now=now)
    assert for_event(session, event, MACHINE_OWNER, today=today) == []
    assert for_interview(session, interview, MACHINE_OWNER) == []


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
