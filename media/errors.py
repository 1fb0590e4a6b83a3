"""Everything that can go wrong with files, on one page.

    MediaError
    ├── NotSound              the file holds no sound that can be kept; `reason` says why
    ├── ToolMissing           ffmpeg or ffprobe is not installed
    ├── ToolFailed            ffmpeg or ffprobe gave up, crashed, or went past its limits
    ├── DocumentRefused       a word processor's document or a spreadsheet that is not read; `reason` says why
    ├── OutOfRoom             the disk is full
    └── StoreUnknown          no library here knows the kind of address that the store has

Errors carry data; the wording for people lives in templates and in the command line.
"""

from dataclasses import dataclass
from typing import Literal

Reason = Literal["empty", "not_media", "no_sound", "too_long", "too_many_channels", "unreadable"]


class MediaError(Exception):
    """Base of everything raised by this package."""


@dataclass
class NotSound(MediaError):
    """Raised when a file holds no sound that can be kept.

    `not_media` is a file of another kind (a text, a picture); `unreadable` begins like a sound file but is broken, as
    one whose end was lost when it was copied.
    """

    reason: Reason

    def __str__(self) -> str:
        return f"not a recording: {self.reason}"


@dataclass
class ToolMissing(MediaError):
    """Raised when a system program is not installed."""

    tool: str

    def __str__(self) -> str:
        return f"{self.tool} is not installed"


@dataclass
class ToolFailed(MediaError):
    """Raised when a program gave up. `exit_code` is negative for a signal, None when it was stopped for its time."""

    tool: str
    exit_code: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.tool} ended with {self.exit_code}: {self.message}"


@dataclass
class DocumentRefused(MediaError):
    """Raised when a document is not read.

    `reason` is other_package, damaged, locked, empty, too_many, bad_xml, doctype (in `part`, at `line`), or bomb:
    unpacked it is larger than any document, or reading it went past the limits. Of a paper also too_many_pages (`line`
    says how many), old_word, heic or not_document.
    """

    reason: str
    line: int | None = None
    part: str = ""

    def __str__(self) -> str:
        return f"document refused: {self.reason} {self.part}"


class OutOfRoom(MediaError):
    """Raised when the disk is full. What stood before stands still."""


@dataclass
class StoreUnknown(MediaError):
    """Raised when no library here knows the kind of address that the store has (`s3`, …)."""

    kind: str

    def __str__(self) -> str:
        return f"no library here knows stores at {self.kind}://"
