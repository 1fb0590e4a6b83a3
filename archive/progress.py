"""How far the machine has come with an interview, and an honest guess at when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from archive.interviews import Interview, Status
from archive.jobs import worker_is_alive
from archive.recordings import UNFINISHED, MachineLayer, Recording, RecordingState, Window
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
    return progress_of_each(session, [interview], now=now)[interview.id]


def progress_of_each(session: Session, interviews: Sequence[Interview], *, now: datetime) -> dict[int, Progress]:
    """As `progress_of`, by the interviews' ids; as few questions for many as for one."""
    alive = worker_is_alive(session, now)
    queue = _queue(session)
    places = {each: place for place, each in enumerate(dict.fromkeys(load.interview_id for load in queue), start=1)}
    ready = _ready_times(queue, working_rate(session), now) if alive and queue else {}
    done = _done_of(session, interviews)
    return {
        each.id: Progress(
            fraction=_fraction(each, *done[each.id]),
            queue_place=places.get(each.id),
            ready_at=ready.get(each.id),
            decoded_ms=done[each.id][0],
            total_ms=done[each.id][1],
            worker_alive=alive,
        )
        for each in interviews
    }


def fraction_done(session: Session, interview: Interview) -> float:
    """How much of the text there is, 0.0 to 1.0; 1.0 only when it is done."""
    return _fraction(interview, *_done_of(session, [interview])[interview.id])


def _done_of(session: Session, interviews: Sequence[Interview]) -> dict[int, tuple[int, int]]:
    """How much of each interview's sound is text, and how much there is; in milliseconds."""
    done = {each.id: (0, 0) for each in interviews}
    for load in _loads(session, [recording.id for each in interviews for recording in each.recordings]):
        decoded_ms, total_ms = done[load.interview_id]
        own_ms = load.total_ms if load.state == RecordingState.DONE else load.decoded_ms
        done[load.interview_id] = (decoded_ms + own_ms, total_ms + load.total_ms)
    return done


def _ready_times(queue: Sequence[_Load], rate: float, now: datetime) -> dict[int, datetime]:
    """When the last of each interview in the queue is done, one after the other."""
    left_ms, ready = 0.0, {}
    for load in queue:
        left_ms += load.left_ms(rate)
        ready[load.interview_id] = now + timedelta(milliseconds=left_ms)
    return ready


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
    waiting = select(Recording.id).where(Recording.state.in_(UNFINISHED))
    return _loads(session, list(session.scalars(waiting.order_by(working_first, Recording.received_at, Recording.id))))


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
