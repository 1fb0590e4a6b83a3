"""What else the machine heard where a line stands: versions that were decoded and not kept. Data for who corrects."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.recordings import MachineLayer, Recording, Window
from archive.transcripts import Segment

# More than this helps nobody to choose.
MOST_VERSIONS = 5

Stretch = tuple[float, float]  # of the interview's time line, half-open


def heard_beside(session: Session, segment: Segment) -> list[str]:
    """What else was heard where this line is, each text once; [] when nothing was, or no machine made the line."""
    if segment.recording_id is None or segment.machine_text is None:
        return []
    here = (segment.start_ms, segment.end_ms)
    known = {segment.text, segment.machine_text}
    return _heard(session, Recording.id == segment.recording_id, here, _reach(session, segment), known)


def heard_in(session: Session, interview: Interview, start_ms: int, end_ms: int) -> list[str]:
    """What was heard in a stretch of the interview's time line, each text once, the newest run's first."""
    here = (start_ms, end_ms)
    return _heard(session, Recording.interview_id == interview.id, here, here, ())


def _heard(
    session: Session, of_recordings: ColumnElement[bool], here: Stretch, reach: Stretch, known: Collection[str]
) -> list[str]:
    """The texts of the windows that touch `here`, of each only the words in `reach`."""
    windows = session.execute(
        select(Recording.offset_ms, Window.words, Window.others)
        .join(MachineLayer, MachineLayer.recording_id == Recording.id)
        .join(Window, Window.layer_id == MachineLayer.id)
        .where(
            of_recordings,
            Window.text.is_not(None),
            Recording.offset_ms + Window.start_ms < here[1],
            Recording.offset_ms + Window.end_ms > here[0],
        )
        .order_by(MachineLayer.run.desc(), Recording.part, Window.number)
    )
    texts = (
        _between(version, reach[0] - offset_ms, reach[1] - offset_ms)
        for offset_ms, words, others in windows
        for version in _versions(words, others)
    )
    return [text for text in dict.fromkeys(texts) if text and text not in known][:MOST_VERSIONS]


def _versions(words: list[Any], others: list[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    yield words
    yield from (other["words"] for other in others)


def _between(words: Sequence[Sequence[Any]], start_ms: float, end_ms: float) -> str:
    """The words whose middle lies in the stretch."""
    return " ".join(str(word[2]) for word in words if start_ms <= (word[0] + word[1]) / 2 < end_ms)


def _reach(session: Session, segment: Segment) -> Stretch:
    """The stretch that is nearer to this line than to the ones before and after it."""
    beside = select(Segment.start_ms, Segment.end_ms).where(
        Segment.interview_id == segment.interview_id, Segment.recording_id == segment.recording_id
    )
    earlier, later = Segment.end_ms <= segment.start_ms, Segment.start_ms >= segment.end_ms
    before = session.execute(beside.where(earlier).order_by(Segment.end_ms.desc()).limit(1)).first()
    after = session.execute(beside.where(later).order_by(Segment.start_ms).limit(1)).first()
    start_ms = (before.end_ms + segment.start_ms) / 2 if before else float("-inf")
    end_ms = (segment.end_ms + after.start_ms) / 2 if after else float("inf")
    return start_ms, end_ms
