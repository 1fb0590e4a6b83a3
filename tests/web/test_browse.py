"""The list of interviews, and what narrows it."""

import pytest

from archive.database import Database
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from tests.web.conftest import Browser
from tests.web.stories import NOW, open_to
from web.browse import NARROWED_FROM


def more_interviews(database: Database, count: int) -> None:
    with database.write() as session:
        for number in range(count):
            details = InterviewDetails(title=f"Nr. {number}", narrators=("Anna Oppdiktet",))
            add_interview(session, details, handed_in_by_id=None, now=NOW).status = Status.MACHINE_TEXT
        session.commit()


def test_the_list_shows_what_one_may_see_and_nothing_else(
    story: int, member: Browser, secretary: Browser, database: Database
) -> None:
    assert "Blanketten" not in member.get("/intervju").text
    assert "Ragnhild" not in member.get("/intervju").text  # not among the choices either
    assert "Blanketten" in secretary.get("/intervju").text
    open_to(database, story, Access.MEMBERS)
    page = member.get("/intervju").text
    for words in ("Blanketten", "Ragnhild Oppdiktet", "Namsos, 14. mars 2022", "40 s", "maskinell tekst", "1 intervju"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("sted=Namsos", True),
        ("sted=Oslo", False),
        ("ar=2022", True),
        ("ar=1999", False),
        ("lengde=short", True),
        ("lengde=long", False),
        ("tekst=machine_text", True),
        ("tekst=reviewed", False),
        ("forteller=99999", False),
        ("forteller=x&ar=x&lengde=x&tekst=x", True),  # what cannot be understood narrows nothing
    ],
)
def test_the_form_narrows_the_list(story: int, secretary: Browser, query: str, matches: bool) -> None:
    page = secretary.get(f"/intervju?{query}").text
    assert ("1 intervju" in page) == matches
    assert ("Ingen intervjuer passer" in page) != matches


def test_a_short_list_is_not_narrowed(story: int, secretary: Browser, database: Database) -> None:
    more_interviews(database, NARROWED_FROM - 2)
    assert "Avgrens" not in secretary.get("/intervju").text
    assert "Avgrens" in secretary.get("/intervju?sted=Namsos").text
    more_interviews(database, 1)
    assert "Avgrens" in secretary.get("/intervju").text


def test_a_narrator_can_be_chosen(story: int, secretary: Browser, database: Database) -> None:
    more_interviews(database, NARROWED_FROM - 1)
    page = secretary.get("/intervju").text
    value = page.split('">Ragnhild Oppdiktet</option>')[0].rsplit('value="', 1)[1]
    chosen = secretary.get(f"/intervju?forteller={value}").text
    assert f'value="{value}" selected' in chosen
    assert "Blanketten" in chosen


def test_an_empty_list_says_what_to_do(visitor: Browser, member: Browser, volunteer: Browser) -> None:
    assert "logge inn" in visitor.get("/intervju").text
    assert "når den som forteller, har sagt ja" in member.get("/intervju").text
    assert 'href="/lever"' in volunteer.get("/intervju").text


def test_planned_interviews_are_in_the_plan_and_not_in_the_list(
    story: int, secretary: Browser, database: Database
) -> None:
    with database.write() as session:
        session.get_one(Interview, story).status = Status.PLANNED
        session.commit()
    assert "Blanketten" not in secretary.get("/intervju").text
