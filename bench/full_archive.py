"""An archive of invented rows, as large as issue 5 asks for, with work waiting in every pile of the desk.

Drawn from one seed: 2,000 records, 1,000 people, 1,000 events, 5,000 links; 400 interviews, and 200 papers in every
pile.
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from archive.access import Consent, Use
from archive.contributions import Contribution
from archive.events import Event, EventState
from archive.interviews import Access, Interview, Part, Participation, Status
from archive.joining import JoinLink, JoinRequest
from archive.link_suggestions import LinkSuggestion
from archive.links import Link
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting, MeetingKind
from archive.names import NameSuggestion
from archive.offices import Office, OfficeKind
from archive.overview.unit_years import UnitYear
from archive.people import Person, name_key
from archive.record_series import RecordKind
from archive.recordings import Recording
from archive.records import ReceivedPaper, RecordDetails, RecordVersion, add_record
from archive.records_reading import save_pages, settle
from archive.row_history import RowChange
from archive.transcripts import Segment
from archive.units import Unit, UnitKind
from archive.workplan.items import WorkPlanItem, WorkPlanResponsible
from archive.workplan.outline import ItemKind
from archive.workplan.plans import PlanState, WorkPlan
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.occurrences import Occurrence
from archive.yearwheel.reminders import Reminder
from archive.yearwheel.year import set_up_year
from bench.web import WORDS
from media.papers import Paper, PaperPage

EVENTS, PEOPLE, RECORDS, LINKS = 1_000, 1_000, 2_000, 5_000
OFFICES, DUTIES, WAITING, MEETINGS, ITEMS = 1_000, 400, 200, 300, 200
SUGGESTIONS = 3_600  # after the first look through such an archive
NOW = datetime.now(UTC)  # the pages ask what waits today
_PAGES = 4
_TODAY = NOW.date()


def fill(session: Session, *, by: int) -> None:
    """Put all of it in; `by` is the secretary."""
    chance = random.Random(1974)
    _people(session)
    _records(session, chance, by)
    _events(session, chance)
    units = session.scalars(select(Unit.id)).all()
    _interviews(session, chance)
    _meetings(session, units)
    _links(session, chance, units)
    _offices(session, chance, units)
    _year(session, chance, units, by)
    _plan(session, chance, units)
    _waiting(session)
    _suggestions(session, chance, units)
    _changes(session, by)


def _people(session: Session) -> None:
    names = [f"Person {number} Oppdiktet" for number in range(1, PEOPLE + 1)]
    _add(session, Person, [{"name": name, "name_key": name_key(name), "born": "1931"} for name in names])


def _records(session: Session, chance: random.Random, by: int) -> None:
    """Records with pages of text; every third could not be read to the end."""
    units, kinds = session.scalars(select(Unit.id).limit(40)).all(), list(RecordKind)
    for number in range(RECORDS):
        details = RecordDetails(
            title=" ".join(chance.choices(WORDS, k=4)),
            kind=chance.choice(kinds),
            unit_id=chance.choice([None, *units]),
            dated=str(chance.randint(1961, 2023)),
            box=f"Eske {number % 40}",
        )
        paper = ReceivedPaper(f"{number:064x}", 1_000, "a.pdf", Paper("pdf", _PAGES, is_paged=True))
        record = add_record(session, details, paper, by=by, now=NOW)
        said = [PaperPage(" ".join(chance.choices(WORDS, k=300)), None, is_scan=False) for _ in range(_PAGES)]
        save_pages(session, record.versions[0], 0, said)
        settle(session, record.versions[0], now=NOW)
        record.access, record.ground = Access.OPEN, "oppdiktet"
    session.flush()
    session.execute(update(RecordVersion).where(RecordVersion.id <= WAITING).values(unread_pages=2))


def _events(session: Session, chance: random.Random) -> None:
    for number in range(EVENTS + WAITING):
        session.add(
            Event(
                title=f"Hendelse {number}",
                dated=str(chance.randint(1960, 2019)),
                place=f"Sted {number % 40}",
                text="Det hendte noe her, og mange var med. " * 5,
                access=Access.MEMBERS,
                state=EventState.STANDS if number < EVENTS else EventState.SUGGESTED,
                made_at=NOW,
            )
        )
    session.flush()


def _interviews(session: Session, chance: random.Random) -> None:
    """Each of them waits in every pile for interviews: no consent, one that ends, one that failed, a doubtful name."""
    told = [
        {
            "title": f"Samtale {number} om {chance.choice(WORDS)}",
            "place": f"Sted {number % 40}",
            "status": Status.MACHINE_TEXT,
            "access": Access.MEMBERS,
            "made_at": NOW,
            "received_at": NOW - timedelta(days=number % 90),
        }
        for number in range(2 * WAITING)
    ]
    _add(session, Interview, told)
    numbers = range(1, 2 * WAITING + 1)
    lines = [
        {
            "interview_id": each,
            "start_ms": line * 5_000,
            "end_ms": line * 5_000 + 4_000,
            "text": " ".join(chance.choices(WORDS, k=12)),
        }
        for each in numbers
        for line in range(10)
    ]
    _add(session, Segment, lines)
    _add(
        session,
        Participation,
        [{"interview_id": each, "person_id": each % PEOPLE + 1, "part": Part.NARRATOR} for each in numbers],
    )
    ends = {"use": Use.MEMBERS, "valid_from": _TODAY, "valid_until": _TODAY + timedelta(days=20), "recorded_at": NOW}
    agreed = [{"interview_id": each, "given_by": "Oppdiktet", **ends} for each in numbers[WAITING:]]
    _add(session, Consent, agreed)
    heard = {"first_word": 0, "last_word": 0, "heard": "Opdiktet", "name": "Oppdiktet", "kind": "person", "score": 0.9}
    _add(session, NameSuggestion, [{"interview_id": n, "segment_id": n * 10, **heard} for n in numbers[:WAITING]])
    _add(
        session,
        Recording,
        [
            {
                "interview_id": each,
                "part": 1,
                "offset_ms": 0,
                "sha256": f"{each:064x}",
                "size_bytes": 1_000,
                "duration_ms": 60_000,
                "original_name": "a.mp3",
                "container": "mp3",
                "codec": "mp3",
                "channels": 1,
                "sample_rate_hz": 16_000,
                "received_at": NOW,
                "failure": "damaged",
            }
            for each in numbers[:WAITING]
        ],
    )


def _meetings(session: Session, units: Sequence[int]) -> None:
    for number in range(MEETINGS):
        day = date(1976 + number % 50, 1 + number % 12, 12)
        unit_id = units[number % len(units)]
        session.add(
            Meeting(
                unit_id=unit_id,
                kind=MeetingKind.LOCAL_BRANCH,
                title=f"Møte {number}",
                dated=day.isoformat(),
                made_at=NOW,
            )
        )
    session.flush()
    numbers = session.scalars(select(Meeting.id)).all()
    _add(
        session,
        MeetingCase,
        [
            {
                "meeting_id": each,
                "position": place,
                "number": f"{place}/{each}",
                "title": f"Sak {place}",
                "made_at": NOW,
            }
            for each in numbers
            for place in range(1, 11)
        ],
    )


def _links(session: Session, chance: random.Random, units: Sequence[int]) -> None:
    others = {
        "person": range(1, PEOPLE + 1),
        "record": range(1, RECORDS + 1),
        "interview": range(1, WAITING + 1),
        "unit": units,
    }
    for _ in range(LINKS):
        kind = chance.choice(list(others))
        sides = {"a_event_id": chance.randint(1, EVENTS), f"b_{kind}_id": chance.choice(others[kind])}
        session.add(Link(made_at=NOW, b_ms=5_000 if kind == "interview" else None, **sides))
    session.flush()


def _offices(session: Session, chance: random.Random, units: Sequence[int]) -> None:
    kinds = [OfficeKind.LEADER, OfficeKind.MEMBER, OfficeKind.ELECTED]
    for number in range(OFFICES):
        kind = chance.choice(kinds)
        begun = chance.randint(1975, 2024)
        unit_id, person_id = chance.choice(units), chance.randint(1, PEOPLE)
        session.add(
            Office(
                unit_id=unit_id,
                person_id=person_id,
                kind=kind,
                title=f"verv {number % 9}",
                held=f"{begun}/.." if number % 3 else f"{begun}/2025",
            )
        )
    session.flush()
    years = [{"unit_id": each, "year": 2026, "members": each % 80, "changed_at": NOW} for each in units]
    _add(session, UnitYear, years)


def _year(session: Session, chance: random.Random, units: Sequence[int], by: int) -> None:
    """The defaults of the year, and duties of which half wait for help or a report and half lack everything."""
    set_up_year(session, NOW.year, by=by, now=NOW)
    first = session.query(Duty).count() + 1
    duties = [
        {"title": f"Oppgave {number}", "strength": Strength.MUST, "per": Per.YEAR, "minimum": 1}
        for number in range(DUTIES)
    ]
    _add(session, Duty, duties)
    one = session.scalar(select(Duty.id).order_by(Duty.id.desc()).limit(1)) or first
    days = [
        {
            "duty_id": one - number,
            "unit_id": None,
            "year": NOW.year,
            "due_on": _TODAY + timedelta(days=chance.randint(-60, 13)),
            "help_asked_at": NOW,
            "help_text": "Vi trenger noen å spørre.",
            "changed_at": NOW,
        }
        for number in range(WAITING)
    ]
    _add(session, Occurrence, days)
    due = session.execute(select(Occurrence.id, Occurrence.due_on).where(Occurrence.due_on >= _TODAY).limit(WAITING))
    letters = [
        {
            "occurrence_id": number,
            "person_id": number % PEOPLE + 1,
            "due_on": day,
            "message_id": f"<{number}@oppdiktet>",
            "token_sha256": f"{number:064x}",
            "made_at": NOW,
        }
        for number, day in due
    ]
    _add(session, Reminder, letters)


def _plan(session: Session, chance: random.Random, units: Sequence[int]) -> None:
    county = session.scalar(select(Unit.id).where(Unit.kind == UnitKind.COUNTY_BRANCH).limit(1)) or units[0]
    plan = WorkPlan(
        title="Oppdiktet plan",
        unit_id=county,
        first_year=NOW.year,
        last_year=NOW.year,
        state=PlanState.ADOPTED,
        adopted_on=_TODAY,
        made_at=NOW,
    )
    session.add(plan)
    session.flush()
    kinds = [ItemKind.HEADING, ItemKind.GOAL, *[ItemKind.MEASURE] * 8]
    for place in range(ITEMS):
        item = WorkPlanItem(plan_id=plan.id, position=place + 1, kind=kinds[place % 10], text=" ".join(WORDS[:6]))
        session.add(item)
        session.flush()
        person, unit = (place % PEOPLE + 1, None) if place % 2 else (None, chance.choice(units))
        session.add(WorkPlanResponsible(item_id=item.id, person_id=person, unit_id=unit))
    session.flush()


def _waiting(session: Session) -> None:
    """What people tell, and who wants in."""
    _add(session, Contribution, [{"text": "Jeg husker dette godt. " * 8, "made_at": NOW}] * WAITING)
    link = JoinLink(token="oppdiktet", made_at=NOW)
    session.add(link)
    session.flush()
    asked = [
        {"link_id": link.id, "name": f"Ny {number}", "secret_sha256": f"{number:064x}", "asked_at": NOW}
        for number in range(WAITING)
    ]
    _add(session, JoinRequest, asked)


def _suggestions(session: Session, chance: random.Random, units: Sequence[int]) -> None:
    """A third each of events, people and units, in interviews and records by turns."""
    rows = []
    for number in range(SUGGESTIONS):
        thing: dict[str, int | None] = {"event_id": None, "person_id": None, "unit_id": None}
        kind = tuple(thing)[number % 3]
        thing[kind] = chance.choice(units) if kind == "unit_id" else chance.randint(1, PEOPLE)
        said = {"interview_id": chance.randint(1, 2 * WAITING), "ms": chance.randrange(10) * 5_000}
        written = {"record_id": chance.randint(1, RECORDS), "page": chance.randint(1, _PAGES)}
        empty = dict.fromkeys((*said, *written))
        why = ["year", "word"] if kind == "event_id" else ["name"]
        place = {**empty, **(said if number % 2 else written)}
        rows.append({**place, **thing, "sentence": 0, "score": 1 + number % 4, "why": why, "found_at": NOW})
    _add(session, LinkSuggestion, rows)


def _changes(session: Session, by: int) -> None:
    """A history of each event and record."""
    changed = [
        {
            "of_table": table,
            "row_id": number,
            "thing": table,
            "thing_id": number,
            "act": "changed",
            "before": {"title": "før"},
            "after": {"title": "etter"},
            "made_at": NOW,
            "made_by_id": by,
        }
        for table, most in (("event", EVENTS), ("record", RECORDS), ("office", OFFICES))
        for number in range(1, most + 1)
    ]
    _add(session, RowChange, changed)


def _add(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table), rows)
