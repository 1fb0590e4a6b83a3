"""Meetings in search: a document for each case, and one for what is known about the meeting itself."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.access import Viewer, meetings_visible_to
from archive.fuzzy_dates import shown
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting


def texts_of(session: Session, meeting_id: int) -> Iterator[tuple[int | None, str]]:
    """What a meeting is searched by: (None, what is known about it), then (a case's number in its table, its text)."""
    meeting = session.get(Meeting, meeting_id, options=[joinedload(Meeting.unit)])
    if meeting is None:
        return
    yield None, description_of(meeting)
    cases = select(MeetingCase).where(MeetingCase.meeting_id == meeting_id)
    for case in session.scalars(cases.order_by(MeetingCase.position, MeetingCase.id)):
        yield case.id, case_text(case)


def description_of(meeting: Meeting) -> str:
    """Everything about a meeting that is searched beside its cases, its time as one writes it too."""
    return "\n".join(
        filter(None, (meeting.title, shown(meeting.dated), meeting.unit.name, meeting.place, meeting.note))
    )


def case_text(case: MeetingCase) -> str:
    """Everything that stands about a case: the number and the title first, then what was decided."""
    return "\n".join(filter(None, (case.name, case.decision, case.vote, case.proposal, case.discussion)))


def said_of(case: MeetingCase) -> str:
    """The same as a hit shows it: each part said to be what it is, and ended, so that it reads as sentences."""
    parts = (
        ("", case.name),
        ("Vedtak: ", case.decision),
        ("Stemmer: ", case.vote),
        ("Innstilling: ", case.proposal),
        ("Det ble sagt: ", case.discussion),
    )
    return "\n".join(f"{word}{text}{'' if text[-1] in '.!?:…' else '.'}" for word, text in parts if text)


def visible_meetings(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, Meeting]:
    """Those of the meetings that a reader may see."""
    wanted = select(Meeting).where(Meeting.id.in_(ids), meetings_visible_to(viewer)).options(joinedload(Meeting.unit))
    return {meeting.id: meeting for meeting in session.scalars(wanted)} if ids else {}


def visible_cases(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, MeetingCase]:
    """Those of the cases that a reader may see."""
    wanted = select(MeetingCase).join(MeetingCase.meeting).where(MeetingCase.id.in_(ids), meetings_visible_to(viewer))
    return {case.id: case for case in session.scalars(wanted)} if ids else {}
