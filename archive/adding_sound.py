"""Sound that comes to an interview after its text: a box of tapes is found, and what was typed from them lies here.

The text that people brought in stays the text; the machine hears the sound all the same, and what it writes is kept as
its layer. Where the text says when things are said, its times stand, the page plays from them, and what the machine
hears in places where nobody wrote anything comes between. A text without times stands for the whole: nobody knows what
in it is said when, and nothing here guesses. A log is no text: it gives way to the machine's, and stays as chapters.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, select
from sqlalchemy.orm import Session

from archive.chapters import is_only_a_chapter
from archive.errors import BadInput
from archive.interviews import Interview, Status
from archive.people import Person
from archive.recordings import ReceivedFile, Recording, add_recordings
from archive.transcripts import Segment


def may_get_sound(interview: Interview) -> bool:
    """Whether sound can be added: it is held, and has none. One that is planned is handed in instead."""
    return not interview.recordings and interview.status is not Status.PLANNED


def add_sound(
    session: Session,
    interview: Interview,
    files: Sequence[ReceivedFile],
    *,
    one_time: bool = False,
    speakers: Sequence[Person | None] = (),
    received_by_id: int | None,
    now: datetime,
) -> list[Recording]:
    """Give an interview without sound its recordings. Commit, then `jobs.ask_for_unfinished`.

    Whoever asks has loaded the interview with the eyes of who may edit it.

    Raises:
        BadInput: `recording` is "there_already".
        AlreadyReceived: one of the files was received before; none is added.
    """
    # Of two who add at once, the second must see what the first added.
    session.flush()
    session.refresh(interview, ["status"], with_for_update={"of": Interview})
    session.expire(interview, ["recordings"])
    if not may_get_sound(interview):
        raise BadInput("recording", "there_already")
    return add_recordings(
        session,
        interview,
        files,
        one_time=one_time,
        speakers=speakers,
        received_by_id=received_by_id,
        now=now,
        keeps_status=has_own_text(session, interview.id),
    )


def of_people(interview_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether people brought in what is said in an interview before it had sound."""
    return exists().where(Segment.interview_id == interview_id, Segment.recording_id.is_(None), ~is_only_a_chapter())


def has_own_text(session: Session, interview_id: int) -> bool:
    """The same of one interview."""
    return session.scalar(select(Interview.id).where(Interview.id == interview_id, of_people(Interview.id))) is not None


def text_beyond_ms(session: Session, interview: Interview) -> int:
    """How long the text goes on after the sound has ended: then it may be another recording's. 0: it does not."""
    last = select(func.max(Segment.end_ms)).where(Segment.interview_id == interview.id)
    return max((session.scalar(last) or 0) - interview.duration_ms, 0)
