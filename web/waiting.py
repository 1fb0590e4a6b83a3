"""Files that were uploaded and not handed in, and why some of them never will be."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.catalogue import load_interview, received_as
from archive.errors import NotFound, UploadRefused
from archive.interviews import Interview
from archive.recordings import Upload
from web import file_problems
from web.visit import db, today, viewer


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one file, and the interview that holds it already when this reader may know."""

    sentence: str
    received_as: Interview | None = None
    ask: bool = False  # it was received, as something this reader may not see


def trouble_of(refused: UploadRefused) -> Trouble:
    """Why an upload was refused just now."""
    if refused.received_as is None:
        return Trouble(file_problems.sentence(refused.problem))
    try:
        return _received(load_interview(db(), refused.received_as, viewer(), today=today()))
    except NotFound:
        return _received(None)


def lasting_troubles(uploads: Sequence[Upload]) -> dict[str, Trouble]:
    """Those of the uploads that can only be removed, by id: looked into and refused, or received as another's copy."""
    hashes = {each.sha256 for each in uploads if each.sha256 is not None}
    known = received_as(db(), hashes, viewer(), today=today()) if hashes else {}
    refused = {each.id: Trouble(file_problems.sentence(each.refused)) for each in uploads if each.refused is not None}
    copies = {each.id: _received(known[each.sha256]) for each in uploads if each.sha256 in known}
    return {**copies, **refused}


def _received(interview: Interview | None) -> Trouble:
    """`interview` is None when this reader may not know which one holds the file."""
    return Trouble(file_problems.RECEIVED_BEFORE, received_as=interview, ask=interview is None)
