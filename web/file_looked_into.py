"""One file that is shown before it is used: read as it comes, kept as an upload, and read anew at the yes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from werkzeug.datastructures import FileStorage

from archive.errors import ImportRefused, NotFound
from archive.uploads import end_upload, load_upload, upload_path
from media.errors import MediaError
from web import file_problems, upload
from web.visit import archive, db

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Looking(Generic[T]):
    """How one kind of file is looked into, and what is said where it does not work."""

    read: Callable[[bytes, str], T]  # content and name; raises ImportRefused or MediaError
    largest_bytes: int
    refusal: Callable[[ImportRefused], str]
    none_chosen: str
    unreadable: str
    gone: str = "Filen ligger ikke lenger på serveren. Velg den på nytt."


@dataclass(slots=True)
class Given(Generic[T]):
    """A file that was sent, and what is in it. `found` is None while there is none, or none that can be read."""

    upload_id: str = ""
    name: str = ""
    found: T | None = None
    sha256: str = ""
    problem: str = ""  # a sentence; "" while nothing is wrong with it


def received(looking: Looking[T], file: FileStorage | None) -> Given[T]:
    """A file that came with the form, kept as an upload so that the next page can name it."""
    if file is None or not file.filename:
        return Given(problem=looking.none_chosen)
    content = file.stream.read(looking.largest_bytes + 1)
    given = _look(looking, content, file.filename)
    if given.found is None:
        return given
    file.stream.seek(0)
    try:
        begun = upload.start(file.filename, len(content))
        upload.write(begun.id, 0, file.stream, None)
    except upload.Refused as refused:
        return Given(name=file.filename, problem=file_problems.sentence(refused.problem))
    given.upload_id = begun.id
    return given


def read_again(looking: Looking[T], upload_id: str) -> Given[T]:
    """The file of the page before: what is done is what the file says, not what a form says of it."""
    try:
        known = load_upload(db(), upload_id, upload.require_user_id())
        content = upload_path(archive().settings, known.id).read_bytes()
    except (NotFound, FileNotFoundError):
        return Given(problem=looking.gone)
    given = _look(looking, content, known.original_name)
    given.upload_id = known.id
    return given


def used(given: Given[T]) -> None:
    """The file has done what it was sent for, and goes; the caller commits."""
    end_upload(db(), archive().settings, load_upload(db(), given.upload_id, upload.require_user_id()))


def _look(looking: Looking[T], content: bytes, name: str) -> Given[T]:
    """What is in a file. No lock is held meanwhile: a document may take a while."""
    db().rollback()
    try:
        found = looking.read(content, name)
    except ImportRefused as refused:
        return Given(name=name, problem=looking.refusal(refused))
    except MediaError:
        return Given(name=name, problem=looking.unreadable)
    return Given(name=name, found=found, sha256=hashlib.sha256(content).hexdigest())
