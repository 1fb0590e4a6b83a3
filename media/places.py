"""Where the things made from originals lie. They may be deleted: all can be made again."""

from pathlib import Path


def speech_file(derived: Path, sha256: str) -> Path:
    """The speech file of one original: 16 kHz mono WAV."""
    return derived / "speech" / sha256[:2] / f"{sha256}.wav"


def access_copy(derived: Path, key: str) -> Path:
    """The access copy of one interview; `key` changes when its recordings do."""
    return derived / "listen" / f"{key}.m4a"


def page_picture(derived: Path, sha256: str, page: int) -> Path:
    """One drawn page of a scanned paper, counted from 1."""
    return derived / "pages" / sha256[:2] / sha256 / f"{page:04}.jpg"


def peaks_file(derived: Path, key: str) -> Path:
    """The waveform of one interview."""
    return derived / "peaks" / f"{key}.json"
