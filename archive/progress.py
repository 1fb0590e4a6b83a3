"""How far the machine has come with an interview, and an honest guess at when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from archive.interviews import Interview, Status
from archive.jobs import worker_is_alive
from archive.recordings import MachineLayer, Recording, RecordingState, Window
from archive.site import get_setting

# Milliseconds of work per millisecond of sound on two cores, until something is measured. By the size in the model's
# name; measured with the default engine at beam 5: base 29 s for 409 s. The others follow by their numbers of weights.
_PRIORS = {"tiny": 0.04, "base": 0.08, "small": 0.26, "medium": 0.8, "turbo": 0.9, "large": 1.6}
_PRIOR_UNKNOWN = _PRIORS["base"]
# Decoding the file and finding the speech in it, before the first window: 12 s for 4 h, and as much again for the rest.
_BEFORE_RATE = 0.002
# Measured over this much of the latest work: enough to be steady, recent enough to follow a change of machine.
_MEASURED_LAYERS = 10
# Fewer than this many milliseconds of sound say more about starting than about working.
_LEAST_MEASURED_MS = 60_000
# Text that is decoded has still to be put together; only the interview's status says that all is done.
_NEARLY = 0.99
_UNFINISHED = (RecordingState.WAITING, RecordingState.WORKING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an interview has come."""

    fraction: float  # 0.0 to 1.0; 1.0 only when the text is done
    queue_place: int | None  # 1: it is its turn; None: nothing of it waits
    ready_at: datetime | None  # None: nothing waits, or no worker is alive to do it
    decoded_ms: int
    total_ms: int
    worker_alive: bool


@dataclass(frozen=True, slots=True)
class _Load:
    """What one recording asks of the machine."""

    interview_id: int
    state: RecordingState
    decoded_ms: int
    total_ms: int  # of speech once it is planned, else of sound
    is_planned: bool

    def left_ms(self, rate: float) -> float:
        before = 0.0 if self.is_planned else self.total_ms * _BEFORE_RATE
        return before + (self.total_ms - self.decoded_ms) * rate


def progress_of(session: Session, interview: Interview, *, now: datetime) -> Progress:
    """How far the machine has come with `interview`, behind everything that was received before it."""
    alive = worker_is_alive(session, now)
    decoded_ms, total_ms = _done_of(session, interview)
    queue = _queue(session)
    place = _place(queue, interview.id)
    ready_at = None
    if place is not None and alive:
        last = max(n for n, load in enumerate(queue) if load.interview_id == interview.id)
        rate = working_rate(session)
        ready_at = now + timedelta(milliseconds=sum(load.left_ms(rate) for load in queue[: last + 1]))
    return Progress(_fraction(interview, decoded_ms, total_ms), place, ready_at, decoded_ms, total_ms, alive)


def fraction_done(session: Session, interview: Interview) -> float:
    """How much of the text there is, 0.0 to 1.0; 1.0 only when it is done."""
    return _fraction(interview, *_done_of(session, interview))


def _done_of(session: Session, interview: Interview) -> tuple[int, int]:
    """How much of the interview's sound is text, and how much there is; in milliseconds."""
    own = _loads(session, [recording.id for recording in interview.recordings])
    decoded_ms = sum(load.total_ms if load.state == RecordingState.DONE else load.decoded_ms for load in own)
    return decoded_ms, sum(load.total_ms for load in own)


def working_rate(session: Session) -> float:
    """Milliseconds of work per millisecond of speech, as measured lately with the model in use; else a stated prior."""
    latest = session.scalar(select(MachineLayer).order_by(MachineLayer.started_at.desc()).limit(1))
    if latest is None:
        return _prior(get_setting(session, "model") or "")
    same = select(MachineLayer.id).where(
        MachineLayer.engine == latest.engine, MachineLayer.model_sha256 == latest.model_sha256
    )
    recent = same.order_by(MachineLayer.started_at.desc()).limit(_MEASURED_LAYERS).subquery()
    ids = select(recent.c.id)
    worked_ms = session.scalar(select(func.sum(MachineLayer.working_ms)).where(MachineLayer.id.in_(ids))) or 0
    heard_ms = session.scalar(
        select(func.sum(Window.end_ms - Window.start_ms)).where(Window.layer_id.in_(ids), Window.text.is_not(None))
    )
    if not worked_ms or not heard_ms or heard_ms < _LEAST_MEASURED_MS:
        return _prior(latest.model)
    return float(worked_ms) / float(heard_ms)


def _prior(model: str) -> float:
    name = model.casefold()
    return next((rate for size, rate in reversed(_PRIORS.items()) if size in name), _PRIOR_UNKNOWN)


def _fraction(interview: Interview, decoded_ms: int, total_ms: int) -> float:
    if interview.status in (Status.MACHINE_TEXT, Status.IN_REVIEW, Status.REVIEWED):
        return 1.0
    return min(decoded_ms / total_ms, _NEARLY) if total_ms else 0.0


def _queue(session: Session) -> list[_Load]:
    """What waits, in the order in which it is done: what is being worked on, then by when it was received."""
    working_first = case((Recording.state == RecordingState.WORKING, 0), else_=1)
    waiting = select(Recording.id).where(Recording.state.in_(_UNFINISHED))
    return _loads(session, list(session.scalars(waiting.order_by(working_first, Recording.received_at, Recording.id))))


def _place(queue: list[_Load], interview_id: int) -> int | None:
    """How many interviews stand in the queue up to this one."""
    order = list(dict.fromkeys(load.interview_id for load in queue))
    return order.index(interview_id) + 1 if interview_id in order else None


def _loads(session: Session, recording_ids: Sequence[int]) -> list[_Load]:
    """The loads of these recordings, in this order; one query for all."""
    length_ms = Window.end_ms - Window.start_ms
    rows = session.execute(
        select(
            Recording,
            func.coalesce(func.max(MachineLayer.speech_ms), 0),
            func.coalesce(func.sum(case((Window.text.is_not(None), length_ms), else_=0)), 0),
        )
        .outerjoin(MachineLayer, (MachineLayer.recording_id == Recording.id) & (MachineLayer.run == Recording.run))
        .outerjoin(Window, Window.layer_id == MachineLayer.id)
        .where(Recording.id.in_(recording_ids))
        .group_by(Recording.id)
    )
    loads = {
        recording.id: _Load(
            recording.interview_id, recording.state, int(decoded), int(planned) or recording.duration_ms, bool(planned)
        )
        for recording, planned, decoded in rows
    }
    return [loads[each] for each in recording_ids]
