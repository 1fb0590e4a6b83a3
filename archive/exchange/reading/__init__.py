"""A finished text in the formats that other programs and people write, read whole or refused with the place and reason.

Which format a file is in, its content says and not its name.
"""

from dataclasses import replace

from archive.exchange.reading.cues import LARGEST_BYTES, Cue, ReadChapter, ReadText, Remark, refuse
from archive.exchange.reading.document import read_package
from archive.exchange.reading.encoding import lines_of
from archive.exchange.reading.json import read_json
from archive.exchange.reading.log import read_log, rows_of
from archive.exchange.reading.srt import read_srt
from archive.exchange.reading.subtitles import looks_timed
from archive.exchange.reading.typed_text import paragraphs_of, read_typed
from archive.exchange.reading.vtt import is_header, read_vtt

__all__ = ["LARGEST_BYTES", "Cue", "ReadChapter", "ReadText", "Remark", "read_text"]

_PACKAGE = b"PK\x03\x04"


def read_text(content: bytes, *, name: str = "") -> ReadText:
    """Everything a file holds, checked.

    Args:
        content: the whole file, or its first `LARGEST_BYTES` + 1.
        name: the file's own, only to tell a WebVTT file without its header from SubRip.

    Raises:
        ImportRefused: with the line and the reason.
        ToolMissing, ToolFailed: a word processor's document could not be looked into.
    """
    if len(content) > LARGEST_BYTES:
        raise refuse("too_large", *_long_line(content))
    if content.startswith(_PACKAGE):
        return read_package(content)
    lines, encoding = lines_of(content)
    text = _read_lines(lines, content, name)
    if encoding == "windows-1252":
        text = replace(text, remarks=(*text.remarks, Remark("old_encoding")))
    return text


def _read_lines(lines: list[str], content: bytes, name: str) -> ReadText:
    start = next(line.lstrip("\ufeff \t") for line in lines if line.strip("\ufeff \t"))
    if is_header(lines[0]):
        lines_of(content, only_unicode=True)  # the format allows no other encoding
        return read_vtt(lines)
    if start.startswith("{"):
        return read_json(lines)
    if start.startswith("<"):
        raise refuse("xml", 1, start)
    if looks_timed(lines):
        lines_of(content, only_unicode=True)
        return read_srt(lines, name=name)
    if name.lower().endswith(".vtt"):
        raise refuse("no_header", 1, lines[0])
    rows = rows_of(lines)
    if rows is not None:
        return read_log(rows, "csv")
    return read_typed(paragraphs_of(lines), "txt")


def _long_line(content: bytes) -> tuple[int | None, str]:
    """The line that makes a file too large, when there is one that does."""
    return (1, "") if b"\n" not in content[:1_000_000] else (None, "")
