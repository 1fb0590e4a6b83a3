from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import accounts
from archive.accounts import (
    LoginLink,
    Role,
    User,
    add_user,
    change_role,
    end_user,
    find_user,
    first_run_code,
    let_back_in,
    make_login_link,
    make_owner,
    read_login_link,
    use_login_link,
)
from archive.audit import AuditEvent
from archive.database import Database
from archive.errors import BadInput, LinkSpent, NotAllowed
from archive.logins import start_session, user_of_session


def test_each_role_includes_the_ones_before_it() -> None:
    roles = [Role.VISITOR, Role.MEMBER, Role.VOLUNTEER, Role.SECRETARY, Role.OWNER]
    for n, role in enumerate(roles):
        assert [role.at_least(other) for other in roles] == [True] * (n + 1) + [False] * (4 - n)


def test_a_username_is_found_however_it_is_typed(session: Session, now: datetime) -> None:
    made = {"role": Role.MEMBER, "email": "Kari.Oye@example.no", "now": now, "by": None}
    kari = add_user(session, name=" Kari  Øye ", username=" Kari Øye", **made)
    assert (kari.name, kari.username) == ("Kari Øye", "kari øye")
    assert find_user(session, "KARI  ØYE") is kari
    assert find_user(session, "kari.oye@EXAMPLE.no") is kari
    assert find_user(session, "kari") is None


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"name": " "}, "name", "empty"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"username": ""}, "username", "empty"),
        ({"username": "SIRI.sekretær"}, "username", "taken"),
        ({"email": "Siri@Example.org"}, "email", "taken"),
        ({"role": Role.VISITOR}, "role", "unknown"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    session: Session, secretary: User, now: datetime, values: dict[str, object], field: str, problem: str
) -> None:
    secretary.email = "siri@example.org"
    given = {"name": "Ny", "username": "ny", "role": Role.MEMBER, **values}
    with pytest.raises(BadInput) as raised:
        add_user(session, now=now, by=None, **given)  # type: ignore[arg-type]
    assert (raised.value.field, raised.value.problem) == (field, problem)


def test_nobody_reaches_above_his_own_role(
    session: Session, now: datetime, owner: User, secretary: User, volunteer: User, member: User
) -> None:
    for by in (volunteer, member):
        with pytest.raises(NotAllowed):
            add_user(session, name="N", username="n", role=Role.MEMBER, now=now, by=by.id)
        with pytest.raises(NotAllowed):
            make_login_link(session, member, made_by_id=by.id, now=now)
    with pytest.raises(NotAllowed):
        add_user(session, name="N", username="n", role=Role.OWNER, now=now, by=secretary.id)
    for forbidden in (
        lambda: change_role(session, secretary, Role.OWNER, by=secretary.id, now=now),
        lambda: change_role(session, owner, Role.MEMBER, by=secretary.id, now=now),
        lambda: end_user(session, owner, by=secretary.id, now=now),
        lambda: make_login_link(session, owner, made_by_id=secretary.id, now=now),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    add_user(session, name="N", username="n", role=Role.SECRETARY, now=now, by=secretary.id)
    change_role(session, member, Role.VOLUNTEER, by=secretary.id, now=now)
    assert member.role == Role.VOLUNTEER


def test_one_who_has_ended_gives_nothing(session: Session, now: datetime, secretary: User, member: User) -> None:
    end_user(session, secretary, by=None, now=now)
    with pytest.raises(NotAllowed):
        make_login_link(session, member, made_by_id=secretary.id, now=now)


def test_the_last_owner_stays(session: Session, now: datetime, owner: User, secretary: User) -> None:
    with pytest.raises(NotAllowed):
        end_user(session, owner, by=None, now=now)
    with pytest.raises(NotAllowed):
        change_role(session, owner, Role.MEMBER, by=owner.id, now=now)
    change_role(session, secretary, Role.OWNER, by=owner.id, now=now)
    end_user(session, owner, by=secretary.id, now=now)
    assert not owner.active


def test_an_ended_account_is_out_at_once_and_for_good(session: Session, now: datetime, member: User) -> None:
    key, before = start_session(session, member, now=now), member.fs_uniquifier
    link = make_login_link(session, member, made_by_id=None, now=now)
    end_user(session, member, by=None, now=now)
    assert user_of_session(session, key, now=now) is None
    assert member.fs_uniquifier != before
    with pytest.raises(LinkSpent):
        use_login_link(session, link, now=now)
    with pytest.raises(NotAllowed):
        make_login_link(session, member, made_by_id=None, now=now)
    let_back_in(session, member, by=None, now=now)
    assert user_of_session(session, key, now=now) is None
    with pytest.raises(LinkSpent):
        use_login_link(session, link, now=now)
    assert make_login_link(session, member, made_by_id=None, now=now)


def test_a_link_lets_one_person_in_once(session: Session, now: datetime, secretary: User, member: User) -> None:
    token = make_login_link(session, member, made_by_id=secretary.id, now=now)
    assert read_login_link(session, token, now=now) is member
    assert read_login_link(session, token, now=now) is member  # looking does not use it up
    assert use_login_link(session, token, now=now) is member
    for look in (read_login_link, use_login_link):
        with pytest.raises(LinkSpent) as raised:
            look(session, token, now=now)
        assert raised.value.reason == "used"


def test_a_link_lives_seven_days(session: Session, now: datetime, member: User) -> None:
    token = make_login_link(session, member, made_by_id=None, now=now)
    assert read_login_link(session, token, now=now + timedelta(days=7) - timedelta(seconds=1)) is member
    with pytest.raises(LinkSpent) as raised:
        use_login_link(session, token, now=now + timedelta(days=7))
    assert raised.value.reason == "expired"


def test_a_new_link_ends_the_one_before(session: Session, now: datetime, member: User) -> None:
    first = make_login_link(session, member, made_by_id=None, now=now)
    second = make_login_link(session, member, made_by_id=None, now=now)
    with pytest.raises(LinkSpent):
        use_login_link(session, first, now=now)
    assert use_login_link(session, second, now=now) is member


@pytest.mark.parametrize("token", ["", "feil", "æøå", "\x00", "\ud800", "x" * 10_000])
def test_a_link_that_was_never_made_is_wrong(session: Session, now: datetime, token: str) -> None:
    with pytest.raises(LinkSpent) as raised:
        read_login_link(session, token, now=now)
    assert raised.value.reason == "wrong"


def test_the_database_holds_no_link_that_works(session: Session, now: datetime, member: User) -> None:
    token = make_login_link(session, member, made_by_id=None, now=now)
    row = session.scalars(select(LoginLink)).one()
    assert token not in (row.token_sha256, str(row.id))


def test_of_two_browsers_with_one_link_one_gets_in(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        user = add_user(session, name="M", username="m", role=Role.MEMBER, now=now, by=None)
        token = make_login_link(session, user, made_by_id=None, now=now)
        session.commit()
    together, outcomes = Barrier(2), []

    def browser() -> None:
        with each_database.write() as session:
            together.wait()
            try:
                use_login_link(session, token, now=now)
                session.commit()
                outcomes.append("in")
            except LinkSpent as spent:
                outcomes.append(spent.reason)

    threads = [Thread(target=browser) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "used"]


def test_the_first_owner_needs_the_newest_code(session: Session, now: datetime) -> None:
    old = first_run_code(session, now=now)
    new = first_run_code(session, now=now)
    assert old and new and old != new and len(new) == 9
    for wrong in (old, "", "XXXX-XXXX"):
        with pytest.raises(LinkSpent) as raised:
            make_owner(session, code=wrong, name="Eva", username="eva", password_hash="h", now=now)
        assert raised.value.reason == "wrong"
    typed = f" {new[:4].lower()} {new[5:].lower()} "
    eva = make_owner(session, code=typed, name="Eva", username="eva", password_hash="h", now=now)
    assert (eva.role, eva.password) == (Role.OWNER, "h")
    assert first_run_code(session, now=now) is None
    with pytest.raises(LinkSpent) as raised:
        make_owner(session, code=new, name="Adam", username="adam", password_hash="h", now=now)
    assert raised.value.reason == "used"


def test_a_mistake_in_the_form_does_not_cost_the_code(session: Session, now: datetime) -> None:
    code = first_run_code(session, now=now) or ""
    with pytest.raises(BadInput):
        make_owner(session, code=code, name="", username="eva", password_hash="h", now=now)
    assert make_owner(session, code=code, name="Eva", username="eva", password_hash="h", now=now)


def test_of_two_first_owners_there_is_one(each_database: Database, now: datetime) -> None:
    with each_database.write() as session:
        code = first_run_code(session, now=now) or ""
        session.commit()
    together, outcomes = Barrier(2), []

    def person(name: str) -> None:
        with each_database.write() as session:
            together.wait()
            try:
                make_owner(session, code=code, name=name, username=name, password_hash="h", now=now)
                session.commit()
                outcomes.append("owner")
            except LinkSpent:
                outcomes.append("refused")

    threads = [Thread(target=person, args=(name,)) for name in ("eva", "adam")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["owner", "refused"]


def test_what_is_done_with_accounts_is_written_down(session: Session, now: datetime, secretary: User) -> None:
    user = add_user(session, name="N", username="n", role=Role.MEMBER, now=now, by=secretary.id)
    make_login_link(session, user, made_by_id=secretary.id, now=now)
    change_role(session, user, Role.VOLUNTEER, by=secretary.id, now=now)
    end_user(session, user, by=secretary.id, now=now)
    events = session.scalars(select(AuditEvent).where(AuditEvent.thing_id == str(user.id)).order_by(AuditEvent.id))
    acts = [(each.act, each.user_id) for each in events]
    wanted = ("added_user", "made_login_link", "changed_role", "ended_user")
    assert acts == [(act, secretary.id) for act in wanted]


def test_the_signs_of_a_code_are_not_mistaken_for_one_another() -> None:
    assert not set(accounts._CODE_SIGNS) & set("01IO")
