"""The lines of an interview, given to its voices: a line never holds two, and what a person touched stays."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.recordings import Recording
from archive.transcripts import Segment
from pipeline.assigning import Turns, lines_by_voice, main_voice


def give_to_voices(session: Session, recording_id: int, turns: Turns, people: Mapping[int, int]) -> None:
    """Give each line of a recording to the voice that says it, cut anew where the voice changes.

    Lines that a person touched keep their words and go to the voice that says most of them. `people` says whose voices
    are, by number, where somebody has said so; lines that are made now get that speaker.
    """
    recording = session.get_one(Recording, recording_id)
    lines = select(Segment).where(Segment.recording_id == recording_id).order_by(Segment.start_ms, Segment.id)
    # Whoever corrects a line meanwhile comes before or after this: a line that is touched must be seen as touched.
    for group in _groups(list(session.scalars(lines.with_for_update(of=Segment)))):
        if _is_touched(group[0]) or not group[0].words:
            line = group[0]
            line.voice = main_voice(line.words, (line.start_ms, line.end_ms), turns)
        else:
            _cut(session, recording, group, turns, people)
    session.flush()


def known_numbers(
    session: Session, interview_id: int, turns: Sequence[tuple[int, int, tuple[str, int]]]
) -> dict[tuple[str, int], int]:
    """Which of the voices found now is which of those that the lines were given to before: most shared time first."""
    rows = select(Segment.start_ms, Segment.end_ms, Segment.voice).where(Segment.interview_id == interview_id)
    spans = [(start, end, voice) for start, end, voice in session.execute(rows) if voice is not None]
    shared: dict[tuple[tuple[str, int], int], int] = {}
    at = 0
    ordered = sorted(turns)
    longest = max((end - start for start, end, _ in ordered), default=0)
    for start, end, voice in sorted(spans):
        while at < len(ordered) and ordered[at][0] < start - longest:
            at += 1
        for turn_start, turn_end, key in ordered[at:]:
            if turn_start >= end:
                break
            both = min(end, turn_end) - max(start, turn_start)
            if both > 0:
                shared[key, voice] = shared.get((key, voice), 0) + both
    known: dict[tuple[str, int], int] = {}
    for (key, voice), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if key not in known and voice not in known.values():
            known[key] = voice
    return known


def numbers_in_use(session: Session, interview_id: int) -> set[int]:
    """The voices that some line of an interview is given to."""
    used = select(Segment.voice).where(Segment.interview_id == interview_id, Segment.voice.is_not(None)).distinct()
    return {number for number in session.scalars(used) if number is not None}


def numbers_brought_in(session: Session, interview_id: int) -> set[int]:
    """The voices that lines of a text have which people brought in: those keep their numbers, whoever is heard."""
    brought_in = (Segment.interview_id == interview_id, Segment.recording_id.is_(None), Segment.voice.is_not(None))
    return {number for number in session.scalars(select(Segment.voice).where(*brought_in)) if number is not None}


def has_machine_lines(session: Session, interview_id: int) -> bool:
    """Whether there are lines of the interview's recordings."""
    lines = select(Segment.id).where(Segment.interview_id == interview_id, Segment.recording_id.is_not(None))
    return session.scalar(lines.limit(1)) is not None


def _is_touched(line: Segment) -> bool:
    return line.version > 0 or line.checked


def _groups(lines: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Lines that may be cut anew together: the machine's own, of one window, with nothing of a person's between."""
    group: list[Segment] = []
    for line in lines:
        alone = _is_touched(line) or not line.words
        if group and (alone or line.window_id is None or line.window_id != group[0].window_id):
            yield group
            group = []
        if alone:
            yield [line]
        else:
            group.append(line)
    if group:
        yield group


def _cut(
    session: Session, recording: Recording, group: Sequence[Segment], turns: Turns, people: Mapping[int, int]
) -> None:
    words = sorted((tuple(word) for line in group for word in line.words), key=lambda word: word[0])
    standing = {_name(line.words): line for line in group}
    for voice, line_words in lines_by_voice(words, turns):
        line = standing.pop(_name(line_words), None)
        if line is None:
            line = _line(recording, group[0], line_words)
            session.add(line)
            line.speaker_id = recording.speaker_id
        if voice != line.voice:
            line.voice = voice
            line.speaker_id = recording.speaker_id or people.get(voice or 0)
    for line in standing.values():
        session.delete(line)


def _name(words: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """What two lines of the same words have in common."""
    return tuple((word[0], word[1], word[2]) for word in words)


def _line(recording: Recording, like: Segment, words: Sequence[Sequence[Any]]) -> Segment:
    said = [list(word) for word in words]
    text = " ".join(str(word[2]) for word in said)
    return Segment(
        interview_id=recording.interview_id,
        recording_id=recording.id,
        window_id=like.window_id,
        start_ms=said[0][0],
        end_ms=max(said[-1][1], said[0][0] + 1),
        text=text,
        words=said,
        machine_text=text,
        machine_words=said,
        doubts=like.doubts,
    )
