"""*Knytt til …*: two clicks from anything to anything, seen from both sides by those who may see them."""

import re
from typing import Any

from flask import Flask, url_for

from archive.access import Viewer
from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access
from archive.link_kinds import KINDS, Shown, Side
from archive.links import links_of
from archive.local_time import day_of
from archive.people import find_or_add_person
from archive.record_series import RecordKind
from archive.records import RecordDetails, add_record
from tests.archive.looking import look_through_all
from tests.conftest import NOW
from tests.web.conftest import Browser
from tests.web.stories import open_to
from tests.web.test_timeline import happened, tie
from web.link_words import KIND_WORDS, address_of, as_field, read_field


def linked(database: Database, kind: str, number: int) -> list[tuple[str, int | None]]:
    with database.read() as session:
        found = links_of(session, kind, number, Viewer(Role.OWNER), today=day_of(NOW))
        return [(each.other.title, each.ms if each.ms is not None else each.here.ms) for each in found]


def test_every_kind_has_words() -> None:
    assert set(KIND_WORDS) == set(KINDS)


def test_every_kind_is_seen_where_its_page_lies(app: Flask) -> None:
    views = {
        "event": ("timeline.one", "event_id"),
        "person": ("people.one", "person_id"),
        "unit": ("organisation.one", "unit_id"),
        "record": ("records.one", "record_id"),
        "meeting": ("meetings.one", "meeting_id"),
        "meeting_case": ("meetings.case", "case_id"),
        "occurrence": ("year_wheel.occurrence", "occurrence_id"),
        "work_plan_item": ("workplan.item", "item_id"),
        "interview": ("listen.show", "interview_id"),
    }
    assert {*views, "chapter"} == set(KINDS)
    with app.test_request_context():
        for kind, (endpoint, name) in views.items():
            values: dict[str, Any] = {name: 7}
            assert address_of(Shown(kind, 7, "", "")) == url_for(endpoint, **values), kind
        heard = url_for("listen.show", interview_id=7, t=41, spill=1)
        assert address_of(Shown("interview", 7, "", ""), 41_500, play=True) == heard
        chapter = url_for("listen.show", interview_id=7, t=3, _anchor="kapittel-9")
        assert address_of(Shown("chapter", 9, "", "", interview_id=7, start_ms=3_200)) == chapter


def test_a_field_is_read_as_it_was_written() -> None:
    for side in (
        Side("event", 3),
        Side("interview", 12, ms=41_000),
        Side("record", 2, page=4),
        Side("interview", 1, ms=0),
    ):
        assert read_field(as_field(side)) == side
    for odd in (
        "",
        "event",
        "event:::",
        "planet:1::",
        "event:-1::",
        "event:x::",
        "event:1:2:3:4",
        "event:" + "9" * 30 + "::",
    ):
        assert read_field(odd) is None


def test_from_a_second_of_an_interview_to_an_event(database: Database, story: int, secretary: Browser) -> None:
    number = happened(database, "Løpesedlene", "1974")
    page = secretary.get(f"/intervju/{story}?t=12").text
    address = re.search(r'data-link-second href="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert address == f"/knytt/intervju/{story}?slag=hendelse&t=12"
    choice = secretary.get(address).text
    assert "ved 0:12" in choice
    assert f'value="event:{number}::"' in choice
    answer = secretary.post_form(
        f"/knytt/intervju/{story}", {"t": "12", "til": f"event:{number}::", "slag": "hendelse"}, page=address
    )
    assert answer.location == f"/intervju/{story}?t=12"
    assert linked(database, "event", number) == [("Blanketten", 12_000)]
    assert "Løpesedlene" in secretary.get(answer.location).text


def test_from_an_event_to_a_second_that_is_typed(database: Database, story: int, secretary: Browser) -> None:
    number = happened(database, "Løpesedlene", "1974")
    path, data = f"/knytt/hendelse/{number}", {"til": f"interview:{story}::", "q": "blanketten"}
    assert "Blanketten" in secretary.get(f"{path}?q=blank").text
    wrong = secretary.post_form(path, {**data, "sted": "tolv"}, page=path)
    assert wrong.status_code == 422
    assert "for eksempel 12:34" in wrong.text
    assert secretary.post_form(path, {**data, "sted": "0:12"}, page=path).status_code == 303
    assert linked(database, "event", number) == [("Blanketten", 12_000)]


def test_taken_away_and_brought_back(database: Database, story: int, secretary: Browser) -> None:
    number = happened(database, "Løpesedlene", "1974")
    tie(database, Side("event", number), Side("interview", story, ms=12_000))
    page = secretary.get(f"/intervju/{story}").text
    address = re.search(r'action="(/knytt/fjern/\d+)"', page)[1]  # type: ignore[index]
    answer = secretary.post_form(address, {"fra": f"interview:{story}::"}, page=f"/intervju/{story}")
    assert answer.location.startswith(f"/intervju/{story}?angre_kobling=")
    assert linked(database, "event", number) == []
    page = secretary.get(answer.location).text
    undo = re.search(r'action="(/knytt/angre/\d+)"', page)[1]  # type: ignore[index]
    assert secretary.post_form(undo, {"fra": f"interview:{story}::"}, page=f"/intervju/{story}").status_code == 303
    assert linked(database, "event", number) == [("Blanketten", 12_000)]


def test_a_new_event_is_tied_at_once(database: Database, story: int, secretary: Browser) -> None:
    page = secretary.get(f"/knytt/intervju/{story}?t=12&q=Streiken").text
    address = re.search(r'href="(/tidslinje/ny[^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    form = secretary.get(address).text
    assert "blir knyttet til «Blanketten» ved 0:12" in form
    assert 'value="Streiken"' in form
    field = re.search(r'name="knytt" value="([^"]+)"', form)[1]  # type: ignore[index]
    data = {"event_title": "Streiken", "dated": "1975", "access": "members", "knytt": field}
    answer = secretary.post_form("/tidslinje/ny", data, page=address)
    assert linked(database, "interview", story) == [("Streiken", 12_000)]
    assert "Hør fra 0:12" in secretary.get(answer.location).text


def test_what_one_may_not_see_cannot_be_found_or_tied(
    database: Database, story: int, volunteer: Browser, member: Browser
) -> None:
    number = happened(database, "Løpesedlene", "1974")
    path = f"/knytt/hendelse/{number}"
    assert "Blanketten" not in volunteer.get(f"{path}?q=Blanketten").text.replace("«Blanketten»", "").replace(
        'value="Blanketten"', ""
    ).replace("tittel=Blanketten", "")
    assert volunteer.post_form(path, {"til": f"interview:{story}::"}, page=path).status_code == 404
    assert volunteer.get(f"/knytt/intervju/{story}").status_code == 404
    assert member.get(path).status_code == 403
    open_to(database, story, Access.MEMBERS)
    assert volunteer.post_form(path, {"til": f"interview:{story}::"}, page=path).status_code == 303
    assert linked(database, "event", number) == [("Blanketten", None)]


def test_odd_requests_are_answered_and_change_nothing(database: Database, story: int, secretary: Browser) -> None:
    number = happened(database, "Løpesedlene", "1974")
    path = f"/knytt/hendelse/{number}"
    for odd in ("", "planet:1::", "event:999999::", "interview:1:99999999999999::"):
        assert secretary.post_form(path, {"til": odd}, page=path).status_code == 404, odd
    assert secretary.post_form(path, {"til": f"event:{number}::"}, page=path).status_code == 422
    assert secretary.post_form(path, {"til": f"interview:{story}:999999999:"}, page=path).status_code == 422
    for address in ("/knytt/planet/1", "/knytt/hendelse/999999", "/knytt/fjern/1"):
        assert secretary.get(address).status_code in (404, 405), address
    assert secretary.get(f"/knytt/intervju/{story}?t=-4&side=9").status_code == 200
    assert linked(database, "event", number) == []


def test_the_page_of_a_person_shows_the_events(database: Database, member: Browser, secretary: Browser) -> None:
    number = happened(database, "Ny barnehage", "1974")
    with database.write() as session:
        person = find_or_add_person(session, "Olga Oppdiktet").id
        session.commit()
    assert member.get(f"/folk/{person}").status_code == 404
    page = f"/knytt/person/{person}"
    assert secretary.post_form(page, {"til": f"event:{number}::"}, page=page).location == f"/folk/{person}"
    assert "Ny barnehage" in member.get(f"/folk/{person}").text
    assert "Olga Oppdiktet" in member.get(f"/tidslinje/{number}").text
    assert "Olga Oppdiktet" in member.get("/tidslinje").text  # to narrow by


def test_suggestions_are_answered_on_the_desk_and_on_the_pages_of_both_sides(
    database: Database, story: int, secretary: Browser, volunteer: Browser
) -> None:
    number = happened(database, "Løpesedler på kaia", "1974")
    with database.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE segment SET text = 'I 1974 delte vi ut løpesedler.' WHERE text LIKE 'Vi delte%'"
        )
        session.commit()
    desk = "/skrivebord/foreslatte-koblinger"
    assert "Maskinen leter ennå" in secretary.get(desk).text
    look_through_all(database, now=NOW)
    assert "Foreslåtte koblinger" in secretary.get("/skrivebord").text
    for path in (desk, f"/tidslinje/{number}/forslag", f"/intervju/{story}/forslag"):
        page = secretary.get(path).text
        assert "I 1974 delte vi ut løpesedler." in page
        assert f'href="/intervju/{story}?t=12&amp;spill=1"' in page
    assert "1 foreslått kobling" in secretary.get(f"/tidslinje/{number}").text
    assert "1 foreslått kobling" in secretary.get(f"/intervju/{story}").text
    assert volunteer.get(desk).status_code == 403
    assert volunteer.get(f"/intervju/{story}/forslag").status_code == 404  # closed to him
    (act,) = re.findall(r'action="(/forslag/\d+)"', page)
    assert volunteer.post_form(act, {"svar": "ja"}, page="/min-konto").status_code == 303
    assert linked(database, "event", number) == []

    answer = secretary.post_form(act, {"svar": "nei", "fra": ""}, page=desk)
    page = secretary.get(answer.location).text
    assert "Ingen forslag venter" in page
    undo = re.search(r'action="(/forslag/angre/\d+)"', page)[1]  # type: ignore[index]
    assert "Blanketten" not in secretary.get(f"/tidslinje/{number}").text
    assert secretary.post_form(undo, {"fra": ""}, page=answer.location).location == desk
    assert "løpesedler" in secretary.get(desk).text

    there = f"/tidslinje/{number}/forslag"
    answer = secretary.post_form(act, {"svar": "ja", "fra": f"event:{number}::"}, page=there)
    assert answer.location.startswith(f"{there}?angre=")
    assert "De er knyttet sammen" in secretary.get(answer.location).text
    assert linked(database, "event", number) == [("Blanketten", 12_000)]
    again = secretary.post_form(act, {"svar": "ja"}, page=desk, follow_redirects=True)
    assert "besvart før" in again.text


def test_all_of_one_text_get_a_no_in_one_press_and_come_back_in_one(
    database: Database, story: int, secretary: Browser, volunteer: Browser
) -> None:
    happened(database, "Løpesedler på kaia", "1974")
    with database.write() as session:
        find_or_add_person(session, "Olga Oppdiktet")
        session.connection().exec_driver_sql(
            "UPDATE segment SET text = 'I 1974 delte Olga Oppdiktet ut løpesedler.' WHERE text LIKE 'Vi delte%'"
        )
        session.commit()
    look_through_all(database, now=NOW)
    there = f"/intervju/{story}/forslag"
    field = {"fra": f"interview:{story}::"}
    assert "Nei til alle 2" in secretary.get(there).text
    assert "Nei til alle" not in secretary.get("/skrivebord/foreslatte-koblinger").text
    assert volunteer.post_form("/forslag/nei-til-alle", field, page="/min-konto").status_code == 404  # closed to him
    assert secretary.post_form("/forslag/nei-til-alle", {"fra": ""}, page=there).status_code == 404
    answer = secretary.post_form("/forslag/nei-til-alle", field, page=there)
    page = secretary.get(answer.location).text
    assert "Ingen forslag venter" in page
    assert "Alle fikk nei" in page
    undo = re.search(r'action="(/forslag/angre/\d+)"', page)[1]  # type: ignore[index]
    changes = secretary.get("/endringer").text
    assert "Nei til alle forslag om" in changes
    assert secretary.post_form(undo, field, page=answer.location).location == there
    assert "2 forslag" in secretary.get(there).text
    told = secretary.get("/endringer").text
    assert "Angret endring av" in told
    assert told.count('<span class="tag">angret</span>') == 1  # the noes; that they were undone was not undone


def test_a_page_of_a_record_and_an_event_show_each_other(
    database: Database, secretary: Browser, visitor: Browser
) -> None:
    number = happened(database, "Årsmøtet", "1974", Access.OPEN)
    with database.write() as session:
        record = add_record(session, RecordDetails("Møtebok", RecordKind.MINUTES), None, by=None, now=NOW).id
        session.commit()
    page = f"/knytt/dokument/{record}?side=3"
    answer = secretary.post_form(page, {"til": f"event:{number}::"}, page=page)
    assert answer.location == f"/dokument/{record}#side-3"
    secretary.get(f"/dokument/{record}")  # says that it is done, once
    assert f'<a href="/tidslinje/{number}">Årsmøtet</a>' in secretary.get(f"/dokument/{record}").text
    assert f'href="/dokument/{record}#side-3">Møtebok, side 3</a>' in secretary.get(f"/tidslinje/{number}").text
    assert "Møtebok" not in visitor.get(f"/tidslinje/{number}").text  # the record is closed
    assert "Møtebok s. 3" in secretary.get("/tidslinje").text
