"""*Brukere*: the secretary lets people in and ends it, within bounds; and the joint link."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from archive.accounts import Role, User
from archive.audit import AuditEvent
from archive.database import Database
from tests.web.conftest import Browser


def user_of(database: Database, username: str) -> User:
    with database.read() as session:
        return session.scalars(select(User).where(User.username == username)).one()


def act(browser: Browser, user: User, what: str, **typed: str) -> int:
    return browser.post_form(f"/brukere/{user.id}/{what}", typed, page="/brukere/ny").status_code


def test_a_person_is_added_and_gets_in_by_the_link_that_is_shown(app: Flask, secretary: Browser) -> None:
    typed = {"name": "Ny Frivillig", "role": "volunteer", "email": "ny@eksempel.no"}
    page = secretary.post_form("/brukere/ny", typed, page="/brukere/ny")
    link = re.search(r'value="http://localhost(/inn/[^"]+)"', page.text)
    assert link, page.text
    assert "Hei Ny Frivillig!" in page.text
    assert "Hjelpsom Hansen: 12 34 56 78" in page.text
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.post_form(link[1], page=link[1])
    assert "Ny Frivillig (frivillig)" in browser.get("/").text


def test_without_an_address_the_username_is_made_of_the_name(secretary: Browser, database: Database) -> None:
    for _ in range(2):
        secretary.post_form("/brukere/ny", {"name": "Åse Øvre Li", "role": "member"}, page="/brukere/ny")
    assert user_of(database, "åse.øvre.li").role is Role.MEMBER
    assert user_of(database, "åse.øvre.li2").name == "Åse Øvre Li"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "role": "member"}, "Skriv navnet."),
        ({"name": "Per", "role": ""}, "Velg hva personen skal kunne gjøre."),
        ({"name": "Per", "role": "visitor"}, "Velg hva personen skal kunne gjøre."),
        ({"name": "Per", "role": "member", "email": "per"}, "ikke en e-postadresse"),
        ({"name": "Per", "role": "member", "email": "SAMME@eksempel.no"}, "i bruk av en annen"),
        ({"name": "x" * 201, "role": "member"}, "for langt"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(
    secretary: Browser, typed: dict[str, str], said: str
) -> None:
    first = {"name": "Første", "role": "member", "email": "samme@eksempel.no"}
    secretary.post_form("/brukere/ny", first, page="/brukere/ny")
    answer = secretary.post_form("/brukere/ny", typed, page="/brukere/ny")
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["name"]}"' in answer.text or not typed["name"]


def test_only_an_owner_makes_owners(secretary: Browser, owner: Browser, database: Database) -> None:
    assert 'value="owner"' not in secretary.get("/brukere/ny").text
    typed = {"name": "Ny Eier", "role": "owner"}
    assert secretary.post_form("/brukere/ny", typed, page="/brukere/ny").status_code == 403
    member = user_of(database, "member")
    assert act(secretary, member, "rolle", role="owner") == 403
    assert user_of(database, "member").role is Role.MEMBER
    assert act(owner, member, "rolle", role="owner") == 302
    assert user_of(database, "member").role is Role.OWNER


def test_a_secretary_raises_nobody_above_and_touches_no_owner(secretary: Browser, database: Database) -> None:
    himself, owner = user_of(database, "secretary"), user_of(database, "owner")
    assert act(secretary, himself, "rolle", role="owner") == 403
    assert act(secretary, himself, "rolle", role="member") == 403
    assert act(secretary, himself, "avslutt") == 403
    for what in ("rolle", "avslutt", "lenke", "slipp-inn-igjen"):
        assert act(secretary, owner, what, role="member") == 403, what
    assert user_of(database, "owner").role is Role.OWNER


def test_the_last_owner_stays(owner: Browser, database: Database) -> None:
    assert act(owner, user_of(database, "owner"), "avslutt") == 403
    assert act(owner, user_of(database, "owner"), "rolle", role="member") == 403


def test_ending_an_account_logs_it_out_at_once(
    secretary: Browser, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    volunteer = browser_of(Role.VOLUNTEER)
    assert "(frivillig)" in volunteer.get("/").text
    assert act(secretary, user_of(database, "volunteer"), "avslutt") == 302
    assert "(frivillig)" not in volunteer.get("/").text
    assert "avsluttet" in secretary.get("/brukere").text
    assert act(secretary, user_of(database, "volunteer"), "slipp-inn-igjen") == 302
    assert "(frivillig)" not in volunteer.get("/").text


def test_acts_are_written_down(secretary: Browser, database: Database) -> None:
    act(secretary, user_of(database, "member"), "rolle", role="volunteer")
    with database.read() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.act, event.user_id) == ("changed_role", user_of(database, "secretary").id)


def test_a_person_who_is_not_there_is_a_page_that_is_not_there(secretary: Browser) -> None:
    assert secretary.get("/brukere/4711").status_code == 404
    assert secretary.get(f"/brukere/{10**12}").status_code == 404


def test_a_role_that_is_none_changes_nothing(secretary: Browser, database: Database) -> None:
    member = user_of(database, "member")
    answer = secretary.post_form(f"/brukere/{member.id}/rolle", {"role": "keiser"}, page=f"/brukere/{member.id}")
    assert answer.status_code == 400
    assert "Dette skjønte ikke arkivet" in answer.text


def test_a_role_is_undone_from_its_history_and_ones_own_is_not(
    secretary: Browser, owner: Browser, database: Database
) -> None:
    member = user_of(database, "member").id
    secretary.post_form(f"/brukere/{member}/rolle", {"role": "volunteer"}, page=f"/brukere/{member}")
    page = f"/brukere/{member}/historikk"
    told = secretary.get(page).text
    assert "<del>medlem</del> → frivillig" in told
    assert "Siri Sekretær" in told
    (address,) = re.findall(r'action="(/brukere/\d+/angre/\d+)"', told)
    assert secretary.post_form(address, page=page).status_code == 303
    assert user_of(database, "member").role == Role.MEMBER
    again = secretary.post_form(address, page=page)
    assert (again.status_code, "angret fra før" in again.text) == (409, True)
    mine = user_of(database, "secretary").id
    owner.post_form(f"/brukere/{mine}/rolle", {"role": "owner"}, page=f"/brukere/{mine}")
    (address,) = re.findall(r'action="(/brukere/\d+/angre/\d+)"', secretary.get(f"/brukere/{mine}/historikk").text)
    assert "kan bare en annen endre" in secretary.post_form(address, page=page).text
    assert secretary.post_form(address.replace(str(mine), str(member), 1), page=page).status_code == 404
