"""The jobs as durable workflows: the order of the steps, and what happens when one fails.

The order may only change together with `archive.jobs.APPLICATION_VERSION`. What a step gives back is remembered by the
engine, so that an interrupted job goes on with the step it was in. A job that ends otherwise than by `StepFailed` (a
database that stayed away) leaves its rows unfinished, and the worker's next look asks for it anew.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS
from sqlalchemy.exc import OperationalError

from archive.jobs import ERASE, LISTEN, PROCESS, READ, REMIND, VOICES
from pipeline import erasing, finishing, listening, papers, reminders, steps, transcribing, voice_requests
from pipeline.bench import Bench
from pipeline.failures import failure_key, is_full_disk

log = logging.getLogger(__name__)

_bench: Bench | None = None  # one worker per process, as the engine's own instance


def set_bench(bench: Bench) -> None:
    """Say where this process works; the engine calls workflows with plain values only."""
    global _bench
    _bench = bench


def bench() -> Bench:
    """Where this process works."""
    assert _bench is not None, "a job runs only inside a worker"  # noqa: S101
    return _bench


_running: set[str] = set()


def is_running(job_id: str) -> bool:
    """Whether this process works on a job now. One that the engine has as begun, and that does not run, died here."""
    return job_id in _running


@contextmanager
def _noted() -> Iterator[None]:
    job_id = str(DBOS.workflow_id)
    _running.add(job_id)
    try:
        yield
    finally:
        _running.discard(job_id)


class StepFailed(Exception):
    """Raised when a step failed for good, with the key of `pipeline.failures`; the engine remembers it as it is."""


def _is_passing(error: BaseException) -> bool:
    """A database that somebody else writes in for long, or that went away for a moment, is worth another try."""
    return isinstance(error, OperationalError)


def _step(work: Callable[..., Any], *arguments: Any) -> Any:
    """One durable step. What it raises becomes a key at once, so that the engine need not remember a foreign error."""

    def run() -> Any:
        try:
            return work(bench(), *arguments)
        except Exception as error:
            # On a full disk trying again helps only whoever has to write down that it is full.
            if _is_passing(error) and (work in (steps.fail, listening.fail, papers.fail) or not is_full_disk(error)):
                raise
            key = failure_key(error)
            log.warning("%s%s: %s (%s)", work.__name__, arguments, key, error, exc_info=key == "unknown")
            raise StepFailed(key) from None

    options = {"name": work.__name__, "retries_allowed": True, "max_attempts": 8, "should_retry": _is_passing}
    return DBOS.run_step(options, run)  # type: ignore[call-overload]


@DBOS.workflow(name=PROCESS, max_recovery_attempts=None)
def process(recording_id: int, run: int) -> None:
    """The text of one recording, from its bytes."""
    with _noted(), bench().turn:
        bench().pause_for_end()
        try:
            if not _step(steps.begin, recording_id, run):
                return
            _step(steps.decode, recording_id)
            is_whole = _step(transcribing.transcribe, recording_id, run)
            if not is_whole or not _step(finishing.close_layer, recording_id, run):
                _step(steps.leave, recording_id)
                return
            _step(finishing.hear_languages, recording_id, run)
            _step(finishing.tell_voices_apart, recording_id, run)
            _step(finishing.look_for_names, recording_id)
            _step(finishing.finish, recording_id, run)
        except StepFailed as failed:
            _step(steps.fail, recording_id, run, str(failed))


@DBOS.workflow(name=LISTEN, max_recovery_attempts=None)
def listen(interview_id: int, key: str) -> None:
    """What a listener gets of one interview."""
    with _noted():
        try:
            _step(listening.make_copy, interview_id, key)
            _step(listening.draw_waveform, interview_id, key)
        except StepFailed as failed:
            _step(listening.fail, interview_id, key, str(failed))


@DBOS.workflow(name=VOICES, max_recovery_attempts=None)
def voices(request_id: int) -> None:
    """What somebody asked to have done with the voices of an interview."""
    with _noted(), bench().turn:
        bench().pause_for_end()
        try:
            _step(voice_requests.answer, request_id)
        except StepFailed as failed:
            _step(voice_requests.fail, request_id, str(failed))


@DBOS.workflow(name=READ, max_recovery_attempts=None)
def read(version_id: int, run: int) -> None:
    """The text of one file of a record, page by page."""
    with _noted():
        try:
            if not _step(papers.begin, version_id, run):
                return
            _step(papers.read_text, version_id, run)
            _step(papers.read_scans, version_id, run)
            _step(papers.finish, version_id, run)
        except StepFailed as failed:
            _step(papers.fail, version_id, run, str(failed))


@DBOS.workflow(name=REMIND, max_recovery_attempts=None)
def remind(reminder_id: int) -> None:
    """One letter before a deadline. What fails for now stays in our rows, and is asked for again."""
    with _noted():
        _step(reminders.send, reminder_id)


@DBOS.workflow(name=ERASE, max_recovery_attempts=None)
def erase(entry_id: int) -> None:
    """What lay in the bin to the end of its days. What fails for now stays in our rows, and is asked for again."""
    with _noted():
        _step(erasing.erase, entry_id)
