"""How far the machine has come with an interview, and an honest guess at when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from archive.adding_sound import of_people
from archive.interviews import Interview, Status
from archive.jobs import worker_is_alive
from archive.recordings import UNFINISHED, MachineLayer, Recording, RecordingState, Window
from archive.site import get_setting
from archive.working_hours import WorkingHours, working_hours

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
    works_from: datetime | None  # outside the hours of work: when they begin; None: it may work now, or nothing waits
    heard_anew: (
        float | None
    )  # how far the machine is with hearing it anew, while the old text stands; None: it does not


@dataclass(frozen=True, slots=True)
class _Load:
    """What one recording asks of the machine."""

    interview_id: int
    state: RecordingState
    decoded_ms: int
    total_ms: int  # of speech once it is planned, else of sound
    is_planned: bool
    is_anew: bool  # a text stands meanwhile: an older whole one, or one that people brought in

    @property
    def is_waiting(self) -> bool:
        """Whether the machine has still to hear it, now or when it is let go on."""
        return self.state in (*UNFINISHED, RecordingState.PAUSED)

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
    hours = working_hours(session) if queue else None
    ready = _ready_times(queue, working_rate(session), now, hours) if alive and queue else {}
    loads = _loads_of(session, interviews)
    done = {each.id: _done(loads[each.id]) for each in interviews}
    opens_at = None if hours is None or hours.is_open(now) else hours.opens_at(now)
    return {
        each.id: Progress(
            fraction=_fraction(each, *done[each.id]),
            queue_place=places.get(each.id),
            ready_at=ready.get(each.id),
            decoded_ms=done[each.id][0],
            total_ms=done[each.id][1],
            worker_alive=alive,
            works_from=opens_at if each.id in places else None,
            heard_anew=_heard_anew(loads[each.id]),
        )
        for each in interviews
    }


def fraction_done(session: Session, interview: Interview) -> float:
    """How much of the text there is, 0.0 to 1.0; 1.0 only when it is done."""
    return _fraction(interview, *_done(_loads_of(session, [interview])[interview.id]))


def _loads_of(session: Session, interviews: Sequence[Interview]) -> dict[int, list[_Load]]:
    loads: dict[int, list[_Load]] = {each.id: [] for each in interviews}
    for load in _loads(session, [recording.id for each in interviews for recording in each.recordings]):
        loads[load.interview_id].append(load)
    return loads


def _done(loads: Sequence[_Load]) -> tuple[int, int]:
    """How much of an interview's sound is text, and how much there is; in milliseconds."""
    done_ms = sum(each.total_ms if each.state is RecordingState.DONE else each.decoded_ms for each in loads)
    return done_ms, sum(each.total_ms for each in loads)


def _heard_anew(loads: Sequence[_Load]) -> float | None:
    anew = [each for each in loads if each.is_anew and each.is_waiting]
    total_ms = sum(each.total_ms for each in anew)
    return min(sum(each.decoded_ms for each in anew) / total_ms, _NEARLY) if total_ms else None


def _ready_times(queue: Sequence[_Load], rate: float, now: datetime, hours: WorkingHours | None) -> dict[int, datetime]:
    """When the last of each interview in the queue is done, one after the other, in the hours that are set."""
    left_ms, ready = 0.0, {}
    for load in queue:
        left_ms += load.left_ms(rate)
        done_at = now + timedelta(milliseconds=left_ms) if hours is None else hours.finished_at(now, left_ms)
        ready[load.interview_id] = done_at
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
    earlier = aliased(MachineLayer)
    stands = exists().where(
        earlier.recording_id == Recording.id, earlier.run < Recording.run, earlier.finished_at.is_not(None)
    )
    rows = session.execute(
        select(
            Recording,
            func.coalesce(func.max(MachineLayer.speech_ms), 0),
            func.coalesce(func.sum(case((Window.text.is_not(None), length_ms), else_=0)), 0),
            or_(stands, of_people(Recording.interview_id)),
        )
        .outerjoin(MachineLayer, (MachineLayer.recording_id == Recording.id) & (MachineLayer.run == Recording.run))
        .outerjoin(Window, Window.layer_id == MachineLayer.id)
        .where(Recording.id.in_(recording_ids))
        .group_by(Recording.id)
    )
    loads = {
        recording.id: _Load(
            recording.interview_id,
            recording.state,
            int(decoded),
            int(planned) or _asked_ms(recording),
            bool(planned),
            bool(anew),
        )
        for recording, planned, decoded, anew in rows
    }
    return [loads[each] for each in recording_ids]


def _asked_ms(recording: Recording) -> int:
    """How much sound is to be heard: all of it, or the stretch that was asked for."""
    if recording.asked_start_ms is None or recording.asked_end_ms is None:
        return recording.duration_ms
    return recording.asked_end_ms - recording.asked_start_ms
