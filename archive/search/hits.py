"""What a search shows of a passage, as it is in the database now. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from archive.chapters import Chapter
from archive.events import Event
from archive.interviews import Interview
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import Meeting
from archive.records import Record
from archive.search.analysis import spans_in, tokens
from archive.search.event_texts import text_of
from archive.search.holders import number_of_event, number_of_meeting, number_of_record
from archive.search.marking import Marked
from archive.search.meeting_texts import case_text, said_of
from archive.search.meeting_texts import description_of as meeting_description
from archive.search.passages import Line, Passage
from archive.search.question import Question, merged
from archive.search.record_pages import address_of
from archive.search.record_pages import description_of as record_description
from archive.search.schema import CHAPTER, EVENT, INTERVIEW, MEETING, PASSAGE, RECORD, description_of, source_of

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LONGEST_NEIGHBOUR = 240  # letters of the sentence before or after that are shown


@dataclass(frozen=True, slots=True)
class Hit:
    """What answers the question, as it is in the database now."""

    kind: str  # passage, chapter, interview, record, event, meeting
    interview_id: int  # or a record's, an event's or a meeting's number, see `holders`
    title: str
    speaker: str | None  # None: unknown
    start_ms: int  # of the first matching word; of the passage when the question has no words
    end_ms: int  # of the passage
    text: str
    highlights: list[tuple[int, int]]  # [from, to) in `text`
    url: str
    narrators: list[str]
    held_on: date | None
    place: str
    checked: bool  # a person vouches for every line of it
    before: str  # the sentence before the passage; "" at the beginning
    after: str
    voice: int | None = None  # of a speaker without a name: the number that the pages call him by
    record_id: int | None = None  # of a page or a description of a record
    page: int | None = None  # None: its description
    event_id: int | None = None
    meeting_id: int | None = None
    case_id: int | None = None  # None: what is known about the meeting itself
    dated: str = ""  # EDTF
    source: str = ""  # a record's reference, a case's number
    of_people: bool = False  # people brought the words in; no machine heard them


def passage_hit(
    question: Question, interview: Interview, passage: Passage, marked: Marked | None, *, any_word: bool
) -> Hit | None:
    """A passage as a hit; None when it does not answer the question any more."""
    text = passage.text
    speaker = passage.lines[0].speaker
    if marked and marked.stamp == source_of(passage).stamp:
        at = spans_in(text)
        marks: list[tuple[int, int]] | None = merged((at[n][0], at[n + words - 1][1]) for n, words in marked.words)
    else:
        marks = question.marks(tokens(text), speaker, any_word=any_word)
    if marks is None:
        return None
    start_ms = passage.time_at(marks[0][0]) if marks else passage.start_ms
    return Hit(
        kind=PASSAGE,
        interview_id=interview.id,
        title=interview.title,
        speaker=speaker,
        start_ms=start_ms,
        end_ms=max(passage.end_ms, start_ms),
        text=text,
        highlights=marks,
        url=_address(passage, marks[0][0] if marks else 0, start_ms),
        narrators=[person.name for person in interview.narrators],
        held_on=interview.held_on,
        place=interview.place,
        checked=all(line.checked for line in passage.lines),
        before=_last_sentence(passage.before) if _same(passage.before, interview) else "",
        after=_first_sentence(passage.after) if _same(passage.after, interview) else "",
        voice=passage.lines[0].voice if speaker is None else None,
        of_people=all(line.recording_id is None for line in passage.lines),
    )


def _address(passage: Passage, offset: int, start_ms: int) -> str:
    """Where the word is read and heard. A text without times has nothing but its lines to go to."""
    line = passage.line_at(offset)
    second = f"?t={start_ms // 1000}" if passage.end_ms else ""
    return f"/intervju/{line.interview_id}{second}#linje-{line.id}"


def chapter_hit(question: Question, interview: Interview, chapter: Chapter, *, any_word: bool) -> Hit | None:
    """A chapter as a hit; None when it was removed or does not answer the question any more."""
    text = chapter.text
    marks = None if chapter.removed_at else question.marks(tokens(text), None, any_word=any_word)
    if marks is None:
        return None
    return Hit(
        kind=CHAPTER,
        interview_id=interview.id,
        title=interview.title,
        speaker=None,
        start_ms=chapter.start_ms,
        end_ms=chapter.end_ms or chapter.start_ms,
        text=text,
        highlights=marks,
        url=f"/intervju/{interview.id}?t={chapter.start_ms // 1000}#kapittel-{chapter.id}",
        narrators=[person.name for person in interview.narrators],
        held_on=interview.held_on,
        place=interview.place,
        checked=False,
        before="",
        after="",
    )


def description_hit(question: Question, interview: Interview, *, any_word: bool) -> Hit | None:
    """An interview's description as a hit; None when it does not answer the question any more."""
    if question.marks(tokens(description_of(interview)), None, any_word=any_word) is None:
        return None
    text = interview.summary or interview.title
    return Hit(
        kind=INTERVIEW,
        interview_id=interview.id,
        title=interview.title,
        speaker=None,
        start_ms=0,
        end_ms=interview.duration_ms,
        text=text,
        highlights=question.marks(tokens(text), None, any_word=True) or [],
        url=f"/intervju/{interview.id}",
        narrators=[person.name for person in interview.narrators],
        held_on=interview.held_on,
        place=interview.place,
        checked=False,
        before="",
        after="",
    )


def record_hit(question: Question, record: Record, page: int | None, said: str, *, any_word: bool) -> Hit | None:
    """A page of a record, or with None its description, as a hit; None when it does not answer any more."""
    marks = question.marks(tokens(said if page else record_description(record)), None, any_word=any_word)
    if marks is None:
        return None
    text = said if page else record.note or record.title
    return Hit(
        kind=RECORD,
        interview_id=number_of_record(record.id),
        title=record.title,
        speaker=None,
        start_ms=0,
        end_ms=0,
        text=text,
        highlights=marks if page else question.marks(tokens(text), None, any_word=True) or [],
        url=address_of(record.id, page),
        narrators=[],
        held_on=None,
        place=record.creator.name if record.creator else "",
        checked=False,
        before="",
        after="",
        record_id=record.id,
        page=page,
        dated=record.dated,
        source=record.reference,
    )


def event_hit(question: Question, event: Event, *, any_word: bool) -> Hit | None:
    """An event as a hit; None when it does not answer the question any more."""
    if question.marks(tokens(text_of(event)), None, any_word=any_word) is None:
        return None
    text = event.text or event.title
    return Hit(
        kind=EVENT,
        interview_id=number_of_event(event.id),
        title=event.title,
        speaker=None,
        start_ms=0,
        end_ms=0,
        text=text,
        highlights=question.marks(tokens(text), None, any_word=True) or [],
        url=f"/tidslinje/{event.id}",
        narrators=[],
        held_on=None,
        place=event.place,
        checked=False,
        before="",
        after="",
        event_id=event.id,
        dated=event.dated,
    )


def meeting_hit(question: Question, meeting: Meeting, case: MeetingCase | None, *, any_word: bool) -> Hit | None:
    """A case, or with None what is known about its meeting, as a hit; None when it does not answer any more."""
    said = case_text(case) if case else meeting_description(meeting)
    if question.marks(tokens(said), None, any_word=any_word) is None:
        return None
    text = said_of(case) if case else meeting.note or meeting.title
    return Hit(
        kind=MEETING,
        interview_id=number_of_meeting(meeting.id),
        title=meeting.title,
        speaker=None,
        start_ms=0,
        end_ms=0,
        text=text,
        highlights=question.marks(tokens(text), None, any_word=True) or [],
        url=f"/mote/{meeting.id}#sak-{case.id}" if case else f"/mote/{meeting.id}",
        narrators=[],
        held_on=None,
        place=meeting.unit.name,
        checked=False,
        before="",
        after="",
        meeting_id=meeting.id,
        case_id=case.id if case else None,
        dated=meeting.dated,
        source=f"Sak {case.number}" if case and case.number else "",
    )


def _same(line: Line | None, interview: Interview) -> bool:
    return line is not None and line.interview_id == interview.id


def _last_sentence(line: Line | None) -> str:
    sentence = _SENTENCE_END.split(line.text.strip())[-1] if line else ""
    if len(sentence) <= _LONGEST_NEIGHBOUR:
        return sentence
    return "… " + sentence[-_LONGEST_NEIGHBOUR:].partition(" ")[2]


def _first_sentence(line: Line | None) -> str:
    sentence = _SENTENCE_END.split(line.text.strip())[0] if line else ""
    if len(sentence) <= _LONGEST_NEIGHBOUR:
        return sentence
    return sentence[:_LONGEST_NEIGHBOUR].rpartition(" ")[0] + " …"
