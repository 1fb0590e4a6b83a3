"""Everything that can go wrong in the archive, on one page.

    ArchiveError
    ├── BadSetting            an environment variable has a value that cannot be used
    ├── NotInitialised        there is no archive in the data folder yet
    ├── NewerArchive          the database was made by a newer program
    ├── NotFound              no such thing, or not for this reader: the two are never told apart
    ├── NotAllowed            the reader may see the thing, but not do this with it
    ├── AlreadyReceived       the very same bytes were received before
    ├── ReceivedInBin         they were, and lie in the bin since
    ├── EditConflict          somebody else changed the line in the meantime
    ├── ChangedMeanwhile      somebody else changed the thing in the meantime
    ├── NoConsent             opening without saying what was agreed
    ├── LinkSpent             a one-time or joint link is used, revoked, expired or wrong
    ├── BadInput              a value that a person typed cannot be used
    ├── UploadOutOfStep       a piece does not start where the received bytes end
    ├── UploadRefused         an upload that is whole cannot be received, and why
    ├── NoRoom                the disk has too little room to receive this
    ├── ImportRefused         a finished text cannot be read, where in it and why
    ├── BackupUnusable        a backup is not whole, or there is none in that folder
    ├── FolderTaken           a folder that has to be empty is not
    ├── ReferenceUnusable     a file that a text should be held against holds no text
    └── NoText                an interview has no text yet

Errors carry data; the wording for people lives in templates and in the command line.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class ArchiveError(Exception):
    """Base of everything raised by this package."""


@dataclass
class BadSetting(ArchiveError):
    """Raised when an environment variable has a value that cannot be used."""

    name: str
    value: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.name}={self.value!r}: wanted {self.wanted}"


class NotInitialised(ArchiveError):
    """Raised when the data folder holds no archive yet: `stemme init` makes one."""


@dataclass
class NewerArchive(ArchiveError):
    """Raised when the database has a shape that this program does not know: a newer one made it."""

    revision: str

    def __str__(self) -> str:
        return f"the database is at revision {self.revision}, which this program does not know"


@dataclass
class NotFound(ArchiveError):
    """Raised when there is no such thing, or the reader may not know of it."""

    kind: str
    id: object

    def __str__(self) -> str:
        return f"no {self.kind} {self.id}"


@dataclass
class NotAllowed(ArchiveError):
    """Raised when the reader may see the thing, but not do this with it."""

    action: str

    def __str__(self) -> str:
        return f"not allowed: {self.action}"


@dataclass
class AlreadyReceived(ArchiveError):
    """Raised when a file with the same SHA-256 was received before. The interview is named only to who may see it."""

    original_name: str
    sha256: str
    interview_id: int

    def __str__(self) -> str:
        return f"{self.original_name} was received before"


@dataclass
class ReceivedInBin(ArchiveError):
    """Raised when a file with the same SHA-256 was received before, and its interview lies in the bin."""

    original_name: str
    interview_id: int
    removed_at: datetime
    erase_at: datetime

    def __str__(self) -> str:
        return f"{self.original_name} lies in the bin since {self.removed_at}"


@dataclass
class EditConflict(ArchiveError):
    """Raised when a line changed after the editor's page was made."""

    segment_id: int
    current_text: str
    current_version: int
    attempted_text: str

    def __str__(self) -> str:
        return f"segment {self.segment_id} is at version {self.current_version}"


@dataclass
class ChangedMeanwhile(ArchiveError):
    """Raised when a thing that is not a line changed after the editor's page was made."""

    kind: str
    id: object
    current_version: int

    def __str__(self) -> str:
        return f"{self.kind} {self.id} is at version {self.current_version}"


class NoConsent(ArchiveError):
    """Raised when an interview would be opened without a consent row."""


@dataclass
class LinkSpent(ArchiveError):
    """Raised when a link or a code cannot be used; `reason` is used, revoked, expired or wrong (never made)."""

    reason: str

    def __str__(self) -> str:
        return f"the link is {self.reason}"


@dataclass
class BadInput(ArchiveError):
    """Raised when a value that a person typed cannot be used; `problem` is a short key that the page words."""

    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


@dataclass
class UploadOutOfStep(ArchiveError):
    """Raised when a piece does not start where the received bytes end."""

    offset_bytes: int

    def __str__(self) -> str:
        return f"{self.offset_bytes} bytes are received"


@dataclass
class UploadRefused(ArchiveError):
    """Raised when an upload cannot be received.

    `problem` is a reason of NotSound, or gone, not_whole, twice, already_received.
    `received_as` is the interview that holds the same bytes, when that is the problem.
    """

    upload_id: str
    problem: str
    received_as: int | None = None

    def __str__(self) -> str:
        return f"upload {self.upload_id}: {self.problem}"


@dataclass
class NoRoom(ArchiveError):
    """Raised when the disk has too little room; what was there before stays as it was."""

    needed_bytes: int
    free_bytes: int

    def __str__(self) -> str:
        return f"needs {self.needed_bytes} bytes, {self.free_bytes} are free"


@dataclass
class ImportRefused(ArchiveError):
    """Raised when a finished text cannot be read; nothing of it is kept.

    `problem` is a short key that the page words; `line` counts from 1, None where the whole file is meant (in a
    spreadsheet it is the row, in our own JSON the number of the segment); `found` is what stood there, cut short.
    """

    problem: str
    line: int | None = None
    found: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem} {self.found!r}"


@dataclass
class BackupUnusable(ArchiveError):
    """Raised when a folder holds no backup, or one that is not whole; `problem` is missing, changed or unknown."""

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path} is {self.problem}"


@dataclass
class FolderTaken(ArchiveError):
    """Raised when a folder (or a database) that has to be empty is not."""

    where: str

    def __str__(self) -> str:
        return f"{self.where} is not empty"


@dataclass
class ReferenceUnusable(ArchiveError):
    """Raised when a file cannot be read as a reference; `problem` is too_large, no_text or encoding."""

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass
class NoText(ArchiveError):
    """Raised when an interview has no text yet."""

    interview_id: int

    def __str__(self) -> str:
        return f"interview {self.interview_id} has no text yet"
