"""A reference: what a person wrote down, as a text file or as subtitles. Pure: bytes in, words out."""

import html
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from archive.errors import ReferenceUnusable

# More than a hundred hours of speech: whatever this is, it is no transcript of one interview.
LARGEST_BYTES = 20_000_000

_TIMES = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s+-->\s+(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}")
_NO_CUE = ("NOTE", "STYLE", "REGION")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
# What begins with these holds no text, whatever its bytes decode to.
_MAGIC = (b"PK\x03\x04", b"%PDF", b"{\\rtf", b"ID3", b"RIFF", b"fLaC", b"OggS", b"\xff\xfb", b"\xd0\xcf\x11\xe0")


def read_reference(path: Path, *, people: Collection[str] = ()) -> list[str]:
    """The words of a reference as they are written: a plain text, or the cues of a WebVTT or SubRip file.

    `people` are the interview's: a line that begins with one of their names and a colon says who speaks.

    Raises:
        OSError: the file cannot be read.
        ReferenceUnusable: it is "too_large", "no_text" (a sound file, a word processor's document) or not in UTF-8 or
            UTF-16 ("encoding").
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    return words_of(content, path, people=people)


def words_of(content: bytes, path: Path, *, people: Collection[str] = ()) -> list[str]:
    """As `read_reference`, from the bytes; `path` is only for the error."""
    text = _decoded(content, path)
    lines = _cue_lines(text) if _has_cues(text) else text.splitlines()
    return [word for line in lines for word in _without_speaker(line, people).split()]


def _decoded(content: bytes, path: Path) -> str:
    if len(content) > LARGEST_BYTES:
        raise ReferenceUnusable(path, "too_large")
    if content.startswith(_MAGIC):
        raise ReferenceUnusable(path, "no_text")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in content:
        raise ReferenceUnusable(path, "no_text")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReferenceUnusable(path, "encoding") from error
    if "\0" in text:
        raise ReferenceUnusable(path, "no_text")
    return text


def _has_cues(text: str) -> bool:
    return text.startswith("WEBVTT") or any(_TIMES.match(line) for line in text.splitlines()[:10])


def _cue_lines(text: str) -> Iterator[str]:
    """The lines of text under each line of times; what stands above it is a number or a name of the cue."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith(_NO_CUE) and not any(_TIMES.match(line) for line in lines):
            continue
        yield from (html.unescape(_TAG.sub("", line)) for line in _after_times(lines))


def _after_times(lines: Sequence[str]) -> Sequence[str]:
    return next((lines[number + 1 :] for number, line in enumerate(lines) if _TIMES.match(line)), ())


def _without_speaker(line: str, people: Collection[str]) -> str:
    name, colon, said = line.partition(":")
    return said if colon and name.strip() in people else line
