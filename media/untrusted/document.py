"""Looks into one DOCX or XLSX: the lines or rows of a finished text, or of a register."""

from pathlib import Path
from typing import Any

from media.untrusted.gathered import Lines
from media.untrusted.packages import kind_of_package
from media.untrusted.refusal import Refused, answer
from media.untrusted.sheets import check_book, rows, table
from media.untrusted.written import read_docx


def main(path: str, how: str = "") -> None:
    """Print `{"kind", "paragraphs"}` or `{"kind", "rows"}`.

    `how` is "table" where the cells of a spreadsheet are a register's and not a log's.
    """
    answer(lambda: look_into(Path(path), as_table=how == "table"))


def look_into(path: Path, *, as_table: bool) -> dict[str, Any]:
    """What is written in the document."""
    kind = kind_of_package(path)
    if kind == "docx":
        lines = Lines()
        read_docx(path, lines)
        return {"kind": "docx", "paragraphs": lines.made}
    if kind == "xlsx":
        check_book(path)
        return {"kind": "xlsx", **(table(path) if as_table else {"rows": rows(path)})}
    raise Refused("other_package", None, "")
