"""XLSX: the rows of the first sheet that has any, as a log's or as a register's."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from media.untrusted.packages import check_parts, opened
from media.untrusted.refusal import Refused

MOST_ROWS = 100_000
MOST_CELLS = 50


def check_book(path: Path) -> None:
    """Look through every part before a library reads it."""
    with opened(path) as package:
        check_parts(package, [name for name in package.namelist() if name.endswith((".xml", ".rels"))])


def rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet that has any, with their numbers, each cell as it is shown."""
    with _reading():
        for sheet in _sheets(path):
            found = _filled(sheet, MOST_CELLS, lambda row: [_shown(cell) for cell in row])
            if found:
                return found
    raise Refused("empty", None, "")


def table(path: Path) -> dict[str, Any]:
    """The rows of the first sheet that has any, and how many other sheets have some."""
    with _reading():
        found: list[tuple[int, list[str]]] = []
        others = 0
        for place, sheet in enumerate(_sheets(path)):
            if found:
                others += any(cell.value is not None for row in sheet.iter_rows(max_col=MOST_CELLS) for cell in row)
                continue
            found = _filled(sheet, MOST_CELLS + 1, lambda row: [_kept(cell) for cell in row])
            if found and _has_formulas(path):
                _check_reckoned(sheet, _sheets(path, formulas=True)[place])
    if not found:
        raise Refused("empty", None, "")
    return {"rows": found, "other_sheets": others}


def _sheets(path: Path, *, formulas: bool = False) -> list[Any]:
    """The sheets of a book; with what was last reckoned in their cells, or with the formulas themselves."""
    from openpyxl import load_workbook

    # Given the bytes, it does not judge by the name. The process ends right after; nobody else needs the file.
    file = path.open("rb")
    book = load_workbook(file, read_only=True, data_only=not formulas, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size need not be true
    return list(book.worksheets)


def _filled(sheet: Any, most: int, read: Callable[[Any], list[str]]) -> list[tuple[int, list[str]]]:
    """The rows of a sheet that have something in them."""
    found = []
    for number, row in enumerate(sheet.iter_rows(max_col=most), start=1):
        cells = read(row)
        if any(cells):
            found.append((number, cells))
        if number > MOST_ROWS:
            raise Refused("too_many", number, "")
    return found


def _has_formulas(path: Path) -> bool:
    """Whether any sheet may hold a formula: then the book is read once more, which takes as long again."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(
            re.search(rb"<(?:\w+:)?f[\s/>]", package.read(name)) for name in names
        )  # `check_book` has measured them


def _check_reckoned(sheet: Any, formulas: Any) -> None:
    """Refuse a formula whose value the file does not hold: it would read as an empty cell."""
    most = MOST_CELLS
    for number, (values, written) in enumerate(
        zip(sheet.iter_rows(max_col=most), formulas.iter_rows(max_col=most), strict=True), start=1
    ):
        for value, formula in zip(values, written, strict=False):
            if formula.data_type == "f" and value.value is None and value.data_type == "n":
                raise Refused("formula", number, formula.coordinate)


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever a damaged part makes of openpyxl's code is a refusal."""
    try:
        yield
    except (Refused, MemoryError, ImportError):
        raise
    except Exception as error:
        raise Refused("damaged", None, type(error).__name__) from error


def _kept(cell: Any) -> str:
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


def _shown(cell: Any) -> str:
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
