"""A voice is remembered only with a consent which says so, and only while it holds."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from archive.access import Consent, Use, record_consent, withdraw_consent
from archive.accounts import User
from archive.errors import BadInput, NoConsent, NotAllowed, NotFound
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.voice_memory import (
    ask_to_remember,
    forget,
    forget_expired,
    is_remembered,
    remember,
    remembered_voices,
    voice_consent,
)
from archive.voices import Voice, VoicePrint, VoiceRequest

PRINT = [0.6, 0.8]


@pytest.fixture
def interview(session: Session, now: datetime) -> Interview:
    """An interview with one narrator."""
    details = InterviewDetails(title="Fra laget", narrators=("Olga Oppdiktet",), interviewers=("Ida Intervjuer",))
    return add_interview(session, details, handed_in_by_id=None, now=now)


def agree(
    session: Session, interview: Interview, now: datetime, *, voice: bool = True, until: date | None = None
) -> Consent:
    return record_consent(
        session,
        interview,
        given_by="Olga Oppdiktet",
        use=Use.ARCHIVE,
        valid_from=now.date() - timedelta(days=30),
        valid_until=until,
        voice=voice,
        by=None,
        now=now,
    )


def keep(session: Session, interview: Interview, now: datetime) -> bool:
    person = interview.narrators[0]
    return remember(session, interview.id, person.id, PRINT, "CAM++ x", now=now, today=now.date())


def test_without_a_consent_nothing_is_kept(session: Session, interview: Interview, now: datetime) -> None:
    agree(session, interview, now, voice=False)
    assert not keep(session, interview, now)
    assert session.query(VoicePrint).count() == 0
    with pytest.raises(NoConsent):
        ask_to_remember(session, interview, interview.narrators[0].id, today=now.date(), by=None, now=now)
    assert session.query(VoiceRequest).count() == 0


def test_with_one_the_voice_is_remembered_until_it_is_forgotten(
    session: Session, interview: Interview, now: datetime
) -> None:
    agree(session, interview, now)
    person = interview.narrators[0]
    assert keep(session, interview, now) and keep(session, interview, now)
    assert [(each.person_id, each.embedding) for each in remembered_voices(session, today=now.date())] == [
        (person.id, PRINT)
    ]
    session.add(Voice(interview_id=interview.id, number=1, suggested_id=person.id))
    forget(session, person.id, by=None, now=now)
    session.expire_all()
    assert not is_remembered(session, person.id)
    assert session.query(Voice).one().suggested_id is None  # found by what was forgotten


def test_only_a_secretary_has_a_voice_remembered_or_forgotten(
    session: Session, interview: Interview, now: datetime, volunteer: User
) -> None:
    agree(session, interview, now)
    person = interview.narrators[0]
    with pytest.raises(NotAllowed):
        ask_to_remember(session, interview, person.id, today=now.date(), by=volunteer.id, now=now)
    with pytest.raises(NotAllowed):
        forget(session, person.id, by=volunteer.id, now=now)
    with pytest.raises(NotFound):
        ask_to_remember(session, interview, 2**70, today=now.date(), by=None, now=now)


def test_taking_the_consent_back_deletes_the_print_and_what_was_found_by_it(
    session: Session, interview: Interview, now: datetime
) -> None:
    consent = agree(session, interview, now)
    person = interview.narrators[0]
    keep(session, interview, now)
    session.add(Voice(interview_id=interview.id, number=1, suggested_id=person.id))
    ask_to_remember(session, interview, person.id, today=now.date(), by=None, now=now)
    withdraw_consent(session, consent, by=None, now=now)
    session.expire_all()
    assert session.query(VoicePrint).count() == session.query(VoiceRequest).count() == 0
    assert session.query(Voice).one().suggested_id is None
    assert voice_consent(session, person.id, today=now.date()) is None


def test_what_ran_out_is_not_looked_for_and_goes(session: Session, interview: Interview, now: datetime) -> None:
    agree(session, interview, now, until=now.date())
    keep(session, interview, now)
    tomorrow = now.date() + timedelta(days=1)
    assert remembered_voices(session, today=now.date())
    assert remembered_voices(session, today=tomorrow) == []
    session.add(Voice(interview_id=interview.id, number=1, suggested_id=interview.narrators[0].id))
    assert forget_expired(session, today=now.date(), now=now) == 0
    assert forget_expired(session, today=tomorrow, now=now) == 1
    session.expire_all()
    assert session.query(VoicePrint).count() == 0
    assert session.query(Voice).one().suggested_id is None


def test_nobody_agrees_for_another(session: Session, interview: Interview, now: datetime) -> None:
    with pytest.raises(BadInput, match="not_a_narrator"):
        record_consent(
            session,
            interview,
            given_by="Datter Oppdiktet",
            use=Use.ARCHIVE,
            valid_from=now.date(),
            voice=True,
            by=None,
            now=now,
        )
