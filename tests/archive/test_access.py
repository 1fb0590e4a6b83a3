"""Who may see what: every role, access and state of the consent, by a table that was written by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import product

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.access import (
    MACHINE_OWNER,
    VISITOR,
    Consent,
    ConsentDetails,
    Use,
    Viewer,
    close_now,
    covers,
    may_curate,
    may_edit,
    open_interview,
    record_consent,
    visible_to,
    withdraw_consent,
)
from archive.accounts import Role, User
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import BadInput, NoConsent, NotAllowed
from archive.interviews import Access, Interview, InterviewDetails, add_interview, assign, unassign
from archive.outbox import OutboxEntry

TODAY = date(2026, 3, 14)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

# Is there a consent for this use that holds today? Written out, so that the code is not tested by itself.
STATES: dict[str, tuple[dict[str, object] | None, bool]] = {
    "none": (None, False),
    "valid until withdrawn": ({"valid_from": YESTERDAY}, True),
    "from today": ({"valid_from": TODAY}, True),
    "the last day": ({"valid_from": YESTERDAY, "valid_until": TODAY}, True),
    "future": ({"valid_from": TOMORROW}, False),
    "expired": ({"valid_from": date(2020, 1, 1), "valid_until": YESTERDAY}, False),
    "withdrawn": ({"valid_from": YESTERDAY, "withdrawn": True}, False),
}
ALWAYS = {"handed it in", "is assigned", "secretary", "owner"}
READERS = ["visitor", "member", "volunteer", *sorted(ALWAYS)]


def who_sees(access: Access, use: Use, *, holds: bool) -> set[str]:
    """The rules of the design, in words of their own."""
    seen = set(ALWAYS)
    if holds and access in (Access.MEMBERS, Access.OPEN) and use in (Use.MEMBERS, Use.ALL):
        seen |= {"member", "volunteer"}
    if holds and access == Access.OPEN and use == Use.ALL:
        seen |= {"visitor", "member", "volunteer"}
    return seen


@pytest.fixture
def eyes(
    session: Session,
    owner: User,
    secretary: User,
    volunteer: User,
    other_volunteer: User,
    member: User,
    interview: Interview,
    now: datetime,
) -> dict[str, Viewer]:
    """Everybody who might look at the interview that the volunteer handed in."""
    assigned = User(name="Tove Tildelt", username="tove", role=Role.VOLUNTEER, fs_uniquifier="t", created_at=now)
    session.add(assigned)
    session.flush()
    assign(session, interview, assigned, by=secretary.id, now=now)
    session.commit()
    return {
        "visitor": VISITOR,
        "member": Viewer(Role.MEMBER, member.id),
        "volunteer": Viewer(Role.VOLUNTEER, other_volunteer.id),
        "handed it in": Viewer(Role.VOLUNTEER, volunteer.id),
        "is assigned": Viewer(Role.VOLUNTEER, assigned.id),
        "secretary": Viewer(Role.SECRETARY, secretary.id),
        "owner": Viewer(Role.OWNER, owner.id),
    }


def sees(session: Session, viewer: Viewer, interview: Interview, today: date = TODAY) -> bool:
    wanted = select(Interview.id).where(Interview.id == interview.id, visible_to(viewer, today=today))
    return session.scalar(wanted) is not None


@pytest.mark.parametrize("access", Access)
def test_the_whole_table(
    session: Session, eyes: dict[str, Viewer], interview: Interview, now: datetime, access: Access
) -> None:
    interview.access = access
    for use, (state, (consent, holds)) in product(Use, STATES.items()):
        session.execute(delete(Consent))
        if consent is not None:
            values = dict(consent)
            withdrawn_at = now if values.pop("withdrawn", False) else None
            row = {"interview_id": interview.id, "given_by": "Olga", "use": use, "recorded_at": now, **values}
            session.add(Consent(**row, withdrawn_at=withdrawn_at))
        session.flush()
        seen = {reader for reader in READERS if sees(session, eyes[reader], interview)}
        assert seen == who_sees(access, use, holds=holds), (use, state)


def test_a_role_that_is_borrowed_has_no_interviews_of_its_own(session: Session, interview: Interview) -> None:
    assert not sees(session, Viewer(Role.VOLUNTEER), interview)
    assert not sees(session, Viewer(Role.MEMBER), interview)
    assert sees(session, MACHINE_OWNER, interview)


def test_whoever_is_no_volunteer_any_more_sees_no_more_than_a_member(
    session: Session, eyes: dict[str, Viewer], interview: Interview
) -> None:
    for reader in ("handed it in", "is assigned"):
        assert not sees(session, replace(eyes[reader], role=Role.MEMBER), interview)


def test_an_assignment_can_be_taken_back(
    session: Session, secretary: User, other_volunteer: User, interview: Interview, now: datetime
) -> None:
    eyes = Viewer(Role.VOLUNTEER, other_volunteer.id)
    assign(session, interview, other_volunteer, by=secretary.id, now=now)
    assign(session, interview, other_volunteer, by=secretary.id, now=now)
    assert sees(session, eyes, interview)
    unassign(session, interview, other_volunteer, by=secretary.id, now=now)
    unassign(session, interview, other_volunteer, by=secretary.id, now=now)
    assert not sees(session, eyes, interview)


def test_the_predicate_means_the_same_on_both_databases(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
        consent = ConsentDetails("Olga", Use.ALL, TODAY, TODAY)
        open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=now)
        assert sees(session, VISITOR, interview)
        assert not sees(session, VISITOR, interview, YESTERDAY)
        assert not sees(session, VISITOR, interview, TOMORROW)


@pytest.mark.parametrize("ends", ["runs out", "is withdrawn"])
def test_each_narrator_who_ever_agreed_must_agree_today(each_database: Database, now: datetime, ends: str) -> None:
    with each_database.write() as session:
        two = InterviewDetails(title="To", narrators=("Olga Oppdiktet", "Per Påfunn"))
        interview = add_interview(session, two, handed_in_by_id=None, now=now)
        agree = partial(record_consent, session, interview, use=Use.ALL, valid_from=TODAY, by=None, now=now)
        mine = agree(given_by="Olga Oppdiktet", valid_until=TODAY if ends == "runs out" else None)
        theirs = ConsentDetails("Per Påfunn", Use.ALL, TODAY)
        open_interview(session, interview, Access.OPEN, consent=theirs, by=None, now=now)
        assert sees(session, VISITOR, interview)
        if ends == "is withdrawn":
            withdraw_consent(session, mine, by=None, now=now)
            with pytest.raises(NoConsent):
                open_interview(session, interview, Access.OPEN, consent=None, by=None, now=now)
            interview.access = Access.OPEN
        assert not sees(session, VISITOR, interview, TOMORROW)
        assert not covers(interview, Access.OPEN, today=TOMORROW)
        agree(given_by="olga oppdiktet")
        assert sees(session, VISITOR, interview, TOMORROW)
        assert covers(interview, Access.OPEN, today=TOMORROW)


def test_opening_writes_the_consent_down(
    session: Session, secretary: User, interview: Interview, now: datetime
) -> None:
    consent = ConsentDetails(
        "olga oppdiktet", Use.MEMBERS, TODAY, date(2030, 1, 1), "Perm 3, hylle B", "a" * 64, "samtykke.pdf"
    )
    open_interview(session, interview, Access.MEMBERS, consent=consent, by=secretary.id, now=now)
    (row,) = interview.consents
    assert (row.given_by, row.use, row.valid_from, row.valid_until) == (
        "olga oppdiktet",
        Use.MEMBERS,
        TODAY,
        date(2030, 1, 1),
    )
    assert (row.paper, row.scan_sha256, row.scan_name) == ("Perm 3, hylle B", "a" * 64, "samtykke.pdf")
    assert (row.recorded_by_id, row.recorded_at, row.withdrawn_at) == (secretary.id, now, None)
    assert row.person is interview.narrators[0]  # the name on the paper is the narrator's
    assert interview.access == Access.MEMBERS


def test_nothing_is_opened_without_a_consent(session: Session, interview: Interview, now: datetime) -> None:
    for consent in (None, ConsentDetails(" ", Use.ALL, TODAY)):
        with pytest.raises(NoConsent):
            open_interview(session, interview, Access.MEMBERS, consent=consent, by=None, now=now)
    assert interview.access == Access.CLOSED
    assert interview.consents == []


@pytest.mark.parametrize(
    ("access", "consent", "field", "problem"),
    [
        (Access.OPEN, ConsentDetails("O", Use.MEMBERS, TODAY), "use", "too_narrow"),
        (Access.MEMBERS, ConsentDetails("O", Use.ARCHIVE, TODAY), "use", "too_narrow"),
        (Access.MEMBERS, ConsentDetails("O", Use.ALL, TODAY, YESTERDAY), "valid_until", "past"),
        (Access.MEMBERS, ConsentDetails("O", Use.ALL, date(2027, 1, 1), TOMORROW), "valid_until", "before_start"),
        (Access.MEMBERS, ConsentDetails("O", Use.ALL, TODAY, paper="x" * 301), "paper", "too_long"),
        (Access.CLOSED, ConsentDetails("O", Use.ALL, TODAY), "access", "closed"),
    ],
)
def test_a_consent_that_does_not_fit_opens_nothing(
    session: Session,
    interview: Interview,
    now: datetime,
    access: Access,
    consent: ConsentDetails,
    field: str,
    problem: str,
) -> None:
    with pytest.raises(BadInput) as raised:
        open_interview(session, interview, access, consent=consent, by=None, now=now)
    assert (raised.value.field, raised.value.problem) == (field, problem)
    assert interview.access == Access.CLOSED


def test_close_now_holds_at_once_and_can_be_undone_on_the_same_consent(
    session: Session, secretary: User, eyes: dict[str, Viewer], interview: Interview, now: datetime
) -> None:
    consent = ConsentDetails("Olga", Use.MEMBERS, TODAY)
    open_interview(session, interview, Access.MEMBERS, consent=consent, by=secretary.id, now=now)
    assert sees(session, eyes["member"], interview)
    close_now(session, interview, by=secretary.id, now=now)
    assert not sees(session, eyes["member"], interview)
    open_interview(session, interview, Access.MEMBERS, consent=None, by=secretary.id, now=now)
    assert sees(session, eyes["member"], interview)
    with pytest.raises(NoConsent):
        open_interview(session, interview, Access.OPEN, consent=None, by=secretary.id, now=now)


def test_withdrawing_closes_at_once(
    session: Session, secretary: User, eyes: dict[str, Viewer], interview: Interview, now: datetime
) -> None:
    open_interview(session, interview, Access.OPEN, consent=ConsentDetails("Olga", Use.ALL, TODAY), by=None, now=now)
    (consent,) = interview.consents
    withdraw_consent(session, consent, by=secretary.id, now=now)
    assert not sees(session, VISITOR, interview) and not sees(session, eyes["member"], interview)
    assert (interview.access, consent.withdrawn_at, consent.withdrawn_by_id) == (Access.CLOSED, now, secretary.id)
    with pytest.raises(NoConsent):
        open_interview(session, interview, Access.MEMBERS, consent=None, by=None, now=now)


Record = Callable[[str, Use], Consent]


@pytest.fixture
def record(session: Session, interview: Interview, now: datetime) -> Record:
    """Writes down what somebody agreed to from today on."""

    def write(given_by: str, use: Use) -> Consent:
        return record_consent(session, interview, given_by=given_by, use=use, valid_from=TODAY, by=None, now=now)

    return write


@pytest.mark.parametrize(
    ("kept", "access", "left"),
    [
        ([], Access.OPEN, Access.CLOSED),
        ([("Olga", Use.MEMBERS)], Access.OPEN, Access.MEMBERS),
        ([("OLGA ", Use.MEMBERS)], Access.OPEN, Access.MEMBERS),
        ([("Olga", Use.ALL)], Access.OPEN, Access.OPEN),
        ([("Olga", Use.ALL)], Access.MEMBERS, Access.MEMBERS),
        ([("Olga", Use.ARCHIVE)], Access.MEMBERS, Access.CLOSED),
        ([("Olga", Use.MEMBERS)], Access.CLOSED, Access.CLOSED),
        ([("Per", Use.ALL)], Access.OPEN, Access.CLOSED),  # the other narrator does not decide for her
    ],
)
def test_withdrawing_closes_to_what_the_same_giver_still_allows(
    session: Session,
    interview: Interview,
    record: Record,
    now: datetime,
    kept: list[tuple[str, Use]],
    access: Access,
    left: Access,
) -> None:
    withdrawn = record("Olga", Use.ALL)
    for given_by, use in kept:
        record(given_by, use)
    interview.access = access
    withdraw_consent(session, withdrawn, by=None, now=now)
    assert interview.access == left


def test_withdrawing_twice_is_once(session: Session, record: Record, now: datetime) -> None:
    consent = record("Olga", Use.ALL)
    withdraw_consent(session, consent, by=None, now=now)
    withdraw_consent(session, consent, by=None, now=now + timedelta(days=1))
    assert consent.withdrawn_at == now


def test_only_the_secretary_decides(
    session: Session, volunteer: User, interview: Interview, record: Record, now: datetime
) -> None:
    consent = record("Olga", Use.ALL)
    for forbidden in (
        lambda: open_interview(session, interview, Access.OPEN, consent=None, by=volunteer.id, now=now),
        lambda: close_now(session, interview, by=volunteer.id, now=now),
        lambda: withdraw_consent(session, consent, by=volunteer.id, now=now),
        lambda: assign(session, interview, volunteer, by=volunteer.id, now=now),
        lambda: record_consent(
            session, interview, given_by="X", use=Use.ALL, valid_from=TODAY, by=volunteer.id, now=now
        ),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert [may_curate(Viewer(role)) for role in Role] == [False, False, False, True, True]
    assert [may_edit(Viewer(role), interview) for role in Role] == [False, False, True, True, True]


def test_every_act_is_written_down_and_the_index_hears_of_it(
    session: Session, secretary: User, interview: Interview, now: datetime
) -> None:
    def told() -> bool:
        return bool(session.execute(delete(OutboxEntry).where(OutboxEntry.thing_id == interview.id)).rowcount)  # type: ignore[attr-defined]

    told()
    by = {"by": secretary.id, "now": now}
    consent = ConsentDetails("Olga", Use.ALL, TODAY)
    open_interview(session, interview, Access.OPEN, consent=consent, **by)  # type: ignore[arg-type]
    assert told()
    close_now(session, interview, **by)  # type: ignore[arg-type]
    assert told()
    withdraw_consent(session, interview.consents[0], **by)  # type: ignore[arg-type]
    assert told()
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.kind == "interview", AuditEvent.user_id == secretary.id)
    )
    assert [each.act for each in events] == ["recorded_consent", "opened", "closed", "withdrew_consent"]
