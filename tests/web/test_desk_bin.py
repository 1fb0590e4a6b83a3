"""*Papirkurv* and *Siste endringer*: away and back, erased after a typed word, and undone from one page."""

import re

from flask import Flask
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from archive.bin_rows import BinEntry
from archive.database import Database
from archive.events import Event, EventDetails, add_event
from archive.interviews import Access
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.units import UnitDetails, UnitKind, add_unit, change_unit
from tests.conftest import NOW
from tests.web.conftest import Browser
from tests.web.stories import open_to


def test_an_interview_is_gone_for_all_and_comes_back(
    secretary: Browser, visitor: Browser, volunteer: Browser, story: int, database: Database, settings: Settings
) -> None:
    open_to(database, story, Access.OPEN)
    bring_up_to_date(settings, database, wait=True)
    assert "Blanketten" in visitor.get("/sok?q=blankett").text
    page = secretary.get(f"/intervju/{story}/tilgang").text
    assert "Flytt til papirkurven" in page
    assert volunteer.post_form(f"/papirkurv/intervju/{story}", page="/").status_code == 403
    answer = secretary.post_form(f"/papirkurv/intervju/{story}", page=f"/intervju/{story}/tilgang")
    assert answer.status_code == 303
    for browser in (visitor, secretary):
        for path in (f"/intervju/{story}", f"/intervju/{story}/lyd", f"/intervju/{story}/eksport/txt"):
            assert browser.get(path).status_code == 404, path
        assert "Blanketten" not in browser.get("/sok?q=blankett").text
        assert "Blanketten" not in browser.get("/intervju").text
    bin_page = secretary.get("/papirkurv").text
    assert "Blanketten" in bin_page
    back = re.search(r'action="(/papirkurv/\d+/tilbake)"', bin_page)
    assert back
    assert secretary.post_form(back[1], page="/papirkurv").location == f"/intervju/{story}"
    assert visitor.get(f"/intervju/{story}").status_code == 200
    assert "Blanketten" in visitor.get("/sok?q=blankett").text
    assert "Papirkurven er tom" in secretary.get("/papirkurv").text


def test_erasing_wants_a_typed_word(secretary: Browser, story: int, database: Database) -> None:
    secretary.post_form(f"/papirkurv/intervju/{story}", page=f"/intervju/{story}/tilgang")
    with database.read() as session:
        entry = session.scalars(select(BinEntry)).one()
    path = f"/papirkurv/{entry.id}/slett"
    assert "sikkerhetskopier" in secretary.get(path).text
    refused = secretary.post_form(path, {"typed": "ja"}, page=path)
    assert refused.status_code == 422
    assert "Skriv ordet slett" in refused.text
    assert secretary.post_form(path, {"typed": "Slett"}, page=path).status_code == 303
    with database.read() as session:
        assert session.get_one(BinEntry, entry.id).erase_at < entry.erase_at


def test_what_was_taken_off_the_timeline_lies_in_the_bin(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        event = add_event(session, EventDetails("Ny barnehage", "1974"), by=None, now=NOW)
        session.commit()
    secretary.post_form(f"/tidslinje/{event.id}/fjern", page=f"/tidslinje/{event.id}")
    page = secretary.get("/papirkurv").text
    assert "Ny barnehage" in page
    back = re.search(r'action="(/papirkurv/angre/\d+)"', page)
    assert back
    secretary.post_form(back[1], page="/papirkurv")
    assert secretary.get(f"/tidslinje/{event.id}").status_code == 200


def test_every_change_is_told_and_undone_from_one_page(
    secretary: Browser, volunteer: Browser, database: Database
) -> None:
    with database.write() as session:
        add_event(session, EventDetails("Ny barnehage", "1974"), by=None, now=NOW)
        unit = add_unit(session, UnitDetails("Utopia SV", UnitKind.LOCAL_BRANCH), by=None, now=NOW)
        change_unit(session, unit, UnitDetails("Nye Utopia SV", UnitKind.LOCAL_BRANCH), by=None, now=NOW)
        session.commit()
    assert volunteer.get("/endringer").status_code == 403
    page = secretary.get("/endringer").text
    assert "Nye Utopia SV" in page
    assert "programmet" in page
    undos = re.findall(r'action="(/endringer/\d+/angre)"', page)
    assert len(undos) == 3
    assert secretary.post_form(undos[0], page="/endringer").status_code == 303
    assert "Utopia SV" in secretary.get(f"/organisasjon/{unit.id}").text
    assert "Nye Utopia SV" not in secretary.get(f"/organisasjon/{unit.id}").text
    page = secretary.get("/endringer").text
    assert '<span class="tag">angret</span>' in page
    twice = secretary.post_form(undos[0], page="/endringer", follow_redirects=True).text
    assert "angret fra før" in twice
    secretary.post_form(undos[-1], page="/endringer")
    with database.read() as session:
        assert session.scalars(select(Event)).all() == []


def test_as_many_questions_however_much_was_done(secretary: Browser, database: Database, app: Flask) -> None:
    engine = app.extensions["archive"].database.engine
    asked: list[str] = []
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    counts = []
    secretary.get("/endringer")
    for more in (2, 60):
        with database.write() as session:
            for number in range(more):
                add_event(session, EventDetails(f"Hendelse {number}", "1974"), by=None, now=NOW)
            session.commit()
        asked.clear()
        assert secretary.get("/endringer").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] < 30
    assert "Neste" in secretary.get("/endringer").text
    assert secretary.get("/endringer?side=2").status_code == 200
