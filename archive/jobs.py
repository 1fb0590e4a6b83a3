"""Asking for work. The only place that uses the job engine's client, and only when it is called.

What is unfinished stands in our own rows; the engine's database is a cache of it. So asking looks at the rows, asks
for all that is unfinished under fixed ids (twice is once), and may fail without loss: the worker asks again.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, selectinload

from archive.bin import to_erase
from archive.bin_rows import BinEntry
from archive.database import Base, Database
from archive.interviews import Interview, Status
from archive.local_time import day_of
from archive.recordings import UNFINISHED, Recording, RecordingState
from archive.records import TO_READ, RecordVersion
from archive.settings import Settings
from archive.sound import access_copy_path, original_playable, peaks_path, sound_key
from archive.voices import VoiceRequest
from archive.yearwheel.reminders import Reminder, to_send

log = logging.getLogger(__name__)

# Names that the web and the worker agree on. The version is raised only when the order of steps in a job changes:
# interrupted jobs of another version are begun anew, from what our rows say is done.
APPLICATION_VERSION = "2"
PROCESS = "process"  # sound to text
LISTEN = "listen"  # the access copy and the waveform
VOICES = "voices"  # what somebody asked to have done with the voices of an interview
READ = "read"  # the text of a record's file
REMIND = "remind"  # a letter before a deadline
ERASE = "erase"  # what lay in the bin to the end of its days
QUEUES = (PROCESS, LISTEN, VOICES, READ, REMIND, ERASE)

# A worker says every few seconds that it is alive; one that was silent this long is taken for dead.
SILENT_AFTER = timedelta(seconds=30)


class WorkerSlot(Base):
    """A worker that said it was alive. The name is its slot: `worker-0`, `worker-1`, …"""

    __tablename__ = "worker_slot"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_at: Mapped[datetime]
    started_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: the queue (and workflow) it belongs to, its fixed id and what it is about."""

    queue: str
    id: str
    arguments: tuple[Any, ...]


def process_job(recording: Recording) -> Job:
    """Making the text of one recording."""
    return Job(PROCESS, f"process:{recording.id}:{recording.run}", (recording.id, recording.run))


def listen_job(interview: Interview) -> Job:
    """Making what a listener gets of one interview."""
    key = sound_key(interview)
    return Job(LISTEN, f"listen:{interview.id}:{key}", (interview.id, key))


def voices_job(request: VoiceRequest) -> Job:
    """Telling voices apart anew, or learning one."""
    return Job(VOICES, f"voices:{request.id}", (request.id,))


def read_job(version: RecordVersion) -> Job:
    """Reading the text of one file of a record."""
    return Job(READ, f"read:{version.id}:{version.run}", (version.id, version.run))


def remind_job(reminder: Reminder) -> Job:
    """Sending one letter."""
    return Job(REMIND, f"remind:{reminder.id}", (reminder.id,))


def erase_job(entry: BinEntry) -> Job:
    """Erasing one thing, or looking once more at what is left of it."""
    return Job(ERASE, f"erase:{entry.id}", (entry.id,))


def worker_is_alive(session: Session, now: datetime) -> bool:
    """Whether some worker said lately that it was alive."""
    return session.scalar(select(WorkerSlot.name).where(WorkerSlot.seen_at > now - SILENT_AFTER).limit(1)) is not None


def prepare(settings: Settings) -> None:
    """Make the engine's own database, or bring it up to date. Safe to repeat; a client on a fresh file fails."""
    from dbos import DBOS

    _hush()
    DBOS.migrate(settings.jobs_url)


def try_again(session: Session, recording: Recording) -> None:
    """Put what failed of a recording back in the queue; what was done before it failed is kept. Commit, then ask.

    Where only the sound for listeners failed, the text stays as it is, and so does what people say of it.
    """
    recording.attempts, recording.listen_failure = 0, None
    was_heard_anew = recording.state is RecordingState.DONE and recording.failure is not None
    if recording.state is RecordingState.FAILED or was_heard_anew:
        recording.state, recording.failure = RecordingState.WAITING, None
        if recording.interview.status is Status.FAILED:
            recording.interview.status = Status.PROCESSING if recording.layers else Status.RECEIVED
    session.flush()


def unfinished(session: Session, settings: Settings) -> list[Job]:
    """All work that our rows say is not done: texts in the order in which they were received, then sounds.

    Where a browser plays the original, what a listener gets is asked for once the interview's text is done, voices
    and names too: until then they have the machine, its memory too.
    """
    waiting = select(Recording).where(Recording.state.in_(UNFINISHED))
    in_order = waiting.order_by(Recording.received_at, Recording.id)
    jobs = [process_job(each) for each in session.scalars(in_order)]
    text_first = set(session.scalars(select(Recording.interview_id).where(Recording.state.in_(UNFINISHED))))
    interviews = select(Interview).where(Interview.recordings.any()).options(selectinload(Interview.recordings))
    for interview in session.scalars(interviews.order_by(Interview.id)):
        has_failed = any(each.listen_failure for each in interview.recordings)
        is_made = access_copy_path(settings, interview).exists() and peaks_path(settings, interview).exists()
        if not has_failed and not is_made and not (interview.id in text_first and original_playable(interview)):
            jobs.append(listen_job(interview))
    asked = select(VoiceRequest).where(VoiceRequest.failure.is_(None)).order_by(VoiceRequest.id)
    to_read = select(RecordVersion).where(RecordVersion.state.in_(TO_READ)).order_by(RecordVersion.id)
    jobs += [read_job(version) for version in session.scalars(to_read)]
    jobs += [voices_job(request) for request in session.scalars(asked)]
    jobs += [erase_job(entry) for entry in to_erase(session, now=datetime.now(UTC))]
    if settings.smtp_url is not None:
        now = datetime.now(UTC)
        jobs += [remind_job(reminder) for reminder in to_send(session, today=day_of(now), now=now)]
    return jobs


def ask_for_unfinished(settings: Settings) -> int:
    """Ask for all work that is not done; gives the number of jobs that were not asked for before.

    Call it after the commit. It never raises because of the engine: the rows stand, and the worker asks again.
    """
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            jobs = unfinished(session, settings)
        return _ask(settings, jobs) if jobs else 0
    except Exception:
        log.exception("work could not be asked for now; the worker finds it")
        return 0
    finally:
        database.close()


def _ask(settings: Settings, jobs: list[Job]) -> int:
    _hush()
    try:
        client, known = _connect(settings, jobs)
    except Exception:  # nobody made it yet, or somebody deleted it: it is only a cache
        prepare(settings)
        client, known = _connect(settings, jobs)
    try:
        asked = 0
        for job in jobs:
            if known.get(job.id):
                continue
            if job.id in known:  # it ended, but our rows say that it is not done
                client.delete_workflow(job.id)
            options = {"workflow_name": job.queue, "queue_name": job.queue, "workflow_id": job.id}
            client.enqueue({**options, "app_version": APPLICATION_VERSION}, *job.arguments)
            asked += 1
        return asked
    finally:
        client.destroy()


def _connect(settings: Settings, jobs: list[Job]) -> tuple[Any, dict[str, bool]]:
    """The engine's client, and what it knows of these jobs; a client that cannot tell is closed again."""
    from dbos import DBOSClient

    client = DBOSClient(system_database_url=settings.jobs_url, retry_connection_errors=False)
    try:
        return client, _known(client, jobs)
    except Exception:
        client.destroy()
        raise


def _known(client: Any, jobs: list[Job]) -> dict[str, bool]:
    """The ids of those that were asked for before, and whether they are still to be done."""
    known = {}
    for start in range(0, len(jobs), 500):  # SQLite takes only so many values in one question
        ids = [job.id for job in jobs[start : start + 500]]
        for each in client.list_workflows(workflow_ids=ids, load_input=False, load_output=False):
            is_open = each.status in ("ENQUEUED", "PENDING", "DELAYED")
            known[each.workflow_id] = is_open and each.app_version == APPLICATION_VERSION
    return known


def _hush() -> None:
    """The engine greets at length on every start; only what goes wrong is worth a line."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
