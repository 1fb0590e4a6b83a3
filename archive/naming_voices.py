"""Saying who the voices of an interview are: naming, swapping, joining, and taking the last of these back.

A person's own choice for a line stands: an act only touches lines that have the speaker which the voice had before, or
none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Viewer, may_edit
from archive.accounts import User
from archive.audit import AuditEvent, note
from archive.database import find_row
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import MOST_VOICES, Interview, note_one_value
from archive.outbox import searchable_text_changed
from archive.people import Person
from archive.transcripts import Segment, segments_of
from archive.voices import Voice, VoiceRequest, voices_in

# Lines of one voice this near each other are one turn, when nobody else speaks between.
TURN_PAUSE_MS = 2_000
LONGEST_SHOWN = 3
KIND = "voices"  # of the audit events that can be taken back
TOLD_APART = "told_voices_apart"
UNDONE = "undid_voices"
PEOPLE_MERGED = "merged_people"  # what was done before names somebody who is another now


@dataclass(frozen=True, slots=True)
class Heard:
    """One voice as it is heard in the interview."""

    voice: Voice
    talking_ms: int
    share: float  # of all that is given to a voice; 0.0 to 1.0
    turns: tuple[tuple[int, int], ...]  # the longest (start_ms, end_ms), in time order: where to listen


def heard_voices(session: Session, interview_id: int) -> list[Heard]:
    """The voices of an interview by number, with how much each says. Whoever asks has loaded the interview first."""
    lines = segments_of(session, interview_id)
    turns: dict[int, list[tuple[int, int]]] = {}
    last: int | None = None
    for line in lines:
        if line.voice is not None:
            mine = turns.setdefault(line.voice, [])
            if mine and last == line.voice and line.start_ms - mine[-1][1] <= TURN_PAUSE_MS:
                mine[-1] = (mine[-1][0], max(mine[-1][1], line.end_ms))
            else:
                mine.append((line.start_ms, line.end_ms))
        last = line.voice
    lengths = {number: sum(end - start for start, end in spans) for number, spans in turns.items()}
    total = sum(lengths.values())
    return [
        Heard(
            voice,
            lengths.get(number, 0),
            lengths.get(number, 0) / total if total else 0.0,
            _longest(turns.get(number, [])),
        )
        for number, voice in voices_in(session, interview_id).items()
    ]


def _longest(turns: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(sorted(turns, key=lambda turn: turn[0] - turn[1])[:LONGEST_SHOWN]))


def name_voice(
    session: Session, interview: Interview, number: int, person_id: int | None, *, by: int | None, now: datetime
) -> None:
    """Say whose a voice is; None: nobody knows after all.

    Raises:
        NotFound: no such voice or person.
        NotAllowed: not for this editor.
    """
    _require_editor(session, interview, by)
    voice = _voice(session, interview, number)
    if person_id is not None and find_row(session, Person, person_id) is None:
        raise NotFound("person", person_id)
    if voice.person_id == person_id:
        return
    before = _State.of(session, interview.id)
    _give(_lines(session, interview.id, number), voice.person_id, number, person_id)
    voice.person_id = person_id
    _done(session, interview, "named_voice", before, by, now)


def swap_voices(session: Session, interview: Interview, one: int, other: int, *, by: int | None, now: datetime) -> None:
    """Each of two voices is the other's person: they were named the wrong way round.

    Raises:
        NotFound, NotAllowed: as `name_voice`.
        BadInput: `voice` is the "same" twice.
    """
    _require_editor(session, interview, by)
    first, second = _voice(session, interview, one), _voice(session, interview, other)
    if first is second:
        raise BadInput("voice", "same")
    before = _State.of(session, interview.id)
    lines, others = _lines(session, interview.id, one), _lines(session, interview.id, other)
    was, is_now = first.person_id, second.person_id
    _give(lines, was, one, is_now)
    _give(others, is_now, other, was)
    first.person_id, second.person_id = is_now, was
    _done(session, interview, "swapped_voices", before, by, now)


def merge_voices(
    session: Session, interview: Interview, number: int, into: int, *, by: int | None, now: datetime
) -> None:
    """Two voices were one person's: all lines go to `into`.

    Raises:
        NotFound, NotAllowed, BadInput: as `swap_voices`.
    """
    _require_editor(session, interview, by)
    voice, kept = _voice(session, interview, number), _voice(session, interview, into)
    if voice is kept:
        raise BadInput("voice", "same")
    before = _State.of(session, interview.id)
    _give(_lines(session, interview.id, number), voice.person_id, into, kept.person_id or voice.person_id)
    if kept.person_id is None and voice.person_id is not None:
        _give(_lines(session, interview.id, into), None, into, voice.person_id)
        kept.person_id = voice.person_id
    session.delete(voice)
    _done(session, interview, "merged_voices", before, by, now)


def last_act(session: Session, interview_id: int) -> AuditEvent | None:
    """What can be taken back; None when there is nothing, or the voices were found anew since."""
    events = select(AuditEvent).where(AuditEvent.kind == KIND, AuditEvent.thing_id == str(interview_id))
    newest = session.scalars(events.order_by(AuditEvent.id.desc()).limit(1)).first()
    return newest if newest is not None and newest.act not in (TOLD_APART, UNDONE, PEOPLE_MERGED) else None


def take_back(session: Session, interview: Interview, *, by: int | None, now: datetime) -> bool:
    """Undo the last act on the voices; lines that somebody changed since stay. False when there is nothing to undo.

    Raises:
        NotAllowed
    """
    _require_editor(session, interview, by)
    event = last_act(session, interview.id)
    if event is None:
        return False
    rows = voices_in(session, interview.id)
    wanted = {int(number): person_id for number, person_id in event.detail["voices"]}
    for number in rows.keys() - wanted.keys():
        session.delete(rows[number])
    for number, person_id in wanted.items():
        voice = rows.get(number) or Voice(interview_id=interview.id, number=number)
        voice.person_id = person_id
        session.add(voice)
    lines = {line.id: line for line in segments_of(session, interview.id)}
    for ids, (voice_before, speaker_before), (voice_after, speaker_after) in event.detail["lines"]:
        for line in (lines[each] for each in ids if each in lines):
            if (line.voice, line.speaker_id) == (voice_after, speaker_after):
                line.voice, line.speaker_id = voice_before, speaker_before
    note(session, UNDONE, KIND, interview.id, user_id=by, now=now)
    _changed(session, interview, now)
    return True


def ask_for_voices(
    session: Session, interview: Interview, count: int, *, by: int | None, now: datetime
) -> VoiceRequest:
    """Ask the machine to find this many voices anew. Commit, then `jobs.ask_for_unfinished`.

    Raises:
        NotAllowed
        BadInput: `voice_count` is "out_of_range", or the interview has no sound ("no_sound").
    """
    _require_editor(session, interview, by)
    if not 1 <= count <= MOST_VOICES:
        raise BadInput("voice_count", "out_of_range")
    if not interview.recordings:
        raise BadInput("voice_count", "no_sound")
    count_before, interview.voice_count = interview.voice_count, count
    waiting = select(VoiceRequest).where(VoiceRequest.interview_id == interview.id, VoiceRequest.person_id.is_(None))
    request = session.scalars(waiting).first() or VoiceRequest(interview_id=interview.id, asked_at=now)
    request.failure = None
    session.add(request)
    session.flush()
    note(session, "asked_for_voices", "interview", interview.id, user_id=by, now=now, count=count)
    note_one_value(session, interview, "voice_count", count_before, count, act="changed_voice_count", by=by, now=now)
    return request


@dataclass(frozen=True, slots=True)
class _State:
    """The voices and who says each line, before an act."""

    voices: list[tuple[int, int | None]]
    lines: dict[int, tuple[int | None, int | None]]

    @classmethod
    def of(cls, session: Session, interview_id: int) -> "_State":
        voices = [(number, voice.person_id) for number, voice in voices_in(session, interview_id).items()]
        lines = {line.id: (line.voice, line.speaker_id) for line in segments_of(session, interview_id)}
        return cls(voices, lines)


def _give(lines: Iterable[Segment], former: int | None, number: int, person_id: int | None) -> None:
    for line in lines:
        line.voice = number
        if line.speaker_id is None or line.speaker_id == former:
            line.speaker_id = person_id


def _lines(session: Session, interview_id: int, number: int) -> list[Segment]:
    return [line for line in segments_of(session, interview_id) if line.voice == number]


def _done(session: Session, interview: Interview, act: str, before: _State, by: int | None, now: datetime) -> None:
    """Write the act down with what it changed, lines that changed alike together."""
    session.flush()
    changed: dict[tuple[tuple[int | None, int | None], tuple[int | None, int | None]], list[int]] = {}
    for line in segments_of(session, interview.id):
        was, is_now = before.lines[line.id], (line.voice, line.speaker_id)
        if was != is_now:
            changed.setdefault((was, is_now), []).append(line.id)
    lines = [[ids, list(was), list(is_now)] for (was, is_now), ids in changed.items()]
    voices = [list(each) for each in before.voices]
    note(session, act, KIND, interview.id, user_id=by, now=now, voices=voices, lines=lines)
    _changed(session, interview, now)


def _changed(session: Session, interview: Interview, now: datetime) -> None:
    searchable_text_changed(session, interview.id, now=now)
    session.flush()
    session.expire_all()


def _voice(session: Session, interview: Interview, number: int) -> Voice:
    voice = voices_in(session, interview.id).get(number)
    if voice is None:
        raise NotFound("voice", number)
    return voice


def _require_editor(session: Session, interview: Interview, by: int | None) -> None:
    if by is None:
        return
    editor = session.get(User, by)
    if editor is None or not editor.active or not may_edit(Viewer(editor.role, editor.id), interview):
        raise NotAllowed("name_voices")
