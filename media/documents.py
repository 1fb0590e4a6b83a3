"""Word processors' documents and spreadsheets: what is written in them, found out by a child process with limits."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from media.child import ask


@dataclass(frozen=True, slots=True)
class Document:
    """What is written in one: paragraphs of a DOCX (a table's row is one, tabs between cells), or rows of an XLSX."""

    kind: str  # docx or xlsx
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()  # the row's number, and its cells as they are shown
    other_sheets: int = 0  # sheets with something in them beside the one that was read; only counted for a table


def look_into(content: bytes, *, as_table: bool = False) -> Document:
    """What a document holds.

    Args:
        as_table: the cells of a spreadsheet are a register's and not a log's: dates are days and not times, line breaks
            stay.

    Raises:
        DocumentRefused: it is none, or damaged, or made to do harm; "formula": `part` names a cell of a table, in row
            `line`, that was never reckoned.
        ToolFailed: the child crashed.
    """
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        path = Path(folder) / "original"
        path.write_bytes(content)
        found = ask("document", [str(path), *(["table"] if as_table else [])])
    rows = tuple((number, tuple(cells)) for number, cells in found.get("rows", ()))
    return Document(found["kind"], tuple(found.get("paragraphs", ())), rows, found.get("other_sheets", 0))
