"""A word processor's document as paragraphs, a spreadsheet as rows. The file itself is opened by `media.documents`."""

from archive.exchange.reading.cues import ReadText, refuse
from archive.exchange.reading.labels import split_label
from archive.exchange.reading.log import read_log
from archive.exchange.reading.typed_text import Paragraph, read_typed
from archive.typed import clean
from media.documents import look_into
from media.errors import DocumentRefused


def read_package(content: bytes) -> ReadText:
    """A DOCX or an XLSX.

    Raises:
        ImportRefused: it is neither, it is damaged or built to do harm, or what stands in it cannot be used.
        ToolMissing, ToolFailed
    """
    try:
        found = look_into(content)
    except DocumentRefused as refused:
        raise refuse(refused.reason, refused.line, refused.part) from refused
    if found.kind == "xlsx":
        return read_log([(number, list(cells)) for number, cells in found.rows], "xlsx")
    paragraphs = [
        Paragraph(text, number)
        for number, written in enumerate(found.paragraphs, start=1)
        if (text := " ".join(clean(_row_as_text(written)).split()))
    ]
    if not paragraphs:
        raise refuse("empty")
    return read_typed(paragraphs, "docx")


def _row_as_text(written: str) -> str:
    """A table's row as interviewers lay it out: (time,) who speaks, the words."""
    cells = [cell for cell in written.split("\t") if cell]
    if len(cells) < 2 or len(cells) > 3:
        return written
    *before, who, said = cells
    is_name = split_label(f"{who.rstrip(':')}: x") is not None
    return " ".join([*before, f"{who.rstrip(':')}: {said}" if is_name else f"{who} {said}"])
