"""Tables in and out: every way that a spreadsheet program writes one, every way in which one is broken."""

import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from archive.errors import ImportRefused
from archive.exchange.tables import LARGEST_BYTES, MOST_ROWS, Column, inert, read_table, write_csv, write_xlsx

COLUMNS = (
    Column("name", "Navn", required=True),
    Column("born", "Født", also=("fødselsår",)),
    Column("note", "Merknad", limit=2_000),
)


def rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read_table(content, COLUMNS).rows]


def book(*sheets: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    made = Workbook()
    for number, written in enumerate(sheets):
        sheet = made.active if number == 0 else made.create_sheet()
        assert sheet is not None
        for row in written:
            sheet.append(row)
        for cell, form in (formats or {}).items() if number == 0 else ():
            sheet[cell].number_format = form
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


TEXT = "Navn;Født\nÅse Ødegård;1931\nPer Sæter;\n"
EXPECTED = [(2, {"name": "Åse Ødegård", "born": "1931"}), (3, {"name": "Per Sæter"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_write_a_csv_is_read(encoding: str, delimiter: str, end: str) -> None:
    assert rows(TEXT.replace(";", delimiter).replace("\n", end).encode(encoding)) == EXPECTED


def test_headings_are_known_whatever_their_capitals_and_order() -> None:
    table = read_table("sep=;\n\nFØDSELSÅR: ;Kommune;navn*\n1931;Frosta;Åse\n".encode(), COLUMNS)
    assert [(row.line, dict(row.cells)) for row in table.rows] == [(4, {"born": "1931", "name": "Åse"})]
    assert table.unknown == ("Kommune",)
    assert table.columns == ("born", "name")
    assert table.rows[0]["note"] == ""


def test_quotes_line_breaks_and_signs_in_cells_stay() -> None:
    content = 'Navn;Merknad\n"Åse ""Sola"" Ø";"En; to\nog tre"\nPer;x\n'.encode()
    assert rows(content) == [(2, {"name": 'Åse "Sola" Ø', "note": "En; to\nog tre"}), (4, {"name": "Per", "note": "x"})]


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"", "empty", None),
        (b" \n;;\n", "empty", None),
        (b"Navn;Navn\nA;B\n", "column_twice", 1),
        (b"Year;Place\nA;B\n", "no_header", 1),
        ("Født;Merknad\n1931;B\n".encode(), "missing_column", 1),
        (b"Navn;Merknad\n", "no_rows", 1),
        (b'Navn;Merknad\nA;B\nC;"D\nE;F\n', "unclosed_quote", 3),
        (b"Navn;Merknad\nA;B;C\n", "too_many_cells", 2),
        (b"Navn;Merknad\nA;" + b"x" * 150_000 + b"\n", "line_too_long", 2),
        (b"Navn\n" + b"A\n" * (MOST_ROWS + 1), "too_many", MOST_ROWS + 2),
        (b"%PDF-1.7 ...", "pdf", None),
        (b"\x89PNG\r\n", "picture", None),
        (b"Navn;Merknad\n\x00\x01\x02;b\n", "binary", 2),
        (b"Navn;Merknad\n\x81\x8d;b\n", "encoding", 2),
        (b"PK\x03\x04 not a zip", "damaged", None),
        (b"x" * (LARGEST_BYTES + 1), "too_large", None),
    ],
)
def test_what_is_broken_is_refused_with_its_line(content: bytes, problem: str, line: int | None) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_table(content, COLUMNS)
    assert (refused.value.problem, refused.value.line) == (problem, line)


def test_a_spreadsheet_is_read_as_it_was_meant() -> None:
    content = book(
        [
            ["Navn", "Født", "Merknad"],
            ["Åse", 1931, date(1974, 3, 14)],
            [],
            ["Per", date(1974, 3, 1), "to\nlinjer"],
            ["Kari", date(1974, 1, 1), 3.5],
            ["Ola", 1931.0, True],
        ],
        [["Noe", "annet"]],
        formats={"B4": "mmm.yy", "B5": "yyyy"},
    )
    table = read_table(content, COLUMNS)
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (2, {"name": "Åse", "born": "1931", "note": "1974-03-14"}),
        (4, {"name": "Per", "born": "1974-03", "note": "to\nlinjer"}),
        (5, {"name": "Kari", "born": "1974", "note": "3.5"}),
        (6, {"name": "Ola", "born": "1931", "note": "ja"}),
    ]
    assert table.other_sheets == 1


def test_formulas_that_were_never_reckoned_and_those_that_failed_are_refused() -> None:
    for cell, problem in (("=A2&B2", "formula"), ("#REF!", "formula_error")):
        with pytest.raises(ImportRefused) as refused:
            read_table(book([["Navn", "Merknad"], ["Åse", cell]]), COLUMNS)
        assert (refused.value.problem, refused.value.line) == (problem, 2)


def test_a_zip_bomb_in_the_clothes_of_a_spreadsheet_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", "<a>" + " " * 200_000_000 + "</a>")
    with pytest.raises(ImportRefused) as refused:
        read_table(buffer.getvalue(), COLUMNS)
    assert refused.value.problem == "bomb"


LIVE = ["=1+1", "+47 12", "-5", "@SUM(A1)", "'=1+1", "''-x", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", LIVE)
def test_formulas_are_inert_and_come_back_as_they_were(text: str) -> None:
    written = write_csv(COLUMNS, [{"name": "x", "note": text}])
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))[1]
    assert cells[2] == f"'{text}"
    sheet = load_workbook(io.BytesIO(write_xlsx(COLUMNS, [{"name": "x", "note": text}]))).active
    assert sheet is not None
    assert (sheet["C2"].value, sheet["C2"].data_type) == (f"'{text}", "s")
    assert rows(written) == [(2, {"name": "x", "note": text})]


cells = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=30).map(lambda text: text.strip())
tables = st.lists(
    st.fixed_dictionaries({"name": cells.filter(bool), "born": cells, "note": cells | st.sampled_from(LIVE)}),
    min_size=1,
    max_size=8,
)


@given(tables)
def test_what_is_written_as_csv_is_read_again(written: list[dict[str, str]]) -> None:
    _same(write_csv(COLUMNS, written), written)


@settings(max_examples=5, deadline=None)
@given(tables)
def test_what_is_written_as_a_spreadsheet_is_read_again(written: list[dict[str, str]]) -> None:
    _same(write_xlsx(COLUMNS, written), written)


def _same(content: bytes, written: list[dict[str, str]]) -> None:
    from archive.typed import clean

    table = read_table(content, COLUMNS)
    expected = [{key: clean(text).strip() for key, text in row.items() if clean(text).strip()} for row in written]
    assert [dict(row.cells) for row in table.rows] == [row for row in expected if row]


def test_the_same_table_is_the_same_bytes_and_opens_elsewhere() -> None:
    written = [{"name": "Åse & <Per>", "born": "ca. 1931"}]
    assert write_xlsx(COLUMNS, written, sheet="Folk/2") == write_xlsx(COLUMNS, written, sheet="Folk/2")
    read = load_workbook(io.BytesIO(write_xlsx(COLUMNS, written, sheet="Folk/2")))
    assert read.sheetnames == ["Folk 2"]
    assert [[cell.value for cell in row] for row in read.active.iter_rows()] == [
        ["Navn", "Født", "Merknad"],
        ["Åse & <Per>", "ca. 1931", None],
    ]


def test_ordinary_text_is_left_alone() -> None:
    assert inert("'n Ola") == "'n Ola"
    assert inert("1971–1975") == "1971–1975"
