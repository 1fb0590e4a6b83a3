"""Dokumenter: the list, a record's page and file, handing in, the secretary's work, and who sees what."""

import io
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from archive.bin import throw_away
from archive.database import Database
from archive.interviews import Access
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, Record, RecordDetails, add_record, set_access
from archive.records_reading import save_pages, settle
from media.papers import Paper, PaperPage
from media.store import Store
from tests.archive.readable.test_numbers import INVENTED
from tests.media import papers
from tests.web.conftest import NOW, Browser

Put = Callable[..., int]
PDF = papers.pdf([["Referat fra bryggemøtet"], ["Vedtak: brygga rustes opp"]])
FORM = {"title": "Referat fra bryggemøtet", "kind": "minutes", "dated": "våren 1974", "box": "Eske 3"}


@pytest.fixture
def put(app: Flask, database: Database, now: datetime) -> Put:
    """A record that was read already; its number."""
    store: Store = app.extensions["archive"].store

    def add(title: str = "Referat", *pages: str, access: Access = Access.OPEN, content: bytes = PDF) -> int:
        with database.write() as session:
            stored = store.put(io.BytesIO(content + title.encode()))
            paper = ReceivedPaper(
                stored.sha256, stored.size_bytes, "møte på brygga.pdf", Paper("pdf", len(pages), True)
            )
            details = RecordDetails(title, RecordKind.MINUTES, dated="1974-21", box="Eske 3")
            record = add_record(session, details, paper, by=None, now=now)
            save_pages(session, record.versions[0], 0, [PaperPage(text, None, is_scan=False) for text in pages])
            settle(session, record.versions[0], now=now)
            if access != Access.CLOSED:
                set_access(session, record, access, ground="Delt ut", by=None, now=now)
            session.commit()
            return record.id

    return add


def test_the_list_shows_only_what_the_reader_may_see(visitor: Browser, member: Browser, put: Put) -> None:
    assert "Ingen dokumenter er åpne for alle ennå" in visitor.get("/dokumenter").text
    put("Åpent", "a")
    put("Medlemsbrev", "b", access=Access.MEMBERS)
    put("Hemmelig", "c", access=Access.CLOSED)
    seen = visitor.get("/dokumenter").text
    assert "Åpent" in seen and "Medlemsbrev" not in seen and "Hemmelig" not in seen
    seen = member.get("/dokumenter").text
    assert "Medlemsbrev" in seen and "Hemmelig" not in seen


@pytest.mark.parametrize("path", ["", "/fil", "/bilde/1", "/fil?versjon=1", "?side=1"])
def test_what_is_closed_cannot_be_had_by_any_address(member: Browser, put: Put, path: str) -> None:
    record_id = put("Hemmelig", "c", access=Access.CLOSED)
    assert member.get(f"/dokument/{record_id}{path}").status_code == 404
    assert "Hemmelig" not in member.get("/dokumenter/arkivliste?arkivskaper=-").text


def test_a_page_shows_the_text_page_by_page_with_citation_and_printed_lines(visitor: Browser, put: Put) -> None:
    record_id = put("Plan", INVENTED)
    page = visitor.get(f"/dokument/{record_id}?linje=5-6").text
    assert page.count('<section class="page"') == 3
    assert 'id="linje-5"' in page
    assert "<mark>Vi dugner fordi brygga fra 1974" in page
    assert f"«Plan», våren 1974. TSV-D-{record_id:04}, side 1, linje 5–6." in page
    assert "<h3>Hvorfor</h3>" not in page  # the number stands in the heading
    assert re.search(r"<h\d>.*Hvorfor</h\d>", page)
    assert "Ingen linjer har disse numrene" in visitor.get(f"/dokument/{record_id}?linje=900").text


def test_the_file_comes_whole_or_in_ranges_and_can_be_saved(visitor: Browser, put: Put) -> None:
    record_id = put("Referat", "a")
    content = PDF + b"Referat"
    whole = visitor.get(f"/dokument/{record_id}/fil")
    assert (whole.data, whole.mimetype) == (content, "application/pdf")
    assert whole.headers["Content-Disposition"].startswith("inline")
    assert whole.headers["Cache-Control"] == "private, no-cache"
    part = visitor.get(f"/dokument/{record_id}/fil", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, content[5:10])
    saved = visitor.get(f"/dokument/{record_id}/fil?lagre=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    other = put("Notat", "a", content=b"<script>alert(1)</script>")
    unshown = visitor.get(f"/dokument/{other}/fil")
    assert unshown.mimetype == "application/octet-stream"
    assert unshown.headers["Content-Disposition"].startswith("attachment")


def _hand_in(browser: Browser, sent: dict[str, object]) -> TestResponse:
    path = "/dokumenter/lever"
    return browser.post_form(path, sent, page=path, content_type="multipart/form-data")


def test_a_volunteer_hands_in_a_file_and_is_told_its_number(volunteer: Browser, database: Database) -> None:
    sent = {**FORM, "files": (io.BytesIO(PDF), "referat.pdf")}
    answer = volunteer.post_form(
        "/dokumenter/lever", sent, page="/dokumenter/lever", content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.text
    with database.read() as session:
        record = session.scalars(select(Record)).one()
        assert (record.title, record.dated, record.series, record.access) == (
            *("Referat fra bryggemøtet", "1974-21", "A"),
            Access.CLOSED,
        )
        assert record.versions[0].page_count == 2
    page = volunteer.get(answer.location).text
    assert record.reference in page
    assert "Maskinen leser dokumentet" in page
    again = _hand_in(volunteer, {**FORM, "files": (io.BytesIO(PDF), "kopi.pdf")})
    assert again.status_code == 422
    assert "Denne filen har vi fra før" in again.text and record.reference in again.text
    with database.write() as session:
        throw_away(session, session.get_one(Record, record.id), by=None, now=NOW)
        session.commit()
    binned = _hand_in(volunteer, {**FORM, "files": (io.BytesIO(PDF), "kopi.pdf")})
    assert "ligger i papirkurven" in binned.text and record.reference not in binned.text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (papers.locked_pdf(), "a.pdf", "låst med passord"),
        (b"%PDF-1.7 nothing", "a.pdf", "skadet"),
        (papers.pdf([["Side"]] * 2_001), "a.pdf", "2001 sider. Del det"),
        (papers.bomb_docx(), "a.docx", "mange ganger større"),
        (b"", "a.pdf", "tom"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_nothing_typed_is_lost(
    volunteer: Browser, database: Database, content: bytes, name: str, said: str
) -> None:
    sent = {**FORM, "files": (io.BytesIO(content), name)}
    answer = volunteer.post_form(
        "/dokumenter/lever", sent, page="/dokumenter/lever", content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Referat fra bryggemøtet"' in answer.text and 'value="våren 1974"' in answer.text
    with database.read() as session:
        assert session.scalars(select(Record)).all() == []


def test_a_paper_without_a_file_is_a_record_too_and_nothing_at_all_is_none(volunteer: Browser) -> None:
    nothing = volunteer.post_form("/dokumenter/lever", {**FORM, "box": ""}, page="/dokumenter/lever")
    assert nothing.status_code == 422
    assert "Finnes bare papiret" in nothing.text
    answer = volunteer.post_form("/dokumenter/lever", {**FORM, "box": "Eske 3"}, page="/dokumenter/lever")
    assert "Vi har ingen fil av dette dokumentet" in volunteer.get(answer.location).text


def test_the_secretary_changes_opens_adds_a_file_and_undoes(
    secretary: Browser, visitor: Browser, database: Database, put: Put
) -> None:
    record_id = put("Referat", "Gammel tekst", access=Access.CLOSED)
    edit = f"/dokument/{record_id}/endre"
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', secretary.get(edit).text)
    assert seen
    changed = {**FORM, "title": "Protokoll", "seen": seen[1]}
    assert secretary.post_form(edit, changed, page=edit).status_code == 303
    assert secretary.post_form(edit, {**changed, "title": "For sent"}, page=edit).status_code == 422
    access = f"/dokument/{record_id}/tilgang"
    assert secretary.post_form(access, {"access": "open", "ground": " "}, page=access).status_code == 422
    assert visitor.get(f"/dokument/{record_id}").status_code == 404
    secretary.post_form(access, {"access": "open", "ground": "Trykt og delt ut"}, page=access)
    assert "Protokoll" in visitor.get(f"/dokument/{record_id}").text
    new = f"/dokument/{record_id}/ny-fil"
    sent = {"version_note": "Renskrevet", "files": (io.BytesIO(PDF), "ny.pdf")}
    assert secretary.post_form(new, sent, page=new, content_type="multipart/form-data").status_code == 303
    page = secretary.get(f"/dokument/{record_id}").text
    assert "Renskrevet" in page and "vises nå" in page
    assert "Gammel tekst" in visitor.get(f"/dokument/{record_id}?versjon=1").text
    assert secretary.post_form(f"/dokument/{record_id}/bruk/1", page=edit).status_code == 303
    history = secretary.get(f"/dokument/{record_id}/historikk").text
    first_undo = re.findall(rf'action="(/dokument/{record_id}/angre/\d+)"', history)
    assert len(first_undo) == 4  # used, new file, opened, changed; that it came is not undone
    assert secretary.post_form(first_undo[-1], page=edit).status_code == 303
    assert "<h1>Referat</h1>" in secretary.get(f"/dokument/{record_id}").text


@pytest.mark.parametrize("path", ["endre", "tilgang", "ny-fil", "historikk"])
def test_only_the_secretary_works_with_a_record(volunteer: Browser, put: Put, path: str) -> None:
    record_id = put("Referat", "a")
    assert volunteer.get(f"/dokument/{record_id}/{path}").status_code == 403


def test_the_archive_list_is_ordered_by_series(visitor: Browser, put: Put) -> None:
    put("Referat", "a")
    page = visitor.get("/dokumenter/arkivliste?arkivskaper=-").text
    assert "A – Møtebøker" in page and "Eske 3" in page and "våren 1974" in page


@pytest.mark.parametrize(
    "query", ["?arkivskaper=u999999999999", "?serie=%00", "?tiar=99999999999", "?side=999999999", "?slag=x&tiar=æ"]
)
def test_odd_addresses_break_nothing(visitor: Browser, put: Put, query: str) -> None:
    put("Referat", "a")
    assert visitor.get(f"/dokumenter{query}").status_code == 200


def test_pages_ask_as_often_for_many_records_as_for_few(
    secretary: Browser, put: Put, app: Flask, database: Database
) -> None:
    engine = app.extensions["archive"].database.engine

    def questions(path: str) -> int:
        asked: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        try:
            assert secretary.get(path).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(asked)

    first = put("Referat", "a")
    paths = ["/dokumenter", "/dokumenter/arkivliste?arkivskaper=-", f"/dokument/{first}"]
    few = [questions(path) for path in (paths[0], *paths)][1:]  # the first answer of all asks for more
    for number in range(20):
        put(f"Referat {number}", "b", "c")
    assert [questions(path) for path in paths] == few
