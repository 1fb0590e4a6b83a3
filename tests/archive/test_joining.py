from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import Role, User, end_user
from archive.errors import BadInput, LinkSpent, NotAllowed, NotFound
from archive.joining import (
    answer_join_request,
    ask_to_join,
    claim_join,
    current_join_link,
    join_answer,
    make_join_link,
    open_join_requests,
    revoke_join_link,
)


@pytest.fixture
def token(session: Session, secretary: User, now: datetime) -> str:
    """The joint link that the secretary has made."""
    return make_join_link(session, made_by_id=secretary.id, now=now).token


def test_whoever_follows_the_link_waits_for_a_yes(session: Session, secretary: User, token: str, now: datetime) -> None:
    secret = ask_to_join(session, token, name=" Nils  Ny ", contact="nils@example.org", now=now)
    (request,) = open_join_requests(session)
    assert (request.name, request.contact) == ("Nils Ny", "nils@example.org")
    assert join_answer(session, secret) == "waiting"
    with pytest.raises(LinkSpent):
        claim_join(session, secret, now=now)
    answer_join_request(session, request.id, yes=True, by_id=secretary.id, now=now)
    assert open_join_requests(session) == []
    assert join_answer(session, secret) == "yes"
    nils = claim_join(session, secret, now=now)
    assert (nils.name, nils.username, nils.role) == ("Nils Ny", "nils@example.org", Role.MEMBER)
    with pytest.raises(LinkSpent) as raised:
        claim_join(session, secret, now=now)
    assert raised.value.reason == "used"


def test_a_no_makes_no_account(session: Session, secretary: User, token: str, now: datetime) -> None:
    secret = ask_to_join(session, token, name="Per Påtrengende", contact="", now=now)
    (request,) = open_join_requests(session)
    answer_join_request(session, request.id, yes=False, by_id=secretary.id, now=now)
    assert join_answer(session, secret) == "no"
    with pytest.raises(LinkSpent):
        claim_join(session, secret, now=now)


def test_the_first_answer_stands(session: Session, secretary: User, token: str, now: datetime) -> None:
    secret = ask_to_join(session, token, name="Per", contact="", now=now)
    (request,) = open_join_requests(session)
    answer_join_request(session, request.id, yes=False, by_id=secretary.id, now=now)
    for number in (request.id, 4711, 10**30):
        with pytest.raises(NotFound):
            answer_join_request(session, number, yes=True, by_id=secretary.id, now=now)
    assert join_answer(session, secret) == "no"


def test_a_yes_is_worth_nothing_when_the_account_has_ended(
    session: Session, secretary: User, token: str, now: datetime
) -> None:
    secret = ask_to_join(session, token, name="Per", contact="", now=now)
    (request,) = open_join_requests(session)
    answer_join_request(session, request.id, yes=True, by_id=secretary.id, now=now)
    user = session.get(User, request.user_id)
    assert user is not None
    end_user(session, user, by=secretary.id, now=now)
    with pytest.raises(LinkSpent) as raised:
        claim_join(session, secret, now=now)
    assert raised.value.reason == "revoked"


def test_people_of_one_name_get_usernames_of_their_own(
    session: Session, secretary: User, token: str, now: datetime
) -> None:
    usernames = []
    for _ in range(3):
        secret = ask_to_join(session, token, name="Kari Nordmann", contact="90 00 00 00", now=now)
        (request,) = open_join_requests(session)
        answer_join_request(session, request.id, yes=True, by_id=secretary.id, now=now)
        usernames.append(claim_join(session, secret, now=now).username)
    assert usernames == ["kari.nordmann", "kari.nordmann2", "kari.nordmann3"]


def test_a_new_link_ends_the_one_before(session: Session, secretary: User, token: str, now: datetime) -> None:
    new = make_join_link(session, made_by_id=secretary.id, now=now)
    assert current_join_link(session) is new
    with pytest.raises(LinkSpent) as raised:
        ask_to_join(session, token, name="Per", contact="", now=now)
    assert raised.value.reason == "revoked"
    assert ask_to_join(session, new.token, name="Per", contact="", now=now)
    revoke_join_link(session, by_id=secretary.id, now=now)
    assert current_join_link(session) is None
    assert len(open_join_requests(session)) == 1  # who asked before still waits


@pytest.mark.parametrize(
    ("name", "contact", "field"), [("", "", "name"), ("x" * 201, "", "name"), ("P", "x" * 321, "contact")]
)
def test_a_request_that_cannot_be_kept_is_refused(
    session: Session, token: str, now: datetime, name: str, contact: str, field: str
) -> None:
    with pytest.raises(BadInput) as raised:
        ask_to_join(session, token, name=name, contact=contact, now=now)
    assert raised.value.field == field


def test_secrets_that_nobody_got_are_wrong(session: Session, now: datetime) -> None:
    for look in (lambda: join_answer(session, "x"), lambda: claim_join(session, "x", now=now)):
        with pytest.raises(LinkSpent) as raised:
            look()
        assert raised.value.reason == "wrong"
    with pytest.raises(LinkSpent):
        ask_to_join(session, "x", name="Per", contact="", now=now)


def test_only_the_secretary_has_a_say(session: Session, volunteer: User, token: str, now: datetime) -> None:
    ask_to_join(session, token, name="Per", contact="", now=now)
    (request,) = open_join_requests(session)
    for forbidden in (
        lambda: make_join_link(session, made_by_id=volunteer.id, now=now),
        lambda: revoke_join_link(session, by_id=volunteer.id, now=now),
        lambda: answer_join_request(session, request.id, yes=True, by_id=volunteer.id, now=now),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
