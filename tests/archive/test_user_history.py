"""Undo of roles and of ended accounts, by the rules of those acts."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import Role, User, change_role, end_user, let_back_in
from archive.errors import BadInput, NotAllowed
from archive.logins import start_session, user_of_session
from archive.row_history import RowChange, changes_of
from archive.user_history import undo_of_user


def newest(session: Session, user: User) -> RowChange:
    return changes_of(session, "user", user.id)[0]


def refused(session: Session, user: User, *, by: User | None, now: datetime) -> str:
    with pytest.raises(BadInput) as raised:
        undo_of_user(session, newest(session, user), by=by.id if by else None, now=now)
    return raised.value.problem


def test_a_role_comes_back_and_the_undo_can_be_undone(
    session: Session, secretary: User, member: User, now: datetime
) -> None:
    change_role(session, member, Role.VOLUNTEER, by=secretary.id, now=now)
    undo_of_user(session, newest(session, member), by=secretary.id, now=now)
    assert member.role == Role.MEMBER
    undo_of_user(session, newest(session, member), by=secretary.id, now=now)
    assert member.role == Role.VOLUNTEER
    first = changes_of(session, "user", member.id)[-1]
    assert first.made_by == secretary
    change_role(session, member, Role.SECRETARY, by=secretary.id, now=now)
    with pytest.raises(BadInput, match="undone_already"):
        undo_of_user(session, first, by=secretary.id, now=now)


def test_an_account_is_let_in_again_and_shut_out_by_an_undo(
    session: Session, secretary: User, member: User, now: datetime
) -> None:
    end_user(session, member, by=secretary.id, now=now)
    undo_of_user(session, newest(session, member), by=secretary.id, now=now)
    assert member.active
    key = start_session(session, member, now=now)
    undo_of_user(session, newest(session, member), by=secretary.id, now=now)
    assert not member.active
    assert user_of_session(session, key, now=now) is None
    let_back_in(session, member, by=secretary.id, now=now)
    assert newest(session, member).act == "let_back_in"


def test_nobody_undoes_his_own_nor_one_above(
    session: Session, owner: User, secretary: User, member: User, now: datetime
) -> None:
    change_role(session, member, Role.SECRETARY, by=owner.id, now=now)
    assert refused(session, member, by=member, now=now) == "own_account"
    change_role(session, member, Role.OWNER, by=owner.id, now=now)
    assert refused(session, member, by=secretary, now=now) == "above_you"
    change_role(session, member, Role.VOLUNTEER, by=owner.id, now=now)
    assert refused(session, member, by=secretary, now=now) == "above_you"  # it would make an owner
    with pytest.raises(NotAllowed):
        undo_of_user(session, newest(session, member), by=member.id, now=now)


def test_the_last_secretary_and_the_last_owner_stay(session: Session, member: User, now: datetime) -> None:
    change_role(session, member, Role.SECRETARY, by=None, now=now)
    assert refused(session, member, by=None, now=now) == "last_secretary"
    change_role(session, member, Role.OWNER, by=None, now=now)
    assert refused(session, member, by=None, now=now) == "last_owner"
    assert member.role == Role.OWNER
