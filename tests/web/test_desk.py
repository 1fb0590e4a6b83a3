"""*Skrivebord*: what waits lies there, the oldest first, and goes when it is done; *Jeg vil bidra* lands there."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from archive.contributions import MOST_AN_HOUR, Contribution
from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.joining import JoinLink, JoinRequest
from archive.local_time import day_of
from archive.records import RecordVersion
from tests.web.conftest import Browser
from tests.web.on_the_desk import fill
from tests.web.stories import open_to
from web.contributing import begun

TODAY = day_of(datetime.now(UTC))
TOLD = "Det var min far som bygde huset på kaia."


@pytest.fixture
def stamp(app: Flask) -> str:
    """What a form carries that was opened ten seconds ago."""
    with app.app_context():
        return begun(datetime.now(UTC) - timedelta(seconds=10))


def tell(browser: Browser, stamp: str, **more: str) -> str:
    """Send the form; what the page says after it."""
    answer = browser.post_form("/bidra", {"text": TOLD, "begun": stamp, **more}, page="/bidra", follow_redirects=True)
    return answer.text


def pile(page: str, slug: str) -> str:
    """One pile of the desk."""
    found = re.search(rf'aria-labelledby="{slug}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_an_empty_desk_says_so_kindly(secretary: Browser) -> None:
    page = secretary.get("/skrivebord").text
    assert "Skrivebordet er tomt" in page
    assert "Se hva som venter" in secretary.get("/").text


@pytest.mark.parametrize(
    "path", ["/skrivebord", "/skrivebord/bidrag", "/skrivebord/bidrag/ferdig", "/skrivebord/bidrag/1"]
)
def test_only_the_secretary_sits_at_it(volunteer: Browser, visitor: Browser, path: str) -> None:
    assert volunteer.get(path).status_code == 403
    assert visitor.get(path).status_code == 302


def test_what_waits_is_there_with_calls_for_help_first(database: Database, secretary: Browser) -> None:
    fill(database, 6)
    page = secretary.get("/skrivebord").text
    slugs = re.findall(r'<section class="card pile[^>]*aria-labelledby="([^"]+)"', page)
    assert slugs[0] == "hjelp"
    assert {
        "bidrag", "vil-inn", "frister", "samtykker-som-gar-ut", "uten-samtykke", "nye-opptak", "gikk-ikke",
        "uleste-dokumenter", "foreslatte-hendelser", "tvilsomme-navn", "mangler-i-arshjulet",
    } <= set(slugs)  # fmt: skip
    events = pile(page, "foreslatte-hendelser")
    assert events.index("Hendelse 0") < events.index("Hendelse 3")
    assert "Hendelse 5" not in events
    assert "Se alle 6" in events
    assert "2 sider" in pile(page, "uleste-dokumenter")
    whole = secretary.get("/skrivebord/foreslatte-hendelser").text
    assert "Hendelse 5" in whole


def test_every_paper_leads_to_a_page(database: Database, secretary: Browser) -> None:
    fill(database, 2)
    links = set(re.findall(r'<li><a href="([^"]+)"', secretary.get("/skrivebord").text))
    assert len(links) > 12
    for link in links:
        assert secretary.get(link).status_code == 200, link


def test_as_many_questions_whatever_waits(database: Database, secretary: Browser, app: Flask) -> None:
    engine = app.extensions["archive"].database.engine
    asked: list[str] = []
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    counts = []
    for more in (2, 40):
        fill_again(database, more)
        for path in ("/skrivebord", "/skrivebord/tvilsomme-navn", "/"):
            secretary.get(path)
            asked.clear()
            assert secretary.get(path).status_code == 200
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
    assert counts[0] < 50


def fill_again(database: Database, count: int) -> None:
    with database.write() as session:
        session.query(JoinRequest).delete()
        session.query(JoinLink).delete()
        session.query(RecordVersion).delete()
        session.commit()
    fill(database, count)


def test_a_visitor_tells_what_he_knows_and_the_secretary_answers(
    visitor: Browser, secretary: Browser, stamp: str, story: int, database: Database
) -> None:
    open_to(database, story, Access.OPEN)
    assert f'href="/bidra/intervju/{story}"' in visitor.get(f"/intervju/{story}").text
    form = visitor.get(f"/bidra/intervju/{story}?t=24").text
    assert 'value="0:24"' in form
    about = {"om": f"interview:{story}:24000:", "sted": "0:30", "name": "Nora Nabo", "contact": "12 34 56 78"}
    assert "Takk!" in tell(visitor, stamp, **about)
    assert TOLD in pile(secretary.get("/skrivebord").text, "bidrag")
    (path,) = re.findall(r'href="(/skrivebord/bidrag/\d+)"', secretary.get("/skrivebord").text)
    page = secretary.get(path).text
    for said in (TOLD, "Nora Nabo", "12 34 56 78", f'href="/intervju/{story}?t=30"'):
        assert said in page
    secretary.post_form(path, {"state": "answered", "reply": "Ringt og takket."}, page=path)
    assert not pile(secretary.get("/skrivebord").text, "bidrag")
    page = secretary.get(path).text
    assert "Ringt og takket." in page
    assert TOLD in secretary.get("/skrivebord/bidrag/ferdig").text
    undo = re.search(rf'action="({path}/angre/\d+)"', page)
    assert undo
    assert secretary.post_form(undo[1], page=path).status_code == 303
    assert TOLD in pile(secretary.get("/skrivebord").text, "bidrag")
    with database.read() as session:
        assert session.scalars(select(Contribution.reply)).one() == ""


def test_a_robot_is_kept_out_and_a_person_loses_nothing(
    visitor: Browser, stamp: str, app: Flask, database: Database
) -> None:
    with app.app_context():
        fresh = begun(datetime.now(UTC))
    for wrong in ({"begun": fresh}, {"begun": "tull"}, {"begun": stamp, "nettside": "http://spam.example"}):
        answer = visitor.post_form("/bidra", {"text": TOLD, **wrong}, page="/bidra")
        assert answer.status_code == 422
        assert TOLD in answer.text
    assert visitor.post("/bidra", data={"text": TOLD, "begun": stamp}).status_code == 400  # no proof of our own form
    assert "Skriv det du vet" in tell(visitor, stamp, text="   ")
    with database.read() as session:
        assert session.scalars(select(Contribution)).all() == []


def test_nobody_fills_the_desk(visitor: Browser, member: Browser, stamp: str) -> None:
    for _ in range(MOST_AN_HOUR):
        assert "Takk!" in tell(visitor, stamp)
    answer = visitor.post_form("/bidra", {"text": TOLD, "begun": stamp}, page="/bidra")
    assert answer.status_code == 429
    assert TOLD in answer.text
    assert "Takk!" in tell(member, stamp)


def test_what_is_closed_is_not_told_about(visitor: Browser, stamp: str, story: int) -> None:
    assert visitor.get(f"/bidra/intervju/{story}").status_code == 404
    about = {"text": TOLD, "begun": stamp, "om": f"interview:{story}::"}
    assert visitor.post_form("/bidra", about, page="/bidra").status_code == 404
    assert visitor.get("/bidra/ledd/1").status_code == 404


def test_an_interview_leaves_when_it_is_dealt_with(secretary: Browser, database: Database, story: int) -> None:
    page = secretary.get("/skrivebord").text
    assert "Blanketten" in pile(page, "nye-opptak")
    assert "Blanketten" in pile(page, "uten-samtykke")
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        session.get_one(Interview, story).status = Status.IN_REVIEW
        session.commit()
    page = secretary.get("/skrivebord").text
    assert "Blanketten" not in page
