"""A register's table: out, corrected, in again; seen through first, all or nothing, and taken back."""

import io
import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from archive.database import Database
from archive.exchange.tables import write_xlsx
from archive.people import Person, PersonAlias
from archive.people_table import PEOPLE_TABLE
from archive.recordings import Upload
from tests.web.conftest import Browser

PATH = "/tabell/folk"
CSV = "Navn;Født;Tidligere navn;Merknad\nÅse Ødegård;ca. 1931;Åse Ung;Lærer\nPer Sæter;;;\n"


def sent(browser: Browser, content: bytes, name: str = "folk.csv") -> TestResponse:
    form = {"file": (io.BytesIO(content), name)}
    return browser.post_form(PATH, form, page=PATH, content_type="multipart/form-data")


def carried_out(browser: Browser, preview: TestResponse) -> TestResponse:
    assert preview.status_code == 200, preview.text
    found = [re.search(rf'name="{key}" value="([^"]*)"', preview.text) for key in ("upload", "plan")]
    assert all(found), preview.text
    form = dict(zip(("upload", "plan"), (each[1] for each in found if each), strict=True))
    return browser.post_form(f"{PATH}/utfor", form, page=PATH)


def people(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(Person.name, Person.born).order_by(Person.id))]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_a_table_is_seen_through_carried_out_and_taken_back(
    secretary: Browser, database: Database, encoding: str
) -> None:
    preview = sent(secretary, CSV.encode(encoding))
    assert "2 rader legges til" in preview.text
    assert "Født: ca. 1931" in preview.text
    assert people(database) == []
    done = carried_out(secretary, preview)
    assert done.status_code == 303
    assert people(database) == [("Åse Ødegård", "1931~"), ("Per Sæter", "")]
    page = secretary.get(done.location).text
    assert "Tabellen er lagt inn" in page
    again = sent(secretary, CSV.encode(encoding))
    assert "Alt i tabellen står i registeret fra før" in again.text
    assert secretary.post_form(f"{done.location}/angre", page=PATH).status_code == 303
    assert people(database) == []
    assert "Tabellen er angret" in secretary.get(done.location).text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonAlias)) == 0


def test_errors_are_told_by_row_and_column_and_nothing_is_done(secretary: Browser, database: Database) -> None:
    wrong = "Navn;Født;Død\nÅse;31.02.1931;\n;1931;\nPer;1940;1930\nPer;1940;\nKari;våren 24;\n"
    page = sent(secretary, wrong.encode())
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", page.text)
    for row, column, said in (
        (2, "Født", "Den dagen finnes ikke"),
        (3, "Navn", "Skriv navnet"),
        (4, "Død", "før fødselen"),
        (6, "Født", "fire sifre"),
    ):
        assert re.search(rf"Rad {row} +{column} .*?{said}", text), (row, text)
    assert "Legg inn tabellen" not in page.text
    assert people(database) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"),
        (b"Alder;Kommune\n1;2\n", "ingen av dem er kjent"),
        (b'Navn\n"Per\n', "aldri slutter"),
        (b"Navn;Merknad\nPer;a;b\n", "flere felt enn det er overskrifter"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04x", "skadet"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(secretary: Browser, content: bytes, said: str) -> None:
    page = sent(secretary, content)
    assert page.status_code == 422
    assert said in page.text
    assert "Ingenting er lagt inn" in page.text or not content


def test_no_file_and_an_unknown_register_are_told(secretary: Browser) -> None:
    assert "Velg filen" in secretary.post_form(PATH, {}, page=PATH).text
    assert secretary.get("/tabell/finnes-ikke").status_code == 404
    assert secretary.get(f"{PATH}/utfort/folk:finnesikke").status_code == 404
    assert secretary.post_form(f"{PATH}/utfor", {"upload": "x", "plan": ""}, page=PATH).status_code == 422


def test_what_changed_meanwhile_is_seen_through_again(secretary: Browser, database: Database) -> None:
    preview = sent(secretary, CSV.encode())
    with database.write() as session:
        session.add(Person(name="Per Sæter"))
        session.commit()
    page = carried_out(secretary, preview)
    assert page.status_code == 409
    assert "endret i registeret siden" in page.text
    assert "1 rad legges til, 1 rad står der fra før" in page.text
    assert carried_out(secretary, TestResponse(page.response, "200 OK", page.headers, page.request)).status_code == 303
    assert len(people(database)) == 2


def test_the_register_goes_out_and_comes_in_again(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.add_all([Person(name="Åse =Ødegård", born="1931~", note="=1+1\nto"), Person(name="Per", died="197X")])
        session.add(PersonAlias(person_id=1, kind="former", name="Åse Ung"))
        session.commit()
    for form, magic in (("csv", b"\xef\xbb\xbfNummer"), ("xlsx", b"PK")):
        answer = secretary.get(f"{PATH}.{form}")
        assert answer.data.startswith(magic)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Alt i tabellen står i registeret fra før" in sent(secretary, answer.data, f"folk.{form}").text
    corrected = secretary.get(f"{PATH}.csv").data.decode("utf-8-sig").replace("Per;", "Per Ny;")
    preview = sent(secretary, corrected.encode())
    assert "Navn: <del>Per</del> blir <ins>Per Ny</ins>" in preview.text
    assert carried_out(secretary, preview).status_code == 303
    assert [name for name, _ in people(database)] == ["Åse =Ødegård", "Per Ny"]


def test_an_empty_cell_leaves_alone_and_namesakes_need_a_number(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.add_all(Person(name="Per", born=born) for born in ("1931", "1950"))
        session.flush()
        session.add(Person(name="Kari", note="x"))
        session.flush()
        session.add(PersonAlias(person_id=3, kind="former", name="Kari Ung"))
        session.commit()
    assert "Alt i tabellen står" in sent(secretary, "Navn;Født;Merknad\nKari;;\nPer;1950;\n".encode()).text
    page = sent(secretary, b"Nummer;Navn\n;Per\n;Kari Ung\n77;Ola\nx;Ola\n").text
    for said in ("Flere i registeret heter dette", "et annet navn på en", "Ingen i registeret har", "bare ha sifre"):
        assert said in page


def test_an_undo_that_would_break_something_is_refused_whole(secretary: Browser, database: Database) -> None:
    done = carried_out(secretary, sent(secretary, CSV.encode()))
    with database.write() as session:
        person = session.scalars(select(Person).where(Person.name == "Per Sæter")).one()
        person.note = "Skrevet etterpå."
        session.commit()
    secretary.post_form(f"{done.location}/angre", page=PATH)
    assert "er endret siden" in secretary.get(PATH).text or len(people(database)) == 2
    assert len(people(database)) == 2


def test_two_thousand_rows_are_seen_through_and_carried_out(secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.add_all(Person(name=f"Gammel Person{n}", born="1931") for n in range(1_000))
        session.commit()
    rows = [{"name": f"Gammel Person{n}", "born": "1931", "note": "Ny merknad."} for n in range(1_000)]
    rows += [{"name": f"Ny Person{n}", "former": "Ung Person", "born": "ca. 1940"} for n in range(1_000)]
    content = write_xlsx(PEOPLE_TABLE.columns, rows)
    preview = sent(secretary, content, "folk.xlsx")
    assert "1000 rader legges til, 1000 rader endres" in preview.text
    assert carried_out(secretary, preview).status_code == 303
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2_000
        assert session.scalar(select(func.count()).select_from(Upload)) == 0
