"""Looks into one DOCX or XLSX and prints what is written there as JSON. Runs alone, in a child process with limits.

A document is a zip of XML, and whoever made it decides what unpacking does: a few bytes become gigabytes, an entity
names another file. So every part is unpacked with a count, and one that declares a document type is refused before
anything reads it. Nothing of ours is imported here.
"""

import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

MOST_PARTS = 2_000
# Ten hours of speech in Word are about 3 MB unpacked; pictures are never unpacked.
LARGEST_UNPACKED_BYTES = 80_000_000
MOST_PARAGRAPHS = 100_000
MOST_ROWS = 100_000
MOST_CELLS = 50
DOCUMENT = "word/document.xml"
BOOK = "xl/workbook.xml"
# What Word keeps beside the words: what was deleted or moved away, and a second form for older programs.
SKIPPED = {"del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr"}
PIECE = 65_536


class Refused(Exception):
    """The reason, the line in the part (None: the whole), and the part."""


def main(path: str, how: str = "") -> None:
    """Print `{"kind", "paragraphs"}` or `{"kind", "rows"}`, or `{"refused": [reason, line, part]}`.

    `how` is "table" where the cells of a spreadsheet are a register's and not a log's.
    """
    try:
        document = look_into(path, as_table=how == "table")
    except Refused as refused:
        document = {"refused": list(refused.args)}
    except MemoryError:
        document = {"refused": ["bomb", None, ""]}
    sys.stdout.write(json.dumps(document))


def look_into(path: str, *, as_table: bool = False) -> dict[str, Any]:
    """What is written in the document."""
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            if len(names) > MOST_PARTS or len(set(names)) < len(names):
                raise Refused("bomb", None, "")
            if DOCUMENT in names:
                check(package, [DOCUMENT])
                return {"kind": "docx", "paragraphs": paragraphs(package)}
            if BOOK in names:
                check(package, [name for name in names if name.endswith((".xml", ".rels"))])
                return {"kind": "xlsx", **(table(path) if as_table else {"rows": rows(path)})}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Refused("damaged", None, "") from error
    except RuntimeError as error:  # what zipfile says of a part under a password
        raise Refused("locked", None, "") from error
    raise Refused("other_package", None, "")


def check(package: zipfile.ZipFile, names: list[str]) -> None:
    """Read every part through once: not too much, whole XML, and no document type."""
    unpacked = 0
    for name in names:
        parser = expat.ParserCreate()

        def no_type(*_: object, name: str = name, parser: Any = parser) -> None:
            raise Refused("doctype", parser.CurrentLineNumber, name)

        parser.StartDoctypeDeclHandler = no_type
        parser.EntityDeclHandler = no_type
        with package.open(name) as part:
            while piece := part.read(PIECE):
                unpacked += len(piece)
                if unpacked > LARGEST_UNPACKED_BYTES:
                    raise Refused("bomb", None, name)
                parse(parser, piece, name)
        parse(parser, b"", name, last=True)


def parse(parser: Any, piece: bytes, name: str, *, last: bool = False) -> None:
    """Feed the parser; what is not XML is refused with its line."""
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        raise Refused("bad_xml", error.lineno, name) from error


def paragraphs(package: zipfile.ZipFile) -> list[str]:
    """The paragraphs of a Word document; a row of a table is one, with tabs between its cells."""
    reader = Words()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.said
    parser.buffer_text = True
    with package.open(DOCUMENT) as part:
        feed(parser, part)
    return reader.found


def feed(parser: Any, part: IO[bytes]) -> None:
    """Read a part that `check` has read before."""
    while piece := part.read(PIECE):
        parse(parser, piece, DOCUMENT)
    parse(parser, b"", DOCUMENT, last=True)


class Words:
    """Gathers text as the parser comes by it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text: list[str] = []
        self._skipping = 0
        self._in_text = False
        self._rows = 0  # how many rows of tables we are in
        self._cells: list[str] = []

    def start(self, name: str, _attributes: object) -> None:
        """An element begins."""
        local = name.rpartition(" ")[2]
        if self._skipping or local in SKIPPED:
            self._skipping += 1
        elif local == "t":
            self._in_text = True
        elif local in ("tab", "noBreakHyphen"):
            self._text.append("-" if local == "noBreakHyphen" else " ")
        elif local in ("br", "cr"):
            self._text.append(" " if self._rows else "\n")
        elif local == "tr":
            self._rows += 1
            if self._rows == 1:
                self._cells = []
        elif local == "tc" and self._rows == 1:
            self._text = []

    def end(self, name: str) -> None:
        """An element ends."""
        local = name.rpartition(" ")[2]
        if self._skipping:
            self._skipping -= 1
        elif local == "t":
            self._in_text = False
        elif local == "p" and not self._rows:
            for line in "".join(self._text).split("\n"):
                self._keep(line)
            self._text = []
        elif local == "p":
            self._text.append(" ")
        elif local == "tc" and self._rows == 1:
            self._cells.append(" ".join("".join(self._text).split()))
            self._text = []
        elif local == "tr":
            self._rows -= 1
            if not self._rows:
                self._keep("\t".join(self._cells))

    def said(self, text: str) -> None:
        """Letters."""
        if self._in_text and not self._skipping:
            self._text.append(text)

    def _keep(self, line: str) -> None:
        if len(self.found) >= MOST_PARAGRAPHS:
            raise Refused("too_many", MOST_PARAGRAPHS, "")
        self.found.append(line)


def rows(path: str) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet that has any, with their numbers, each cell as it is shown."""
    with reading():
        for sheet in sheets(path):
            found = filled(sheet, MOST_CELLS, lambda row: [shown(cell) for cell in row])
            if found:
                return found
    raise Refused("empty", None, "")


def table(path: str) -> dict[str, Any]:
    """The rows of the first sheet that has any, and how many other sheets have some."""
    with reading():
        found: list[tuple[int, list[str]]] = []
        others = 0
        for place, sheet in enumerate(sheets(path)):
            if found:
                others += any(cell.value is not None for row in sheet.iter_rows(max_col=MOST_CELLS) for cell in row)
                continue
            found = filled(sheet, MOST_CELLS + 1, lambda row: [kept(cell) for cell in row])
            if found and has_formulas(path):
                check_reckoned(sheet, sheets(path, formulas=True)[place])
    if not found:
        raise Refused("empty", None, "")
    return {"rows": found, "other_sheets": others}


def sheets(path: str, *, formulas: bool = False) -> list[Any]:
    """The sheets of a book; with what was last reckoned in their cells, or with the formulas themselves."""
    from openpyxl import load_workbook

    # Given the bytes, it does not judge by the name. The process ends right after; nobody else needs the file.
    file = Path(path).open("rb")  # noqa: SIM115
    book = load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size need not be true
    return list(book.worksheets)


def filled(sheet: Any, most: int, read: Callable[[Any], list[str]]) -> list[tuple[int, list[str]]]:
    """The rows of a sheet that have something in them."""
    found = []
    for number, row in enumerate(sheet.iter_rows(max_col=most), start=1):
        cells = read(row)
        if any(cells):
            found.append((number, cells))
        if number > MOST_ROWS:
            raise Refused("too_many", number, "")
    return found


def has_formulas(path: str) -> bool:
    """Whether any sheet may hold a formula: then the book is read once more, which takes as long again."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(re.search(rb"<(?:\w+:)?f[\s/>]", package.read(name)) for name in names)  # `check` has measured them


def check_reckoned(sheet: Any, formulas: Any) -> None:
    """Refuse a formula whose value the file does not hold: it would read as an empty cell."""
    most = MOST_CELLS
    for number, (values, written) in enumerate(
        zip(sheet.iter_rows(max_col=most), formulas.iter_rows(max_col=most), strict=True), start=1
    ):
        for value, formula in zip(values, written, strict=False):
            if formula.data_type == "f" and value.value is None and value.data_type == "n":
                raise Refused("formula", number, formula.coordinate)


@contextmanager
def reading() -> Iterator[None]:
    """Whatever a damaged part makes of openpyxl's code is a refusal."""
    try:
        yield
    except (Refused, MemoryError, ImportError):
        raise
    except Exception as error:
        raise Refused("damaged", None, type(error).__name__) from error


def kept(cell: Any) -> str:
    """A cell of a register: its text with line breaks, a whole number without a point, a day as the calendar has it.

    A spreadsheet makes a day of *mars 1974*, the first of the month, and shows the month: then only that was meant.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        form = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", cell.number_format.lower())
        day = value.date().isoformat()
        return day if "d" in form or "y" not in form else day[:7] if "m" in form else day[:4]
    return str(value).strip()


def shown(cell: Any) -> str:
    """A cell as a person sees it; a time without seconds on the screen is what was typed, minutes and seconds."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds(), 3), 60)
        hours, minutes = divmod(int(minutes), 60)
        with_seconds = re.search(r"s", re.sub(r'"[^"]*"|\\.', "", cell.number_format.lower())) is not None
        return f"{hours}:{minutes:02}:{seconds:06.3f}" if with_seconds else f"{hours}:{minutes:02}"
    return " ".join(str(value).split())


if __name__ == "__main__":
    main(*sys.argv[1:])
