"""A finished text becomes an interview: lines, speakers and times, all in the caller's one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from archive.audit import AuditEvent, note
from archive.chapters import bring_in
from archive.exchange.reading import Cue, ReadText
from archive.exchange.reading.labels import Role, role_of
from archive.interviews import Interview, InterviewDetails, Part, Status, add_interview
from archive.outbox import searchable_text_changed
from archive.people import Person, find_or_add_person, name_key
from archive.retiming import align_words
from archive.transcripts import Segment
from archive.typed import safe_name
from archive.voices import Voice

# A form that comes again within this time is the same press of a button.
JUST_NOW = timedelta(minutes=10)
_IMPORTED = "imported"
# Rows that go to the database in one statement.
_AT_ONCE = 500


def import_text(
    session: Session,
    text: ReadText,
    details: InterviewDetails,
    *,
    original_name: str,
    sha256: str,
    handed_in_by_id: int | None,
    now: datetime,
) -> Interview:
    """A new interview without sound, closed and in review: one line for each cue, and its chapters.

    Commit when it returns.

    Raises:
        BadInput: as `add_interview`.
    """
    interview = add_interview(session, details, handed_in_by_id=handed_in_by_id, now=now)
    interview.status = Status.IN_REVIEW
    speakers = _Speakers(session, interview)
    rows = [_row(interview.id, cue, speakers) for cue in text.cues]
    if text.chapters:
        ids = _insert_and_number(session, rows)
        line_ids = {cue.line: line_id for cue, line_id in zip(text.cues, ids, strict=True)}
        chapters = [(each.details, line_ids.get(each.line or 0)) for each in text.chapters]
        bring_in(session, interview.id, chapters, by=handed_in_by_id, now=now)
    else:
        _insert(session, rows)
    session.add_all(speakers.voices())
    note(
        session,
        _IMPORTED,
        "interview",
        interview.id,
        user_id=handed_in_by_id,
        now=now,
        name=safe_name(original_name),
        format=text.format,
        sha256=sha256,
        segments=len(rows),
        chapters=len(text.chapters),
    )
    searchable_text_changed(session, interview.id, now=now)
    session.flush()
    return interview


def imported_just_now(session: Session, sha256: str, user_id: int, *, now: datetime) -> int | None:
    """The interview that this user made of this very file a moment ago: one form came twice. None: none."""
    recent = (
        select(AuditEvent)
        .where(AuditEvent.act == _IMPORTED, AuditEvent.user_id == user_id, AuditEvent.at >= now - JUST_NOW)
        .order_by(AuditEvent.id.desc())
    )
    return next((int(each.thing_id) for each in session.scalars(recent) if each.detail["sha256"] == sha256), None)


def details_with(text: ReadText, typed: InterviewDetails) -> InterviewDetails:
    """What was typed, and for what was left open, what the file itself says."""
    known = text.details
    if known is None:
        return typed
    return InterviewDetails(
        title=typed.title or known.title,
        narrators=typed.narrators or known.narrators,
        interviewers=typed.interviewers or known.interviewers,
        heard=typed.heard or known.heard,
        held_on=typed.held_on or known.held_on,
        place=typed.place or known.place,
        creator_id=typed.creator_id,
        language=typed.language or known.language,
        dialect=typed.dialect or known.dialect,
        summary=typed.summary or known.summary,
    )


def _row(interview_id: int, cue: Cue, speakers: "_Speakers") -> dict[str, Any]:
    """A line as the database keeps it. Without times all are 0, and the order is that of the rows."""
    start_ms = cue.start_ms or 0
    end_ms = max(cue.end_ms or 0, start_ms + (1 if cue.start_ms is not None else 0))
    person_id, voice = speakers.who(cue)
    words: list[Any] = [list(word) for word in cue.words]
    if not words and cue.start_ms is not None:
        words = align_words((), cue.text, start_ms, end_ms)
    return {
        "interview_id": interview_id,
        "start_ms": start_ms,
        "end_ms": end_ms,
        "speaker_id": person_id,
        "voice": voice,
        "text": cue.text,
        "words": words,
        "machine_words": [],
        "doubts": [],
        "version": 0,
        "checked": cue.checked,
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _AT_ONCE):
        session.execute(insert(Segment), rows[first : first + _AT_ONCE])


def _insert_and_number(session: Session, rows: list[dict[str, Any]]) -> list[int]:
    """The same where somebody needs their numbers, which costs a little more."""
    numbered = insert(Segment).returning(Segment.id, sort_by_parameter_order=True)
    return [
        number
        for first in range(0, len(rows), _AT_ONCE)
        for number in session.scalars(numbered, rows[first : first + _AT_ONCE])
    ]


@dataclass
class _Speakers:
    """Whom the labels of a file mean: people, or voices that nobody has named."""

    session: Session
    interview: Interview
    _known: dict[tuple[str, int | None], tuple[int | None, int | None]] = field(default_factory=dict)
    _voices: dict[int, int | None] = field(default_factory=dict)

    def who(self, cue: Cue) -> tuple[int | None, int | None]:
        """The person's id and the voice's number; either may be None."""
        key = (name_key(cue.speaker), cue.voice)
        if key not in self._known:
            self._known[key] = self._find(cue.speaker, cue.voice)
            person_id, voice = self._known[key]
            if voice is not None:
                self._voices.setdefault(voice, person_id)
        return self._known[key]

    def voices(self) -> list[Voice]:
        """The voices that were met."""
        return [
            Voice(interview_id=self.interview.id, number=number, person_id=person_id)
            for number, person_id in sorted(self._voices.items())
        ]

    def _find(self, label: str, voice: int | None) -> tuple[int | None, int | None]:
        if not label:
            return None, voice
        role = role_of(label)
        if role is None:
            return self._person(label).id, voice
        of_role = {Role.ASKS: Part.INTERVIEWER, Role.TELLS: Part.NARRATOR}.get(role[0])
        only = self.interview.people(of_role) if of_role and role[1] in (None, 1) else []
        return (only[0].id if len(only) == 1 else None), voice or self._free(role[1])

    def _person(self, label: str) -> Person:
        """One of the interview's people, by the whole name, the first name, or initials; else as the register says."""
        there = {each.person.id: each.person for each in self.interview.participations}
        for fits in _FITS:
            fitting = [person for person in there.values() if fits(label, person)]
            if len(fitting) == 1:
                return fitting[0]
        return find_or_add_person(self.session, label)

    def _free(self, wanted: int | None) -> int:
        """The number that the label gives, when it is free; else the first free one."""
        if wanted and wanted not in self._voices:
            return wanted
        return next(number for number in range(1, len(self._voices) + 2) if number not in self._voices)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name_key(name).replace("-", " ").split())


_FITS: Sequence[Callable[[str, Person], bool]] = (
    lambda label, person: person.name_key == name_key(label),
    lambda label, person: person.name_key.split()[:1] == name_key(label).split(),
    lambda label, person: name_key(label).split() == person.name_key.split()[-1:],
    lambda label, person: _initials(person.name) == name_key(label).replace(".", "").replace(" ", ""),
    lambda label, person: (
        label.isupper() and len(label.strip(".")) == 1 and _initials(person.name)[:1] == label[0].casefold()
    ),
)
