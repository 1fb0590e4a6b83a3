"""*Nytt i arkivet* and the register of posts, as pages: what is copied, what is marked, and the way back."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from archive.access import ConsentDetails, Use, close_now, open_interview
from archive.chapters import ChapterDetails, add_chapter
from archive.database import Database
from archive.events import EventDetails, add_event
from archive.interviews import Access, Interview, InterviewDetails, add_interview
from archive.local_time import day_of
from archive.overview.news import Newsletter
from archive.overview.posts import SocialPost
from archive.units import UnitKind, find_unit
from tests.web.conftest import Browser

NOW = datetime.now(UTC)
TODAY = day_of(NOW)
PATH, POSTS = "/oversikt/nytt", "/oversikt/sosiale-medier"
HOSTILE = 'Kaia <script>alert("1")</script> & Co'


@pytest.fixture
def opened(database: Database) -> int:
    """An interview that was opened to all today, with a chapter; and an event for members."""
    with database.write() as session:
        details = InterviewDetails(title=HOSTILE, narrators=("Olga Oppdiktet",), summary="Om båten.")
        interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
        session.flush()
        consent = ConsentDetails("Olga Oppdiktet", Use.ALL, TODAY)
        open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=NOW)
        add_chapter(session, interview.id, ChapterDetails(61_000, "Fergeleiet"), by=None, now=NOW)
        add_event(session, EventDetails("Bare for medlemmer", "1976", access=Access.MEMBERS), by=None, now=NOW)
        session.commit()
        return interview.id


def copied(page: str, field: str) -> str:
    """What stands in a field that one copies."""
    found = re.search(rf'<textarea[^>]* id="{field}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return unescape(found[1]) if found else ""


def test_the_text_has_whole_links_and_the_html_is_safe(secretary: Browser, opened: int) -> None:
    page = secretary.get(PATH).text
    text, html = copied(page, "tekst"), copied(page, "html")
    assert f"http://localhost/intervju/{opened}\n" in text and f"/intervju/{opened}?t=61" in text
    assert f"Olga Oppdiktet: {HOSTILE}" in text and "Fergeleiet, 1:01" in text
    assert "<script" not in html and "&lt;script&gt;" in html and f'<a href="http://localhost/intervju/{opened}' in html
    assert "<script>alert" not in page
    assert "Bare for medlemmer" not in page
    members = secretary.get(f"{PATH}?for=members").text
    assert "Bare for medlemmer" in copied(members, "tekst") and "bare medlemmer ser" in members


def test_what_is_closed_is_gone_from_the_text_at_once(secretary: Browser, opened: int, database: Database) -> None:
    with database.write() as session:
        close_now(session, session.get_one(Interview, opened), by=None, now=NOW)
        session.commit()
    for audience in ("open", "members"):
        assert "Oppdiktet" not in secretary.get(f"{PATH}?for={audience}").text
    assert "Ingenting er åpnet" in secretary.get(PATH).text


def test_what_is_sent_is_not_told_again_until_it_is_undone(secretary: Browser, opened: int, database: Database) -> None:
    page = secretary.get(PATH).text
    form = dict(re.findall(r'type="hidden" name="(since|until|for)" value="([^"]+)"', page))
    assert set(form) == {"since", "until", "for"}
    assert secretary.post_form(PATH, form, page=PATH).status_code == 303
    again = secretary.get(PATH).text
    assert "Ingenting er åpnet" in again and "Sist sendt" in again
    history = secretary.get("/oversikt/historikk/nytt").text
    undo = re.findall(r'action="([^"]+/angre/\d+)"', history)[0]
    assert secretary.post_form(undo, page=PATH).status_code == 303
    assert "Oppdiktet" in secretary.get(PATH).text
    with database.read() as session:
        assert session.scalar(select(func.count(Newsletter.id))) == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("fra=31.02.2026", "ikke en dato vi forstår"),
        (f"til={TODAY + timedelta(days=2)}", "ikke slutte fram i tid"),
        (f"fra={TODAY}&til={TODAY - timedelta(days=3)}", "slutter før den begynner"),
    ],
)
def test_a_time_that_cannot_be_is_told(secretary: Browser, query: str, sentence: str) -> None:
    assert sentence in secretary.get(f"{PATH}?{query}").text


def test_a_forged_mark_is_refused(secretary: Browser) -> None:
    for since, until in (("", ""), ("2026-01-01", "tull"), (NOW.isoformat(), (NOW + timedelta(days=9)).isoformat())):
        answer = secretary.post_form(PATH, {"since": since, "until": until, "for": "open"}, page=PATH)
        assert answer.status_code == 422


def test_a_post_is_written_down_counted_changed_and_brought_back(
    secretary: Browser, opened: int, database: Database
) -> None:
    with database.read() as session:
        place = find_unit(session, "Snåsa", UnitKind.MUNICIPALITY)
        assert place is not None
    proposed = secretary.get(POSTS).text
    assert "nylig åpnet" in proposed and f"about=interview-{opened}" in proposed
    form = {
        "posted_on": TODAY.isoformat(),
        "unit_id": str(place.id),
        "channel": "facebook",
        "topic": "history",
        "title": "Om båten",
        "address": "eksempel.no/baten",
        "about": f"interview-{opened}",
    }
    for field, value, words in (
        ("posted_on", "", "hvilken dag"),
        ("unit_id", "", "Velg hvor innlegget er fra"),
        ("title", "", "Skriv kort"),
        ("address", "javascript:alert(1)", "ikke en nettadresse"),
        ("about", "interview-987654", "finnes ikke lenger"),
        ("about", "person-1", "finnes ikke lenger"),
    ):
        answer = secretary.post_form(f"{POSTS}/nytt", {**form, field: value}, page=f"{POSTS}/nytt")
        assert answer.status_code == 422 and words in answer.text, field
    assert secretary.post_form(f"{POSTS}/nytt", form, page=f"{POSTS}/nytt").status_code == 303
    page = secretary.get(POSTS).text
    assert re.search(r'<th scope="row">Innherred</th><td><b>1</b></td>', page)
    assert "nylig åpnet" not in page and "1 innlegg" in page
    with database.read() as session:
        number = session.scalars(select(SocialPost.id)).one()
    assert secretary.post_form(f"{POSTS}/{number}/ta-bort", page=f"{POSTS}/{number}").status_code == 303
    history = secretary.get("/oversikt/historikk/sosiale-medier").text
    undo = re.findall(r'action="([^"]+/angre/\d+)"', history)[0]
    assert secretary.post_form(undo, page=POSTS).status_code == 303
    assert "Om båten" in secretary.get(POSTS).text
    assert secretary.get("/oversikt/historikk/annet").status_code == 404
