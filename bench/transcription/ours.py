"""Our own worker over one recording in a fresh archive: a real process, watched through the database as pages are."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER
from archive.evaluation.score import TimedWord
from archive.interviews import Interview, Status
from archive.local_time import day_of
from archive.recordings import MachineLayer, Recording, Window
from archive.search.index import open_index
from archive.search.query import search
from archive.settings import Settings, read_settings
from archive.setup import open_database
from archive.sound import access_copy_path, peaks_path
from archive.transcripts import Segment
from bench.site import environment, stemme, worker
from bench.transcription.memory import processor_s

POLL_S = 0.25
FOLLOWS_WITHIN_S = 1800.0
STATUS = "names, index and status"


@dataclass
class OurRun:
    """One run. Seconds from the start of the worker's process; None: not there when we stopped looking."""

    words: list[TimedWord]
    seconds: dict[str, float] = field(default_factory=dict)
    processor_s: float = 0.0  # of the worker and its children until then, the access copy's included
    working_s: float = 0.0  # decoding, as the layer counts it
    windows: int = 0
    heard_again: int = 0  # windows that were decoded more than once for the guard's sake
    doubtful: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def took_s(self) -> float:
        """All text and word times saved, and searchable."""
        return max(self.seconds["text"], self.seconds["searchable"])


@dataclass(frozen=True, slots=True)
class Archive:
    """A fresh archive that has received one recording."""

    data: Path
    settings: Settings
    interview_id: int

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session of its own: what others committed is seen."""
        with closing(open_database(self.settings)) as database, database.read() as session:
            yield session


@contextmanager
def fresh_archive(folder: Path, recording: Path) -> Iterator[Archive]:
    """Made, filled, and thrown away."""
    data = folder / "archive"
    try:
        stemme(data, "init")
        added = stemme(data, "add", recording, "--title", "Oppdiktet", "--language", "nb", "--json")
        yield Archive(data, read_settings(environment(data)), json.loads(added)["interview_id"])
    finally:
        shutil.rmtree(data, ignore_errors=True)


def run_ours(
    folder: Path,
    recording: Path,
    *,
    follow: bool,
    beside: Callable[[subprocess.Popen[bytes]], Any] = lambda _process: None,
) -> OurRun:
    """One undisturbed run; with `follow` until speakers, names and access copy are done too.

    `beside` is called with the worker's process as soon as it has started.
    """
    with fresh_archive(folder, recording) as archive:
        log = folder / "worker.log"
        began = time.monotonic()
        with worker(archive.data, log=log) as process:
            beside(process)
            seconds: dict[str, float] = {}
            used_s = 0.0
            for mark in _marks(archive, process, follow=follow):
                seconds[mark] = time.monotonic() - began
                used_s = processor_s(process.pid) if mark == "searchable" else used_s
            return _what_came(archive, seconds, used_s)


def _marks(archive: Archive, process: subprocess.Popen[bytes], *, follow: bool) -> Iterator[str]:
    """The name of each thing in the moment it is seen to be done."""
    waiting: dict[str, Callable[[Session, Interview], bool]] = {
        "first text": lambda session, _interview: session.scalar(select(func.max(Segment.id))) is not None,
        "planned": lambda session, _interview: _is_planned(session),
        "text": lambda session, _interview: _is_planned(session) and not _lacking(session),
    }
    followers: dict[str, Callable[[Session, Interview], bool]] = {
        "speakers": lambda session, _interview: _has_speakers(session),
        STATUS: lambda _session, interview: interview.status == Status.MACHINE_TEXT,
        "access copy": lambda _session, interview: access_copy_path(archive.settings, interview).exists(),
        "waveform": lambda _session, interview: peaks_path(archive.settings, interview).exists(),
    }
    watched = {**waiting, **(followers if follow else {})}
    latest: Segment | None = None
    is_searchable, stop_at = False, float("inf")
    with closing(open_database(archive.settings)) as database:
        while (watched or not is_searchable) and time.monotonic() < stop_at:
            with database.read() as session:
                interview = session.get_one(Interview, archive.interview_id)
                _require_life(session, interview, process)
                for name in [name for name, is_done in watched.items() if is_done(session, interview)]:
                    del watched[name]
                    yield name
                if STATUS not in watched:  # it comes last: what is not there by now does not come
                    watched.pop("speakers", None)
                if not is_searchable and "text" not in watched:
                    latest = latest or _last_written(session)
                    is_searchable = latest is None or _is_found(session, archive.settings, latest)
                    if is_searchable:
                        yield "searchable"
                        stop_at = time.monotonic() + FOLLOWS_WITHIN_S
            time.sleep(POLL_S)


def _require_life(session: Session, interview: Interview, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        raise RuntimeError(f"the worker ended by itself with exit code {process.returncode}")
    if interview.status == Status.FAILED:
        raise RuntimeError(f"no text: {session.scalar(select(Recording.failure))}")


def _has_speakers(session: Session) -> bool:
    layers = session.scalars(select(MachineLayer)).all()
    return bool(layers) and all(layer.speakers for layer in layers)


def _is_planned(session: Session) -> bool:
    return bool(session.scalar(select(MachineLayer.speech_ms)))


def _lacking(session: Session) -> int:
    """How many windows have no text yet."""
    return session.scalar(select(func.count()).select_from(Window).where(Window.text.is_(None))) or 0


def _last_written(session: Session) -> Segment | None:
    """The line that was saved last, of those that have three words to look for."""
    lines = session.scalars(select(Segment).order_by(Segment.id.desc()).limit(20))
    return next((line for line in lines if len(line.words) >= 3), None)


def _is_found(session: Session, settings: Settings, line: Segment) -> bool:
    """Whether a search finds this very line, and not only its like elsewhere in the recording."""
    asked = '"' + " ".join(str(word[2]).strip('"') for word in line.words[:4]) + '"'
    today = day_of(datetime.now(UTC))
    hits = search(session, open_index(settings), asked, viewer=MACHINE_OWNER, today=today, limit=10_000).hits
    return any(hit.start_ms < line.end_ms and line.start_ms < hit.end_ms for hit in hits)


def heard_windows(session: Session) -> list[tuple[int, int, int, str | None, list[Any]]]:
    """Number, times, text and words of every window, in order."""
    return [
        (window.number, window.start_ms, window.end_ms, window.text, window.words)
        for window in session.scalars(select(Window).order_by(Window.number))
    ]


def _what_came(archive: Archive, seconds: dict[str, float], used_s: float) -> OurRun:
    with archive.reading() as session:
        layer = session.scalars(select(MachineLayer)).one()
        words = [(word[0], word[1], word[2]) for window in layer.windows for word in window.words]
        return OurRun(
            words,
            seconds,
            processor_s=used_s,
            working_s=layer.working_ms / 1000,
            windows=len(layer.windows),
            heard_again=sum(bool(window.others) for window in layer.windows),
            doubtful=sum(bool(window.doubts) for window in layer.windows),
            options=layer.options,
        )
