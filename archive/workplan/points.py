"""Strengths and weaknesses of a year: typed, one on each line, or taken out of a document with where they stand."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.accounts import Role, require_at_least
from archive.database import Base
from archive.errors import BadInput
from archive.row_history import note_change, snapshot
from archive.typed import one_line
from archive.workplan.plans import WorkPlan, page_of, plan_before
from archive.workplan.sources import FromDocument, Source

LONGEST_POINT = 500
MOST_POINTS = 60  # of one kind
# How alike two lines must be for one to be the other, written better: then it still stands where it stood.
_ALIKE = 0.6


class PointKind(enum.StrEnum):
    """What a point says of the branch."""

    STRENGTH = "strength"
    WEAKNESS = "weakness"


class WorkPlanPoint(FromDocument, Base):
    """One strength or weakness, as one year's plan says it."""

    __tablename__ = "work_plan_point"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    year: Mapped[int]
    kind: Mapped[PointKind]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(LONGEST_POINT))


@dataclass(frozen=True, slots=True)
class Point:
    """A strength or a weakness, as somebody chose it out of a text."""

    kind: PointKind
    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class YearPoints:
    """The strengths of a year, or the weaknesses, beside those of the year before."""

    now: tuple[WorkPlanPoint, ...]
    before: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said of this year."""
        return tuple(each.text for each in self.now)

    @property
    def gone(self) -> tuple[str, ...]:
        """What was said of the year before, and no more."""
        return tuple(each for each in self.before if each not in self.texts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of either year."""
        return not (self.now or self.before)

    def is_new(self, point: WorkPlanPoint) -> bool:
        """Whether something was said of the year before, but not this."""
        return bool(self.before) and point.text not in self.before


def points_of(session: Session, plan_id: int, year: int) -> list[WorkPlanPoint]:
    """The strengths and weaknesses of a year, in their order; one question."""
    chosen = select(WorkPlanPoint).where(WorkPlanPoint.plan_id == plan_id, WorkPlanPoint.year == year)
    return list(session.scalars(chosen.order_by(WorkPlanPoint.position, WorkPlanPoint.id)))


def beside(now: Iterable[WorkPlanPoint], before: Iterable[WorkPlanPoint], kind: PointKind) -> YearPoints:
    """Those of one kind, beside the year before. Pure."""
    return YearPoints(
        tuple(each for each in now if each.kind == kind), tuple(each.text for each in before if each.kind == kind)
    )


def add_points(
    session: Session, plan: WorkPlan, year: int, many: Sequence[Point], *, by: int | None, now: datetime, batch: str
) -> list[WorkPlanPoint]:
    """More strengths and weaknesses, below those that are written; also of an adopted plan. Gives what came or changed.

    What is written already stays as it is, and learns where it stands.

    Raises:
        BadInput: `year` is "outside" the plan; among `lines` are "too_many_points".
    """
    require_at_least(session, by, "add_points", Role.SECRETARY)
    if year not in plan.years:
        raise BadInput("year", "outside")
    stood = {(each.kind, each.text): each for each in points_of(session, plan.id, year)}
    some = []
    for point in many:
        text = one_line(point.text, "text", limit=LONGEST_POINT, required=True)
        known = stood.get((point.kind, text))
        was = snapshot(known) if known else None
        row = known or WorkPlanPoint(plan_id=plan.id, year=year, kind=point.kind, text=text)
        if known is None:
            stood[point.kind, text] = row
            row.position = sum(kind == point.kind for kind, _ in stood)
        if point.source is not None and not row.has_source:
            row.take_source(point.source)
        session.add(row)
        act = "changed" if known else "added"
        if note_change(session, row, was, act=act, by=by, now=now, thing=page_of(plan.id), batch=batch) is not None:
            some.append(row)
    if any(sum(each == kind for each, _ in stood) > MOST_POINTS for kind in PointKind):
        raise BadInput("lines", "too_many_points")
    return some


def write_points(
    session: Session,
    plan: WorkPlan,
    year: int,
    kind: PointKind,
    texts: Sequence[str],
    *,
    by: int | None,
    now: datetime,
    batch: str,
) -> bool:
    """Let these be the strengths of a year, or the weaknesses; whether anything is different.

    What says the same stays the same row, and what is nearly the same is that row written better; the rest comes and
    goes. What was said of the year before in the same words stands where it stood.

    Raises:
        BadInput: the kind's own name: a line is "too_long", or there are "too_many".
    """
    lines = [one_line(each.lstrip("-•● "), kind.value, limit=LONGEST_POINT) for each in texts]
    wanted = list(dict.fromkeys(each for each in lines if each))
    if len(wanted) > MOST_POINTS:
        raise BadInput(kind.value, "too_many")
    rows = [each for each in points_of(session, plan.id, year) if each.kind == kind]
    stood = _paired(rows, wanted)
    earlier = _of_the_year_before(session, plan, year, kind) if len(stood) < len(wanted) else {}
    thing, some = page_of(plan.id), False
    for gone in (each for each in rows if each not in stood.values()):
        before = snapshot(gone)
        session.delete(gone)
        note_change(session, gone, before, act="removed", by=by, now=now, thing=thing, batch=batch)
        some = True
    for position, text in enumerate(wanted, 1):
        known = stood.get(text)
        was = snapshot(known) if known else None
        row = known or WorkPlanPoint(plan_id=plan.id, year=year, kind=kind)
        if known is None and text in earlier:
            row.stands_as(earlier[text])
        act = "added" if known is None else "moved" if known.text == text else "changed"
        row.text, row.position = text, position
        session.add(row)
        some |= note_change(session, row, was, act=act, by=by, now=now, thing=thing, batch=batch) is not None
    return some


def _paired(stood: Sequence[WorkPlanPoint], wanted: Sequence[str]) -> dict[str, WorkPlanPoint]:
    """By each wanted line the row that says the same, or else nearly the same. Pure."""
    by_text = {each.text: each for each in stood}
    found = {text: by_text.pop(text) for text in wanted if text in by_text}
    for text in wanted:
        if text not in found and (alike := get_close_matches(text, by_text, n=1, cutoff=_ALIKE)):
            found[text] = by_text.pop(alike[0])
    return found


def _of_the_year_before(session: Session, plan: WorkPlan, year: int, kind: PointKind) -> dict[str, WorkPlanPoint]:
    before = plan_before(session, plan, year)
    points = points_of(session, before, year - 1) if before else []
    return {each.text: each for each in points if each.kind == kind}
