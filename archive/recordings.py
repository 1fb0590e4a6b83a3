"""Recordings: the files of an interview, and how far the machine has come with each."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.accounts import User
from archive.audit import note
from archive.database import Base
from archive.errors import AlreadyReceived, NoRoom
from archive.interviews import Interview, Status
from archive.outbox import searchable_text_changed
from archive.people import Person
from archive.typed import safe_name
from media.errors import OutOfRoom
from media.probe import Probe, probe
from media.store import Store, free_bytes


class RecordingState(enum.StrEnum):
    """How far the machine has come with one recording."""

    WAITING = "waiting"
    WORKING = "working"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


# What the machine has still to do.
UNFINISHED = (RecordingState.WAITING, RecordingState.WORKING)


class Recording(Base):
    """One file of an interview; its bytes are write-once under their SHA-256.

    Files in order follow each other on the interview's time line; files of one occasion with one microphone each
    (`speaker_id` set) all start at 0.
    """

    __tablename__ = "recording"
    __table_args__ = (UniqueConstraint("interview_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    part: Mapped[int]  # 1, 2, …
    offset_ms: Mapped[int]  # where it begins on the interview's time line
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int]  # as probed; the time line rests on it
    original_name: Mapped[str] = mapped_column(String(300))
    container: Mapped[str] = mapped_column(String(60))
    codec: Mapped[str] = mapped_column(String(60))
    channels: Mapped[int]
    sample_rate_hz: Mapped[int]
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody in particular
    received_at: Mapped[datetime] = mapped_column(index=True)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    state: Mapped[RecordingState] = mapped_column(default=RecordingState.WAITING)
    run: Mapped[int] = mapped_column(default=1)  # which machine layer is being made; the job's id carries it
    asked_model: Mapped[str | None] = mapped_column(String(200))  # for this run; None: the archive's choice
    asked_start_ms: Mapped[int | None]  # this run hears only what touches this stretch; None: all
    asked_end_ms: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)  # work begun since something last came of it; 0 while all is well
    failure: Mapped[str | None] = mapped_column(String(60))  # a short key that the page words; None: nothing failed
    lost: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms], …] of sound that could not be read
    sound: Mapped[dict[str, Any]] = mapped_column(default=dict)  # loudness_lufs, peak_dbfs, clipped_share, gain_db, …
    listen_failure: Mapped[str | None] = mapped_column(String(60))  # why there is no access copy; None: fine so far

    interview: Mapped[Interview] = relationship(back_populates="recordings")
    speaker: Mapped[Person | None] = relationship()
    received_by: Mapped[User | None] = relationship()
    layers: Mapped[list["MachineLayer"]] = relationship(
        back_populates="recording", cascade="all, delete-orphan", order_by="MachineLayer.run"
    )


class MachineLayer(Base):
    """One run of one model over one recording, and where it came from. Never overwritten; a new run is a new layer."""

    __tablename__ = "machine_layer"
    __table_args__ = (UniqueConstraint("recording_id", "run"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    run: Mapped[int]
    engine: Mapped[str] = mapped_column(String(40))  # faster-whisper, openai-whisper
    model: Mapped[str] = mapped_column(String(200))
    model_sha256: Mapped[str] = mapped_column(String(64))
    options: Mapped[dict[str, Any]]  # beam, batch, compute type, language, library versions, …
    prompt: Mapped[str] = mapped_column(default="")  # names that the model was told beforehand; "": none
    start_ms: Mapped[int | None]  # the stretch that was heard anew; None: the whole recording
    end_ms: Mapped[int | None]
    languages: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {Whisper's code: probability}, over the recording
    speakers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how voices were told apart; {}: not yet
    speech_ms: Mapped[int]  # how much of the recording the windows hold; 0 until all of it is planned
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    working_ms: Mapped[int] = mapped_column(default=0)  # time spent decoding text, summed over groups

    recording: Mapped[Recording] = relationship(back_populates="layers")
    windows: Mapped[list["Window"]] = relationship(
        back_populates="layer", cascade="all, delete-orphan", order_by="Window.number"
    )


class Window(Base):
    """A stretch of one recording that goes through the model in one piece. Unfinished work: one without `text`."""

    __tablename__ = "window"
    __table_args__ = (
        UniqueConstraint("layer_id", "number"),
        Index("ix_window_layer_group", "layer_id", "group_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("machine_layer.id", ondelete="CASCADE"))
    number: Mapped[int]
    group_number: Mapped[int]  # windows of one group are decoded and saved together
    start_ms: Mapped[int]  # in the recording, not on the interview's time line
    end_ms: Mapped[int]
    text: Mapped[str | None]  # None: not decoded yet; "": decoded, nothing heard
    words: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms, text, p], …] in the recording
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)  # avg_logprob, compression_ratio, no_speech_prob, …
    speech: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms], …] where somebody speaks in it
    how: Mapped[str] = mapped_column(String(20), default="batch")  # which way of decoding gave what is kept
    doubts: Mapped[list[Any]] = mapped_column(default=list)  # keys of `pipeline.guard`; []: nothing speaks against it
    others: Mapped[list[Any]] = mapped_column(default=list)  # versions not kept: {how, text, words, metrics, doubts}

    layer: Mapped[MachineLayer] = relationship(back_populates="windows")


class Upload(Base):
    """A file on its way in. Its bytes lie in `Settings.incoming` under its id until they are whole."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # random; also the name of the file
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    original_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # never more than the file holds
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(String(64))  # set when whole and found to be sound
    refused: Mapped[str | None] = mapped_column(String(40))  # a reason of NotSound, once looked into; None: none known


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is sound, and whose bytes lie in the store under their SHA-256."""

    sha256: str
    size_bytes: int
    probe: Probe
    original_name: str


def receive_file(store: Store, path: Path, original_name: str, *, found: Probe | None = None) -> ReceivedFile:
    """Take a file into the store if it is sound; then it is gone from `path`. No session is open meanwhile.

    `found` is what `probe` said a moment ago; None: it is asked now.

    Raises:
        NotSound: nothing is kept, and the file stays where it is.
        NoRoom: the store is full; the file stays where it is.
    """
    found = found or probe(path)
    try:
        stored = store.adopt(path)
    except OutOfRoom as error:
        raise NoRoom(path.stat().st_size, free_bytes(path.parent)) from error
    return ReceivedFile(stored.sha256, stored.size_bytes, found, safe_name(original_name))


def add_recordings(
    session: Session,
    interview: Interview,
    files: Sequence[ReceivedFile],
    *,
    one_time: bool = False,
    speakers: Sequence[Person | None] = (),
    received_by_id: int | None,
    now: datetime,
    keeps_status: bool = False,
) -> list[Recording]:
    """Add files in order, each after the one before; with `one_time` they were recorded beside each other, all from 0.

    `speakers`, when given, says whose microphone each file is; with `keeps_status` a text stands already, which does
    not wait for the machine's (`archive.adding_sound`). Commit, then `jobs.ask_for_unfinished`.

    Raises:
        AlreadyReceived: one of the files was received before; none is added.
    """
    _refuse_received(session, interview, files)
    whose = speakers or [None] * len(files)
    part, offset_ms = len(interview.recordings), 0 if one_time else interview.duration_ms
    added = []
    for file, speaker in zip(files, whose, strict=True):
        part += 1
        added.append(_recording(file, part, offset_ms, speaker, received_by_id, now))
        offset_ms += 0 if one_time else file.probe.duration_ms
    try:
        with session.begin_nested():
            interview.recordings += added
            session.flush()
    except IntegrityError:
        _refuse_received(session, interview, files)  # another transaction added one of them this very moment
        raise
    if not keeps_status:
        interview.status = Status.RECEIVED
    interview.received_at = interview.received_at or now
    hashes = [file.sha256 for file in files]
    note(session, "received", "interview", interview.id, user_id=received_by_id, now=now, sha256=hashes)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()
    return added


def find_recording(session: Session, sha256: str) -> Recording | None:
    """The recording that holds these bytes; None when they were never received."""
    return session.scalar(select(Recording).where(Recording.sha256 == sha256))


def _refuse_received(session: Session, interview: Interview, files: Sequence[ReceivedFile]) -> None:
    seen = set()
    for file in files:
        known = find_recording(session, file.sha256)
        if known is not None or file.sha256 in seen:
            raise AlreadyReceived(file.original_name, file.sha256, known.interview_id if known else interview.id)
        seen.add(file.sha256)


def _recording(
    file: ReceivedFile, part: int, offset_ms: int, speaker: Person | None, received_by_id: int | None, now: datetime
) -> Recording:
    return Recording(
        part=part,
        offset_ms=offset_ms,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        duration_ms=file.probe.duration_ms,
        original_name=file.original_name,
        container=file.probe.container[:60],
        codec=file.probe.codec[:60],
        channels=file.probe.channels,
        sample_rate_hz=file.probe.sample_rate_hz,
        speaker=speaker,
        received_at=now,
        received_by_id=received_by_id,
    )
