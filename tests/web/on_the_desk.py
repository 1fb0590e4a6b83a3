"""Something that waits, in every pile of the desk."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from archive.access import Use, record_consent
from archive.accounts import Role
from archive.contributions import Contribution
from archive.database import Database
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access, InterviewDetails, Status, add_interview
from archive.joining import JoinLink, JoinRequest
from archive.link_suggestions import LinkSuggestion
from archive.local_time import day_of
from archive.names import NameSuggestion
from archive.record_series import RecordKind
from archive.records import ReadingState, Record, RecordVersion
from archive.transcripts import Segment
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.occurrences import Occurrence, State
from tests.conftest import NOW
from tests.web.stories import person_with

TODAY = day_of(datetime.now(UTC))


def fill(database: Database, count: int) -> None:
    """Put something into every pile, so many papers each, later ones younger."""
    with database.write() as session:
        volunteer = person_with(database, Role.VOLUNTEER)
        duty = Duty(title="Styremøte", strength=Strength.MUST, per=Per.YEAR, minimum=9)
        session.add_all([duty, JoinLink(id=1, token="fellesordet", made_at=NOW)])
        session.flush()
        for number in range(count):
            at = NOW + timedelta(hours=number)
            handed = add_interview(session, InterviewDetails(f"Opptak {number}"), handed_in_by_id=volunteer, now=at)
            handed.status, handed.received_at = Status.FAILED if number % 2 else Status.MACHINE_TEXT, at
            line = Segment(
                start_ms=0, end_ms=1000, text="Vi dro til Nammsos", words=[], machine_text="", machine_words=[]
            )
            handed.segments.append(line)
            session.flush()
            session.add(
                NameSuggestion(
                    interview_id=handed.id,
                    segment_id=line.id,
                    first_word=3,
                    last_word=3,
                    heard="Nammsos",
                    name="Namsos",
                    kind="place",
                    score=0.9,
                )
            )
            ending = add_interview(session, InterviewDetails(f"Åpent {number}"), handed_in_by_id=None, now=at)
            ending.status, ending.access = Status.REVIEWED, Access.MEMBERS
            record_consent(
                session,
                ending,
                given_by="Kari Oppdiktet",
                use=Use.MEMBERS,
                valid_from=date(2020, 1, 1),
                valid_until=TODAY + timedelta(days=number % 30),
                by=None,
                now=at,
            )
            add_event(session, EventDetails(f"Hendelse {number}", "1974"), by=volunteer, now=at)
            session.add(JoinRequest(link_id=1, name=f"Ny {number}", secret_sha256=f"{number:064}", asked_at=at))
            session.add(Contribution(text=f"Bidrag {number}", made_at=at))
            session.add(Duty(title=f"Plikt {number}", strength=Strength.MUST, per=Per.YEAR, minimum=1))
            asked = at if number % 2 else None
            session.add(
                Occurrence(
                    duty_id=duty.id,
                    year=TODAY.year,
                    due_on=TODAY + timedelta(days=number % 9 - 5),
                    state=State.PLANNED,
                    changed_at=at,
                    help_asked_at=asked,
                    help_text="Vi har ingen leder." if asked else "",
                )
            )
            record = Record(
                title=f"Protokoll {number}", kind=RecordKind.MINUTES, series="A", made_at=at, current_number=1
            )
            record.versions.append(
                RecordVersion(
                    number=1,
                    sha256=f"{number:064}",
                    size_bytes=1,
                    original_name="p.pdf",
                    file_kind="pdf",
                    page_count=3,
                    is_paged=True,
                    received_at=at,
                    state=ReadingState.DONE,
                    unread_pages=2,
                )
            )
            session.add(record)
            session.flush()
            event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
            session.add(
                LinkSuggestion(
                    interview_id=handed.id, ms=0, event_id=event.id, score=4, why=["year", "word"], found_at=at
                )
            )
        session.commit()
