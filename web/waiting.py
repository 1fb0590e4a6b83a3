"""Files that were uploaded and not handed in, and why some of them never will be."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.accounts import Role
from archive.bin import entry_of, sound_in_bin
from archive.bin_rows import BinEntry, Binned
from archive.catalogue import load_interview, received_as
from archive.errors import NotFound, UploadRefused
from archive.interviews import Interview
from archive.recordings import Upload
from web import file_problems
from web.visit import db, now, today, viewer
from web.wording import day


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one file, and the interview that holds it already when this reader may know."""

    sentence: str
    received_as: Interview | None = None
    ask: bool = False  # it was received, as something this reader may not see
    binned: BinEntry | None = None  # it lies in the bin with its interview
    instead: str = ""  # of handing it in: bringing it back; "" when it is about to be erased
    may_bring_back: bool = False  # by this reader


def trouble_of(refused: UploadRefused) -> Trouble:
    """Why an upload was refused just now."""
    if refused.received_as is None:
        return Trouble(file_problems.sentence(refused.problem))
    if entry := entry_of(db(), Binned.INTERVIEW, refused.received_as):
        return _binned(entry)
    try:
        return _received(load_interview(db(), refused.received_as, viewer(), today=today()))
    except NotFound:
        return _received(None)


def lasting_troubles(uploads: Sequence[Upload]) -> dict[str, Trouble]:
    """Those of the uploads that can only be removed, by id: looked into and refused, or received as another's copy."""
    hashes = {each.sha256 for each in uploads if each.sha256 is not None}
    known = received_as(db(), hashes, viewer(), today=today()) if hashes else {}
    binned = sound_in_bin(db(), hashes) if hashes else {}
    refused = {each.id: Trouble(file_problems.sentence(each.refused)) for each in uploads if each.refused is not None}
    copies = {each.id: _received(known[each.sha256]) for each in uploads if each.sha256 in known}
    thrown = {each.id: _binned(binned[each.sha256]) for each in uploads if each.sha256 in binned}
    return {**copies, **thrown, **refused}


def _received(interview: Interview | None) -> Trouble:
    """`interview` is None when this reader may not know which one holds the file."""
    return Trouble(file_problems.RECEIVED_BEFORE, received_as=interview, ask=interview is None)


def _binned(entry: BinEntry) -> Trouble:
    """The file is here, and nobody sees it: who can take it back is said, and never what the interview was called."""
    may_bring_back = viewer().role.at_least(Role.SECRETARY)
    said = file_problems.IN_BIN.format(day(entry.removed_at))
    if entry.erase_at <= now():
        return Trouble(f"{said} {file_problems.GOES_NOW}")
    instead = file_problems.INSTEAD.format(day(entry.erase_at))
    return Trouble(said, binned=entry, instead=instead, may_bring_back=may_bring_back)
