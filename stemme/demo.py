"""The demo: an archive full of invented people, so that nobody has to hand in a life story to see what this is.

The interviews lie in stemme/demo/: what is said, who says it and when, what the embedded model heard, and the sound,
spoken by a machine (`script/make_demo_voices.py`). Two carry corrected text; the third is left for the worker to
transcribe before the visitor's eyes.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.access import ConsentDetails, Use, open_interview
from archive.accounts import Role, User, add_user
from archive.chapters import ChapterDetails, add_chapter
from archive.errors import NotAllowed
from archive.interviews import Access, ArchiveCreator, Interview, InterviewDetails, Status, add_interview, set_status
from archive.jobs import ask_for_unfinished
from archive.local_time import day_of
from archive.organisation.rights import say_who_logs_in
from archive.people import Person, find_or_add_person
from archive.planning import PlanDetails, plan_interview
from archive.recordings import MachineLayer, ReceivedFile, Recording, RecordingState, add_recordings, receive_file
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.setup import open_database
from archive.site import get_setting, set_setting
from archive.transcripts import Segment, edit_segment
from media.store import open_store
from stemme.demo_organisation import DemoPaper, put_in_organisation, receive_papers
from stemme.demo_overview import put_in_overview
from stemme.demo_plan import put_in_meetings_and_plan

FOLDER = Path(__file__).parent / "demo"
CORRECTED = ("plakater", "barnehagen")
LEFT_TO_THE_MACHINE = "forste-motet"
ACCOUNTS = {
    Role.MEMBER: ("demo-medlem", "Demo Medlem"),
    Role.VOLUNTEER: ("demo-frivillig", "Demo Frivillig"),
    Role.SECRETARY: ("demo-sekretaer", "Demo Sekretær"),
    Role.OWNER: ("demo-eier", "Demo Eier"),
}
# Members whom the demo's register knows, and who see more because of the office that they hold.
IN_OFFICE = {
    "demo-styremedlem": ("Demo Styremedlem", "Sigrun Fantasimo"),
    "demo-lagsleder": ("Demo Lagsleder", "Torunn Dikthaugen"),
}
CREATOR = "Trøndelag SV"
PAPER = "Demo: samtalen er oppdiktet, og det finnes ikke noe papir."
HELP_NAME, HELP_PHONE = "Demo Sekretær", "000 00 000"


def load(settings: Settings, *, now: datetime) -> None:
    """Fill an empty archive with the demo; an archive that is a demo already stays as it is.

    Raises:
        NotAllowed: the archive holds something else, which the demo must not be mixed with.
    """
    database = open_database(settings)
    try:
        with database.read() as session:
            if _is_loaded(session):
                return
        received, papers = _receive_all(settings)
        with database.write() as session:
            if not _is_loaded(session):
                _fill(session, received, papers, now)
                session.commit()
        ask_for_unfinished(settings)
        bring_up_to_date(settings, database, wait=True)
    finally:
        database.close()


def read_interview(key: str) -> dict[str, Any]:
    """One of the invented interviews as it lies in the folder."""
    document: dict[str, Any] = json.loads((FOLDER / f"{key}.json").read_text("utf-8"))
    return document


def _is_loaded(session: Session) -> bool:
    if get_setting(session, "demo") == "1":
        return True
    if session.scalar(select(func.count(Interview.id))) or session.scalar(select(func.count(User.id))):
        raise NotAllowed("fill_with_demo")
    return False


def _receive_all(settings: Settings) -> tuple[dict[str, ReceivedFile], dict[str, DemoPaper]]:
    """Sounds and papers, two at a time: a process of its own looks into each."""
    keys = (*CORRECTED, LEFT_TO_THE_MACHINE)
    with ThreadPoolExecutor(max_workers=2) as pool:
        papers = pool.submit(receive_papers, settings)
        sounds = pool.map(partial(_receive, settings), keys)
        return dict(zip(keys, sounds, strict=True)), papers.result()


def _receive(settings: Settings, key: str) -> ReceivedFile:
    """Take a copy of the sound into the store, which takes over what it is given."""
    settings.incoming.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=settings.incoming) as folder:
        copy = Path(folder) / "original"
        shutil.copyfile(FOLDER / f"{key}.opus", copy)
        return receive_file(open_store(settings.store_url), copy, f"{key}.opus")


def _fill(session: Session, received: dict[str, ReceivedFile], papers: dict[str, DemoPaper], now: datetime) -> None:
    set_setting(session, "demo", "1")
    set_setting(session, "help_name", HELP_NAME)
    set_setting(session, "help_phone", HELP_PHONE)
    users = {
        role: add_user(session, name=name, username=username, role=role, now=now, by=None)
        for role, (username, name) in ACCOUNTS.items()
    }
    interviews = {key: _add_corrected(session, key, received[key], users, now) for key in CORRECTED}
    interviews[LEFT_TO_THE_MACHINE] = _add(session, LEFT_TO_THE_MACHINE, received[LEFT_TO_THE_MACHINE], users, now)
    secretary = users[Role.SECRETARY].id
    for plan in _plans(day_of(now)):
        plan_interview(session, plan, now=now, by=secretary).is_demo = True
    writer = put_in_organisation(session, papers, interviews, by=secretary, now=now)
    put_in_meetings_and_plan(writer)
    put_in_overview(writer)
    for username, (name, who) in IN_OFFICE.items():
        user = add_user(session, name=name, username=username, role=Role.MEMBER, now=now, by=None)
        say_who_logs_in(session, user, find_or_add_person(session, who), by=secretary, now=now)


def _add(session: Session, key: str, file: ReceivedFile, users: dict[Role, User], now: datetime) -> Interview:
    """An interview with its sound, open to whom its invented narrator agreed to."""
    document = read_interview(key)
    held_on = date.fromisoformat(document["held_on"])
    narrator = find_or_add_person(session, document["narrator"]["name"], birth_year=document["narrator"]["birth_year"])
    details = InterviewDetails(
        title=document["title"],
        narrators=(narrator.name,),
        interviewers=(document["interviewer"]["name"],),
        held_on=held_on,
        place=document["place"],
        creator_id=session.scalar(select(ArchiveCreator.id).where(ArchiveCreator.name == CREATOR)),
        dialect=document["dialect"],
        summary=document["summary"],
    )
    interview = add_interview(session, details, handed_in_by_id=users[Role.VOLUNTEER].id, now=now)
    interview.is_demo = True
    add_recordings(session, interview, [file], received_by_id=users[Role.VOLUNTEER].id, now=now)
    consent = ConsentDetails(narrator.name, Use(document["use"]), valid_from=held_on, paper=PAPER)
    by = users[Role.SECRETARY].id
    open_interview(session, interview, Access(document["access"]), consent=consent, by=by, now=now)
    return interview


def _add_corrected(session: Session, key: str, file: ReceivedFile, users: dict[Role, User], now: datetime) -> Interview:
    """An interview whose text the machine made when the demo was made, and an invented volunteer corrected."""
    document = read_interview(key)
    interview = _add(session, key, file, users, now)
    [recording] = interview.recordings
    _end_machine_work(recording, document["heard_by"], now)
    people = {who: find_or_add_person(session, document[who]["name"]) for who in ("narrator", "interviewer")}
    segments = [_machine_line(line, recording, people[line["speaker"]]) for line in document["lines"]]
    interview.segments += segments
    set_status(session, interview, Status.MACHINE_TEXT, by=None, now=now)
    _correct(session, segments, document["lines"], editor_id=users[Role.VOLUNTEER].id, now=now)
    for chapter in document["chapters"]:
        add_chapter(session, interview.id, ChapterDetails(**chapter), by=users[Role.VOLUNTEER].id, now=now)
    if all(segment.checked for segment in segments):
        set_status(session, interview, Status.REVIEWED, by=users[Role.VOLUNTEER].id, now=now)
    return interview


def _end_machine_work(recording: Recording, heard_by: dict[str, Any], now: datetime) -> None:
    recording.state = RecordingState.DONE
    recording.layers.append(
        MachineLayer(run=recording.run, speech_ms=recording.duration_ms, started_at=now, finished_at=now, **heard_by)
    )


def _machine_line(line: dict[str, Any], recording: Recording, speaker: Person) -> Segment:
    heard = " ".join(word[2] for word in line["heard"])
    return Segment(
        recording_id=recording.id,
        start_ms=line["start_ms"],
        end_ms=line["end_ms"],
        speaker_id=speaker.id,
        text=heard,
        words=line["heard"],
        machine_text=heard,
        machine_words=line["heard"],
    )


def _correct(
    session: Session, segments: Sequence[Segment], lines: Sequence[dict[str, Any]], *, editor_id: int, now: datetime
) -> None:
    """Correct all lines but the ones that are left for a visitor to try on."""
    for segment, line in zip(segments, lines, strict=True):
        if line.get("checked", True):
            edit_segment(
                session,
                segment.id,
                text=line["text"],
                speaker_id=segment.speaker_id,
                base_version=0,
                editor_id=editor_id,
                now=now,
            )


def _plans(today: date) -> list[PlanDetails]:
    """Whom the invented branch wants to ask."""
    return [
        PlanDetails(
            narrator="Gunvor Tenkeli",
            birth_year=1936,
            offices_held="Leder i lokallaget, satt i kommunestyret",
            haste=1,
            why_haste="Er den eneste som husker hvordan det begynte.",
            who_asks="Frida Dikterud",
            agreed_on=today + timedelta(days=9),
            question_guide="Hvordan kom du med?\nHvem var de andre?\nHva fikk dere til?",
        ),
        PlanDetails(
            narrator="Peder Prøvhaug",
            birth_year=1944,
            offices_held="Kasserer i mange år",
            haste=2,
            why_haste="Har papirene på loftet og vil flytte til høsten.",
            who_asks="Anders Dikterud",
            question_guide="Hvor kom pengene fra?\nHva brukte dere dem på?\nHva ligger på loftet?",
        ),
        PlanDetails(
            narrator="Inger Eksempelnes",
            birth_year=1959,
            offices_held="Ungdomsleder, senere folkevalgt",
            haste=3,
            question_guide="Hva var annerledes for de unge?",
        ),
    ]
