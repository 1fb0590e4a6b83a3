from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, Viewer
from archive.accounts import Role, User
from archive.errors import BadInput, NotAllowed, NotFound
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import Link, add_link
from archive.meetings.cases import CaseDetails, MeetingCase, add_case, add_cases, change_case, move_case
from archive.meetings.found import (
    Filter,
    cases_of,
    known_presenters,
    list_meetings,
    load_case,
    load_meeting,
    meetings_of_unit,
    offered,
    papers_among,
    places_of_record,
    presented_by,
)
from archive.meetings.history import remove_case, remove_meeting, removed_meetings, undo_of_meeting, undo_removal
from archive.meetings.meeting import Meeting
from archive.meetings.papers import MeetingPaper, PaperDetails, PaperRole, add_paper, read_lines, remove_paper
from archive.people import Person, find_or_add_person
from archive.people_found import load_known
from archive.record_series import RecordKind
from archive.records import Record, RecordDetails, add_record
from archive.row_history import changes_of, undo_change
from archive.workplan.plans import Adoption, PlanDetails, add_plan, adopt_plan

MEMBER, SECRETARY = Viewer(Role.MEMBER), Viewer(Role.SECRETARY)


@pytest.fixture
def presenter(session: Session) -> Person:
    return find_or_add_person(session, "Petra Påfunn")


@pytest.fixture
def budget(session: Session, annual: Meeting, presenter: Person, secretary: User, now: datetime) -> MeetingCase:
    details = CaseDetails(
        "Budsjett",
        "2/23",
        proposal="Styret foreslår",
        decision="Vedtatt",
        vote="14 mot 3",
        presented_by_id=presenter.id,
    )
    return add_case(session, annual, details, by=secretary.id, now=now)


@pytest.fixture
def minutes(session: Session, secretary: User, now: datetime) -> Record:
    """The minutes, closed."""
    return add_record(session, RecordDetails("Protokoll", RecordKind.MINUTES), None, by=secretary.id, now=now)


def names(session: Session, meeting: Meeting) -> list[str]:
    return [each.name for each in cases_of(session, meeting)]


def test_cases_keep_their_order_and_numbers(
    session: Session, annual: Meeting, budget: MeetingCase, secretary: User, now: datetime
) -> None:
    more = [CaseDetails("Valg", "3/23"), CaseDetails("Eventuelt"), CaseDetails("Ord til slutt")]
    add_cases(session, annual, more, by=secretary.id, now=now)
    assert names(session, annual) == ["Sak 2/23 Budsjett", "Sak 3/23 Valg", "Eventuelt", "Ord til slutt"]
    for taken in ("2/23", "sak 2 / 23"):
        with pytest.raises(BadInput) as bad:
            add_cases(
                session, annual, [CaseDetails("Ny", "9/23"), CaseDetails("Igjen", taken)], by=secretary.id, now=now
            )
        assert (bad.value.field, bad.value.problem) == ("case_number", "taken")
    session.rollback()


def test_a_case_moves_and_the_move_is_undone_in_one_go(
    session: Session, annual: Meeting, budget: MeetingCase, secretary: User, now: datetime
) -> None:
    election, _ = add_cases(session, annual, [CaseDetails("Valg"), CaseDetails("Slutt")], by=secretary.id, now=now)
    move_case(session, election, up=True, by=secretary.id, now=now)
    assert names(session, annual) == ["Valg", "Sak 2/23 Budsjett", "Slutt"]
    move_case(session, election, up=True, by=secretary.id, now=now)
    assert names(session, annual) == ["Valg", "Sak 2/23 Budsjett", "Slutt"]
    moved = changes_of(session, "meeting", annual.id)[0]
    assert moved.act == "moved"
    undo_of_meeting(session, moved, by=secretary.id, now=now)
    session.expire_all()
    assert names(session, annual) == ["Sak 2/23 Budsjett", "Valg", "Slutt"]


def test_a_change_of_a_case_is_undone(
    session: Session, annual: Meeting, budget: MeetingCase, secretary: User, now: datetime
) -> None:
    details = CaseDetails("Budsjett for 2024", "2/23", decision="Utsatt")
    change = change_case(session, budget, details, by=secretary.id, now=now)
    assert change is not None
    assert change_case(session, budget, details, by=secretary.id, now=now) is None
    undo_of_meeting(session, change, by=secretary.id, now=now)
    assert (budget.title, budget.decision, budget.vote) == ("Budsjett", "Vedtatt", "14 mot 3")
    for wrong, field in (
        (CaseDetails(" "), "case_title"),
        (CaseDetails("Sak", presented_by_id=99_999), "presented_by"),
    ):
        with pytest.raises(BadInput) as bad:
            change_case(session, budget, wrong, by=secretary.id, now=now)
        assert bad.value.field == field


def test_only_the_secretary_touches_cases_and_papers(
    session: Session, annual: Meeting, budget: MeetingCase, minutes: Record, volunteer: User, now: datetime
) -> None:
    acts = (
        lambda: add_case(session, annual, CaseDetails("Kupp"), by=volunteer.id, now=now),
        lambda: change_case(session, budget, CaseDetails("Kupp"), by=volunteer.id, now=now),
        lambda: move_case(session, budget, up=True, by=volunteer.id, now=now),
        lambda: remove_case(session, budget, by=volunteer.id, now=now),
        lambda: remove_meeting(session, annual, by=volunteer.id, now=now),
        lambda: add_paper(
            session, annual, PaperDetails(minutes.id, PaperRole.MINUTES), SECRETARY, by=volunteer.id, now=now
        ),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_case_and_a_meeting_come_back_with_all_that_hung_on_them(
    session: Session,
    annual: Meeting,
    budget: MeetingCase,
    minutes: Record,
    presenter: Person,
    secretary: User,
    now: datetime,
) -> None:
    paper = PaperDetails(minutes.id, PaperRole.CASE_PAPER, budget.id, page=3, lines="17–24")
    add_paper(session, annual, paper, SECRETARY, by=secretary.id, now=now)
    add_paper(session, annual, PaperDetails(minutes.id, PaperRole.MINUTES), SECRETARY, by=secretary.id, now=now)
    add_link(session, Side("meeting_case", budget.id), Side("person", presenter.id), by=secretary.id, now=now)
    add_link(session, Side("meeting", annual.id), Side("person", presenter.id), by=secretary.id, now=now)
    case_id, meeting_id = budget.id, annual.id
    gone = remove_case(session, budget, by=secretary.id, now=now)
    assert [each.role for each in session.scalars(select(MeetingPaper))] == [PaperRole.MINUTES]
    undo_of_meeting(session, gone, by=secretary.id, now=now)
    assert len(session.scalars(select(Link)).all()) == 2
    remove_meeting(session, annual, by=secretary.id, now=now)
    session.commit()
    session.expunge_all()
    for table in (Meeting, MeetingCase, MeetingPaper, Link):
        assert session.scalars(select(table)).all() == []
    (removal,) = removed_meetings(session)
    assert undo_removal(session, removal.id, by=secretary.id, now=now) == meeting_id
    session.commit()
    assert names(session, session.get_one(Meeting, meeting_id)) == ["Sak 2/23 Budsjett"]
    there = {(each.role, each.case_id, each.page, each.lines) for each in session.scalars(select(MeetingPaper))}
    assert there == {(PaperRole.MINUTES, None, None, ""), (PaperRole.CASE_PAPER, case_id, 3, "17-24")}
    assert len(session.scalars(select(Link)).all()) == 2
    with pytest.raises(NotFound):
        undo_removal(session, 99_999, by=secretary.id, now=now)


def test_what_has_cases_does_not_go_by_an_undo(
    session: Session, annual: Meeting, budget: MeetingCase, secretary: User, now: datetime
) -> None:
    added = changes_of(session, "meeting", annual.id)[-1]
    assert added.act == "added"
    with pytest.raises(BadInput) as bad:
        undo_change(session, added, by=secretary.id, now=now)
    assert bad.value.problem == "in_use"
    assert names(session, annual) == ["Sak 2/23 Budsjett"]


def test_a_case_that_adopted_a_plan_stays(
    session: Session, annual: Meeting, budget: MeetingCase, secretary: User, now: datetime, today: date
) -> None:
    plan = add_plan(session, PlanDetails("Arbeidsplan", annual.unit_id, 2023, 2023), by=secretary.id, now=now)
    adoption = Adoption(date(2023, 3, 11), meeting_id=annual.id, case_id=budget.id)
    adopt_plan(session, plan, adoption, by=secretary.id, now=now, today=today)
    session.commit()
    acts: tuple[Callable[[], object], ...] = (
        lambda: remove_case(session, budget, by=secretary.id, now=now),
        lambda: remove_meeting(session, annual, by=secretary.id, now=now),
    )
    for act in acts:
        with pytest.raises(BadInput) as bad:
            act()
        assert (bad.value.field, bad.value.problem) == ("case", "in_use")
        session.rollback()
    assert names(session, annual) == ["Sak 2/23 Budsjett"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"record_id": 99_999}, "record"),
        ({"case_id": 99_999}, "case"),
        ({"page": 0}, "page"),
        ({"lines": "x"}, "lines"),
    ],
)
def test_what_is_no_paper(
    session: Session,
    annual: Meeting,
    minutes: Record,
    secretary: User,
    now: datetime,
    more: dict[str, object],
    field: str,
) -> None:
    values = {"record_id": minutes.id, "role": PaperRole.MINUTES, **more}
    with pytest.raises(BadInput) as bad:
        add_paper(session, annual, PaperDetails(**values), SECRETARY, by=secretary.id, now=now)  # type: ignore[arg-type]
    assert bad.value.field == field
    session.rollback()


def test_a_paper_is_attached_once_and_let_go(
    session: Session, annual: Meeting, minutes: Record, secretary: User, now: datetime
) -> None:
    details = PaperDetails(minutes.id, PaperRole.MINUTES)
    paper = add_paper(session, annual, details, SECRETARY, by=secretary.id, now=now)
    assert add_paper(session, annual, details, SECRETARY, by=secretary.id, now=now) is paper
    change = remove_paper(session, paper, by=secretary.id, now=now)
    assert change is not None
    assert papers_among(session, [annual.id], SECRETARY) == {}
    undo_of_meeting(session, change, by=secretary.id, now=now)
    assert len(papers_among(session, [annual.id], SECRETARY)[annual.id]) == 1


def test_lines_as_they_are_kept() -> None:
    assert [read_lines(typed) for typed in ("", " 7 ", "113–114", "114 - 113", "7-7")] == [
        "",
        "7",
        "113-114",
        "113-114",
        "7",
    ]


def test_a_closed_meeting_or_record_is_nowhere(
    session: Session,
    annual: Meeting,
    budget: MeetingCase,
    minutes: Record,
    presenter: Person,
    secretary: User,
    now: datetime,
    today: date,
) -> None:
    add_paper(session, annual, PaperDetails(minutes.id, PaperRole.MINUTES), SECRETARY, by=secretary.id, now=now)
    # The meeting is the members', its minutes are closed.
    ((listed,), total) = list_meetings(session, MEMBER, Filter())
    assert (listed.cases, listed.has_minutes, total) == (1, False, 1)
    assert papers_among(session, [annual.id], MEMBER) == {}
    assert known_presenters(session, [budget], MEMBER, today=today) == {presenter.id}
    assert load_known(session, presenter.id, MEMBER, today=today) is presenter
    assert [each.id for each in presented_by(session, presenter.id, MEMBER)] == [budget.id]
    minutes.access = Access.MEMBERS
    assert list_meetings(session, MEMBER, Filter())[0][0].has_minutes
    assert [each.meeting.id for each in places_of_record(session, minutes.id, MEMBER)] == [annual.id]
    # Closed, it is nowhere.
    annual.access = Access.CLOSED
    session.flush()
    assert list_meetings(session, MEMBER, Filter()) == ([], 0)
    assert offered(session, MEMBER).units == ()
    assert papers_among(session, [annual.id], MEMBER) == {}
    assert places_of_record(session, minutes.id, MEMBER) == []
    assert meetings_of_unit(session, annual.unit_id, MEMBER) == ([], 0)
    assert list(presented_by(session, presenter.id, MEMBER)) == []
    for load in (
        lambda: load_meeting(session, annual.id, MEMBER),
        lambda: load_case(session, budget.id, MEMBER),
        lambda: load_known(session, presenter.id, MEMBER, today=today),
    ):
        with pytest.raises(NotFound):
            load()
    assert load_meeting(session, annual.id, MACHINE_OWNER) is annual
