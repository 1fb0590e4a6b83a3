"""What is made from originals to work with: the speech file that the engines hear, the access copy that people hear."""

import os
import wave
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from media.run import LONGEST_S, ffmpeg_arguments, private_folder, running
from media.sound import SAMPLE_BYTES, allowed_seconds, open_sound
from media.store import full_disk_named, sync_file, sync_folder

SPEECH_HZ = 16_000
LISTEN_HZ = 32_000
LISTEN_KBPS = 64
MIX_SAMPLES = 5 * LISTEN_HZ


@dataclass(frozen=True, slots=True)
class Decoded:
    """How a speech file came out. `lost` are the stretches that could not be read, where it holds silence."""

    duration_ms: int
    lost: tuple[tuple[int, int], ...]  # (start_ms, end_ms)


@dataclass(frozen=True, slots=True)
class Piece:
    """One file and where it lies on the interview's time line. Pieces that overlap are heard together."""

    path: Path
    offset_ms: int
    duration_ms: int


def decode_speech(source: Path, target: Path, *, duration_ms: int) -> Decoded:
    """Write 16 kHz mono s16 WAV of which every moment has its true time; it is at least `duration_ms` long.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom: nothing lies at `target` then.
    """
    with full_disk_named(), private_folder(target.parent) as folder:
        part = folder / "speech.wav"
        with (
            open_sound(source, SPEECH_HZ, work=folder, duration_ms=duration_ms) as sound,
            part.open("wb") as file,
        ):
            with wave.open(file, "wb") as speech:
                speech.setparams((1, SAMPLE_BYTES, SPEECH_HZ, 0, "NONE", "not compressed"))
                for piece in sound.until(duration_ms):
                    speech.writeframesraw(piece)
            file.flush()
            os.fsync(file.fileno())
        _settle(part, target)
        return Decoded(sound.duration_ms, tuple(sound.lost))


def make_access_copy(pieces: Sequence[Piece], target: Path) -> None:
    """Write one file with the sound of all pieces on one time line, which every browser plays and seeks in.

    Raises:
        ToolMissing, ToolFailed, OutOfRoom: nothing lies at `target` then.
    """
    with full_disk_named(), private_folder(target.parent) as folder:
        part = folder / "copy.m4a"
        samples = ffmpeg.input("pipe:0", format="s16le", ar=LISTEN_HZ, ac=1, protocol_whitelist="pipe")
        output = samples.output(
            str(part), acodec="aac", audio_bitrate=f"{LISTEN_KBPS}k", movflags="+faststart", map_metadata=-1
        )
        seconds = sum(allowed_seconds(piece.duration_ms) for piece in pieces)
        room = LONGEST_S * LISTEN_KBPS * 1000 // 8 * max(1, len(pieces))
        with (
            running(
                "ffmpeg", ffmpeg_arguments(output), folder=folder, seconds=seconds, write_bytes=room, stdin=PIPE
            ) as process,
            ExitStack() as opened,
        ):
            assert process.stdin is not None  # noqa: S101 - PIPE was asked for
            for mixed in _mix(pieces, folder, opened):
                process.stdin.write(mixed.tobytes())
        sync_file(part)
        _settle(part, target)


def _mix(pieces: Sequence[Piece], folder: Path, opened: ExitStack) -> Iterator[NDArray[np.int16]]:
    """All pieces on one line, some seconds at a time; each is decoded only while it is heard."""
    waiting = sorted((_Playing(piece, folder) for piece in pieces), key=lambda playing: playing.begins, reverse=True)
    playing: list[_Playing] = []
    at = 0
    while waiting or playing:
        while waiting and waiting[-1].begins < at + MIX_SAMPLES:
            playing.append(waiting.pop())
            opened.callback(playing[-1].close)
        mixed = np.zeros(MIX_SAMPLES, np.int32)
        heard = MIX_SAMPLES if waiting else 0
        for one in playing:
            skip = max(one.begins - at, 0)
            samples = one.read(MIX_SAMPLES - skip)
            mixed[skip : skip + len(samples)] += samples
            heard = max(heard, skip + len(samples))
        playing = [one for one in playing if not one.ended]
        at += heard
        yield np.clip(mixed[:heard], -32_768, 32_767).astype(np.int16)


class _Playing:
    """One piece while it is mixed."""

    def __init__(self, piece: Piece, folder: Path) -> None:
        self.begins = piece.offset_ms * LISTEN_HZ // 1000
        self.ended = False
        self._samples = _samples_of(piece, folder)
        self._ahead = bytearray()

    def read(self, count: int) -> NDArray[np.int16]:
        """The next samples, fewer than `count` only at the end."""
        while len(self._ahead) < count * SAMPLE_BYTES and not self.ended:
            more = next(self._samples, None)
            self.ended = more is None
            self._ahead += more or b""
        taken = np.frombuffer(bytes(self._ahead[: count * SAMPLE_BYTES]), np.int16)
        del self._ahead[: count * SAMPLE_BYTES]
        self.ended = self.ended and not self._ahead
        return taken

    def close(self) -> None:
        """End the decoder."""
        self._samples.close()


def _samples_of(piece: Piece, folder: Path) -> Generator[bytes, None, None]:
    with open_sound(piece.path, LISTEN_HZ, work=folder, duration_ms=piece.duration_ms) as sound:
        yield from sound.until(piece.duration_ms)


def _settle(part: Path, target: Path) -> None:
    part.replace(target)
    sync_folder(target.parent)
