"""Finding interviews by what is known about them. Everything here is limited to what the viewer may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Select, extract, false, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from archive.access import Viewer, visible_to
from archive.bin_rows import Binned, outside_bin
from archive.database import is_possible_id
from archive.errors import NotFound
from archive.interviews import Interview, Part, Participation, Status
from archive.people import Person
from archive.recordings import Recording

Length = Literal["short", "middle", "long"]
# Short fits in a coffee break; long wants an evening.
SHORT_BELOW_MS = 20 * 60_000
LONG_FROM_MS = 60 * 60_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader narrows the list by; None: everything."""

    narrator_id: int | None = None
    place: str | None = None
    year: int | None = None
    length: Length | None = None
    text: Status | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """What the visible interviews can be narrowed by."""

    narrators: tuple[Person, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]


def load_interview(session: Session, interview_id: int, viewer: Viewer, *, today: date) -> Interview:
    """One interview.

    Raises:
        NotFound: it is not there, or not for this viewer.
    """
    if not is_possible_id(interview_id):
        raise NotFound("interview", interview_id)
    interview = session.scalar(
        select(Interview).where(Interview.id == interview_id, visible_to(viewer, today=today)).options(*_listed())
    )
    if interview is None:
        raise NotFound("interview", interview_id)
    return interview


def browse(session: Session, viewer: Viewer, chosen: Filter, *, today: date) -> list[Interview]:
    """The interviews that are held and match, newest conversation first."""
    matching = _visible(viewer, today).where(*_conditions(chosen)).options(*_listed())
    return list(session.scalars(matching.order_by(Interview.held_on.desc().nulls_last(), Interview.id.desc())))


def facets(session: Session, viewer: Viewer, *, today: date) -> Facets:
    """Narrators, places and years of what the viewer may see, and of nothing else."""
    ids = _visible(viewer, today).with_only_columns(Interview.id).scalar_subquery()
    narrators = session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Participation.person_id).where(
                    Participation.interview_id.in_(ids), Participation.part == Part.NARRATOR
                )
            )
        )
        .order_by(Person.name, Person.id)
    )
    places = select(Interview.place).where(Interview.id.in_(ids), Interview.place != "").distinct()
    days = select(Interview.held_on).where(Interview.id.in_(ids), Interview.held_on.is_not(None)).distinct()
    years = {day.year for day in session.scalars(days) if day is not None}
    return Facets(
        narrators=tuple(narrators),
        places=tuple(sorted(session.scalars(places), key=str.casefold)),
        years=tuple(sorted(years, reverse=True)),
    )


def handed_in_by(session: Session, user_id: int) -> list[Interview]:
    """What one person handed in, newest first."""
    kept = outside_bin(Binned.INTERVIEW, Interview.id)
    theirs = select(Interview).where(Interview.handed_in_by_id == user_id, kept).options(*_listed())
    return list(session.scalars(theirs.order_by(Interview.id.desc())))


def received_as(
    session: Session, hashes: Collection[str], viewer: Viewer, *, today: date
) -> dict[str, Interview | None]:
    """Those of the SHA-256 that are recordings, with their interview; None where this viewer may not know which."""
    holding = select(Recording.sha256, Recording.interview_id).where(Recording.sha256.in_(hashes))
    held = {each.sha256: each.interview_id for each in session.execute(holding)}
    known = select(Interview).where(Interview.id.in_(held.values()), visible_to(viewer, today=today))
    interviews = {each.id: each for each in session.scalars(known)}
    return {sha256: interviews.get(interview_id) for sha256, interview_id in held.items()}


def _listed() -> tuple[ExecutableOption, ...]:
    """What a list shows of each interview. Made when asked for: making it needs every table to be known."""
    return (
        selectinload(Interview.participations),
        selectinload(Interview.recordings).selectinload(Recording.speaker),
    )


def _visible(viewer: Viewer, today: date) -> Select[Interview]:
    return select(Interview).where(visible_to(viewer, today=today), Interview.status != Status.PLANNED)


def _conditions(chosen: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if _is_impossible(chosen):
        return [false()]
    if chosen.narrator_id is not None:
        of_narrator = select(Participation.interview_id).where(
            Participation.person_id == chosen.narrator_id, Participation.part == Part.NARRATOR
        )
        conditions.append(Interview.id.in_(of_narrator))
    if chosen.place:
        conditions.append(Interview.place == chosen.place)
    if chosen.year is not None:
        conditions.append(extract("year", Interview.held_on) == chosen.year)
    if chosen.text is not None:
        conditions.append(Interview.status == chosen.text)
    if chosen.length is not None:
        conditions.append(_length_is(chosen.length))
    return conditions


def _is_impossible(chosen: Filter) -> bool:
    """An address can hold anything; a database refuses numbers it cannot count to, and PostgreSQL the sign NUL."""
    numbers = (number for number in (chosen.narrator_id, chosen.year) if number is not None)
    return not all(map(is_possible_id, numbers)) or "\x00" in (chosen.place or "")


def _length_is(length: Length) -> ColumnElement[bool]:
    duration_ms = (
        select(func.coalesce(func.max(Recording.offset_ms + Recording.duration_ms), 0))
        .where(Recording.interview_id == Interview.id)
        .correlate(Interview)
        .scalar_subquery()
    )
    if length == "short":
        return duration_ms < SHORT_BELOW_MS
    if length == "long":
        return duration_ms >= LONG_FROM_MS
    return duration_ms.between(SHORT_BELOW_MS, LONG_FROM_MS - 1)
