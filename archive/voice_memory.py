"""Voices that the archive may know again: only with a consent of that person which says so, and only while it holds."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.access import Consent
from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.database import find_row
from archive.errors import NoConsent, NotFound
from archive.interviews import Interview
from archive.people import Person
from archive.voices import VoicePrint, VoiceRequest, forget_voice_of


@dataclass(frozen=True, slots=True)
class Remembered:
    """One voice that may be looked for today."""

    person_id: int
    embedding: list[float]
    model: str


def voice_consent(session: Session, person_id: int, *, today: date) -> Consent | None:
    """The consent by which this person's voice may be remembered today; None: it may not."""
    given = select(Consent).where(
        Consent.person_id == person_id,
        Consent.voice,
        Consent.withdrawn_at.is_(None),
        Consent.valid_from <= today,
        or_(Consent.valid_until.is_(None), Consent.valid_until >= today),
    )
    return session.scalars(given.order_by(Consent.id.desc()).limit(1)).first()


def remembered_voices(session: Session, *, today: date) -> list[Remembered]:
    """The voices that may be looked for today; of people that were merged, the one that is kept."""
    merged = select(Person.id).where(Person.merged_into_id.is_not(None))
    prints = session.scalars(
        select(VoicePrint).where(VoicePrint.person_id.not_in(merged)).order_by(VoicePrint.person_id)
    )
    return [
        Remembered(each.person_id, list(each.embedding), each.model)
        for each in prints
        if (consent := session.get(Consent, each.consent_id)) is not None and consent.voice and consent.holds(today)
    ]


def is_remembered(session: Session, person_id: int) -> bool:
    """Whether the archive keeps how this person's voice sounds."""
    return session.get(VoicePrint, person_id) is not None


def ask_to_remember(
    session: Session, interview: Interview, person_id: int, *, today: date, by: int | None, now: datetime
) -> None:
    """Ask the machine to learn a voice from this interview. Commit, then `jobs.ask_for_unfinished`.

    Raises:
        NotAllowed: only a secretary and up decides this.
        NotFound: no such person.
        NoConsent: this person has not agreed to it, or no longer.
    """
    require_at_least(session, by, "remember_voice", Role.SECRETARY)
    if find_row(session, Person, person_id) is None:
        raise NotFound("person", person_id)
    if voice_consent(session, person_id, today=today) is None:
        raise NoConsent
    waiting = select(VoiceRequest).where(VoiceRequest.interview_id == interview.id, VoiceRequest.person_id == person_id)
    request = session.scalars(waiting).first() or VoiceRequest(
        interview_id=interview.id, person_id=person_id, asked_at=now
    )
    request.failure = None
    session.add(request)
    session.flush()
    note(session, "asked_to_remember_voice", "person", person_id, user_id=by, now=now, interview=interview.id)


def remember(
    session: Session,
    interview_id: int,
    person_id: int,
    embedding: list[float],
    model: str,
    *,
    now: datetime,
    today: date,
) -> bool:
    """Keep how a voice sounds; False, and nothing is kept, when the consent was withdrawn meanwhile."""
    consent = voice_consent(session, person_id, today=today)
    if consent is None:
        return False
    kept = session.get(VoicePrint, person_id) or VoicePrint(person_id=person_id)
    kept.consent_id, kept.interview_id = consent.id, interview_id
    kept.embedding, kept.model, kept.made_at = embedding, model, now
    session.add(kept)
    session.flush()
    note(session, "remembered_voice", "person", person_id, user_id=None, now=now, consent=consent.id)
    return True


def forget(session: Session, person_id: int, *, by: int | None, now: datetime) -> None:
    """Delete what is kept of a voice, and what was found by it.

    Raises:
        NotAllowed: only a secretary and up decides this.
    """
    require_at_least(session, by, "forget_voice", Role.SECRETARY)
    merged = select(Person.id).where(Person.merged_into_id == person_id)  # their prints wait for the merge to be undone
    for each in (person_id, *session.scalars(merged).all()):
        if find_row(session, VoicePrint, each) is not None:
            forget_voice_of(session, each)
            note(session, "forgot_voice", "person", each, user_id=by, now=now)


def forget_expired(session: Session, *, today: date, now: datetime) -> int:
    """Forget the voices whose consent no longer holds, and what was found by them; how many."""
    over = select(VoicePrint.person_id, Consent.id).join(Consent, Consent.id == VoicePrint.consent_id)
    no_longer = or_(Consent.withdrawn_at.is_not(None), Consent.voice.is_(False), Consent.valid_until < today)
    gone = session.execute(over.where(no_longer)).all()
    for person_id, consent_id in gone:
        forget_voice_of(session, person_id)
        note(session, "forgot_voice", "person", person_id, user_id=None, now=now, consent=consent_id)
    return len(gone)
