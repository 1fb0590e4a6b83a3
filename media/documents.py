"""Word processors' documents and spreadsheets: what is written in them, found out by a child process with limits."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from media.errors import DocumentRefused, ToolFailed
from media.run import limits

# The longest document that we allow takes 10 s on one slow core; a child that takes longer was sent to take longer.
LONGEST_S = 60
_CHILD = Path(__file__).with_name("document_child.py")
_MESSAGE_BYTES = 4_000


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
        # -I: nothing of the caller's folder or environment is imported.
        command = [
            *limits(LONGEST_S, 0),
            sys.executable,
            "-I",
            str(_CHILD),
            str(path),
            *(["table"] if as_table else []),
        ]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                env={"LC_ALL": "C.UTF-8", "HOME": folder},
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise DocumentRefused("bomb") from slow
    if done.returncode < 0:  # a limit ended it
        raise DocumentRefused("bomb")
    if done.returncode:
        raise ToolFailed("document_child", done.returncode, done.stderr[-_MESSAGE_BYTES:].decode("utf-8", "replace"))
    found = json.loads(done.stdout)
    if "refused" in found:
        raise DocumentRefused(*found["refused"])
    rows = tuple((number, tuple(cells)) for number, cells in found.get("rows", ()))
    return Document(found["kind"], tuple(found.get("paragraphs", ())), rows, found.get("other_sheets", 0))
