"""What surrounds the demo's interviews: people, units and offices, documents, events with their links, the year wheel.

All of it stands in stemme/demo/organisation.toml and the papers beside it (`script/make_demo_papers.py`), and goes in
by the same doors as what people write.
"""

import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.events import EventDetails, add_event
from archive.interviews import Access, Interview
from archive.link_kinds import Side
from archive.links import add_link
from archive.local_time import day_of
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.contacts import write_contact
from archive.organisation.interviews import set_units
from archive.organisation.invitations import InvitationDetails, add_invitation
from archive.people import Person, find_or_add_person
from archive.people_details import PersonDetails, change_person
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, Record, RecordDetails, add_record, receive_paper, set_access
from archive.records_reading import save_pages, settle
from archive.settings import Settings
from archive.units import FormerName, Unit, UnitDetails, UnitKind, add_unit, end_unit
from archive.yearwheel.duties import Duty
from archive.yearwheel.occurrences import When, ask_for_help, call_off, hold, occurrences_in, plan_occurrence
from archive.yearwheel.year import set_up_year
from media.papers import PaperPage, read_pages
from media.store import open_store

FOLDER = Path(__file__).parent / "demo"
# How long before today the wheel's days were held: of what is younger, nobody has said anything yet.
_SAID_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DemoPaper:
    """A document that was received, and what is printed on its pages; a picture's is left to the worker."""

    file: ReceivedPaper
    pages: tuple[PaperPage, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who puts the demo in, where, and what the file's keys stand for."""

    session: Session
    by: int
    now: datetime
    interviews: Mapping[str, Interview]
    units: dict[str, Unit]
    records: dict[str, Record]

    @property
    def act(self) -> dict[str, Any]:
        """What every function of the archive asks for: who does it, and when."""
        return {"by": self.by, "now": self.now}


def read_organisation() -> dict[str, Any]:
    """What stands in the folder."""
    return tomllib.loads((FOLDER / "organisation.toml").read_text("utf-8"))


def receive_papers(settings: Settings) -> dict[str, DemoPaper]:
    """Take copies of the documents into the store, and read what is printed; no session is open meanwhile."""
    settings.incoming.mkdir(mode=0o700, exist_ok=True)
    names = [each["file"] for each in read_organisation()["record"] if "file" in each]
    with tempfile.TemporaryDirectory(prefix="demo-", dir=settings.incoming) as folder:
        return {name: _receive_paper(settings, name, Path(folder)) for name in names}


def _receive_paper(settings: Settings, name: str, folder: Path) -> DemoPaper:
    copy = Path(shutil.copyfile(FOLDER / name, folder / name))
    file = receive_paper(open_store(settings.store_url), copy, name)
    if file.paper.kind == "picture":
        return DemoPaper(file, ())
    return DemoPaper(file, tuple(read_pages(copy, file.paper.kind, 0, file.paper.pages)))


def put_in_organisation(
    session: Session,
    papers: Mapping[str, DemoPaper],
    interviews: Mapping[str, Interview],
    *,
    by: int,
    now: datetime,
) -> Writer:
    """Everything that surrounds the interviews, which are named by their keys; `by` is the demo's secretary."""
    told = read_organisation()
    known = {each.key: each for each in session.scalars(select(Unit).where(Unit.key.is_not(None))) if each.key}
    writer = Writer(session, by, now, interviews, known, {})
    _add_people(writer, told["person"])
    _add_units(writer, told)
    _add_offices(writer, told["offices"]["held"])
    _add_records(writer, told["record"], papers)
    _add_events(writer, told["event"])
    _turn_wheel(writer, told["wheel"])
    return writer


def _add_people(writer: Writer, told: list[dict[str, Any]]) -> None:
    for each in told:
        person = find_or_add_person(writer.session, each["name"])
        details = PersonDetails(
            name=each["name"],
            former=tuple(each.get("former", ())),
            nicknames=tuple(each.get("nicknames", ())),
            born=each.get("born", ""),
            died=each.get("died", ""),
            note=each["note"],
        )
        change_person(writer.session, person, details, **writer.act)
        if "email" in each:
            write_contact(writer.session, person, email=each["email"], phone=each.get("phone", ""), **writer.act)


def _add_units(writer: Writer, told: dict[str, Any]) -> None:
    for each in told["unit"]:
        details = UnitDetails(
            name=each["name"],
            kind=UnitKind(each["kind"]),
            parent_id=writer.units[each["parent"]].id,
            former_names=tuple(FormerName(*former) for former in each.get("former", ())),
            active_from=each.get("from", ""),
            note=each["note"],
        )
        unit = writer.units[each["key"]] = add_unit(writer.session, details, **writer.act)
        if "to" in each:
            into = writer.units[each["merged_into"]].id
            end_unit(writer.session, unit, active_to=each["to"], merged_into_id=into, **writer.act)
    for each in told["invitation"]:
        invited = InvitationDetails(each["to"], each["on"], each["outcome"])
        add_invitation(writer.session, writer.units[each["unit"]], invited, **writer.act)
    for key, interview in writer.interviews.items():
        about = told["about"].get(key, ())
        set_units(writer.session, interview, [writer.units[unit].id for unit in about], **writer.act)


def _add_offices(writer: Writer, told: list[list[str]]) -> None:
    for unit, kind, title, name, held_from, held_to in told:
        person = find_or_add_person(writer.session, name)
        details = OfficeDetails(
            unit_id=writer.units[unit].id,
            person_id=person.id,
            kind=OfficeKind(kind),
            title=title,
            held_from=held_from,
            held_to=held_to,
            note="Oppdiktet.",
        )
        add_office(writer.session, details, **writer.act)


def _add_records(writer: Writer, told: list[dict[str, Any]], papers: Mapping[str, DemoPaper]) -> None:
    for each in told:
        paper = papers.get(each.get("file", ""))
        details = RecordDetails(
            title=each["title"],
            kind=RecordKind(each["kind"]),
            unit_id=writer.units[each["unit"]].id if "unit" in each else None,
            person_id=_person(writer, each["person"]).id if "person" in each else None,
            box=each.get("box", ""),
            place_of_paper=each.get("place", ""),
            dated=each["dated"],
            note=each["note"],
        )
        record = add_record(writer.session, details, paper.file if paper else None, **writer.act)
        set_access(writer.session, record, Access(each["access"]), ground=each["ground"], **writer.act)
        writer.records[each["key"]] = record
        if paper is not None and paper.pages and record.current is not None:
            save_pages(writer.session, record.current, 0, paper.pages)
            settle(writer.session, record.current, now=writer.now)


def _add_events(writer: Writer, told: list[dict[str, Any]]) -> None:
    fifty = day_of(writer.now).year - 50
    for each in told:
        details = EventDetails(
            title=each["title"],
            dated=each["dated"].format(fifty=fifty),
            place=each["place"],
            text=each["text"],
            access=Access(each["access"]),
        )
        event = add_event(writer.session, details, **writer.act)
        for link in each["links"]:
            add_link(writer.session, Side("event", event.id), _side(writer, link), **writer.act)


def _side(writer: Writer, link: dict[str, Any]) -> Side:
    """The other side of a link, as the file names it."""
    if "interview" in link:
        return Side("interview", writer.interviews[link["interview"]].id, ms=link["ms"])
    if "record" in link:
        return Side("record", writer.records[link["record"]].id, page=link.get("page"))
    if "unit" in link:
        return Side("unit", writer.units[link["unit"]].id)
    return Side("person", _person(writer, link["person"]).id)


def _person(writer: Writer, name: str) -> Person:
    return find_or_add_person(writer.session, name)


def _turn_wheel(writer: Writer, told: dict[str, Any]) -> None:
    """The year set up, what is past held for the most part, some of it forgotten, and one branch that asks for help."""
    session, today = writer.session, day_of(writer.now)
    set_up_year(session, today.year, **writer.act)
    duties = {each.id: each for each in session.scalars(select(Duty))}
    unsaid: dict[int, int] = {}
    for each in occurrences_in(session, today.year):
        duty = duties[each.duty_id]
        unsaid[duty.id] = unsaid.get(duty.id, 0) + 1
        if each.due_on > today - _SAID_AFTER:
            continue
        if duty.key in told["called_off"]:
            call_off(session, each, **writer.act)
        elif duty.key not in told["unreported"] and (each.unit_id is None or unsaid[duty.id] % told["silent_every"]):
            hold(session, each, held_on=each.due_on, minutes=told["minutes"], today=today, **writer.act)
    _ask_for_help(writer, told)


def _ask_for_help(writer: Writer, told: dict[str, Any]) -> None:
    """One branch has asked for something, and waits for an answer."""
    duty = writer.session.scalars(select(Duty).where(Duty.key == told["help_with"])).one()
    day = day_of(writer.now) + timedelta(days=told["help_in_days"])
    unit = writer.units[told["help_unit"]]
    asked = plan_occurrence(writer.session, duty, When(day), unit_id=unit.id, **writer.act)
    ask_for_help(writer.session, asked, told["help_text"], **writer.act)
