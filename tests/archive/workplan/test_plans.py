"""A plan's life: proposed, adopted, changed after that, revised, taken away, and each of it undone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.events import EventDetails, add_event
from archive.link_kinds import Side
from archive.links import Link, add_link
from archive.row_history import RowChange
from archive.workplan.changes import amendments_of, removals, remove_plan, undo_removal, undo_together
from archive.workplan.item_acts import change_item, move_item, remove_item
from archive.workplan.items import ItemDetails, ItemStatus, Responsible, WorkPlanItem, items_of
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, Parent, PlanDetails, PlanState, WorkPlan, adopt_plan, change_plan
from archive.workplan.revision import next_plan, title_after

Write = Callable[..., list[WorkPlanItem]]


def latest(session: Session, act: str) -> RowChange:
    """The last change of this act."""
    return session.scalars(select(RowChange).where(RowChange.act == act).order_by(RowChange.id.desc())).first()  # type: ignore[return-value]


def texts(session: Session, plan: WorkPlan) -> list[str]:
    """What stands in a plan, in its order."""
    return [each.text for each in items_of(session, plan.id)]


def test_an_adopted_plan_is_changed_only_with_a_reason_that_is_shown(
    session: Session, plan: WorkPlan, write: Write, adopt: Callable[[WorkPlan], None], now: datetime
) -> None:
    (goal,) = write(plan, "Flere lister")
    change_item(session, goal, ItemDetails(ItemKind.GOAL, "Mange lister"), by=None, now=now)
    before_adoption = latest(session, "changed")
    adopt(plan)
    assert (plan.state, plan.adopted_by, amendments_of(session, plan)) == (PlanState.ADOPTED, "Årsmøtet, sak 8", [])
    with pytest.raises(BadInput, match="why: empty"):
        change_item(session, goal, ItemDetails(ItemKind.GOAL, "Lister"), by=None, now=now)
    session.refresh(goal)
    change_item(session, goal, ItemDetails(ItemKind.GOAL, "Lister i hele fylket"), why="Styret, mai", by=None, now=now)
    write(plan, "- Ringe rundt", why="Styret, mai")
    with pytest.raises(BadInput, match="adopted"):
        move_item(session, goal, up=False, by=None, now=now)
    with pytest.raises(BadInput, match="adopted"):
        remove_item(session, goal, by=None, now=now)
    changed, added = amendments_of(session, plan)
    assert changed.changed == (("text", "Mange lister", "Lister i hele fylket"),) and changed.why == "Styret, mai"
    assert added.before is None and added.after["text"] == "Ringe rundt"
    with pytest.raises(BadInput, match="adopted"):
        undo_together(session, before_adoption, by=None, now=now)
    undo_together(session, latest(session, "amended"), by=None, now=now)
    assert goal.text == "Mange lister" and len(amendments_of(session, plan)) == 1


def test_a_plan_is_adopted_by_a_meeting_once_and_supersedes_the_one_before(
    session: Session, plan: WorkPlan, write: Write, adopt: Callable[[WorkPlan], None], now: datetime, today: date
) -> None:
    for wrong, problem in (
        (Adoption(today), "adopted_by: empty"),
        (Adoption(today + timedelta(1), "Årsmøtet"), "future"),
        (Adoption(today, "Årsmøtet", meeting_id=77), "meeting_id: unknown"),
    ):
        with pytest.raises(BadInput, match=problem):
            adopt_plan(session, plan, wrong, by=None, now=now, today=today)
    write(plan, "Et mål")
    adopt(plan)
    with pytest.raises(BadInput, match="adopted_already"):
        adopt(plan)
    after = next_plan(session, plan, title="Plan 2027", first_year=2027, last_year=2027, by=None, now=now)
    adopt(after)
    assert (plan.state, after.state) == (PlanState.SUPERSEDED, PlanState.ADOPTED)
    undo_together(session, latest(session, "superseded"), by=None, now=now)
    assert (plan.state, after.state) == (PlanState.ADOPTED, PlanState.PROPOSAL)


def test_next_year_takes_over_what_is_unfinished_and_loses_nothing(
    session: Session, plan: WorkPlan, write: Write, adopt: Callable[[WorkPlan], None], now: datetime
) -> None:
    lines = ("# Lag", "Mål A", "- gjort", "- ikke gjort", "# Skolering", "Mål B", "- alt gjort", "# Nett", "Mål C")
    items = write(plan, *lines)
    status = {item.text: item for item in items}
    for text in ("Mål A", "gjort", "Mål B", "alt gjort"):
        status[text].status = ItemStatus.DONE
    status["Mål C"].status = ItemStatus.PUT_OFF
    change_item(
        session, status["Mål C"], ItemDetails(ItemKind.GOAL, "Mål C", responsible=(Responsible(unit_id=plan.unit_id),)),
        by=None, now=now,
    )  # fmt: skip
    with pytest.raises(BadInput, match="not_adopted"):
        next_plan(session, plan, title="Neste", first_year=2027, last_year=2027, by=None, now=now)
    adopt(plan)
    after = next_plan(session, plan, title="Neste", first_year=2027, last_year=2027, by=None, now=now)
    carried = items_of(session, after.id)
    assert [each.text for each in carried] == ["Lag", "Mål A", "ikke gjort", "Nett", "Mål C"]
    assert [each.carried_from_id for each in carried] == [status[each.text].id for each in carried]
    assert carried[-1].status is ItemStatus.NOT_BEGUN and carried[-1].responsible[0].unit_id == plan.unit_id
    assert texts(session, plan) == [line.lstrip("#- ") for line in lines] and after.is_proposal
    with pytest.raises(BadInput, match="next_exists"):
        next_plan(session, plan, title="Neste", first_year=2028, last_year=2028, by=None, now=now)


def test_the_years_in_a_title_move_on() -> None:
    assert title_after("Arbeidsplan 2026", 2026, 2026, 2027, 2027) == "Arbeidsplan 2027"
    assert title_after("Plan 2026–2027", 2026, 2027, 2027, 2028) == "Plan 2027–2028"


def test_lines_are_put_in_moved_and_taken_out_and_that_is_undone(
    session: Session, plan: WorkPlan, write: Write, now: datetime
) -> None:
    one, _two, three, _four = write(plan, "En", "- To", "Tre", "- Fire")
    assert move_item(session, three, up=True, by=None, now=now)
    assert texts(session, plan) == ["Tre", "Fire", "En", "To"]
    assert not move_item(session, three, up=True, by=None, now=now)
    undo_together(session, latest(session, "moved"), by=None, now=now)
    assert texts(session, plan) == ["En", "To", "Tre", "Fire"]
    remove_item(session, one, by=None, now=now)
    assert texts(session, plan) == ["To", "Tre", "Fire"]
    undo_together(session, latest(session, "removed"), by=None, now=now)
    assert texts(session, plan) == ["En", "To", "Tre", "Fire"]


def test_a_plan_has_parents_and_is_not_its_own(session: Session, plan: WorkPlan, county: int, now: datetime) -> None:
    details = PlanDetails("Plan", county, 2026, 2026, parents=(Parent("Partiprogrammet"), Parent(""), Parent(" ")))
    assert change_plan(session, plan, details, by=None, now=now)
    assert [each.title for each in plan.parents] == ["Partiprogrammet"]
    assert not change_plan(session, plan, details, by=None, now=now)
    with pytest.raises(BadInput, match="itself"):
        change_plan(
            session, plan, PlanDetails("P", county, 2026, 2026, parents=(Parent(above_id=plan.id),)), by=None, now=now
        )


@pytest.mark.parametrize(
    ("title", "first", "last", "problem"),
    [("", 2026, 2026, "plan_title: empty"), ("P", 2026, 2025, "before_start"), ("P", 26, 26, "far_off"),
     ("P", 2020, 2040, "too_many"), ("P" * 201, 2026, 2026, "too_long")],
)  # fmt: skip
def test_what_cannot_be_a_plan_is_refused(
    session: Session, plan: WorkPlan, county: int, now: datetime, title: str, first: int, last: int, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        change_plan(session, plan, PlanDetails(title, county, first, last), by=None, now=now)


def test_a_proposal_goes_with_all_that_hangs_on_it_and_comes_back(
    session: Session, plan: WorkPlan, write: Write, now: datetime
) -> None:
    _heading, goal = write(plan, "# Lag", "Et mål")
    event = add_event(session, EventDetails("Grillfest", "2026"), by=None, now=now)
    add_link(session, Side("work_plan_item", goal.id), Side("event", event.id), by=None, now=now)
    number = plan.id
    remove_plan(session, plan, by=None, now=now)
    assert session.scalars(select(WorkPlanItem)).all() == session.scalars(select(Link)).all() == []
    (removal,) = removals(session)
    assert undo_removal(session, removal.id, by=None, now=now) == number
    session.expire_all()
    assert texts(session, session.get_one(WorkPlan, number)) == ["Lag", "Et mål"]
    assert len(session.scalars(select(Link)).all()) == 1
