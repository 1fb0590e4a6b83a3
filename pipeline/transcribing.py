"""Sound to text: the batches of one recording, a few in flight, each saved when it is done.

What shares a batch is fixed by the plan, since int8 results depend on it, and stands in `Window.group_number`. In which
order batches are done depends on the machine; what is in them does not.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive.names.prompt import prompt_of
from archive.outbox import searchable_text_changed
from archive.recordings import UNFINISHED, MachineLayer, Recording, RecordingState, Window
from archive.working_hours import working_hours
from pipeline.attempts import attempt
from pipeline.bench import Bench
from pipeline.engines import Decoded, Samples
from pipeline.failures import is_full_disk
from pipeline.hearing_again import Version, hear_again
from pipeline.memory import give_back_memory
from pipeline.planning import Piece, Plan, PlannedWindow, Sound, find_windows, sound_of
from pipeline.saving import BEGUN, save_window
from pipeline.steps import decode, layer_of
from pipeline.windows import Span

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0  # at the row and the clock, while nothing else happens
_SAVE_FOR_S = 120.0  # words that are decoded are worth waiting for a database that is busy

T = TypeVar("T")


def transcribe(bench: Bench, recording_id: int, run: int) -> bool:
    """Decode what has no text yet. False: a person asked to leave it, and the text so far is saved."""
    decode(bench, recording_id)  # what is derived may be deleted at any time
    while True:
        with attempt(bench, Recording, recording_id):
            is_whole = _Work(bench, recording_id, run).do()
        with bench.database.write() as session:
            recording = session.get_one(Recording, recording_id)
            recording.attempts = 0
            asked_again = recording.run == run and recording.state in UNFINISHED  # somebody thought better of it
            session.commit()
        if is_whole or not asked_again:
            return is_whole


class _Work:
    """One go at a recording, until it is whole or has to be left."""

    def __init__(self, bench: Bench, recording_id: int, run: int) -> None:
        self.bench, self.recording_id, self.run = bench, recording_id, run
        with bench.database.read() as session:
            recording = session.get_one(Recording, recording_id)
        self.sound: Sound = sound_of(bench.settings, recording)
        self.stretch = _asked_stretch(recording)
        self.shows = run == 1  # heard anew, the old text stands until the new one is whole
        self.is_resting = False  # until the hours of work begin
        self.plan = Plan()
        self.clock = _Clock()
        # What the main thread waits for: a portion of the plan, its end (None), a batch that ended, or an error.
        self.events: SimpleQueue[list[PlannedWindow] | Future[None] | BaseException | None] = SimpleQueue()
        self.ending = threading.Event()

    def do(self) -> bool:
        """Whether all windows have text now."""
        planner = threading.Thread(target=self._look_for_windows, name="planner", daemon=True)
        with self.bench.database.read() as session:
            layer = layer_of(session, self.recording_id, self.run)
            if layer is not None:
                self.plan.load(layer)
        if not self.plan.is_whole:
            planner.start()  # the model may still have to be loaded
        try:
            if layer is None:
                layer = self._begin_layer()
            self.layer_id, self.language, self.prompt = layer.id, str(layer.options["language"]), layer.prompt
            self.engine = self.bench.engine_of(layer.engine, layer.model, layer.model_sha256)
            return self._decode_all()
        finally:
            self.ending.set()
            if planner.ident is not None:
                planner.join()

    def _begin_layer(self) -> MachineLayer:
        bench = self.bench
        with bench.database.read() as session:
            asked = session.get_one(Recording, self.recording_id).asked_model
        engine = bench.engine(asked)
        with bench.database.write() as session:
            recording = session.get_one(Recording, self.recording_id)
            layer = layer_of(session, self.recording_id, self.run) or MachineLayer(
                recording_id=recording.id,
                run=self.run,
                engine=engine.name,
                model=engine.model,
                model_sha256=engine.model_sha256,
                options={**engine.options, "batch": engine.batch, "language": recording.interview.language},
                prompt=prompt_of(session, recording.interview),
                start_ms=recording.asked_start_ms,
                end_ms=recording.asked_end_ms,
                speech_ms=0,
                started_at=bench.now(),
            )
            session.add(layer)
            session.commit()
            self.plan.load(layer)
            return layer

    def _look_for_windows(self) -> None:
        """The planner's thread."""
        try:
            for portion in find_windows(self.sound, self.stretch):
                if self.ending.is_set():
                    return
                if portion:
                    self.events.put(portion)
            self.events.put(None)
        except BaseException as error:
            self.events.put(error)

    def _decode_all(self) -> bool:
        """Keep as many batches in flight as the engine has replicas; an error or a wish to leave lets them end."""
        flying: set[Future[None]] = set()
        failed: BaseException | None = None
        leaving = False
        with ThreadPoolExecutor(self.engine.replicas, thread_name_prefix="engine") as pool:
            while True:
                while not leaving and len(flying) < self.engine.replicas and self.plan.has_ready():
                    wish = self._look()
                    leaving = wish == "leave"
                    if wish != "go":
                        break
                    future = pool.submit(self._decode, *self.plan.take())
                    future.add_done_callback(self.events.put)
                    flying.add(future)
                if not flying and (leaving or (self.plan.is_whole and not self.plan.has_ready())):
                    break
                try:
                    self._handle(self._next_event(), flying)
                except BaseException as error:
                    failed, leaving = failed or error, True
                leaving = leaving or self.bench.stop.is_set()
        if failed is not None:
            raise failed
        self.bench.pause_for_end()
        return not leaving

    def _next_event(self) -> Any:
        try:
            return self.events.get(timeout=LOOK_EVERY_S)
        except Empty:
            return []

    def _handle(self, event: Any, flying: set[Future[None]]) -> None:
        if isinstance(event, Future):
            flying.discard(event)
            event.result()
        elif isinstance(event, BaseException):
            raise event
        elif event is None or event:
            self._save_plan(event)

    def _look(self) -> str:
        """Whether the next batch may begin: "go", "wait" for the hours of work, or "leave"."""
        if self.bench.stop.is_set():
            return "leave"
        with self.bench.database.read() as session:
            recording = session.get_one(Recording, self.recording_id)
            hours = working_hours(session) if self.bench.keeps_hours else None
        if recording.run != self.run or recording.state not in UNFINISHED:
            return "leave"
        is_closed = hours is not None and not hours.is_open(self.bench.now())
        if is_closed != self.is_resting:
            self._rest(is_closed)
        return "wait" if is_closed else "go"

    def _rest(self, is_resting: bool) -> None:
        """While nothing is done, whatever takes the worker down is not this recording's fault."""
        with self.bench.database.write() as session:
            recording = session.get_one(Recording, self.recording_id)
            recording.attempts = max(recording.attempts + (-1 if is_resting else 1), 0)
            session.commit()
        self.is_resting = is_resting

    def _save_plan(self, portion: list[PlannedWindow] | None) -> None:
        """Write what the planner found; None: that was all of it."""
        planned = self.plan.numbered(portion or [])

        def change(session: Session) -> list[Window]:
            # The words of a whole recording are not loaded for it. Another worker may plan the same.
            of_layer = Window.layer_id == self.layer_id
            known = set(session.scalars(select(Window.number).where(of_layer)))
            session.add_all(self._window(number, each) for number, each in planned if number not in known)
            session.flush()
            if portion is None:
                length_ms = select(func.coalesce(func.sum(Window.end_ms - Window.start_ms), 0)).where(of_layer)
                session.get_one(MachineLayer, self.layer_id).speech_ms = session.scalars(length_ms).one()
            numbers = [number for number, _ in planned]
            now_there = select(Window).where(of_layer, Window.number.in_(numbers)).order_by(Window.number)
            return list(session.scalars(now_there))

        for window in _save(self.bench, change):
            self.plan.add(window)
        self.plan.is_whole = self.plan.is_whole or portion is None

    def _window(self, number: int, planned: PlannedWindow) -> Window:
        return Window(
            layer_id=self.layer_id,
            number=number,
            group_number=self.plan.batch_of(number),
            start_ms=planned.span.start_ms,
            end_ms=planned.span.end_ms,
            speech=[[each.start_ms, each.end_ms] for each in planned.speech],
        )

    def _decode(self, number: int, pieces: list[Piece]) -> None:
        """One batch, in a thread of the pool."""
        self.clock.start()
        self._note_begun(number, pieces)
        samples = [self.sound.read_excerpt(each.excerpt) for each in pieces]
        heard = self.engine.decode(samples, self.language, prompt=self.prompt)
        versions = [self._guard(*each) for each in zip(pieces, samples, heard, strict=True)]
        worked_ms = self.clock.lap_ms()
        give_back_memory()

        def change(session: Session) -> None:
            for piece, decoded in zip(pieces, versions, strict=True):
                save_window(session, session.get_one(Window, piece.id), decoded, shows=self.shows)
            # Two threads may add at once, where the database lets them.
            layer = session.get_one(MachineLayer, self.layer_id)
            layer.working_ms = MachineLayer.working_ms + worked_ms
            recording = session.get_one(Recording, self.recording_id)
            recording.attempts = 0
            if self.shows:
                searchable_text_changed(session, recording.interview_id, now=self.bench.now())

        _save(self.bench, change)

    def _guard(self, piece: Piece, samples: Samples, first: Decoded) -> list[Version]:
        """The window as it came out of its batch, and where that is doubtful every other way it was heard in."""
        excerpt = piece.excerpt
        speech = [part for each in piece.speech for part in excerpt.from_recording(each)]
        return hear_again(self.engine, samples, first, language=self.language, speech=speech, prompt=self.prompt)

    def _note_begun(self, number: int, pieces: list[Piece]) -> None:
        """Count how often each window was begun, so that anybody can see later what a kill cost."""
        log.info("recording %s, run %s: batch %s begins, %s windows", self.recording_id, self.run, number, len(pieces))

        def change(session: Session) -> None:
            recording = session.get_one(Recording, self.recording_id)
            if recording.run == self.run and recording.state is RecordingState.WAITING:  # paused, and on again
                recording.state = RecordingState.WORKING
            for piece in pieces:
                window = session.get_one(Window, piece.id)
                window.metrics = {**window.metrics, BEGUN: window.metrics.get(BEGUN, 0) + 1}

        _save(self.bench, change)


def _save(bench: Bench, change: Callable[[Session], T]) -> T:
    """One short transaction; a database that others keep busy is waited for."""
    give_up_at = time.monotonic() + _SAVE_FOR_S
    while True:
        try:
            with bench.database.write() as session:
                result = change(session)
                session.commit()
                return result
        except OperationalError as error:
            if is_full_disk(error) or time.monotonic() > give_up_at:
                raise
            log.warning("the database is busy; trying again", exc_info=True)
            time.sleep(LOOK_EVERY_S)


def _asked_stretch(recording: Recording) -> Span | None:
    if recording.asked_start_ms is None or recording.asked_end_ms is None:
        return None
    return Span(recording.asked_start_ms, recording.asked_end_ms)


class _Clock:
    """Time on the wall while at least one batch is in flight, each moment counted once. In milliseconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying = 0
        self._since = 0.0

    def start(self) -> None:
        """A batch begins."""
        with self._lock:
            if self._flying == 0:
                self._since = time.monotonic()
            self._flying += 1

    def lap_ms(self) -> int:
        """A batch ends: what was not counted yet."""
        with self._lock:
            now = time.monotonic()
            lap_s, self._since = now - self._since, now
            self._flying -= 1
            return round(lap_s * 1000)
