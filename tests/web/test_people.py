"""*Folk*: the list, a person's page, the secretary's form, and merging two who were one."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event, select

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview, Participation
from archive.names import NameSuggestion, SuggestionState
from archive.people import Person, find_or_add_person
from archive.transcripts import Segment
from tests.web.conftest import Browser
from tests.web.stories import NOW, open_to

KARI = {
    "name": "Kari Oppdiktet",
    "born": "ca. 1931",
    "died": "våren 2004",
    "former": "Kari Tidligere\nKari Enda Før",
    "nicknames": "Kaia",
    "spellings": "",
    "note": "Lærer i Verran.",
}


@pytest.fixture
def narrator(story: int, database: Database) -> int:
    """The number of the one who tells in the story."""
    return numbered(database, "Ragnhild Oppdiktet")


def numbered(database: Database, name: str) -> int:
    with database.read() as session:
        return session.scalars(select(Person.id).where(Person.name == name)).one()


def add(secretary: Browser, **changes: str) -> str:
    answer = secretary.post_form("/folk/ny", {**KARI, **changes}, page="/folk/ny")
    assert answer.status_code == 303, answer.text
    return answer.location


def test_an_empty_register_says_what_to_do(secretary: Browser, member: Browser, visitor: Browser) -> None:
    assert "Legg til en person" in secretary.get("/folk").text
    assert "Her står de som forteller i intervjuene du kan se" in member.get("/folk").text
    assert "Logg inn" in visitor.get("/folk").text


def test_the_secretary_writes_everything_down_and_changes_it(secretary: Browser) -> None:
    page = secretary.get(add(secretary)).text
    names = ("Kari Oppdiktet", "Kari Tidligere, Kari Enda Før", "Kaia")
    for words in (*names, "ca. 1931", "våren 2004", "Lærer i Verran."):
        assert words in page
    address = re.search(r"/folk/\d+/endre", page)[0]  # type: ignore[index]
    form = secretary.get(address).text
    assert 'value="ca. 1931"' in form
    assert "Kari Tidligere\nKari Enda Før</textarea>" in form
    answer = secretary.post_form(address, {**KARI, "name": "Kari Ny", "died": "2004"}, page=address)
    assert answer.status_code == 303
    assert "<h1>Kari Ny</h1>" in secretary.get(answer.location).text
    history = address.replace("endre", "historikk")
    page = secretary.get(history).text
    for told in ("<del>Kari Oppdiktet</del> → Kari Ny", "<del>våren 2004</del> → 2004", "<dd>Kari Tidligere</dd>"):
        assert told in page
    changed, added = re.findall(r'action="(/folk/\d+/angre/\d+)"', page)
    undone = secretary.post_form(changed, page=history)
    page = secretary.get(undone.location).text
    assert "Det er angret." in page
    assert "<h1>Kari Oppdiktet</h1>" in secretary.get(address.removesuffix("/endre")).text
    assert page.count('<span class="tag">angret</span>') == 1
    assert "Dette er angret fra før" in secretary.post_form(changed, page=history, follow_redirects=True).text
    assert "Personen er tatt bort" in secretary.post_form(added, page=history, follow_redirects=True).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(secretary: Browser) -> None:
    for field, typed, said in (
        ("born", "31.02.1931", "Den dagen finnes ikke i kalenderen"),
        ("born", "våren 24", "fire sifre"),
        ("died", "1930", "før fødselen"),
        ("name", " ", "Skriv navnet."),
    ):
        page = secretary.post_form("/folk/ny", {**KARI, field: typed}, page="/folk/ny")
        assert page.status_code == 422
        assert said in page.text
        assert "Lærer i Verran." in page.text
    assert "Kari" not in secretary.get("/folk").text


def test_what_is_typed_is_text(secretary: Browser) -> None:
    page = secretary.get(add(secretary, name="<b>Per</b>", note="<script>x</script>")).text
    assert "<b>Per</b>" not in page
    assert "<script>x" not in page


def test_only_the_secretary_writes(volunteer: Browser, narrator: int) -> None:
    for path in ("/folk/ny", f"/folk/{narrator}/endre", f"/folk/{narrator}/sla-sammen", "/tabell/folk"):
        assert volunteer.get(path).status_code == 403
        assert volunteer.post_form(path, KARI, page="/folk").status_code in (403, 405)


def test_people_are_found_by_how_they_sound(secretary: Browser) -> None:
    add(secretary, name="Kari Kristiansen", former="")
    add(secretary, name="Ola Berg", former="Ola Haugen", nicknames="")
    assert "Kari Kristiansen" in secretary.get("/folk?navn=Christjansen").text
    assert "Ola Berg" in secretary.get("/folk?navn=haug").text
    nobody = secretary.get("/folk?navn=Zzyzx").text
    assert "Prøv med bare etternavnet" in nobody
    assert "/folk/ny?navn=Zzyzx" in nobody


def test_many_people_stand_a_letter_at_a_time(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.add_all(Person(name=f"Per {letter}by{n}") for letter in "ABCÅ" for n in range(20))
        session.commit()
    first, last = secretary.get("/folk").text, secretary.get("/folk?bokstav=Å").text
    assert "Per Aby1" in first
    assert "Per Bby1" not in first
    assert "Per Åby1" in last
    assert secretary.get("/folk?bokstav=Q").status_code == 200


def test_a_persons_page_shows_where_they_speak_and_are_named(
    secretary: Browser, story: int, narrator: int, database: Database
) -> None:
    with database.write() as session:
        line = session.scalars(select(Segment).where(Segment.interview_id == story).limit(1)).one()
        session.add(
            NameSuggestion(
                interview_id=story, segment_id=line.id, first_word=0, last_word=0, heard="x", kind="person",
                name="Ragnhild Oppdiktet", score=1.0, state=SuggestionState.ACCEPTED, decided_at=NOW,
            )
        )  # fmt: skip
        session.commit()
    page = secretary.get(f"/folk/{narrator}").text
    assert "Taler her" in page
    assert "forteller" in page
    assert "snakker i" in page
    assert "Omtalt her" in page
    assert f'href="/intervju/{story}"' in page
    assert f'href="/folk/{narrator}"' in secretary.get(f"/intervju/{story}").text


def test_a_closed_interview_never_leaks_through_a_persons_page(
    browser_of: Callable[[Role], Browser], story: int, narrator: int, database: Database
) -> None:
    member, visitor = browser_of(Role.MEMBER), browser_of(Role.VISITOR)
    for browser in (member, visitor):
        assert browser.get(f"/folk/{narrator}").status_code == 404
        assert "Ragnhild" not in browser.get("/folk?navn=Ragnhild").text.replace('value="Ragnhild"', "").replace(
            "«Ragnhild»", ""
        )
    open_to(database, story, Access.MEMBERS)
    assert "Blanketten" in member.get(f"/folk/{narrator}").text
    assert visitor.get(f"/folk/{narrator}").status_code == 404
    open_to(database, story, Access.OPEN)
    page = visitor.get(f"/folk/{narrator}").text
    assert "Blanketten" in page
    assert "Endre" not in page
    assert "Ragnhild Oppdiktet" in visitor.get("/folk").text


def test_two_are_merged_with_a_preview_and_made_two_again(
    secretary: Browser, member: Browser, story: int, narrator: int, database: Database
) -> None:
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        double = find_or_add_person(session, "Ragnhild Opdiktet")
        interview = session.get_one(Interview, story)
        interview.participations.append(Participation(part=interview.participations[0].part, person=double))
        session.flush()
        session.execute(Segment.__table__.update().where(Segment.start_ms == 6_000).values(speaker_id=double.id))  # type: ignore[attr-defined]
        session.commit()
        gone = double.id
    assert "Ragnhild Opdiktet" in secretary.get(f"/folk/{narrator}/sla-sammen").text
    page = secretary.get(f"/folk/{narrator}/sla-sammen?med={gone}").text
    assert "1 linje som personen sier" in page
    assert "Begge står i 1 intervju med samme rolle" in page
    answer = secretary.post_form(
        f"/folk/{narrator}/sla-sammen", {"med": str(gone), "name_is": "spelling"}, page=f"/folk/{narrator}/endre"
    )
    assert answer.location == f"/folk/{narrator}"
    old_link = member.get(f"/folk/{gone}")
    assert (old_link.status_code, old_link.location) == (302, f"/folk/{narrator}")
    page = secretary.get(f"/folk/{narrator}").text
    assert "er nå én person" in page
    assert "Også skrevet" in page
    assert page.count("Blanketten") == 1
    undo = re.search(r"/folk/\d+/skill-igjen/\d+", page)[0]  # type: ignore[index]
    assert secretary.post_form(undo, page=f"/folk/{narrator}/endre").status_code == 303
    assert "to personer igjen" in secretary.get(f"/folk/{narrator}").text
    assert secretary.get(f"/folk/{gone}").status_code == 200
    assert "angret" in secretary.get(secretary.post_form(undo, page=f"/folk/{narrator}/endre").location).text
    for wrong in ("x", "999", str(narrator)):
        answer = secretary.get(f"/folk/{narrator}/sla-sammen?med={wrong}")
        assert answer.status_code in (302, 404)


@pytest.mark.parametrize("count", [2, 40])
def test_a_persons_page_asks_no_more_for_much(secretary: Browser, database: Database, count: int) -> None:
    with database.write() as session:
        person = find_or_add_person(session, "Per Mangesteds")
        for number in range(count):
            interview = Interview(title=f"Samtale {number}", made_at=NOW, held_on=date(2020, 1, 1), status="in_review")
            interview.segments.append(Segment(speaker=person, start_ms=0, end_ms=5_000, text="Ja."))
            session.add(interview)
        session.commit()
        number = person.id
    secretary.get(f"/folk/{number}")
    asked: list[str] = []
    engine = secretary.application.extensions["archive"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    page = secretary.get(f"/folk/{number}").text
    assert page.count("snakker i") == count
    assert len(asked) <= 20, asked


def test_who_was_entered_by_mistake_is_removed_and_comes_back(secretary: Browser, volunteer: Browser) -> None:
    person = add(secretary, name="Kari Feil")
    page = f"{person}/fjern"
    assert page in secretary.get(person).text
    assert volunteer.get(page).status_code == 403
    assert "Fjern personen" in secretary.get(page).text
    answer = secretary.post_form(page, page=page)
    assert answer.status_code == 303
    assert "hente personen tilbake fra papirkurven" in secretary.get(answer.location).text
    assert secretary.get(person).status_code == 404
    bin_page = secretary.get("/papirkurv").text
    assert "<b>Kari Feil</b>" in bin_page
    back = re.search(r'action="(/papirkurv/angre/\d+)"', bin_page)
    assert back
    assert secretary.post_form(back[1], page="/papirkurv").status_code == 303
    told = secretary.get(person).text
    assert "Kari Tidligere" in told
    assert "ca. 1931" in told


def test_who_is_spoken_of_stays_and_the_page_leads_there(
    narrator: int, story: int, secretary: Browser, database: Database
) -> None:
    page = f"/folk/{narrator}/fjern"
    told = secretary.get(page).text
    for words in (
        "kan ikke fjernes",
        "1 deltakelse i intervju",
        f'href="/intervju/{story}"',
        "Slå sammen med en annen",
    ):
        assert words in told
    assert "Fjern personen" not in told
    assert secretary.post_form(page, page=page).status_code == 409
    assert numbered(database, "Ragnhild Oppdiktet") == narrator
