"""`stemme add`: recordings in, an interview out."""

import argparse
import errno
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.access import ConsentDetails, Use, open_interview
from archive.bin import require_outside_bin
from archive.errors import BadInput, NoRoom
from archive.interviews import UNDER_WAY, Access, Interview, InterviewDetails, Status, add_interview, check_details
from archive.jobs import ask_for_unfinished, worker_is_alive
from archive.local_time import LOCAL
from archive.progress import progress_of
from archive.recordings import ReceivedFile, Recording, add_recordings, receive_file
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.transcripts import Segment
from archive.uploads import COPIES
from media.errors import NotSound
from media.store import free_bytes, open_store
from stemme.opened import Opened, now, opened_archive, today
from stemme.output import Report, print_json, progress_bar
from stemme.wording import clock
from web.failure_words import FailureWords, failure_words

# What the disk must have beside the copy: the speech file, the access copy and the database grow too.
SPARE_BYTES = 500_000_000
LOOK_EVERY_S = 0.5
# What whoever waited is told when the text did not come.
_NO_TEXT = {
    Status.FAILED: "Teksten kunne ikke lages: {why}. Lyden er trygg.",
    Status.PAUSED: "Noen har satt arbeidet på pause. Lyden og teksten så langt er trygge.",
    Status.CANCELLED: "Noen har avbrutt arbeidet. Lyden og teksten så langt er trygge.",
}
COVERING = {Access.MEMBERS: Use.MEMBERS, Access.OPEN: Use.ALL}


def add(arguments: argparse.Namespace) -> int:
    """Receive the files, ask for their text, and with `--wait` stay until it is there."""
    began = time.monotonic()
    details = details_of(arguments)
    with opened_archive() as archive:
        received = _receive(archive.settings, arguments.files)
        with archive.database.write() as session:
            interview = _enter(session, arguments, details, received)
            session.commit()
            interview_id = interview.id
        ask_for_unfinished(archive.settings)
        if arguments.wait:
            with progress_bar("Lager tekst") as report:
                _stay_until_the_text_is_there(archive, interview_id, report)
            bring_up_to_date(archive.settings, archive.database, wait=True)
        with archive.database.read() as session:
            document = _document(session, interview_id, round((time.monotonic() - began) * 1000))
            failure = _failure_of(session, interview_id)
    if arguments.json:
        print_json(document)
    else:
        _tell(document)
    if arguments.wait and document["status"] == Status.FAILED:
        print(f"Teksten kunne ikke lages: {failure.why} Lyden er trygg. {failure.command}", file=sys.stderr)
        return 1
    return 0


def _receive(settings: Settings, files: list[Path]) -> list[ReceivedFile]:
    """Copies of the files, checked and in the store; the caller's own stay where they are.

    The ones that were sound before one that is not stay in the store, where they are found again by their bytes.
    """
    needed = sum(_size_bytes(path) for path in files)
    if free_bytes(settings.data) < needed + SPARE_BYTES:
        raise NoRoom(needed + SPARE_BYTES, free_bytes(settings.data))
    store = open_store(settings.store_url)
    received = []
    for path in files:
        with _copy_of(path, settings.incoming) as copy:
            received.append(receive_file(store, copy, path.name))
    if len({file.sha256 for file in received}) < len(received):
        raise BadInput("files", "twice")
    return received


def _size_bytes(path: Path) -> int:
    """The size of a file; a pipe or a device, which may have no end, is no recording."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise NotSound("not_media")
    return found.st_size


@contextmanager
def _copy_of(path: Path, folder: Path) -> Iterator[Path]:
    """A copy beside the store, since the store takes over what it is given."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=COPIES, dir=folder) as place:
        copy = Path(place) / "original"
        shutil.copyfile(path, copy)
        yield copy


def details_of(arguments: argparse.Namespace) -> InterviewDetails:
    """What was said about the interview.

    Raises:
        BadInput: something of it cannot be kept; said before any file is received.
    """
    details = InterviewDetails(
        title=arguments.title,
        narrators=tuple(arguments.narrator),
        interviewers=tuple(arguments.interviewer),
        held_on=arguments.date,
        place=arguments.place,
        language=arguments.language,
    )
    # Narrator and day may be missing here, and only here.
    for problem in check_details(details, today=today()):
        if problem not in (BadInput("narrators", "empty"), BadInput("held_on", "empty")):
            raise problem
    if arguments.access != Access.CLOSED and arguments.consent_until and arguments.consent_until < today():
        raise BadInput("valid_until", "past")
    return details


def _enter(
    session: Session, arguments: argparse.Namespace, details: InterviewDetails, received: list[ReceivedFile]
) -> Interview:
    require_outside_bin(session, received)
    interview = add_interview(session, details, handed_in_by_id=None, now=now())
    add_recordings(session, interview, received, one_time=arguments.one_time, received_by_id=None, now=now())
    access = Access(arguments.access)
    if access != Access.CLOSED:
        open_interview(session, interview, access, consent=consent_of(arguments, access), by=None, now=now())
    return interview


def consent_of(arguments: argparse.Namespace, access: Access) -> ConsentDetails:
    """What was agreed, as far as the command line was told: whoever opens from here answers for it."""
    return ConsentDetails(
        given_by=arguments.consent_by or ", ".join(arguments.narrator) or "Maskinens eier, på kommandolinjen",
        use=COVERING[access],
        valid_from=today(),
        valid_until=arguments.consent_until,
        paper=arguments.consent_paper,
    )


def _stay_until_the_text_is_there(archive: Opened, interview_id: int, report: Report) -> None:
    """Wait for a worker that is alive; do the work here where there is none, or when it dies.

    A worker keeps to the hours that are set, and whoever waits is told so. What is done here is done at once.
    """
    from pipeline.worker import work_until_done

    is_told = False
    while True:
        with archive.database.read() as session:
            interview = session.get_one(Interview, interview_id)
            if interview.status not in UNDER_WAY:
                return
            progress = progress_of(session, interview, now=now())
            report(progress.fraction)
            alive = worker_is_alive(session, now())
        if alive:
            if progress.works_from is not None and not is_told:
                opens = progress.works_from.astimezone(LOCAL)
                print(f"Arbeideren begynner på teksten klokken {opens:%H.%M}.", file=sys.stderr)
                is_told = True
            time.sleep(LOOK_EVERY_S)
        else:
            work_until_done(archive.settings, interview_id, report)


def _document(session: Session, interview_id: int, took_ms: int) -> dict[str, Any]:
    interview = session.get_one(Interview, interview_id)
    lines = select(func.count()).select_from(Segment).where(Segment.interview_id == interview_id)
    return {
        "interview_id": interview.id,
        "recordings": [{"sha256": each.sha256, "duration_ms": each.duration_ms} for each in interview.recordings],
        "status": interview.status,
        "segments": session.scalar(lines),
        "took_ms": took_ms,
    }


def _failure_of(session: Session, interview_id: int) -> FailureWords:
    failure = session.scalar(
        select(Recording.failure).where(Recording.interview_id == interview_id, Recording.failure.is_not(None)).limit(1)
    )
    return failure_words(failure)


def _tell(document: dict[str, Any]) -> None:
    length = clock(sum(each["duration_ms"] for each in document["recordings"]))
    print(f"Mottatt og kontrollert: intervju {document['interview_id']}, {length}.")
    if document["status"] in _NO_TEXT:
        return
    if document["segments"]:
        print(f"Teksten har {document['segments']} linjer. Les den med: stemme show {document['interview_id']}")
    else:
        print("Teksten kommer når arbeideren har hørt opptaket: stemme serve, eller stemme worker.")
