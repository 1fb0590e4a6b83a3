"""Strengths and weaknesses: where they stand follows them through better words, into the next year, and back."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from archive.database import Database
from archive.errors import BadInput
from archive.record_series import RecordKind
from archive.records import Record
from archive.units import UnitKind, find_unit
from archive.workplan.changes import removals, remove_plan, undo_removal
from archive.workplan.figures import status_of, write_status
from archive.workplan.plans import Adoption, PlanDetails, WorkPlan, add_plan, adopt_plan
from archive.workplan.points import Point, PointKind, WorkPlanPoint, add_points, points_of
from archive.workplan.revision import next_plan
from archive.workplan.sources import Source


def stands(points: list[WorkPlanPoint] | tuple[WorkPlanPoint, ...]) -> list[tuple[str, int | None, str]]:
    """What each says, and where."""
    return [(each.text, each.source_page, each.source_lines) for each in points]


def say(session: Session, plan: WorkPlan, year: int, *strong: str, now: datetime, today: date) -> None:
    """Let these be the strengths, as the form of the year writes them."""
    write_status(session, plan, year, figures=[], strengths=strong, weaknesses=[], by=None, now=now, today=today)


def test_where_a_strength_stands_follows_it(each_database: Database, now: datetime, today: date) -> None:
    with each_database.write() as session:
        unit = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert unit is not None
        plan = add_plan(session, PlanDetails("Plan", unit.id, 2026, 2026), by=None, now=now)
        record = Record(title="Oppdiktet plan", kind=RecordKind.WORK_PLAN, series="A", made_at=now)
        session.add(record)
        session.flush()
        say(session, plan, 2026, "God kaffe på møtene", now=now, today=today)
        many = [
            Point(PointKind.STRENGTH, text, Source(record.id, 2, lines))
            for text, lines in (("God kaffe på møtene", "50"), ("Mange hender i arbeid", "51-52"))
        ]
        assert len(add_points(session, plan, 2026, many, by=None, now=now, batch="one")) == 2
        assert add_points(session, plan, 2026, many, by=None, now=now, batch="two") == []
        say(session, plan, 2026, "Mange hender i arbeid", "God kaffe på alle møtene", "Nytt", now=now, today=today)
        wanted = [("Mange hender i arbeid", 2, "51-52"), ("God kaffe på alle møtene", 2, "50"), ("Nytt", None, "")]
        assert stands(points_of(session, plan.id, 2026)) == wanted
        remove_plan(session, plan, by=None, now=now)
        plan = session.get_one(WorkPlan, undo_removal(session, removals(session)[0].id, by=None, now=now))
        assert stands(points_of(session, plan.id, 2026)) == wanted
        adopt_plan(session, plan, Adoption(today, "Årsmøtet"), by=None, now=now, today=today)
        after = next_plan(session, plan, title="Neste", first_year=2027, last_year=2027, by=None, now=now)
        say(session, after, 2027, "Mange hender i arbeid", "Helt andre ord", now=now, today=today)
        strengths = status_of(session, after, 2027).strengths
        assert stands(strengths.now) == [wanted[0], ("Helt andre ord", None, "")]
        assert [each.source_record_id for each in strengths.now] == [record.id, None]


def test_what_is_too_much_or_of_another_year_is_refused(session: Session, plan: WorkPlan, now: datetime) -> None:
    many = [Point(PointKind.WEAKNESS, f"Svakhet {number}") for number in range(61)]
    with pytest.raises(BadInput, match="too_many_points"):
        add_points(session, plan, 2026, many, by=None, now=now, batch="one")
    with pytest.raises(BadInput, match="year: outside"):
        add_points(session, plan, 2027, many[:1], by=None, now=now, batch="two")
