"""A transcript in the formats that other programs read.

Exports hide nothing by themselves: whoever calls has loaded the interview as something that its reader may see.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.chapters import chapters_of
from archive.exchange import json, srt, txt, vtt
from archive.exchange.json import document
from archive.interviews import Interview
from archive.transcripts import Segment, segments_of

__all__ = ["ENDINGS", "EXPORTS", "MEDIA_TYPES", "document"]

MEDIA_TYPES = {
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "chapters": "text/vtt; charset=utf-8",
}
# How a file's name ends where it is not the format's own name.
ENDINGS = {"chapters": "kapitler.vtt"}


class Export(Protocol):
    """Writes one interview. `extras` ("times", "speakers") are what a plain text may have beside the words."""

    def __call__(self, session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str: ...


def _vtt(session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str:
    return vtt.export(interview, segments_of(session, interview.id))


def _srt(session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str:
    return srt.export(segments_of(session, interview.id))


def _txt(session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str:
    return txt.export(segments_of(session, interview.id), times="times" in extras, speakers="speakers" in extras)


def _json(session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str:
    return json.export(document(session, interview))


def _chapters(session: Session, interview: Interview, *, extras: Sequence[str] = ()) -> str:
    last_ms = session.scalar(select(func.max(Segment.end_ms)).where(Segment.interview_id == interview.id))
    until_ms = max(interview.duration_ms, last_ms or 0)
    return vtt.export_chapters(interview, chapters_of(session, interview.id), until_ms)


EXPORTS: dict[str, Export] = {"vtt": _vtt, "srt": _srt, "txt": _txt, "json": _json, "chapters": _chapters}
