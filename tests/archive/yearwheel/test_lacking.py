"""What lacks, added up by the database, is what the wheel counts from every row."""

import random
from datetime import date, datetime

from sqlalchemy import select

from archive.database import Database
from archive.units import Unit, UnitKind
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.lacking import Lacking, lacking
from archive.yearwheel.looking import Sight, wheel_year
from archive.yearwheel.occurrences import Occurrence, State

TODAY = date(2027, 6, 15)


def test_the_database_adds_up_what_the_wheel_counts(each_database: Database, now: datetime) -> None:
    chance = random.Random(27)
    with each_database.write() as session:
        regions = list(session.scalars(select(Unit.id).where(Unit.kind == UnitKind.REGION)))
        former = Unit(kind=UnitKind.REGION, name="Nedlagt region", begins=date.min, ends=date(2020, 1, 1))
        session.add(former)
        session.flush()
        for number in range(80):
            each_of = chance.choice([None, UnitKind.REGION])
            duty = Duty(
                title=f"Plikt {number % 9}",
                strength=chance.choice([Strength.MUST, Strength.MUST, Strength.ENCOURAGED]),
                per=chance.choice(list(Per)),
                minimum=chance.choice([None, 0, 1, 3]),
                each_of=each_of,
                ended_on=chance.choice([None, None, date(2027, 1, 1), date(2027, 9, 1)]),
            )
            session.add(duty)
            session.flush()
            for _ in range(chance.randint(0, 6)):
                session.add(
                    Occurrence(
                        duty_id=duty.id,
                        unit_id=chance.choice([*regions, former.id]) if each_of else None,
                        year=chance.choice([2026, 2027]),
                        due_on=date(2027, chance.randint(1, 12), 10),
                        state=chance.choice(list(State)),
                        changed_at=now,
                    )
                )
        session.flush()
        for year in (2026, 2027):
            wheel = wheel_year(session, year, Sight(sees_all=True, may_edit=True), today=TODAY)
            counted = [Lacking(each.duty.id, each.duty.title, each.whole.missing) for each in wheel.standings]
            expected = sorted((each for each in counted if each.missing), key=lambda each: -each.missing)
            assert expected and lacking(session, year, today=TODAY) == expected
