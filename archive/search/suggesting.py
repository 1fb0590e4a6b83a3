"""What a search field may suggest while somebody types: words and names of what this reader may see, nothing else."""

from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from archive.access import Viewer, visible_to
from archive.interviews import Participation
from archive.people import Person, name_key
from archive.search import holders
from archive.search.analysis import tokens
from archive.search.backend import SHORTEST_SUGGESTED, Backend
from archive.search.question import LONGEST, SHORTEST_START
from archive.transcripts import Segment

MOST = 8


def suggest(
    session: Session, index: Backend, typed: str, *, viewer: Viewer, today: date, most: int = MOST
) -> list[str]:
    """Whole questions that begin as `typed` does: names, then words. None before the last word has three letters."""
    words = tokens(typed[:LONGEST])
    if not words or words[-1].end != len(typed) or len(words[-1].word) < SHORTEST_START:
        return []
    before = typed[: words[-1].start]
    allowed = visible_to(viewer, today=today)
    names = _names(session, words[-1].word, allowed)
    visible = holders.visible(session, viewer, today)
    begun = index.begun(words[-1].word, visible, MOST + 1)
    said = [word for word in begun if len(word) >= SHORTEST_SUGGESTED and word != words[-1].word]
    return list(dict.fromkeys(before + each for each in (*names, *said)))[:MOST]


def _names(session: Session, start: str, allowed: ColumnElement[bool]) -> list[str]:
    """People who tell or speak in what may be seen, and of whose names one begins so."""
    key = name_key(start).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    tells = exists(
        select(Participation.id).join(Participation.interview).where(Participation.person_id == Person.id, allowed)
    )
    speaks = exists(select(Segment.id).join(Segment.interview).where(Segment.speaker_id == Person.id, allowed))
    begins = or_(Person.name_key.like(f"{key}%", escape="\\"), Person.name_key.like(f"% {key}%", escape="\\"))
    found = select(Person.name).where(begins, or_(tells, speaks)).order_by(Person.name).distinct().limit(MOST)
    return list(session.scalars(found))
