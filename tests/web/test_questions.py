"""How often a page asks the database: as often for many rows as for few."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from archive.access import Consent, Use
from archive.accounts import Role, User, add_user
from archive.chapters import Chapter, ChapterDetails, add_chapter, change_chapter, remove_chapter
from archive.database import Database
from archive.interviews import Access, Interview, Part, Participation, Status
from archive.people import Person
from archive.planning import PlanDetails, plan_interview
from archive.recordings import MachineLayer, Recording, Window
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.transcripts import Segment, edit_segment
from tests.conftest import NOW
from tests.web.conftest import Browser

PAGES = (
    "/",
    "/intervju",
    "/intervju/1",
    "/intervju/1/tekst?uferdig=1",
    "/intervju/1/teksten",
    "/intervju/1/teksten/2",
    "/intervju/1/ny-linje?fra=0&til=1000",
    "/intervju/1/maskinen/hor-pa-nytt?opptak=2",
    "/intervju/1/tilgang",
    "/intervju/1/eksport/json",
    "/lever/1/kvittering",
    "/linje/1",
    "/linje/1/historikk",
    "/kapittel/1/endre",
    "/kapittel/1/historikk",
    "/intervjuplan",
    "/mine-opptak",
    "/brukere",
    "/sok?q=lag",
)
Asked = Callable[[Browser, str], list[str]]


class Growing:
    """An archive that gets more of everything: interviews, and what the first of them holds."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.handed_in_by_id = session.scalars(select(User.id).where(User.role == Role.SECRETARY)).one()
        self.first = self._interview("Det første")
        session.flush()

    def grow(self, numbers: range) -> None:
        """Add one of each for every number."""
        for number in numbers:
            username = f"nr{number}"
            user = add_user(self.session, name=username, username=username, role=Role.VOLUNTEER, now=NOW, by=None)
            plan_interview(self.session, PlanDetails(narrator=f"Planlagt {number}"), now=NOW, by=None)
            person = Person(name=f"Forteller {number}")
            self._fill(self._interview(f"Nr. {number}"), 1, person, user)
            self._fill(self.first, number, person, user)
            self.session.flush()
            self._correct(self.first.segments[0], f"et lag {number}", user)
            self._index(number, user)
        self.session.commit()

    def _interview(self, title: str) -> Interview:
        interview = Interview(title=title, made_at=NOW, received_at=NOW, handed_in_by_id=self.handed_in_by_id)
        interview.access, interview.status = Access.OPEN, Status.PROCESSING
        self.session.add(interview)
        return interview

    def _fill(self, interview: Interview, part: int, person: Person, user: User) -> None:
        interview.participations.append(Participation(person=person, part=Part.NARRATOR))
        interview.recordings.append(_recording(f"{interview.title} {part}", part, person))
        consent = Consent(given_by="N", use=Use.ALL, valid_from=date(2022, 1, 1), recorded_by=user, recorded_at=NOW)
        interview.consents.append(consent)
        interview.segments.append(
            Segment(start_ms=part, end_ms=part + 1, speaker=person, text="om et lag", doubts=["repeats"])
        )

    def _index(self, number: int, user: User) -> None:
        """A chapter more, one that is removed, and another change of the first."""
        by = {"by": user.id, "now": NOW}
        add_chapter(self.session, self.first.id, ChapterDetails(number, f"Om lag {number}"), **by)
        gone = add_chapter(self.session, self.first.id, ChapterDetails(number, "Borte"), **by)
        remove_chapter(self.session, gone.id, base_version=0, **by)
        first = self.session.get_one(Chapter, 1)
        change_chapter(self.session, 1, ChapterDetails(0, f"Lag {number}"), base_version=first.version, **by)

    def _correct(self, line: Segment, text: str, editor: User) -> None:
        edit_segment(
            self.session,
            line.id,
            text=text,
            speaker_id=line.speaker_id,
            base_version=line.version,
            editor_id=editor.id,
            now=NOW,
        )


def _recording(name: str, part: int, speaker: Person) -> Recording:
    layer = MachineLayer(run=1, engine="e", model=name, model_sha256="0" * 64, options={}, speech_ms=0, started_at=NOW)
    layer.windows = [
        Window(number=n, group_number=0, start_ms=n, end_ms=n + 1, text="x", words=[[n, n + 1, "x", 0.9]])
        for n in range(part)
    ]
    return Recording(
        part=part,
        offset_ms=0,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size_bytes=1,
        duration_ms=1000,
        original_name=name,
        container="mp3",
        codec="mp3",
        channels=1,
        sample_rate_hz=44_100,
        speaker=speaker,
        received_at=NOW,
        layers=[layer],
    )


@pytest.fixture
def asked(app: Flask) -> Asked:
    """What a browser's look at a page asks the database."""
    statements: list[str] = []

    @event.listens_for(app.extensions["archive"].database.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    def look(browser: Browser, page: str) -> list[str]:
        statements.clear()
        assert browser.get(page).status_code == 200, page
        return list(statements)

    return look


def test_no_page_asks_more_often_in_a_large_archive(
    settings: Settings, database: Database, secretary: Browser, asked: Asked
) -> None:
    with database.write() as session:
        archive = Growing(session)
        counts = []
        for numbers in (range(1, 4), range(4, 21)):
            archive.grow(numbers)
            bring_up_to_date(settings, database, wait=True)
            secretary.get("/")  # what is asked once for a process is asked by now
            counts.append({page: len(asked(secretary, page)) for page in PAGES})
    assert counts[0] == counts[1]
