"""What is new: every kind at every access, what was closed again, what a consent opens, and nothing told twice."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event as happens
from sqlalchemy.orm import Session

from archive.access import ConsentDetails, Use, close_now, open_interview, record_consent, withdraw_consent
from archive.accounts import User
from archive.chapters import ChapterDetails, add_chapter, remove_chapter
from archive.errors import BadInput
from archive.events import Event, EventDetails, add_event, change_event
from archive.interviews import Access, Interview, InterviewDetails, add_interview
from archive.overview.news import last_told, mark_told, news
from archive.record_series import RecordKind
from archive.records import Record, RecordDetails, add_record, set_access

SECRET = "hemmelig"
DAY = timedelta(days=1)


def make_interview(session: Session, title: str, now: datetime) -> Interview:
    details = InterviewDetails(title=title, narrators=("Olga Oppdiktet",), place="Kaia", summary=f"{title}, kort sagt")
    interview = add_interview(session, details, handed_in_by_id=None, now=now)
    session.flush()
    return interview


def open_to(session: Session, interview: Interview, access: Access, now: datetime, begins: date | None = None) -> None:
    use = Use.ALL if access is Access.OPEN else Use.MEMBERS
    consent = ConsentDetails("Olga Oppdiktet", use, begins or now.date())
    open_interview(session, interview, access, consent=consent, by=None, now=now)


def make_event(session: Session, title: str, access: Access, now: datetime) -> Event:
    return add_event(session, EventDetails(title, "1976", access=access), by=None, now=now)


def make_record(session: Session, title: str, access: Access, now: datetime) -> Record:
    details = RecordDetails(title=title, kind=RecordKind.MINUTES)
    record = add_record(session, details, None, by=None, now=now)
    if access is not Access.CLOSED:
        set_access(session, record, access, ground="Styrets vedtak", by=None, now=now)
    return record


def titles(session: Session, now: datetime, audience: Access, since: datetime | None = None) -> set[str]:
    """All that the text would name."""
    found = news(session, since=since or now - DAY, until=now + DAY, audience=audience, today=(now + DAY).date())
    named = {each.title for each in (*found.interviews, *found.events, *found.records, *found.chapters)}
    return named | {chapter.title for each in found.interviews for chapter in each.chapters}


def test_each_reader_is_told_what_he_may_see_and_nothing_else(session: Session, now: datetime) -> None:
    for access in Access:
        for make in (make_event, make_record):
            make(session, f"{make.__name__} {access}", access, now)
        interview = make_interview(session, f"make_interview {access}", now)
        if access is not Access.CLOSED:
            open_to(session, interview, access, now)
        add_chapter(session, interview.id, ChapterDetails(1000, f"kapittel {access}"), by=None, now=now)
    kinds = ("make_event", "make_record", "make_interview", "kapittel")
    assert titles(session, now, Access.OPEN) == {f"{kind} open" for kind in kinds}
    members = {f"{kind} {access}" for kind in kinds for access in ("open", "members")}
    assert titles(session, now, Access.MEMBERS) == members


def test_what_was_closed_again_or_is_only_suggested_is_not_told(
    session: Session, now: datetime, volunteer: User
) -> None:
    closed, withdrawn = (make_interview(session, f"{SECRET} {n}", now) for n in (1, 2))
    for each in (closed, withdrawn):
        open_to(session, each, Access.OPEN, now)
        add_chapter(session, each.id, ChapterDetails(0, SECRET), by=None, now=now)
    close_now(session, closed, by=None, now=now)
    withdraw_consent(session, withdrawn.consents[0], by=None, now=now)
    event, record = make_event(session, SECRET, Access.OPEN, now), make_record(session, SECRET, Access.OPEN, now)
    change_event(session, event, EventDetails(SECRET, "1976", access=Access.CLOSED), by=None, now=now)
    set_access(session, record, Access.CLOSED, by=None, now=now)
    add_event(session, EventDetails(SECRET, "1976", access=Access.OPEN), by=volunteer.id, now=now)
    open_one = make_interview(session, "Åpent", now)
    open_to(session, open_one, Access.OPEN, now)
    gone = add_chapter(session, open_one.id, ChapterDetails(5000, SECRET), by=None, now=now)
    remove_chapter(session, gone.id, base_version=0, by=None, now=now)
    for audience in (Access.OPEN, Access.MEMBERS):
        assert titles(session, now, audience) == {"Åpent"}


def test_what_was_open_before_is_not_new_however_it_changes(session: Session, now: datetime) -> None:
    before = now - 10 * DAY
    event, record = make_event(session, "Gammel", Access.OPEN, before), make_record(session, "Gml", Access.OPEN, before)
    interview = make_interview(session, "Gammelt", before)
    open_to(session, interview, Access.OPEN, before)
    change_event(session, event, EventDetails("Gammel, rettet", "1977", access=Access.OPEN), by=None, now=now)
    set_access(session, record, Access.OPEN, ground="Nytt grunnlag", by=None, now=now)
    open_to(session, interview, Access.OPEN, now)
    record_consent(session, interview, given_by="Olga Oppdiktet", use=Use.ALL, valid_from=now.date(), by=None, now=now)
    assert titles(session, now, Access.OPEN) == set()
    add_chapter(session, interview.id, ChapterDetails(7000, "Et nytt sted"), by=None, now=now)
    assert titles(session, now, Access.OPEN) == {"Et nytt sted"}


def test_from_members_to_all_is_new_to_all_and_not_to_members(session: Session, now: datetime) -> None:
    interview = make_interview(session, "For flere", now - 10 * DAY)
    open_to(session, interview, Access.MEMBERS, now - 9 * DAY)
    open_to(session, interview, Access.OPEN, now)
    assert titles(session, now, Access.OPEN) == {"For flere"}
    assert titles(session, now, Access.MEMBERS) == set()


def test_a_consent_that_begins_later_makes_it_new_then(session: Session, now: datetime) -> None:
    interview, opened = make_interview(session, "Fra mandag", now), now - 20 * DAY
    open_to(session, interview, Access.OPEN, opened, begins=now.date())
    assert titles(session, now - 19 * DAY, Access.OPEN, since=now - 25 * DAY) == set()
    assert titles(session, now, Access.OPEN) == {"Fra mandag"}


def test_what_is_told_is_told_once(session: Session, now: datetime) -> None:
    with pytest.raises(BadInput):
        mark_told(session, since=now, until=now, audience=Access.OPEN, by=None, now=now)
    with pytest.raises(BadInput):
        mark_told(session, since=now, until=now + DAY, audience=Access.OPEN, by=None, now=now)
    mark_told(session, since=now - DAY, until=now, audience=Access.OPEN, by=None, now=now)
    told = last_told(session)
    assert told is not None
    interview = make_interview(session, "Åpnet samme dag, og fortalt", now)
    open_to(session, interview, Access.OPEN, now - timedelta(hours=1))
    make_event(session, "Ett øyeblikk etter", Access.OPEN, now)
    assert titles(session, now, Access.OPEN, since=told.until) == {"Ett øyeblikk etter"}
    make_event(session, "Ett øyeblikk før", Access.OPEN, now - timedelta(microseconds=1))
    assert titles(session, now, Access.OPEN, since=told.until) == {"Ett øyeblikk etter"}


def test_as_many_questions_for_thirty_as_for_one(session: Session, now: datetime) -> None:
    asked: list[str] = []
    happens.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for size in (1, 30):
        for number in range(size):
            interview = make_interview(session, f"Nummer {size} {number}", now)
            open_to(session, interview, Access.OPEN, now)
            add_chapter(session, interview.id, ChapterDetails(0, "Et sted"), by=None, now=now)
            make_event(session, f"Hendelse {number}", Access.OPEN, now)
        session.flush()
        session.expunge_all()
        asked.clear()
        assert titles(session, now, Access.OPEN)
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
