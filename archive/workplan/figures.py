"""How the year stands: figures, strengths and weaknesses, beside those of the year before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.accounts import Role, require_at_least
from archive.database import Base
from archive.errors import BadInput
from archive.people import name_key
from archive.row_history import note_change, snapshot
from archive.typed import one_line
from archive.workplan.plans import WorkPlan, new_batch, page_of, plan_before
from archive.workplan.points import PointKind, WorkPlanPoint, YearPoints, beside, points_of, write_points

LONGEST_LABEL = 120
MOST_FIGURES = 40

# What every county branch counts, in this order; a plan may have its own besides.
USUAL = {
    "members": "Medlemmer",
    "branches": "Lokallag",
    "town-districts": "Bydelslag",
    "senior-groups": "Seniorgrupper",
    "parliament": "Representanter på Stortinget",
    "county-group": "Medlemmer av fylkestingsgruppa",
    "representatives": "Folkevalgte i kommunene",
    "municipalities": "Kommuner med folkevalgte",
    "interviews": "Intervjuer gjort",
    "wheel-held": "Holdt i årshjulet",
    "wheel-missing": "Mangler i årshjulet",
}


class WorkPlanFigure(Base):
    """One figure of one year."""

    __tablename__ = "work_plan_figure"
    __table_args__ = (
        UniqueConstraint("plan_id", "year", "key", name="uq_work_plan_figure_plan_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"))
    year: Mapped[int]
    key: Mapped[str] = mapped_column(String(LONGEST_LABEL * 2))  # of `USUAL`, or the label as it is compared
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    value: Mapped[float] = mapped_column(Float)
    is_counted: Mapped[bool] = mapped_column(default=False)  # the archive counted it
    noted_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as somebody types it, or takes over what the archive counted."""

    label: str
    value: float | None  # None: nobody knows it
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the one of the year before."""

    key: str
    label: str
    value: float | None
    before: float | None
    is_counted: bool = False
    noted_on: date | None = None

    @property
    def difference(self) -> float | None:
        """How much more it is; None where one of them is not known."""
        return None if self.value is None or self.before is None else round(self.value - self.before, 2)


@dataclass(frozen=True, slots=True)
class YearStatus:
    """How a year stands, beside the year before."""

    year: int
    figures: tuple[Compared, ...]
    strengths: YearPoints
    weaknesses: YearPoints

    @property
    def points(self) -> tuple[WorkPlanPoint, ...]:
        """The strengths and the weaknesses of this year."""
        return self.strengths.now + self.weaknesses.now

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written for this year."""
        return not (self.points or any(each.value is not None for each in self.figures))

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is written for the year before either."""
        old = self.strengths.before or self.weaknesses.before or any(each.before is not None for each in self.figures)
        return self.is_empty and not old


def figure_key(label: str) -> str:
    """By which a figure is known again next year."""
    usual = {name_key(words): key for key, words in USUAL.items()}
    compared = name_key(label)
    return usual.get(compared, compared)


def status_of(session: Session, plan: WorkPlan, year: int) -> YearStatus:
    """How a year of a plan stands beside the year before, in four questions."""
    before = plan_before(session, plan, year)
    figures, points = _figures_of(session, plan.id, year), points_of(session, plan.id, year)
    old_figures = _figures_of(session, before, year - 1) if before else []
    old_points = points_of(session, before, year - 1) if before else []
    return YearStatus(
        year,
        tuple(compare(figures, old_figures)),
        beside(points, old_points, PointKind.STRENGTH),
        beside(points, old_points, PointKind.WEAKNESS),
    )


def compare(figures: Iterable[WorkPlanFigure], before: Iterable[WorkPlanFigure]) -> list[Compared]:
    """Figures beside those of the year before: the usual ones in their order, then the plan's own. Pure."""
    now, then = {each.key: each for each in figures}, {each.key: each for each in before}
    usual = [key for key in USUAL if key in now or key in then]
    own = sorted((now.keys() | then.keys()) - USUAL.keys())
    found = []
    for key in [*usual, *own]:
        new, old = now.get(key), then.get(key)
        named = new or old
        assert named is not None  # noqa: S101 - the key is of one of them
        found.append(
            Compared(
                key,
                named.label,
                new.value if new else None,
                old.value if old else None,
                new.is_counted if new else False,
                new.noted_on if new else None,
            )
        )
    return found


def write_status(
    session: Session,
    plan: WorkPlan,
    year: int,
    *,
    figures: Sequence[Figure],
    strengths: Sequence[str],
    weaknesses: Sequence[str],
    by: int | None,
    now: datetime,
    today: date,
) -> bool:
    """Let a year stand like this; whether anything is different. Also an adopted plan's, for it is what is, not what is
    to be done.

    Raises:
        BadInput: `year` is "outside" the plan; a label or a point is too long; there are "too_many"; two figures have
            the "same" label.
    """
    require_at_least(session, by, "write_status", Role.SECRETARY)
    if year not in plan.years:
        raise BadInput("year", "outside")
    batch = new_batch()
    some = _write_figures(session, plan, year, figures, by=by, now=now, today=today, batch=batch)
    for kind, texts in ((PointKind.STRENGTH, strengths), (PointKind.WEAKNESS, weaknesses)):
        some |= write_points(session, plan, year, kind, texts, by=by, now=now, batch=batch)
    return some


def _write_figures(
    session: Session,
    plan: WorkPlan,
    year: int,
    figures: Sequence[Figure],
    *,
    by: int | None,
    now: datetime,
    today: date,
    batch: str,
) -> bool:
    wanted = _checked_figures(figures)
    stood = {each.key: each for each in _figures_of(session, plan.id, year)}
    thing, some = page_of(plan.id), False
    for key, row in stood.items():
        if key not in wanted:
            before = snapshot(row)
            session.delete(row)
            note_change(session, row, before, act="removed", by=by, now=now, thing=thing, batch=batch)
            some = True
    for key, figure in wanted.items():
        known = stood.get(key)
        was = snapshot(known) if known else None
        row = known or WorkPlanFigure(plan_id=plan.id, year=year, key=key, noted_on=today)
        if known is None or (known.value, known.is_counted) != (figure.value, figure.is_counted):
            row.noted_on = today
        row.label, row.is_counted = figure.label, figure.is_counted
        row.value = figure.value or 0.0
        session.add(row)
        act = "changed" if known else "added"
        some |= note_change(session, row, was, act=act, by=by, now=now, thing=thing, batch=batch) is not None
    return some


def _checked_figures(figures: Sequence[Figure]) -> dict[str, Figure]:
    """By their keys, without those that say nothing."""
    if len(figures) > MOST_FIGURES:
        raise BadInput("figures", "too_many")
    wanted: dict[str, Figure] = {}
    for each in figures:
        label = one_line(each.label, "figure_label", limit=LONGEST_LABEL, required=each.value is not None)
        if each.value is None:
            continue
        if figure_key(label) in wanted:
            raise BadInput("figure_label", "same")
        wanted[figure_key(label)] = Figure(label, each.value, each.is_counted)
    return wanted


def _figures_of(session: Session, plan_id: int, year: int) -> list[WorkPlanFigure]:
    chosen = select(WorkPlanFigure).where(WorkPlanFigure.plan_id == plan_id, WorkPlanFigure.year == year)
    return list(session.scalars(chosen.order_by(WorkPlanFigure.id)))
