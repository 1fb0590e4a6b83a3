"""What a listener gets: the access copy of an interview, its waveform, and whether the original will do until then."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from archive.interviews import Interview
from archive.recordings import Recording
from archive.settings import Settings
from media import places

# What Chromium, Firefox and Safari all play without help, by container and codec as ffprobe names them.
_PLAYABLE = {
    "mp3": {"mp3"},
    "mp4": {"aac", "mp3"},
    "m4a": {"aac"},
    "mov": {"aac"},
    "wav": {"pcm_s16le", "pcm_u8"},
    "flac": {"flac"},
    "aac": {"aac"},
}


def sound_key(interview: Interview) -> str:
    """Names the sound of an interview: it changes when a recording is added or moved, and only then."""
    return key_of(interview.recordings)


def key_of(recordings: Iterable[Recording]) -> str:
    """The same of some recordings."""
    digest = hashlib.sha256()
    for recording in sorted(recordings, key=lambda each: (each.offset_ms, each.part)):
        digest.update(f"{recording.sha256} {recording.offset_ms}\n".encode())
    return digest.hexdigest()[:32]


def access_copy_path(settings: Settings, interview: Interview) -> Path:
    """Where the access copy lies once it is made."""
    return places.access_copy(settings.derived, sound_key(interview))


def peaks_path(settings: Settings, interview: Interview) -> Path:
    """Where the waveform lies once it is made."""
    return places.peaks_file(settings.derived, sound_key(interview))


def original_playable(interview: Interview) -> bool:
    """Whether a browser can play the one original as it is, so that nobody waits for the access copy."""
    if len(interview.recordings) != 1 or interview.recordings[0].offset_ms != 0:
        return False
    (recording,) = interview.recordings
    names = recording.container.split(",")
    return any(recording.codec in _PLAYABLE.get(name, set()) for name in names)
