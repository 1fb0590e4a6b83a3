"""What else the machine heard where a line stands: versions that were decoded and not kept. Data for who corrects."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.recordings import MachineLayer, Recording, Window
from archive.transcripts import Segment

# More than this helps nobody to choose.
MOST_VERSIONS = 5


def heard_beside(session: Session, segment: Segment) -> list[str]:
    """What else was heard where this line is, each text once; [] when nothing was, or no machine made the line."""
    if segment.recording_id is None or segment.machine_text is None:
        return []
    start_ms, end_ms = _reach(session, segment)
    known = {segment.text, segment.machine_text}
    return _heard(session, segment.recording_id, start_ms, end_ms, (segment.start_ms, segment.end_ms), known)


def heard_in(session: Session, recording_id: int, start_ms: int, end_ms: int) -> list[str]:
    """What was heard in a stretch of the interview's time line, each text once, the newest run's first."""
    return _heard(session, recording_id, start_ms, end_ms, (start_ms, end_ms), set())


def _heard(
    session: Session,
    recording_id: int,
    start_ms: int,
    end_ms: int,
    touching: tuple[int, int],
    known: Collection[str],
) -> list[str]:
    recording = session.get_one(Recording, recording_id)
    shift = recording.offset_ms
    windows = session.execute(
        select(Window.words, Window.others)
        .join(Window.layer)
        .where(
            MachineLayer.recording_id == recording_id,
            Window.text.is_not(None),
            Window.start_ms < touching[1] - shift,
            Window.end_ms > touching[0] - shift,
        )
        .order_by(MachineLayer.run.desc(), Window.number)
    )
    texts = (_between(words, start_ms - shift, end_ms - shift) for row in windows for words in _versions(*row))
    return [text for text in dict.fromkeys(texts) if text and text not in known][:MOST_VERSIONS]


def _versions(words: list[Any], others: list[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    yield words
    yield from (other["words"] for other in others)


def _between(words: Sequence[Sequence[Any]], start_ms: int, end_ms: int) -> str:
    """The words whose middle lies in the stretch."""
    return " ".join(str(word[2]) for word in words if start_ms <= (word[0] + word[1]) / 2 < end_ms)


def _reach(session: Session, segment: Segment) -> tuple[int, int]:
    """The stretch that is nearer to this line than to the ones before and after it."""
    beside = select(Segment.start_ms, Segment.end_ms).where(
        Segment.interview_id == segment.interview_id, Segment.recording_id == segment.recording_id
    )
    before = session.execute(
        beside.where(Segment.end_ms <= segment.start_ms).order_by(Segment.end_ms.desc()).limit(1)
    ).first()
    after = session.execute(
        beside.where(Segment.start_ms >= segment.end_ms).order_by(Segment.start_ms).limit(1)
    ).first()
    start_ms = (before.end_ms + segment.start_ms) // 2 if before else 0
    end_ms = (segment.end_ms + after.start_ms) // 2 if after else 2**31
    return start_ms, end_ms
