"""The worker: takes jobs from the queues until it is told to stop, and says that it lives."""

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from dbos import DBOS, DBOSConfig
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from archive.database import Database
from archive.forgetting import forget_removed
from archive.interviews import UNDER_WAY, Interview
from archive.jobs import APPLICATION_VERSION, QUEUES, WorkerSlot, ask_for_unfinished, prepare
from archive.local_time import day_of
from archive.progress import progress_of
from archive.settings import Settings
from archive.setup import open_database
from archive.site import set_setting
from archive.voice_memory import forget_expired
from media.store import open_store
from pipeline.bench import Bench, Load
from pipeline.engines import load_engine
from pipeline.links import suggest_links
from pipeline.memory import keep_no_large_blocks
from pipeline.models import list_models
from pipeline.reminders import plan as plan_reminders
from pipeline.slots import held_slot, is_dead, say_alive
from pipeline.workflows import is_running, set_bench

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
LOOK_EVERY_S = 30.0  # for work that nobody asked for, and for workers that died
REMINDERS_EVERY_S = 600.0  # who is to be reminded is looked up
LYING_FOR_S = 5.0  # a job is begun a moment before its thread runs
POLL_S = 0.5
PATIENCE_S = 20  # how long what is under way may take to come to a place where it can be left
NICE = 10  # the computer stays usable while a night's work runs by day
LEFT_BEHIND_S = 24 * 3600


def run_worker(
    settings: Settings, stop: threading.Event, *, load: Load = load_engine, keeps_hours: bool = True
) -> None:
    """Work until `stop` is set, then leave what is under way where it can be taken up.

    With `keeps_hours` no batch is begun outside the hours that are set (`archive.working_hours`).

    Called from a process's main thread, the process is the worker's own: it gives way to others, and it ends with the
    worker even when a long piece of work (an access copy takes minutes) is still under way; that is begun anew.

    Raises:
        NotInitialised: there is no archive in the data folder yet.
    """
    is_own_process = threading.current_thread() is threading.main_thread()
    keep_no_large_blocks()
    if is_own_process:
        _give_way()
    _clear_left_behind(settings.derived)
    while not stop.is_set():
        with closing(open_database(settings)) as database, held_slot(settings) as slot:
            bench = Bench(settings, database, open_store(settings.store_url), threading.Event(), load, keeps_hours)
            _work(bench, slot, stop)
    if is_own_process and _something_runs():
        logging.shutdown()
        os._exit(0)  # Python would wait for the engine's threads


def work_until_done(
    settings: Settings, interview_id: int, report: Callable[[float], None], *, load: Load = load_engine
) -> None:
    """Work here until the text of one interview is there, cannot be made, or a person lets it rest.

    `report` hears how far it is. Whoever calls this waits for it, so the hours that are set do not count.
    """
    stop = threading.Event()
    raised: list[BaseException] = []

    def work() -> None:
        try:
            run_worker(settings, stop, load=load, keeps_hours=False)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    try:
        with closing(open_database(settings)) as database:
            while thread.is_alive() and _is_under_way(database, interview_id, report):
                time.sleep(POLL_S)
    finally:
        stop.set()
        thread.join()
    if raised:
        raise raised[0]


def _is_under_way(database: Database, interview_id: int, report: Callable[[float], None]) -> bool:
    with database.read() as session:
        interview = session.get_one(Interview, interview_id)
        report(progress_of(session, interview, now=_now()).fraction)
        return interview.status in UNDER_WAY


def _work(bench: Bench, slot: str, stop: threading.Event) -> None:
    """One life of the engine of jobs; it ends when `stop` is set or when somebody took its database away."""
    settings, database = bench.settings, bench.database
    set_bench(bench)
    _say_which_models(settings, database)
    threading.Thread(target=bench.warm_up, name="warm-up", daemon=True).start()
    with _engine_of_jobs(settings, slot):
        jobs_file = _JobsFile(settings)
        started_at, looked = _now(), float("-inf")
        lying: dict[str, float] = {}
        checked_on: date | None = None
        reminded = float("-inf")
        try:
            while not stop.is_set() and jobs_file.is_the_same():
                _say_alive(database, slot, started_at)
                checked_on = _forget_what_ran_out(database, checked_on)
                if time.monotonic() - reminded >= REMINDERS_EVERY_S and _plan_reminders(bench):
                    reminded = time.monotonic()
                if time.monotonic() - looked >= LOOK_EVERY_S:
                    _take_up_what_lies(settings, database, slot, lying)
                    ask_for_unfinished(settings)
                    looked = time.monotonic()
                _suggest_links(bench)
                stop.wait(HEARTBEAT_S)
        finally:
            bench.stop.set()
    _say_gone(database, slot)


@contextmanager
def _engine_of_jobs(settings: Settings, slot: str) -> Iterator[None]:
    prepare(settings)
    config: DBOSConfig = {
        "name": "stemmearkivet",
        "system_database_url": settings.jobs_url,
        "application_version": APPLICATION_VERSION,
        "executor_id": slot,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    DBOS(config=config)
    try:
        DBOS.launch()
        for queue in QUEUES:
            DBOS.register_queue(queue, worker_concurrency=1, polling_interval_sec=POLL_S, on_conflict="always_update")
        yield
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=PATIENCE_S)


def _take_up_what_lies(settings: Settings, database: Database, slot: str, lying: dict[str, float]) -> None:
    """Jobs that are begun and that nobody works on: a dead worker's, which the engine gives back to its own slot only,
    and our own that died with the engine's database (a full disk). `lying` says since when the latter are seen so.
    """
    try:
        begun = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        own = {job.workflow_id for job in begun if job.executor_id == slot and not is_running(job.workflow_id)}
        for known in lying.keys() - own:
            del lying[known]
        now = time.monotonic()
        left = [each for each in own if now - lying.setdefault(each, now) >= LYING_FOR_S]
        with database.read() as session:
            for job in begun:
                of_another = job.executor_id and job.executor_id != slot
                if of_another and is_dead(session, settings, str(job.executor_id), now=_now()):
                    left.append(job.workflow_id)
        for job_id in left:
            DBOS.resume_workflow(job_id)
            lying.pop(job_id, None)
    except OperationalError as error:
        log.warning("what lies could not be taken up now: %s", error)


def _say_which_models(settings: Settings, database: Database) -> None:
    """Pages offer the models that lie here, and never look into the worker's folders themselves."""
    names = json.dumps([model.name for model in list_models(settings)])
    with suppress(OperationalError), database.write() as session:
        set_setting(session, "models_installed", names)
        session.commit()


def _say_alive(database: Database, slot: str, started_at: datetime) -> None:
    with suppress(OperationalError), database.write() as session:  # somebody writes for long: next time
        say_alive(session, slot, started_at=started_at, now=_now())
        session.commit()


def _forget_what_ran_out(database: Database, checked_on: date | None) -> date | None:
    """Once a day: a consent to remember a voice may end while nobody does anything, and what was removed grows old.

    Gives the day of the last look.
    """
    now = _now()
    if checked_on == day_of(now):
        return checked_on
    with suppress(OperationalError), database.write() as session:
        forget_expired(session, today=day_of(now), now=now)
        forget_removed(session, now=now)
        session.commit()
        return day_of(now)
    return checked_on


def _plan_reminders(bench: Bench) -> bool:
    """Whether who is to be reminded is written down; somebody who writes for long makes it wait."""
    with suppress(OperationalError):
        plan_reminders(bench)
        return True
    return False


def _suggest_links(bench: Bench) -> None:
    """What fails waits until the next time: without suggestions the archive is as good as before."""
    try:
        suggest_links(bench)
    except OperationalError:
        pass  # somebody writes for long
    except Exception:
        log.exception("no links could be suggested now")


def _say_gone(database: Database, slot: str) -> None:
    with suppress(OperationalError), database.write() as session:
        if row := session.get(WorkerSlot, slot):
            session.delete(row)
        session.commit()


class _JobsFile:
    """The engine's database where it is a file: somebody may delete it, and the engine would write into nothing."""

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.jobs_url)
        self._path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self._identity = self._look()

    def is_the_same(self) -> bool:
        """Whether the file is the one that the engine opened."""
        return self._look() == self._identity

    def _look(self) -> tuple[int, int] | None:
        if self._path is None or not self._path.exists():
            return None
        found = self._path.stat()
        return found.st_dev, found.st_ino


def _something_runs() -> bool:
    threads = [each for each in threading.enumerate() if each.name.startswith("dbos-executor-")]
    for each in threads:
        each.join(0.2)
    return any(each.is_alive() for each in threads)


def _give_way() -> None:
    if hasattr(os, "nice"):
        os.nice(max(0, NICE - os.nice(0)))


def _clear_left_behind(derived: Path) -> None:
    """Throw away what a killed worker was making, once it is too old to be anybody's work."""
    for left in (*derived.rglob(".making-*"), *derived.glob("speech/*/.*.wav")):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - LEFT_BEHIND_S:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _now() -> datetime:
    return datetime.now(UTC)
