"""Recordings: the files of an interview, and how far the machine has come with each."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.accounts import User
from archive.database import Base
from archive.interviews import Interview
from archive.people import Person


class RecordingState(enum.StrEnum):
    """How far the machine has come with one recording."""

    WAITING = "waiting"
    WORKING = "working"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


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
    failure: Mapped[str | None] = mapped_column(String(60))  # a short key that the page words; None: nothing failed
    lost: Mapped[list[Any]] = mapped_column(default=list)  # [[start_ms, end_ms], …] of sound that could not be read
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
    speech_ms: Mapped[int]  # how much of the recording the windows hold
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
    sha256: Mapped[str | None] = mapped_column(String(64))  # set when whole and in the store
