"""*Historikk* of an interview: told in words, undone with a button, and no wider for anybody than it should be."""

import re

import pytest
from flask import Flask
from sqlalchemy import event, select

from archive.access import Consent
from archive.accounts import Role, User
from archive.database import Database
from archive.interviews import Access, Interview, InterviewDetails, assign, change_details
from archive.row_history import RowChange
from tests.conftest import NOW
from tests.web.conftest import Browser
from tests.web.stories import open_to, person_with

DETAILS = {
    "title": "Blanketten og bussen",
    "narrators": "Ragnhild Oppdiktet",
    "interviewers": "Ida Intervjuer",
    "held_on": "2022-03-14",
    "place": "Snåsa",
    "language": "nn",
}


@pytest.fixture
def given(story: int, database: Database) -> int:
    """The interview, which the volunteer works on."""
    with database.write() as session:
        user = session.get_one(User, person_with(database, Role.VOLUNTEER))
        assign(session, session.get_one(Interview, story), user, by=None, now=NOW)
        session.commit()
    return story


def change(browser: Browser, story: int, **typed: str) -> None:
    path = f"/intervju/{story}/rediger"
    assert browser.post_form(path, {**DETAILS, **typed}, page=path).status_code == 302


def undo(browser: Browser, story: int, which: int = 0) -> tuple[int, str]:
    """Press one of the buttons on the page, from the top; the status, and where it led or what it said."""
    page = f"/intervju/{story}/historikk"
    buttons = re.findall(r'action="(/intervju/\d+/angre/\d+)"', browser.get(page).text)
    answer = browser.post_form(buttons[which], page=page)
    return answer.status_code, answer.text


def title_of(database: Database, story: int) -> str:
    with database.read() as session:
        return session.get_one(Interview, story).title


def test_a_volunteer_reads_what_was_changed_and_takes_it_back(
    given: int, volunteer: Browser, member: Browser, database: Database
) -> None:
    story = given
    change(volunteer, story)
    page = volunteer.get(f"/intervju/{story}/historikk").text
    for words in (
        "Endret opplysningene",
        "Frode Frivillig",
        "<del>Blanketten</del>",
        "Blanketten og bussen",
        "nynorsk",
    ):
        assert words in page
    assert "Historikk" in volunteer.get(f"/intervju/{story}").text
    assert member.get(f"/intervju/{story}/historikk").status_code == 403
    assert undo(volunteer, story)[0] == 303
    assert title_of(database, story) == "Blanketten"
    assert "Endringen er angret" in volunteer.get(f"/intervju/{story}/historikk").text


def test_what_was_changed_again_is_refused_with_a_sentence(story: int, secretary: Browser, database: Database) -> None:
    change(secretary, story)
    change(secretary, story, title="Noe annet")
    status, said = undo(secretary, story, 1)
    assert status == 409
    assert "Det samme er endret igjen siden" in said
    assert title_of(database, story) == "Noe annet"


def test_who_sees_it_is_the_secretarys_and_never_opens_without_a_consent(
    given: int, secretary: Browser, volunteer: Browser, visitor: Browser, database: Database
) -> None:
    story = given
    open_to(database, story, Access.OPEN)
    secretary.post_form(f"/intervju/{story}/lukk", page=f"/intervju/{story}/tilgang")
    page = secretary.get(f"/intervju/{story}/historikk").text
    for words in ("Lukket", "Åpnet", "Skrev inn et samtykke", "åpen for alle"):
        assert words in page
    assert "samtykke" not in volunteer.get(f"/intervju/{story}/historikk").text.split("<main")[1]
    with database.read() as session:
        closed = session.scalars(select(RowChange.id).where(RowChange.act == "closed")).one()
        consent = session.scalars(select(Consent.id)).one()
    address = f"/intervju/{story}/angre/{closed}"
    assert volunteer.post_form(address, page="/").status_code == 403
    secretary.post_form(f"/samtykke/{consent}/trekk", page=f"/intervju/{story}/tilgang")
    refused = secretary.post_form(address, page="/")
    assert refused.status_code == 409
    assert "finnes ikke noe samtykke" in refused.text
    assert "Trakk tilbake et samtykke fra Ragnhild Oppdiktet" in refused.text
    assert undo(secretary, story)[0] == 303  # the withdrawal was a mistake: the consent holds, and it is still closed
    assert visitor.get(f"/intervju/{story}").status_code == 404
    assert secretary.post_form(address, page="/").status_code == 303
    assert visitor.get(f"/intervju/{story}").status_code == 200


def test_an_interview_that_a_volunteer_does_not_see_has_no_history_for_him(story: int, volunteer: Browser) -> None:
    assert volunteer.get(f"/intervju/{story}/historikk").status_code == 404


def test_a_plan_has_a_history_that_every_volunteer_sees(volunteer: Browser, database: Database) -> None:
    typed = {"narrator": "Olga Oppdiktet", "haste": "2"}
    volunteer.post_form("/intervjuplan/ny", typed, page="/intervjuplan/ny")
    with database.read() as session:
        number = session.scalars(select(Interview.id)).one()
    volunteer.post_form(f"/intervjuplan/{number}/endre", {**typed, "haste": "1"}, page=f"/intervjuplan/{number}/endre")
    page = volunteer.get(f"/intervju/{number}/historikk").text
    assert "Haster nå" in page
    assert "Tilbake til planen" in page
    assert undo(volunteer, number)[0] == 303


def test_the_last_changes_undo_it_too(story: int, secretary: Browser, database: Database) -> None:
    change(secretary, story)
    page = secretary.get("/endringer").text
    assert "Opplysninger endret for" in page
    button = re.search(r'action="(/endringer/\d+/angre)"', page)
    assert button
    secretary.post_form(button[1], page="/endringer")
    assert title_of(database, story) == "Blanketten"


def test_as_many_questions_for_thirty_changes_as_for_three(
    story: int, secretary: Browser, database: Database, app: Flask
) -> None:
    engine = app.extensions["archive"].database.engine
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    counts = []
    secretary.get("/")
    for more in (3, 30):
        with database.write() as session:
            interview = session.get_one(Interview, story)
            for number in range(more):
                details = InterviewDetails("Ny tittel", ("Ragnhild Oppdiktet",), heard=(f"Oppdiktet {more} {number}",))
                change_details(session, interview, details, by=None, now=NOW)
            users = session.scalars(select(User.id)).all()
            for number, each in enumerate(session.scalars(select(RowChange).where(RowChange.thing == "interview"))):
                each.made_by_id = users[number % len(users)]
            session.commit()
        asked.clear()
        assert secretary.get(f"/intervju/{story}/historikk").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20
