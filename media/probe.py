"""What a file is, decided by its content: a recording, and how long it truly is."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from media import frames
from media.errors import NotSound, ToolFailed
from media.run import LONGEST_S, ffmpeg_arguments, ffprobe_arguments, input_file, private_folder, run, running

MOST_CHANNELS = 8
HEADER_SECONDS = 60
# Long enough to read 4 GB from a slow disk; a file that takes longer is not one that we can work with.
READ_SECONDS = 600
WITHOUT_TIMES: dict[str, frames.Kind] = {"mp3": "mp3", "aac": "aac"}

_SOUND_MARKS = (b"ID3", b"RIFF", b"RF64", b"fLaC", b"OggS", b"\x1aE\xdf\xa3", b"0&\xb2u", b"#!AMR", b"FORM", b"caff")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a recording is. `duration_ms` is counted from the sound itself, never believed from a header."""

    container: str
    codec: str
    channels: int
    sample_rate_hz: int
    duration_ms: int
    has_video: bool


def probe(path: Path) -> Probe:
    """Look into a file of any name.

    Raises:
        NotSound: there is no sound that can be kept, and why.
        ToolMissing, OutOfRoom: the machine cannot look.
    """
    if path.stat().st_size == 0:
        raise NotSound("empty")
    with private_folder(path.parent, path) as folder:
        return _probe(folder)


def _probe(folder: Path) -> Probe:
    original = folder / "original"
    header = read_header(folder)
    streams = header.get("streams", [])
    sound = [stream for stream in streams if stream.get("codec_type") == "audio"]
    if not streams:
        raise NotSound("unreadable" if looks_like_sound(original) else "not_media")
    if not sound:
        raise NotSound("no_sound")
    codec, channels, rate = sound[0].get("codec_name"), int(sound[0].get("channels", 0)), sound[0].get("sample_rate")
    if not codec or not channels or not int(rate or 0):
        raise NotSound("unreadable")
    if channels > MOST_CHANNELS:
        raise NotSound("too_many_channels")
    container = str(header["format"]["format_name"])
    try:
        duration_ms = _duration_ms(folder, container)
    except ToolFailed as failed:
        raise NotSound("unreadable") from failed
    if duration_ms > LONGEST_S * 1000:
        raise NotSound("too_long")
    if duration_ms <= 0:
        raise NotSound("unreadable")
    return Probe(container, codec, channels, int(rate), duration_ms, any(_moves(stream) for stream in streams))


def read_header(folder: Path) -> dict[str, Any]:
    """What ffprobe reads from the beginning of `original` in a private folder; empty when it can read nothing."""
    wanted = "format=format_name:stream=codec_type,codec_name,channels,sample_rate,width:stream_disposition"
    arguments = ffprobe_arguments(folder / "original", show_entries=wanted, of="json")
    try:
        answer = run("ffprobe", arguments, folder=folder, seconds=HEADER_SECONDS)
    except ToolFailed:
        return {}
    return cast("dict[str, Any]", json.loads(answer or b"{}"))


def looks_like_sound(path: Path) -> bool:
    """Whether a file that cannot be read begins as a sound or video file does, so that we can say it is damaged."""
    with path.open("rb") as file:
        head = file.read(16)
    return head.startswith(_SOUND_MARKS) or head[4:8] in (b"ftyp", b"moov", b"mdat")


def _moves(stream: dict[str, Any]) -> bool:
    """Whether a stream is moving pictures; a cover picture is not."""
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _duration_ms(folder: Path, container: str) -> int:
    if container in WITHOUT_TIMES:
        walk = frames.walk_file(folder / "original", WITHOUT_TIMES[container])
        if walk.sound_bytes * 2 > (folder / "original").stat().st_size:
            return walk.duration_ms
    return _passed_by_ms(folder)


def _passed_by_ms(folder: Path) -> int:
    """When the last packet of sound ends, from where the file begins.

    Headers lie (a file that was cut off, a stream that a browser recorded), so every packet is passed by, undecoded:
    a second for four hours. ffmpeg itself follows a clock that begins anew in the middle, as camcorders' does.
    """
    source = input_file(folder / "original")
    output = source["a:0"].output("-", format="null", c="copy", t=LONGEST_S + 60, progress="pipe:1", nostats=None)
    with running("ffmpeg", ffmpeg_arguments(output), folder=folder, seconds=READ_SECONDS) as process:
        assert process.stdout is not None  # noqa: S101 - `running` opened it
        times = re.findall(rb"^out_time_us=(\d+)", process.stdout.read(), re.MULTILINE)
    return round(int(times[-1]) / 1000) if times else 0
