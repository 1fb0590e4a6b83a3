"""Where an event is spoken of: the lines at the seconds that people have linked to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from archive.links import Linked
from archive.transcripts import Segment

MOST_HEARD = 200
# Who links while listening says a whole second; a line that begins within it is the one that is meant.
_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """A link to an interview, and what is said there."""

    linked: Linked
    line: Segment | None  # None: the whole interview, or a second at which nobody has written anything


def heard_at(session: Session, links: Sequence[Linked]) -> list[Heard]:
    """What is said at the seconds of links to interviews that the reader may see; one question, however many."""
    places = [(link.other.id, _meant(link.ms)) for link in links[:MOST_HEARD] if link.ms is not None]
    lines = _lines_at(session, places) if places else {}
    return [Heard(each, None if each.ms is None else lines.get((each.other.id, _meant(each.ms)))) for each in links]


def _meant(ms: int) -> int:
    return ms + _SECOND_MS - 1 if ms % _SECOND_MS == 0 else ms


def _lines_at(session: Session, places: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], Segment]:
    there = [
        and_(Segment.interview_id == interview_id, Segment.start_ms <= ms, Segment.end_ms > ms)
        for interview_id, ms in places
    ]
    found = session.scalars(
        select(Segment).where(or_(*there)).options(selectinload(Segment.speaker)).order_by(Segment.start_ms)
    ).all()
    return {
        (interview_id, ms): line
        for interview_id, ms in places
        for line in found
        if line.interview_id == interview_id and line.start_ms <= ms < line.end_ms
    }
