"""Tables that registers move in and out with: CSV and spreadsheets. Pure but for the child that opens a spreadsheet.

What is written is inert: a cell that a spreadsheet would take for a formula gets an apostrophe before it, which
`read_table` takes away again.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from archive.exchange.reading.cues import refuse
from archive.exchange.reading.encoding import lines_of
from archive.people import name_key
from archive.typed import clean
from media.documents import look_into
from media.errors import DocumentRefused

LARGEST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 50
_PACKAGE = b"PK\x03\x04"
_DELIMITERS = ";,\t"
# What a spreadsheet shows where it could not reckon.
_FORMULA_ERRORS = frozenset("#REF! #N/A #NAME? #VALUE! #DIV/0! #NULL! #NUM! #SPILL! #CALC!".split())
_LIVE = re.compile(r"'*[=+\-@\t\r\n]")
_INERT = re.compile(r"'+[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register's table."""

    key: str  # by which the program knows it
    title: str  # what stands above it
    also: tuple[str, ...] = ()  # other headings that mean the same
    required: bool = False  # a table without it cannot be read
    limit: int = 200  # letters in a cell; what it means to have more is for the register to say


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the line of the file (the row of the sheet) where it begins."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """What stands in a column; "" for an empty cell and for a column that the file lacks."""
        return self.cells.get(key, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A file, read whole."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]  # the keys that the file has, in its order
    unknown: tuple[str, ...] = ()  # headings that no column has; what stands under them is not read
    other_sheets: int = 0  # sheets with something in them that were not read


def read_table(content: bytes, columns: Sequence[Column], *, name: str = "") -> Table:
    """The rows of a CSV file (UTF-8 or Windows-1252; semicolons, commas or tabs) or of a spreadsheet's first sheet.

    Args:
        content: the whole file, or its first `LARGEST_BYTES` + 1.
        name: the file's own name, to word what it is when it is no table.

    Raises:
        ImportRefused: with the line: "too_large", "empty", "binary" and what else a file can be, "encoding",
            "unclosed_quote", "line_too_long", "too_many", "too_many_columns", "no_header", "column_twice",
            "missing_column", "too_many_cells", "formula" (a spreadsheet that was never reckoned), "formula_error",
            or why a spreadsheet cannot be opened.
        ToolMissing, ToolFailed
    """
    if len(content) > LARGEST_BYTES:
        raise refuse("too_large")
    if content.startswith(_PACKAGE):
        written, other_sheets = _sheet(content)
    else:
        written, other_sheets = _csv_rows(content, columns), 0
    filled = [(line, cells) for line, cells in written if any(cells)]
    if not filled:
        raise refuse("empty")
    places, unknown = _headings(filled[0][0], filled[0][1], columns)
    rows = [_row(line, cells, places, len(filled[0][1])) for line, cells in filled[1:]]
    if len(rows) > MOST_ROWS:
        raise refuse("too_many", rows[MOST_ROWS].line)
    if not rows:
        raise refuse("no_rows", filled[0][0])
    return Table(tuple(rows), tuple(places), unknown, other_sheets)


def _sheet(content: bytes) -> tuple[list[tuple[int, list[str]]], int]:
    try:
        found = look_into(content, as_table=True)
    except DocumentRefused as refused:
        raise refuse(refused.reason, refused.line, refused.part) from refused
    if found.kind != "xlsx":
        raise refuse("other_package")
    rows = [(number, [_read(cell) for cell in cells]) for number, cells in found.rows]
    for number, cells in rows:
        if wrong := next((cell for cell in cells if cell in _FORMULA_ERRORS), None):
            raise refuse("formula_error", number, wrong)
        if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS]:
            raise refuse("too_many_columns", number)
    return rows, found.other_sheets


def _csv_rows(content: bytes, columns: Sequence[Column]) -> list[tuple[int, list[str]]]:
    lines, _encoding = lines_of(content)
    first = 0
    said = re.fullmatch(r"\ufeff?sep=(.)", lines[0].strip()) if lines else None
    if said:  # what a spreadsheet writes for itself
        first, delimiter = 1, said[1]
    else:
        delimiter = _delimiter(next((line for line in lines if line.strip("\ufeff \t;,")), ""), columns)
    reader = csv.reader((f"{line}\n" for line in lines[first:]), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = first + 1
    try:
        for cells in reader:
            rows.append((begins, [_read(cell) for cell in cells]))
            begins = first + reader.line_num + 1
            if len(rows) > 2 * MOST_ROWS:
                raise refuse("too_many", begins)
            if len(cells) > MOST_COLUMNS:
                raise refuse("too_many_columns", begins)
    except csv.Error as error:
        raise refuse(_csv_problem(error), begins) from error
    return rows


def _csv_problem(error: csv.Error) -> str:
    return "line_too_long" if "field limit" in str(error) else "unclosed_quote"


def _delimiter(header: str, columns: Sequence[Column]) -> str:
    """The sign that parts the first line into the most headings that we know, then into the most at all."""
    known = {name for column in columns for name in _names(column)}

    def fits(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header.removeprefix("\ufeff")], delimiter=delimiter), [])
        return sum(_heading(cell) in known for cell in cells), len(cells)

    return max(_DELIMITERS, key=fits)


def _read(cell: str) -> str:
    written = clean(cell).replace("\r\n", "\n").replace("\r", "\n").strip().strip("\ufeff")
    return written[1:] if _INERT.match(written) else written


def _names(column: Column) -> list[str]:
    return [_heading(each) for each in (column.title, column.key, *column.also)]


def _heading(written: str) -> str:
    return name_key(written).strip(" .:*")


def _headings(line: int, cells: Sequence[str], columns: Sequence[Column]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Which column stands where, and the headings that none has."""
    known = {name: column for column in columns for name in _names(column)}
    places: dict[str, int] = {}
    unknown = []
    for place, cell in enumerate(cells):
        column = known.get(_heading(cell))
        if column is None:
            unknown += [cell] if cell else []
        elif column.key in places:
            raise refuse("column_twice", line, column.title)
        else:
            places[column.key] = place
    if not places:
        raise refuse("no_header", line, " | ".join(cells))
    for column in columns:
        if column.required and column.key not in places:
            raise refuse("missing_column", line, column.title)
    return places, tuple(unknown)


def _row(line: int, cells: Sequence[str], places: Mapping[str, int], width: int) -> Row:
    if any(cells[width:]):
        raise refuse("too_many_cells", line, next(cell for cell in cells[width:] if cell))
    return Row(line, {key: cells[place] for key, place in places.items() if place < len(cells) and cells[place]})


# --- writing


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _LIVE.match(text) else text


def write_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A file that a Norwegian spreadsheet program opens as it is: UTF-8 with its mark, semicolons."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    writer.writerows([inert(row.get(column.key, "")) for column in columns] for row in rows)
    return written.getvalue().encode("utf-8-sig")


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGES = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGES}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGES}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGES}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (  # number 0 is text as it is written, number 1 the bold of the headings
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="49" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def write_xlsx(columns: Sequence[Column], rows: Iterable[Mapping[str, str]], *, sheet: str = "Ark 1") -> bytes:
    """A spreadsheet in which every cell is text, so that nothing is reckoned and no date is changed."""
    title = escape(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31], {'"': "&quot;"})
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name="{title}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    written = [_xml_row(1, [column.title for column in columns], 1)]
    written += [
        _xml_row(number, [inert(row.get(column.key, "")) for column in columns], 0)
        for number, row in enumerate(rows, start=2)
    ]
    sheet_xml = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{max(len(columns), 1)}" width="24" customWidth="1"/></cols>'
        f"<sheetData>{''.join(written)}</sheetData></worksheet>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for part, xml in {**_PARTS, "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet_xml}.items():
            # The oldest day a zip can name: the same table is the same bytes.
            package.writestr(zipfile.ZipInfo(part), _HEAD + xml, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _xml_row(number: int, cells: Sequence[str], style: int) -> str:
    written = "".join(
        f'<c r="{_letters(place)}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{_xml(cell)}</t></is></c>'
        for place, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{written}</row>'


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _xml(text: str) -> str:
    return escape("".join(c for c in clean(text) if c not in "\ufffe\uffff"))
